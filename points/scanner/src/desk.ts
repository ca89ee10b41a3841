/**
 * What lies between the screens and the service: every act is written down before it is sent, sent
 * under one name however often, and kept until it is in the book or a person has seen to it.
 *
 * A live act and one that waited are the same call with the same name; that it waited is said by
 * `offline`, and the service decides what follows from it.
 */

import { alone } from "./alone.ts";
import { makeId, type Randomness } from "./ids.ts";
import { digestOf, type Happening } from "./journal.ts";
import { sendJournal } from "./journal_sending.ts";
import { Line } from "./line.ts";
import {
  type Answer,
  chooseBatch,
  type Failure,
  hastened,
  type Item,
  moved,
  type Operation,
  promised,
  queued,
  recovered,
  sent,
  settled,
  unanswered,
  undoing,
} from "./queue.ts";
import {
  answersIn,
  type Beat,
  confirmed,
  endsFor,
  exported,
  failureOf,
  type JournalTaken,
  offline,
  scrubbed,
} from "./sending.ts";
import type { Call, Reply, Server } from "./server.ts";
import { STANDING, type Standing } from "./standing.ts";
import { ifRoom, type Store } from "./store.ts";
import { Asking, ClockWatch } from "./stranded.ts";

/** Time and chance, handed in from the page. */
export interface World {
  now(): Date;
  /** Milliseconds since the page was opened, by a clock that nobody can set. */
  ticks(): number;
  random(): number;
  readonly fill: Randomness;
}

/** What became of an act that somebody is waiting for. */
export interface Outcome {
  /** What the service said to each, in order; null where nobody knows yet. */
  readonly answers: readonly Answer[] | null;
  readonly items: readonly Item[];
}

/** For as long as this somebody may stand and wait. */
export const LIVE_TIMEOUT_MS = 4_000;
const BATCH_TIMEOUT_MS = 20_000;
const BATCH = 100;

export class Desk {
  readonly #store: Store;
  readonly #line: Line;
  readonly #world: World;
  readonly #session: string;
  readonly #changed: (standing: Standing) => void;
  #standing: Standing = STANDING;
  readonly #asking = new Asking();
  readonly #clock = new ClockWatch();
  #isDraining = false;
  /** Whether what an earlier run left is taken up. */
  #isTakenUp = false;

  constructor(store: Store, server: Server, world: World, changed: (standing: Standing) => void) {
    this.#store = store;
    this.#line = new Line(server, () => world.ticks());
    this.#world = world;
    this.#changed = changed;
    this.#session = makeId(world.fill);
  }

  get standing(): Standing {
    return this.#standing;
  }

  now(): Date {
    return this.#world.now();
  }

  /** Take up what an earlier run left: what was on its way may have arrived, so it goes again. */
  async open(): Promise<void> {
    await this.#takeUp();
    await ifRoom(this.journal("start", ""));
    await this.#look();
  }

  /** Write a line into the journal beside those of operations. */
  async journal(kind: string, subject: string, digest = ""): Promise<void> {
    await this.#store.note(this.#happening(kind, subject, digest));
  }

  /** Name an operation, at this moment. */
  named(kind: string, fields: Omit<Operation, "id" | "kind">): Operation {
    return {
      ...fields,
      id: makeId(this.#world.fill),
      kind,
      occurred_at: this.#world.now().toISOString(),
    };
  }

  /**
   * Do acts together while somebody waits: answered by the service, or kept for later.
   *
   * @param mayKeep whether a person may go away counting on them without an answer
   * @param pin the household's, if it was asked for
   */
  async act(
    operations: readonly Operation[],
    mayKeep: boolean,
    pin: string | null = null,
  ): Promise<Outcome> {
    const items: Item[] = [];
    for (const operation of operations) items.push(await this.#record(operation));
    if (this.#line.network === "offline" && mayKeep) return await this.keep(items);
    return await this.ask(items, mayKeep, pin);
  }

  /** Ask, or ask once more about acts whose answer never came. */
  async ask(items: readonly Item[], mayKeep: boolean, pin: string | null = null): Promise<Outcome> {
    return await this.#asking.during(items, () => this.#ask(items, mayKeep, pin));
  }

  async #ask(items: readonly Item[], mayKeep: boolean, pin: string | null): Promise<Outcome> {
    const going = await this.#pass(items, sent);
    const reply = await this.#timed<Answer[]>({
      method: "POST",
      path: "/operations",
      body: going.map((item) => confirmed(item.operation, pin)),
      timeout: LIVE_TIMEOUT_MS,
    });
    const answers = answersIn(reply, going);
    if (answers !== null) {
      await this.#settle(going, answers);
      return { answers, items: going.map((item) => ({ ...item, state: "settled" })) };
    }
    await this.#unsettle(going, failureOf(reply));
    if (mayKeep) return await this.keep(going);
    return { answers: null, items: going };
  }

