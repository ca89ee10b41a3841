/**
 * One tablet's kiosk: a card is held up, its balance is told, and soon it is as if nobody had been
 * there. Whatever comes in after somebody has left is shown to nobody.
 */

import type { CardCode } from "./card.ts";
import { type Face, faceOf } from "./faces.ts";
import type { Facing } from "./kiosk_facing.ts";
import { type BalanceSaid, keptOf, type LineSaid, type Told, toldOf } from "./kiosk_told.ts";
import { makeLockout } from "./lockout.ts";
import { meaningOf, textOf } from "./scanning.ts";
import { sealedTag, unseal } from "./sealed.ts";

export type KioskView =
  | { readonly name: "ready"; readonly notice: "foreign" | null }
  | { readonly name: "asking" }
  | {
      readonly name: "told";
      readonly told: Told;
      /** When it was told. */
      readonly at: Date;
      /** What is printed beside it; null before it was asked for. */
      readonly paper: readonly LineSaid[] | null;
      readonly isPrinting: boolean;
    }
  /** Why there is nothing to tell: in the service's words, or for want of a network. */
  | { readonly name: "not"; readonly face: Face; readonly why: string | null };

const READY: KioskView = { name: "ready", notice: null };
const LINES_PRINTED = 12;

export class Kiosk {
  readonly #look: () => Facing | null;
  readonly #changed: (view: KioskView) => void;
  readonly #mayPass = makeLockout();
  #view: KioskView = READY;
  #card: CardCode | null = null;
  /** Counts those who came, and those who left. */
  #visit = 0;

  /** @param look gives what the phone has now */
  constructor(look: () => Facing | null, changed: (view: KioskView) => void) {
    this.#look = look;
    this.#changed = changed;
  }

  get view(): KioskView {
    return this.#view;
  }

  get isBusy(): boolean {
    return this.#view.name !== "ready";
  }

  async scanned(texts: readonly string[], ticks: number): Promise<void> {
    const meaning = meaningOf(texts);
    if (meaning === null || !this.#mayPass(textOf(meaning), ticks)) return;
    if (meaning.what === "card") return await this.#ask(meaning.code);
    if (this.#view.name === "ready") this.#show({ name: "ready", notice: "foreign" });
  }

  /** Be as if nobody had been here. */
  home(): void {
    this.#visit += 1;
    this.#card = null;
    this.#show(READY);
  }

  /** Fetch what belongs on the paper; the page prints it once it is there. */
  async print(): Promise<void> {
    const [view, card, facing] = [this.#view, this.#card, this.#look()];
    if (view.name !== "told" || view.isPrinting || card === null || facing === null) return;
    const visit = this.#visit;
    this.#show({ ...view, isPrinting: true, paper: null });
    const paper = await linesOf(facing, card, view.told.asOf === null);
    if (visit === this.#visit) this.#show({ ...view, isPrinting: true, paper });
  }

  /** It has been printed, or nobody wants it any more. */
  printed(): void {
    if (this.#view.name === "told") this.#show({ ...this.#view, isPrinting: false });
  }

  async #ask(card: CardCode): Promise<void> {
    const facing = this.#look();
    if (facing === null) return;
    this.#visit += 1;
    const visit = this.#visit;
    this.#card = card;
    this.#show({ name: "asking" });
    const view = await answerTo(facing, card);
    if (visit === this.#visit) this.#show(view);
  }

  #show(view: KioskView): void {
    this.#view = view;
    this.#changed(view);
  }
}

async function answerTo(facing: Facing, card: CardCode): Promise<KioskView> {
  const { desk, bundle } = facing;
  const isOff = desk.standing.network === "offline";
  const reply = isOff ? null : await desk.call<BalanceSaid>("POST", "/balances", { card });
  if (reply?.kind === "ok") return telling(facing, toldOf(reply.body, bundle));
  if (reply?.kind === "problem" && reply.status < 500 && reply.status !== 429) {
    const face = faceOf(reply.code);
    return { name: "not", face: face === "ask" ? "ask" : "no", why: reply.message };
  }
  const kept = await sealedOf(facing, card);
  return kept === null ? { name: "not", face: "no", why: null } : telling(facing, kept);
}

function telling(facing: Facing, told: Told): KioskView {
  return { name: "told", told, at: facing.world.now(), paper: null, isPrinting: false };
}

/** Open what this phone keeps of the card; null where it keeps nothing, or the card was stopped. */
async function sealedOf(facing: Facing, card: CardCode): Promise<Told | null> {
  // Plain HTTP has no such thing, and then nothing was sealed for it either.
  if (globalThis.crypto?.subtle === undefined) return null;
  const tag = await sealedTag(card);
  const record = facing.sealed?.records.find(([name]) => name === tag);
  const balance = record === undefined ? null : await unseal(card, tag, record[1]);
  if (balance === null || balance.state !== "active") return null;
  return keptOf(balance.available, new Date(balance.madeAt * 1000), facing.bundle);
}

/**
 * Read the last lines; none where this phone cannot now, or may not: one that only adds points tells
 * whoever holds a card up its balance, and not what its household did elsewhere.
 */
async function linesOf(facing: Facing, card: CardCode, isOnline: boolean): Promise<LineSaid[]> {
  if (!isOnline || facing.role === "earn") return [];
  const asked = { card, limit: LINES_PRINTED };
  const reply = await facing.desk.call<{ lines: LineSaid[] }>("POST", "/statements", asked);
  return reply.kind === "ok" ? reply.body.lines : [];
}
