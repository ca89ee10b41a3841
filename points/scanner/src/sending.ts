/** What goes out to the service, and what comes back of it. Pure. */

import { canonical, digestOf, type Entry } from "./journal.ts";
import {
  type Answer,
  type Failure,
  type Item,
  isBooked,
  isKeptForReview,
  type Operation,
} from "./queue.ts";
import type { Reply } from "./server.ts";

/** Acts that may say that they waited; what a desk does, such as a slip, is never asked. */
const MAY_SAY_SO: ReadonlySet<string> = new Set(["earn", "redeem", "undo", "slip_cashed"]);

/** What waited says so; it is no part of what was asked. */
export function offline(item: Item): Operation {
  if (!MAY_SAY_SO.has(item.operation.kind)) return item.operation;
  return { ...item.operation, offline: true };
}

/** A PIN goes along with what it confirms, and is written down nowhere. */
export function confirmed(operation: Operation, pin: string | null): Operation {
  return pin === null ? operation : { ...operation, pin };
}

/** A code is a credential: once the service has answered, the phone need not hold it. */
export function scrubbed(item: Item): Item {
  if (item.state !== "settled") return item;
  const { card: _card, slip: _slip, ...rest } = item.operation;
  return { ...item, operation: { ...rest, id: item.operation.id, kind: item.operation.kind } };
}

/** Give the answers, one for each item in order; null where there are none, or not to these. */
export function answersIn(
  reply: Reply<Answer[]>,
  items: readonly Item[],
): readonly Answer[] | null {
  if (reply.kind !== "ok" || !Array.isArray(reply.body)) return null;
  if (reply.body.length !== items.length) return null;
  const answers: Answer[] = [];
  for (const [place, item] of items.entries()) {
    const answer = reply.body[place];
    // One whose name could not be read is answered without it, in its place.
    if (answer === undefined || (answer.id !== item.id && answer.id !== null)) return null;
    answers.push({ ...answer, id: item.id });
  }
  return answers;
}

/** Say why a request as a whole got no answers. */
export function failureOf(reply: Reply<unknown>): Failure {
  if (reply.kind !== "problem") {
    const kind = reply.kind === "failed" ? "unreachable" : "broken";
    return { kind, trouble: reply.kind, retryAfter: null };
  }
  const { status, code, retryAfter } = reply;
  return { kind: failureKind(status), trouble: code, retryAfter };
}

function failureKind(status: number): Failure["kind"] {
  if (status === 429 || (status >= 502 && status <= 504)) return "unreachable";
  if (status === 401 || status === 403) return "shut_out";
  return status < 500 ? "rejected" : "broken";
}

/** The answer to a heartbeat. */
export interface Beat {
  readonly server_time: string;
  readonly journal: JournalEnd;
  readonly bundle: string;
  readonly is_closing: boolean;
}

/** Where the phone's journal ends at the service. */
export interface JournalEnd {
  readonly number: number;
  readonly hash: string;
}

/** The same, and the line that it wants next. */
export interface JournalTaken extends JournalEnd {
  readonly wanted: number;
}

/** Name the line that says why an operation will never be booked; null where it was or may be. */
export function endsFor({ answer, state }: Item): "refused" | "withdrawn" | null {
  if (state !== "settled") return null;
  if (answer === null) return "withdrawn";
  return isBooked(answer) || isKeptForReview(answer) ? null : "refused";
}

/**
 * Write a phone's queue as a file for the organiser: what is not settled, and the whole journal. Its
 * last field is a digest of the others, as such files travel by cable and chat.
 */
export function exported(
  kept: { readonly journal: readonly Entry[]; readonly outbox: readonly Item[] },
  device: string,
  now: Date,
): object {
  const content = {
    format: "points-queue",
    version: 1,
    device,
    made_at: now.toISOString(),
    operations: kept.outbox.filter((item) => item.state !== "settled").map(offline),
    journal: kept.journal.map((line) => canonical({ ...line })),
  };
  return { ...content, digest: digestOf(content) };
}
