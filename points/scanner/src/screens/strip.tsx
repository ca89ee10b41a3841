/** What still waits on this phone: a sentence, and the last three acts as dashed slips. */

import type { JSX } from "preact";
import { clockTime, type Language, say } from "../words.ts";

export interface Waiting {
  readonly id: string;
  readonly figure: string;
  readonly at: Date;
}

interface Props {
  readonly waiting: readonly Waiting[];
  readonly count: number;
  readonly isOffline: boolean;
  readonly language: Language;
  readonly onOpen: () => void;
}

/** How many of the last acts it shows. */
export const SHOWN = 3;
const MANY = 20;

export function QueueStrip({ waiting, count, isOffline, language, onOpen }: Props): JSX.Element {
  const word = isOffline ? (count >= MANY ? "manyWaiting" : "queue") : "sending";
  return (
    <button type="button" class="queue" onClick={onOpen}>
      <span class="q-words">{say(word, language, { count })}</span>
      <span class="slips" aria-hidden="true">
        {waiting.map((one) => (
          <span class="slip" key={one.id}>
            <b>{one.figure}</b>
            {clockTime(one.at)}
          </span>
        ))}
      </span>
    </button>
  );
}
