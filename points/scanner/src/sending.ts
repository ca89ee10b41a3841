/** What goes out to the service, and what comes back of it. Pure. */

import type { Answer, Failure, Item, Operation } from "./queue.ts";
import type { Reply } from "./server.ts";

/** What waited says so; it is no part of what was asked. */
export function offline(item: Item): Operation {
  return { ...item.operation, offline: true };
}

/** A code is a credential: once the service has answered, the phone need not hold it. */
export function scrubbed(item: Item): Item {
  if (item.state !== "settled") return item;
  const { card: _card, slip: _slip, ...rest } = item.operation;
  return { ...item, operation: { ...rest, id: item.operation.id, kind: item.operation.kind } };
}

/** Give the answers, one for each item in order; null where there are none. */
export function answersIn(
  reply: Reply<Answer[]>,
  items: readonly Item[],
): readonly Answer[] | null {
  if (reply.kind !== "ok" || !Array.isArray(reply.body)) return null;
  return reply.body.length === items.length ? reply.body : null;
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
  readonly journal: { readonly number: number };
  readonly bundle: string;
  readonly is_closing: boolean;
}
