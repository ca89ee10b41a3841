/**
 * What this phone last heard from the service: what its booth does, and what cards may spend. Kept,
 * so that it works without a network from then on.
 */

import type { Bundle, SealedBalances } from "./bundle.ts";
import { type Desk, LIVE_TIMEOUT_MS } from "./desk.ts";
import { ifRoom, type Store } from "./store.ts";

const BUNDLE = "bundle";
const SEALED = "sealed";

export class News {
  readonly #store: Store;
  readonly #desk: Desk;
  #etags: { bundle?: string; sealed?: string } = {};

  constructor(store: Store, desk: Desk) {
    this.#store = store;
    this.#desk = desk;
  }

  /** Give what the booth does as it was last heard, if ever. */
  async keptBundle(): Promise<Bundle | null> {
    return ((await this.#store.kept(BUNDLE)) as Bundle | undefined) ?? null;
  }

  /** Give what cards may spend as it was last heard, if ever. */
  async keptBalances(): Promise<SealedBalances | null> {
    return ((await this.#store.kept(SEALED)) as SealedBalances | undefined) ?? null;
  }

  /** Ask what the booth does; null if there is no answer, or nothing new. */
  async bundle(): Promise<Bundle | null> {
    const reply = await this.#desk.fetch<Bundle>(
      "/devices/bundle",
      this.#etags.bundle,
      LIVE_TIMEOUT_MS,
    );
    if (reply.kind !== "ok") return null;
    await ifRoom(this.#store.keep(BUNDLE, reply.body));
    if (reply.etag !== null) this.#etags.bundle = reply.etag;
    return reply.body;
  }

  /** Ask what cards may spend; null if there is no answer, or nothing new. */
  async balances(): Promise<SealedBalances | null> {
    const reply = await this.#desk.fetch<SealedBalances>("/devices/sealed", this.#etags.sealed);
    if (reply.kind !== "ok") return null;
    if (reply.etag !== null) this.#etags.sealed = reply.etag;
    await ifRoom(this.#store.keep(SEALED, reply.body));
    return reply.body;
  }
}