  /** Take an act back, also while it still waits. */
  async undo(item: Item): Promise<Outcome> {
    const operation = this.named("undo", { undoes: item.id });
    const undo = await this.#store.record(this.#told(operation), (n) =>
      undoing(item, operation, n),
    );
    if (item.state !== "settled" || this.#line.network === "offline")
      return await this.keep([undo]);
    return await this.ask([undo], true);
  }

  /** Keep acts for later: somebody counts on them, so they are sent until they are in the book. */
  async keep(items: readonly Item[]): Promise<Outcome> {
    const kept = await this.#pass(items, (item) => ({ ...promised(item), dueAt: 0 }));
    await this.#look();
    return { answers: null, items: kept };
  }

  /**
   * Give up waiting for answers: nobody counts on these acts any more. What may have arrived is
   * taken back, so that nothing is paid for nothing.
   */
  async abandon(items: readonly Item[]): Promise<void> {
    for (const item of items) {
      const operation = this.named("undo", { undoes: item.id });
      await this.#store.record(this.#told(operation), (n) =>
        queued(operation, { n, isPromised: true }),
      );
    }
    // Only now: whoever is cut off in between has taken back more than was given up, never less.
    await this.#store.change((found) => found.map((item) => ({ ...item, state: "settled" })), {
      ids: items.map((item) => item.id),
      lines: (changed) => changed.map((item) => this.#happening("withdrawn", item.id, "")),
    });
    await this.#look();
  }

  /** Send what is due, oldest first, until nothing is; then tell the service how it stands. */
  async drain(isHurried = false): Promise<void> {
    if (this.#isDraining) return;
    this.#isDraining = true;
    try {
      if (!this.#isTakenUp) await this.#takeUp();
      const now = this.#world.now().getTime();
      if (this.#clock.isSet(now, this.#world.ticks()) || isHurried) {
        await this.#store.change((items) => moved(items, (item) => hastened(item, now)));
      }
      await alone(async () => {
        const stranded = await this.#where((item) => this.#asking.isStranded(item));
        if (stranded.length > 0) await this.#pass(stranded, recovered);
        await this.#drainAlone();
      });
    } finally {
      this.#isDraining = false;
      await this.#look();
    }
  }

  /** Tell the service how it stands here, and hear how it stands there. */
  async beat(volunteer: string | null, app: string): Promise<string | null> {
    const [items, head] = await Promise.all([this.#store.unsettled(), this.#store.head()]);
    const waiting = items.filter((item) => item.state !== "attention");
    const asked = this.#world.now().getTime();
    const reply = await this.#timed<Beat>({
      method: "POST",
      path: "/devices/heartbeat",
      body: {
        at: this.#world.now().toISOString(),
        waiting: waiting.length,
        attention: items.length - waiting.length,
        oldest_waiting_at: waiting[0]?.operation["occurred_at"] ?? null,
        journal: { number: head.n, hash: head.hash },
        volunteer,
        app,
      },
      timeout: LIVE_TIMEOUT_MS,
    });
    const isNo = reply.kind === "problem" && (reply.status === 401 || reply.status === 403);
    this.#tell({ isShutOut: isNo || (reply.kind !== "ok" && this.#standing.isShutOut) });
    if (reply.kind !== "ok") return null;
    const { server_time, journal, bundle, is_closing } = reply.body;
    const halfway = (asked + this.#world.now().getTime()) / 2;
    this.#tell({ clockAhead: halfway - Date.parse(server_time), isClosing: is_closing });
    await sendJournal(this.#store, journal, (lines) =>
      this.#timed<JournalTaken>({
        method: "POST",
        path: "/devices/journal",
        body: { lines },
        timeout: BATCH_TIMEOUT_MS,
      }),
    );
    return bundle;
  }

  /** Fetch what the booth works with. */
  async fetch<Body>(
    path: string,
    etag?: string,
    timeout: number = BATCH_TIMEOUT_MS,
  ): Promise<Reply<Body>> {
    return await this.#timed<Body>({ method: "GET", path, etag, timeout });
  }

  /** Ask something that writes nothing into the book. */
  async call<Body>(method: "POST" | "PUT", path: string, body: unknown): Promise<Reply<Body>> {
    return await this.#timed<Body>({ method, path, body, timeout: LIVE_TIMEOUT_MS });
  }

  /** The last acts here, newest first. */
  async latest(count: number): Promise<readonly Item[]> {
    return await this.#store.latest(count);
  }

  /** Everything that a person may carry to the organiser when this phone cannot send it. */
  async exported(device: string): Promise<object> {
    return exported(await this.#store.everything(), device, this.now());
  }

  async #takeUp(): Promise<void> {
    const recovering = this.#store.change((items) => moved(items, recovered));
    this.#isTakenUp = await ifRoom(recovering);
  }

  async #drainAlone(): Promise<void> {
    let batch = await this.#due();
    while (batch.length > 0) {
      const reply = await this.#timed<Answer[]>({
        method: "POST",
        path: "/operations",
        body: batch.map(offline),
        timeout: BATCH_TIMEOUT_MS,
      });
      const answers = answersIn(reply, batch);
      if (answers === null) await this.#unsettle(batch, failureOf(reply));
      else await this.#settle(batch, answers);
      await this.#look();
      if (answers === null && reply.kind !== "problem") return;
      batch = await this.#due();
    }
  }

  /** Mark what is to go as sent, before it goes. */
  async #due(): Promise<readonly Item[]> {
    const batch = chooseBatch(await this.#store.unsettled(), this.#world.now().getTime(), BATCH);
    return batch.length === 0 ? [] : await this.#pass(batch, sent);
  }

  async #record(operation: Operation): Promise<Item> {
    return await this.#store.record(this.#told(operation), (n) =>
      queued(operation, { n, isPromised: false }),
    );
  }

  async #settle(items: readonly Item[], answers: readonly Answer[]): Promise<void> {
    const chance = this.#chance();
    const names = new Set(answers.map((answer) => answer.id));
    const followers = await this.#where((item) => names.has(item.follows));
    const ids = [...items, ...followers].map((item) => item.id);
    await this.#store.change((found) => settled(found, answers, chance).map(scrubbed), {
      ids,
      lines: (changed) => changed.flatMap((item) => this.#ending(item)),
    });
    await this.#look();
  }

  async #unsettle(items: readonly Item[], failure: Failure): Promise<void> {
    const chance = this.#chance();
    const after = new Map(unanswered(items, failure, chance).map((item) => [item.id, item]));
    await this.#pass(items, (item) => after.get(item.id) ?? item);
    if (failure.kind === "shut_out") this.#tell({ isShutOut: true });
  }

  async #where(holds: (item: Item) => boolean): Promise<readonly Item[]> {
    return (await this.#store.unsettled()).filter(holds);
  }

  async #pass(items: readonly Item[], transition: (item: Item) => Item): Promise<readonly Item[]> {
    const ids = items.map((item) => item.id);
    return await this.#store.change((found) => found.map(transition), { ids });
  }

  async #timed<Body>(call: Call): Promise<Reply<Body>> {
    const reply = await this.#line.ask<Body>(call);
    this.#tell({ network: this.#line.network });
    return reply;
  }

  /** How many milliseconds to wait before the network is tried again. */
  retryIn(): number {
    return this.#line.retryIn(this.#world.random());
  }

  async #look(): Promise<void> {
    const items = await this.#store.unsettled();
    this.#tell({
      network: this.#line.network,
      waiting: items.filter((item) => item.state !== "attention" && item.isPromised),
      attention: items.filter((item) => item.state === "attention"),
    });
  }

  #tell(change: Partial<Standing>): void {
    this.#standing = { ...this.#standing, ...change };
    this.#changed(this.#standing);
  }

  #told(operation: Operation): Happening {
    return this.#happening("operation", operation.id, digestOf(operation));
  }

  #ending(item: Item): readonly Happening[] {
    const kind = endsFor(item);
    return kind === null ? [] : [this.#happening(kind, item.id, "")];
  }

  #happening(kind: string, subject: string, digest: string): Happening {
    return {
      at: this.#world.now().getTime(),
      session: this.#session,
      ticked: Math.round(this.#world.ticks()),
      kind,
      subject,
      digest,
    };
  }

  #chance(): { now: number; random: number } {
    return { now: this.#world.now().getTime(), random: this.#world.random() };
  }
}
