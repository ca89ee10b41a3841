/** Whether all that waited on this phone was sent just now, which is told for a moment. */

import type { Standing } from "./standing.ts";
import { type Language, say } from "./words.ts";

const TOLD_MS = 8_000;

export class JustSent {
  #most = 0;
  #sent: { readonly count: number; readonly at: number } | null = null;

  /** Hear what waits; whether all of it has gone out since this was last heard. */
  hear(standing: Standing, now: number): boolean {
    const count = standing.waiting.length;
    const isSent = count === 0 && this.#most > 0 && standing.network !== "offline";
    if (isSent) this.#sent = { count: this.#most, at: now };
    this.#most = count === 0 ? 0 : Math.max(this.#most, count);
    return isSent;
  }

  /** Give the words, for as long as they are news. */
  told(language: Language, now: number): string | null {
    if (this.#sent === null || now - this.#sent.at > TOLD_MS) return null;
    return say("allSent", language, { count: this.#sent.count });
  }
}
