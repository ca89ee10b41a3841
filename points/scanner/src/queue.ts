/**
 * The outbox: what was done and is not yet in the book, as plain values and pure transitions. Time
 * and chance are handed in; `store.ts` remembers.
 *
 *     waiting ──sent──▶ sent ──answered──▶ settled        in the book, or told no to somebody's face
 *        ▲               │ └──────────────▶ attention     promised, and the service says no for good
 *        └───unanswered──┘                                (or can make nothing of it)
 *
 * Nothing leaves the queue but by being settled, and a person settles what needs attention. One
 * item that the service cannot take never holds up the others: a batch that fails as a whole is
 * tried in halves until the culprit stands alone.
 */

import { pause } from "./connectivity.ts";
import type { Plain } from "./journal.ts";

/** What is sent: `POST /api/v1/operations` takes a list of them. */
export interface Operation {
  readonly id: string;
  readonly kind: string;
  readonly [field: string]: Plain;
}

/** What the service said to one operation. */
export interface Answer {
  readonly id: string | null;
  readonly status: string;
  /** Null where the operation is in the book. */
  readonly code: string | null;
  readonly points: number;
  readonly balance: number | null;
  /** Whether the same, sent again, would be answered the same. */
  readonly final: boolean;
  readonly message: string;
  readonly details: { readonly [name: string]: number | string };
}

export type State = "waiting" | "sent" | "settled" | "attention";

/** One operation on its way. */
export interface Item {
  readonly id: string;
  /** Its line in the journal, and so its place in the order of sending. */
  readonly n: number;
  readonly operation: Operation;
  readonly state: State;
  /**
   * Whether a person went away counting on it: then it is sent until it is in the book, and a no is
   * somebody's business. Until then somebody stands there and waits for the answer.
   */
  readonly isPromised: boolean;
  /** The operation that must be answered first, such as the one that this takes back. */
  readonly follows: string | null;
  readonly attempts: number;
  /** How often the service said "not now", as to a card that nobody has registered yet. */
  readonly notYet: number;
  /** Not before this: milliseconds since 1970; 0 for at once. */
  readonly dueAt: number;
  /** How many may travel with it; halved whenever its batch failed as a whole. */
  readonly batchMax: number;
  /** The last that the service said to it, if anything. */
  readonly answer: Answer | null;
  /** Why the last request as a whole came to nothing. */
  readonly trouble: string | null;
}

/**
 * Why a request as a whole got no answers.
 *
 * - `unreachable`: no network, no answer in time, or the service is busy or away (429, 502–504), or
 *   something else answers in its place
 * - `shut_out`: the service does not take this phone's token (401, 403)
 * - `rejected`: it refuses what was sent (400, 413, 422)
 * - `broken`: it fails over it (500)
 */
export interface Failure {
  readonly kind: "unreachable" | "shut_out" | "rejected" | "broken";
  readonly trouble: string;
  /** Milliseconds that the service asked for, if it did. */
  readonly retryAfter: number | null;
}

/** What is handed in from outside: the moment, and a number from 0 up to 1. */
export interface Chance {
  readonly now: number;
  readonly random: number;
}

export const BATCH_MAX = 500;
/** "Not now" is asked again after one minute, two, four …: for an hour in all. */
export const NOT_YET_MAX = 6;
const NOT_YET_MS = 60_000;
/** After seven minutes a request that was given up has arrived, or never will. */
const NOTHING_MAX = 3;
/** Kinds that nobody can have gone away from with something in hand that is not theirs. */
const GOES_AGAIN = /^(earn|stock_leased|stock_returned)$/;
/** Tries after which what breaks the service is shown to a person; ten go by until it is alone. */
export const BROKEN_MAX = 20;

