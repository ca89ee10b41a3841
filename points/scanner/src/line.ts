/** The line to the service: what became of the last requests tells how it is. */

import { type Connectivity, connectivity, noted, pause, type Try } from "./connectivity.ts";
import type { Call, Reply, Server } from "./server.ts";

export class Line {
  readonly #server: Server;
  readonly #ticks: () => number;
  #tries: readonly Try[] = [];
  #failures = 0;

  /** @param ticks milliseconds since the page was opened */
  constructor(server: Server, ticks: () => number) {
    this.#server = server;
    this.#ticks = ticks;
  }

  /** Ask, and note whether an answer came and how soon. */
  async ask<Body>(call: Call): Promise<Reply<Body>> {
    const began = this.#ticks();
    const reply = await this.#server.ask<Body>(call);
    const at = this.#ticks();
    const reached = reply.kind !== "failed";
    this.#tries = noted(this.#tries, { at, took: at - began, reached });
    this.#failures = reached ? 0 : this.#failures + 1;
    return reply;
  }

  get network(): Connectivity {
    return connectivity(this.#tries, this.#ticks());
  }

  /** How many milliseconds to wait before the network is tried again. */
  retryIn(random: number): number {
    return pause(this.#failures, random, null);
  }
}
