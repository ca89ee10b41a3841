/** What is not settled, as this page knows it: thousands are read once, and not for every tap. */

import type { Item } from "./queue.ts";

export class Mirror {
  /** Tells other tabs that something is no longer as they know it. */
  readonly #others: BroadcastChannel | null;
  #items: Map<string, Item> | null = null;
  #listed: readonly Item[] | null = null;
  /** Another as soon as anything was written. */
  #version = 0;

  constructor(name: string) {
    this.#others = "BroadcastChannel" in globalThis ? new BroadcastChannel(name) : null;
    if (this.#others !== null) this.#others.onmessage = () => this.#forget();
  }

  /** Give everything that is not settled, oldest first. */
  async list(load: () => Promise<readonly Item[]>): Promise<readonly Item[]> {
    if (this.#items !== null) {
      this.#listed ??= [...this.#items.values()];
      return this.#listed;
    }
    const version = this.#version;
    const items = await load();
    // Without a way to hear of other tabs, and after a write meanwhile, it is read again.
    if (this.#others !== null && version === this.#version) {
      this.#items = new Map(items.map((item) => [item.id, item]));
    }
    return items;
  }

  /** These were written. An item keeps its place; a new one comes last. */
  wrote(items: readonly Item[]): void {
    if (items.length === 0) return;
    this.#version += 1;
    this.#listed = null;
    for (const item of items) {
      if (item.state === "settled") this.#items?.delete(item.id);
      else this.#items?.set(item.id, item);
    }
    this.#others?.postMessage("wrote");
  }

  close(): void {
    this.#others?.close();
  }

  #forget(): void {
    this.#version += 1;
    this.#items = null;
    this.#listed = null;
  }
}