/** Put an operation into the queue. */
export function queued(
  operation: Operation,
  place: { readonly n: number; readonly isPromised: boolean; readonly follows?: string },
): Item {
  return {
    id: operation.id,
    n: place.n,
    operation,
    state: "waiting",
    isPromised: place.isPromised,
    follows: place.follows ?? null,
    attempts: 0,
    notYet: 0,
    dueAt: 0,
    batchMax: BATCH_MAX,
    answer: null,
    trouble: null,
  };
}

/**
 * Choose what to send now, in the order in which it happened, of what was promised. What somebody
 * is waiting for is sent by itself and at once.
 *
 * @param unsettled every item that is not settled, in any order
 */
export function chooseBatch(
  unsettled: readonly Item[],
  now: number,
  most: number = BATCH_MAX,
): Item[] {
  const open = new Set(unsettled.map((item) => item.id));
  const chosen: Item[] = [];
  let room = most;
  for (const item of inOrder(unsettled)) {
    if (chosen.length >= Math.min(room, item.batchMax)) break;
    if (item.state !== "waiting" || !item.isPromised || item.dueAt > now) continue;
    // What it follows is settled, or goes before it in the same batch.
    if (item.follows !== null && open.has(item.follows) && !isAmong(chosen, item.follows)) continue;
    chosen.push(item);
    room = Math.min(room, item.batchMax);
  }
  return chosen;
}

/** It is on its way. Remember this before sending. */
export function sent(item: Item): Item {
  return { ...item, state: "sent", attempts: item.attempts + 1 };
}

/**
 * The scanner starts again. What was on its way may or may not have arrived, so it goes again. If
 * somebody was waiting for the answer: an earning is good for them in any case, and of goods taken
 * along or brought back this phone's list shows what became. Of anything else only a person knows
 * whether, say, the goods were handed over.
 */
export function recovered(item: Item): Item {
  if (item.state !== "sent" && item.state !== "waiting") return item;
  if (item.state === "waiting" && item.isPromised && item.dueAt === 0) return item;
  if (item.isPromised || GOES_AGAIN.test(item.operation.kind)) {
    return { ...item, state: "waiting", isPromised: true, dueAt: 0 };
  }
  return { ...item, state: "attention", trouble: "interrupted" };
}

/**
 * The service answered: give every item that this changes. What it refuses for good, and somebody
 * had taken back, is nobody's business any more, and nor is what was to take it back.
 */
export function settled(
  unsettled: readonly Item[],
  answers: readonly Answer[],
  chance: Chance,
): Item[] {
  const said = new Map(answers.map((answer) => [answer.id, answer]));
  const changed = new Map<string, Item>();
  for (const item of unsettled) {
    const answer = said.get(item.id);
    if (answer !== undefined) changed.set(item.id, answered(item, answer, chance));
  }
  for (const item of unsettled) {
    const target = item.follows === null ? undefined : changed.get(item.follows);
    if (target === undefined || !isRefusedForGood(target)) continue;
    changed.set(target.id, { ...target, state: "settled" });
    changed.set(item.id, { ...(changed.get(item.id) ?? item), state: "settled" });
  }
  return [...changed.values()];
}

/** The service said this to it. */
export function answered(item: Item, answer: Answer, chance: Chance): Item {
  const told = { ...item, answer, trouble: null, batchMax: BATCH_MAX };
  // What the service keeps for a person is a case there, and nothing that this phone can hasten.
  const isTaken = isBooked(answer) || isKeptForReview(answer);
  if (isTaken || !item.isPromised || isForNothing(item, answer)) {
    return { ...told, state: "settled" };
  }
  if (answer.final || item.notYet >= NOT_YET_MAX) return { ...told, state: "attention" };
  const wait = NOT_YET_MS * 2 ** item.notYet * (1 + chance.random);
  return { ...told, state: "waiting", notYet: item.notYet + 1, dueAt: chance.now + wait };
}

