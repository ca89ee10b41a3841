/** Several answers to one act of several parts, as one. */

import type { Outcome } from "./desk.ts";
import { type Answer, isBooked } from "./queue.ts";

export interface Together {
  readonly answer: Answer;
  /** Null where every part is in the book; else the code of the first that is not. */
  readonly code: string | null;
  /** How many parts are in the book. */
  readonly booked: number;
  /** Whether it can be mended by choosing anew. */
  readonly isMendable: boolean;
}

const MENDABLE = new Set([
  "price_changed",
  "points_short",
  "out_of_stock",
  "not_released_yet",
  "limit_reached",
]);

/** Add the answers up. There is at least one. */
export function together(answers: readonly Answer[]): Together {
  const booked = answers.filter(isBooked);
  const failed = answers.find((answer) => !isBooked(answer));
  const last = booked.at(-1);
  const answer = failed ?? last;
  if (answer === undefined) throw new RangeError("there is no answer to add up");
  return {
    answer: {
      ...answer,
      points: booked.reduce((sum, one) => sum + one.points, 0),
      balance: last?.balance ?? answer.balance,
    },
    code: failed === undefined ? null : (failed.code ?? failed.status),
    booked: booked.length,
    isMendable: failed !== undefined && MENDABLE.has(failed.code ?? ""),
  };
}

/** Several acts as one: answered only if each of them is. */
export function joined(outcomes: readonly Outcome[]): Outcome {
  const answers = outcomes.flatMap((outcome) => outcome.answers ?? []);
  const items = outcomes.flatMap((outcome) => outcome.items);
  const isAnswered = outcomes.every((outcome) => outcome.answers !== null);
  return { answers: isAnswered ? answers : null, items };
}
