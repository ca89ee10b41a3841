/**
 * A resident chooses the household's PIN on the lead's phone. It needs an answer, and the PIN is
 * held for as long as this takes and written down nowhere.
 */

import type { Caller } from "./binding.ts";
import type { CardCode } from "./card.ts";
import type { Reply } from "./server.ts";
import type { Stage } from "./stage.ts";
import { localVerdict, refusal } from "./verdicts.ts";
import { say } from "./words.ts";

/** What the resident is asked for. `again` is for an answer that never came. */
export type PinStep = "new" | "old" | "again";

/** What lets a PIN take another's place: that one, or the lead's word. */
type Warrant = { readonly old: string } | { readonly vouched: true };

interface Set {
  readonly spoken: string;
}

/** Refusals after which the PIN until now is asked for, once or once more. */
const ASKS_FOR_OLD: ReadonlySet<string> = new Set(["pin_already_set", "pin_wrong", "pin_locked"]);
const RISING = "01234567890";

export class PinSetter {
  readonly #caller: Caller;
  readonly #stage: Stage;
  /** What was typed for which card; nothing of it outlasts the screen. */
  #chosen: { readonly card: CardCode; readonly pin: string; warrant: Warrant | null } | null = null;

  constructor(caller: Caller, stage: Stage) {
    this.#caller = caller;
    this.#stage = stage;
  }

  /** Let go of what was typed. */
  drop(): void {
    this.#chosen = null;
  }

  /** A card was scanned. */
  open(card: CardCode): void {
    this.drop();
    this.#show(card, "new", null);
  }

  /** It was typed twice. */
  async choose(pin: string): Promise<void> {
    const { screen } = this.#stage.view;
    if (screen.name !== "newPin" || screen.isBusy) return;
    this.#chosen = { card: screen.card, pin, warrant: null };
    await this.#ask();
  }

  /** The PIN until now was typed, or the lead vouches for whoever has forgotten it. */
  async replace(warrant: Warrant): Promise<void> {
    if (this.#chosen === null) return;
    this.#chosen.warrant = warrant;
    await this.#ask();
  }

  /** Ask once more: if the first answer was lost, the new PIN is the one until now. */
  async askAgain(): Promise<void> {
    const chosen = this.#chosen;
    if (chosen === null) return;
    const isVouched = chosen.warrant !== null && "vouched" in chosen.warrant;
    if (!isVouched) chosen.warrant = { old: chosen.pin };
    await this.#ask();
  }

  async #ask(): Promise<void> {
    const chosen = this.#chosen;
    const { screen } = this.#stage.view;
    if (chosen === null || screen.name !== "newPin" || screen.isBusy) return;
    this.#stage.show({ screen: { ...screen, isBusy: true } });
    const { card, pin, warrant } = chosen;
    const reply = await this.#caller.call<Set>("PUT", "/cards/pin", { card, pin, ...warrant });
    // Whoever went away meanwhile takes along what was typed.
    if (this.#chosen === chosen) this.#answered(card, reply);
  }

  #answered(card: CardCode, reply: Reply<Set>): void {
    if (reply.kind === "ok") this.#done(reply.body);
    else if (reply.kind === "problem" && reply.status < 500 && reply.status !== 429) {
      this.#refused(card, reply.code, reply.message);
    } else this.#show(card, "again", say("pinOffline", this.#stage.language));
  }

  #done({ spoken }: Set): void {
    this.drop();
    const { language } = this.#stage;
    const title = say("pinSetTitle", language);
    const facts = [say("boundNumber", language, { number: spoken })];
    const verdict = localVerdict("ok", title, null, say("pinSetSay", language));
    this.#stage.say("setPin", { ...verdict, facts });
  }

  #refused(card: CardCode, code: string, message: string): void {
    if (ASKS_FOR_OLD.has(code)) {
      this.#show(card, "old", message);
      return;
    }
    this.drop();
    if (code === "pin_invalid") this.#show(card, "new", message);
    else this.#stage.tell("setPin", { answers: [refusal(code, message)], items: [] }, {});
  }

  #show(card: CardCode, step: PinStep, problem: string | null): void {
    this.#stage.show({ screen: { name: "newPin", card, step, problem, isBusy: false } });
  }
}

/** Whether everybody would try it first: all the same digit, or digits in order. */
export function isPlain(pin: string): boolean {
  const turned = [...pin].reverse().join("");
  return new Set(pin).size === 1 || RISING.includes(pin) || RISING.includes(turned);
}
