/**
 * Keys that answer: 1 to 4. A scanner that types sends digits as well, in the middle of a code that
 * begins with a letter: a digit right behind another key is part of one. Pure.
 */

import { BINS, type Bin } from "./quiz.ts";
import { GAP_MS } from "./wedge.ts";

export interface Keys {
  /** When the last key was pressed, in milliseconds. */
  readonly at: number;
}

export const NO_KEYS: Keys = { at: Number.NEGATIVE_INFINITY };

/** Take one key; give the bin that it stands for, if it stands by itself. */
export function pressed(keys: Keys, key: string, at: number): { keys: Keys; bin: Bin | null } {
  const isAlone = at - keys.at > GAP_MS;
  const isLetter = key.length === 1;
  const bin = isAlone && /^[1-4]$/.test(key) ? (BINS[Number(key) - 1] ?? null) : null;
  return { keys: isLetter ? { at } : keys, bin };
}
