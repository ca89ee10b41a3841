/** What was sent and will never hear its answer, and clocks that were set while things wait. */

import type { Item } from "./queue.ts";

/** Keeps apart what this page asks for right now from what was sent by a tab that is gone. */
export class Asking {
  readonly #now = new Set<string>();
  readonly #before = new Set<string>();

  /** Ask for these, and wait for the answer. */
  async during<Result>(items: readonly Item[], ask: () => Promise<Result>): Promise<Result> {
    for (const { id } of items) this.#now.add(id);
    try {
      return await ask();
    } finally {
      for (const { id } of items) {
        this.#now.delete(id);
        this.#before.add(id);
      }
    }
  }

  /**
   * Tell whether it was sent and nobody waits for the answer: by a tab that is gone, or while the
   * phone could not remember the answer. What another tab asks for is left to that one.
   */
  isStranded({ id, state, isPromised }: Item): boolean {
    if (state !== "sent" || this.#now.has(id)) return false;
    return isPromised || this.#before.has(id);
  }
}

/** A clock that its phone sets right by itself moves by seconds. */
const SET_MS = 60_000;

/** Notices when somebody sets the clock: what waits by it may wait for hours that were already. */
export class ClockWatch {
  #before: number | null = null;

  /** Tell whether it was set since this was last asked. */
  isSet(now: number, ticks: number): boolean {
    const before = this.#before;
    this.#before = now - ticks;
    return before !== null && Math.abs(this.#before - before) > SET_MS;
  }
}