/** The request came to nothing, for all of this batch. */
export function unanswered(batch: readonly Item[], failure: Failure, chance: Chance): Item[] {
  if (failure.kind === "unreachable" || failure.kind === "shut_out") {
    return batch.map((item) => again(item, failure, later(item, chance, failure.retryAfter)));
  }
  const [culprit] = batch;
  if (batch.length === 1 && culprit !== undefined) return [blamed(culprit, failure, chance)];
  const half = Math.ceil(batch.length / 2);
  // What is refused is tried on at once; what fails needs time, as it may fail over everything.
  const dueAt = (item: Item) => (failure.kind === "rejected" ? 0 : later(item, chance, null));
  return batch.map((item) => ({ ...again(item, failure, dueAt(item)), batchMax: half }));
}

/** Give those that a transition changes. */
export function moved(items: readonly Item[], transition: (item: Item) => Item): Item[] {
  return items.map(transition).filter((item, place) => item !== items[place]);
}

/** Somebody goes away counting on it: from now on it is sent until it is in the book. */
export function promised(item: Item): Item {
  return { ...item, isPromised: true };
}

/** A person wants it sent once more. */
export function retried(item: Item): Item {
  if (item.state !== "attention") return item;
  return { ...item, state: "waiting", isPromised: true, attempts: 0, notYet: 0, dueAt: 0 };
}

/** A person has seen to it; it stays readable with the answer that it got. */
export function dismissed(item: Item): Item {
  return item.state === "attention" ? { ...item, state: "settled" } : item;
}

/** Do not wait any longer: the network is back, or somebody pressed "send". */
export function hastened(item: Item, now: number): Item {
  return item.state === "waiting" && item.dueAt > now ? { ...item, dueAt: 0 } : item;
}

/**
 * Take an item back, also while it waits: the other operation goes behind it, never in its place,
 * because it may have arrived already without our hearing of it.
 */
export function undoing(item: Item, undo: Operation, n: number): Item {
  return queued(undo, { n, isPromised: true, follows: item.id });
}

/** Whether it is in the book, now or since before. */
export function isBooked(answer: Answer): boolean {
  return answer.code === null && (answer.status === "accepted" || answer.status === "replayed");
}

/** Whether the service keeps it until a person has looked at it. */
export function isKeptForReview(answer: Answer): boolean {
  return answer.status === "review";
}

/** How much is still to do. */
export function summary(items: readonly Item[]): { waiting: number; attention: number } {
  const count = (...states: State[]) => items.filter((item) => states.includes(item.state)).length;
  return { waiting: count("waiting", "sent"), attention: count("attention") };
}

function inOrder(items: readonly Item[]): Item[] {
  return [...items].sort((one, other) => one.n - other.n);
}

function isAmong(items: readonly Item[], id: string): boolean {
  return items.some((item) => item.id === id);
}

function again(item: Item, failure: Failure, dueAt: number): Item {
  return { ...item, state: "waiting", trouble: failure.trouble, dueAt };
}

/** Whether it never was in the book and never will be, whoever asks again. */
function isRefusedForGood({ answer }: Item): boolean {
  if (answer === null || !answer.final || isBooked(answer) || isKeptForReview(answer)) return false;
  return answer.status !== "conflict";
}

/**
 * Whether it was to take back what somebody gave up waiting for, and that has not arrived in all
 * this time: then it never will. Nor does anybody count on goods that may not be taken along.
 */
function isForNothing(item: Item, answer: Answer): boolean {
  if (item.operation.kind === "stock_leased") return true;
  const isAsked = item.operation.kind === "undo" && item.follows === null;
  return isAsked && answer.code === "operation_unknown" && item.notYet >= NOTHING_MAX;
}

/** It stood alone, so it is to blame; what fails may also be the service's own trouble. */
function blamed(item: Item, failure: Failure, chance: Chance): Item {
  const isLast = failure.kind === "rejected" || item.attempts >= BROKEN_MAX;
  const next = again(item, failure, later(item, chance, failure.retryAfter));
  return isLast ? { ...next, state: "attention" } : next;
}

function later(item: Item, chance: Chance, retryAfter: number | null): number {
  return chance.now + pause(item.attempts, chance.random, retryAfter);
}
