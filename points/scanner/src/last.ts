/** The last act at this booth: what it was, and whether it may still be taken back. Pure. */

import { type Item, isBooked } from "./queue.ts";
import { instantOf, type Pay, pointsIn } from "./slips_shown.ts";
import { clockTime, type Language, say, signed } from "./words.ts";

/** What the screen that is ready for the next card says of the last one. */
export interface Last {
  readonly text: string;
  readonly canUndo: boolean;
}

const TAKEN_BACK: ReadonlySet<string> = new Set(["earn", "redeem", "slip_cashed"]);

/**
 * Choose the last act that somebody went away with, or of which a person must be told.
 *
 * @param latest the last few, newest first
 */
export function lastOf(latest: readonly Item[]): Item | null {
  const undone = new Set(latest.map((item) => item.operation["undoes"]));
  const found = latest.find(
    (item) =>
      TAKEN_BACK.has(item.operation.kind) &&
      !undone.has(item.id) &&
      (canUndo(item) || item.state === "attention" || item.answer?.status === "review"),
  );
  return found ?? null;
}

/** Whether it is in the book, or on its way there. */
export function canUndo({ state, answer, isPromised }: Item): boolean {
  if (state === "settled") return answer !== null && isBooked(answer);
  return isPromised && state !== "attention";
}

/** Say what it was; and where it is not in the book, why. */
export function lastShown(item: Item, pay: Pay, language: Language): Last {
  const { answer, state } = item;
  const time = clockTime(instantOf(item));
  const points = pointsIn(item, pay);
  if (canUndo(item) && points !== null) {
    return { text: say("undoLast", language, { points: signed(points), time }), canUndo: true };
  }
  const parts = [say("undoOne", language, { time })];
  if (state === "attention") parts.push(say("noDone", language));
  if (!canUndo(item)) parts.push(answer?.message ?? say("askTitle", language));
  return { text: parts.join(" · "), canUndo: canUndo(item) };
}

/** Whether two looks at the last act found the same. */
export function isSame(one: Item | null, other: Item | null): boolean {
  return one?.id === other?.id && one?.state === other?.state;
}

/** Tell how many milliseconds ago it was. */
export function ageOf(item: Item, now: Date): number {
  return now.getTime() - instantOf(item).getTime();
}
