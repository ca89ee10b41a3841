/** Goods for points: what a card buys here now, and the handing over. */

import type { Desk, Outcome } from "./desk.ts";
import { isOneTime, isPaying } from "./paying.ts";
import { type Answer, type Item, isBooked, type Operation } from "./queue.ts";
import type { Shown } from "./screen.ts";
import type { Choice, Purse } from "./screens/redeem.tsx";
import { costOf, sealedPurse, shelf, spelled } from "./shelf.ts";
import type { Stage } from "./stage.ts";
import { together } from "./sums.ts";
import { localVerdict, refusal, withReason } from "./verdicts.ts";
import { say } from "./words.ts";

/** Why a household may be asked for its PIN, once or once more. */
const ASKS_FOR_PIN: ReadonlySet<string | null> = new Set(["second_factor_needed", "pin_wrong"]);

/** What became of the goods that were asked for so far. */
interface Done {
  readonly choices: readonly Choice[];
  readonly answers: readonly Answer[];
  readonly items: readonly Item[];
}

const NOTHING_DONE: Done = { choices: [], answers: [], items: [] };

/** Goods that somebody wants, and what was shown for them. */
export interface Wanted {
  readonly card: Shown;
  readonly choices: readonly Choice[];
  readonly pin: string | null;
  /** What is still to be asked for, and what goes in one call: with a PIN only one kind. */
  readonly groups: readonly (readonly Choice[])[];
  readonly done: Done;
}

function wanted(card: Shown, choices: readonly Choice[], pin: string | null): Wanted {
  const groups = pin === null ? [choices] : choices.map((choice) => [choice]);
  return { card, choices, pin, groups, done: NOTHING_DONE };
}

export class Counter {
  readonly #desk: Desk;
  readonly #stage: Stage;

  constructor(desk: Desk, stage: Stage) {
    this.#desk = desk;
    this.#stage = stage;
  }

  /**
   * Show what the card's points buy here, now.
   *
   * @param notice why it is shown again, for example that a price has changed
   */
  async open(card: Shown, notice: string | null): Promise<void> {
    const { bundle, language, sealed } = this.#stage;
    this.#stage.show({ screen: { name: "working" } });
    const { network, waiting } = this.#desk.standing;
    const reply =
      network === "offline"
        ? ({ kind: "failed" } as const)
        : await this.#desk.call<{ available: number }>("POST", "/balances", { card });
    if (reply.kind === "problem" && reply.status < 500 && reply.status !== 429) {
      const answers = [refusal(reply.code, reply.message)];
      return this.#stage.tell("redeem", { answers, items: [] }, {});
    }
    const isOnline = reply.kind === "ok";
    const purse: Purse | null = isOnline
      ? { available: reply.body.available, asOf: null, ceiling: null }
      : isPaying(card)
        ? null
        : await sealedPurse(bundle, sealed, card, waiting);
    if (purse === null) return this.#cannotTell(card);
    const goods = shelf(bundle, isOnline ? null : waiting, language);
    this.#stage.show({ screen: { name: "redeem", card, purse, goods, notice, isBusy: false } });
  }

  /** Hand goods out: one act for each kind, all in one call. */
  async confirm(choices: readonly Choice[]): Promise<void> {
    const { screen } = this.#stage.view;
    if (screen.name !== "redeem" || screen.isBusy) return;
    this.#stage.show({ screen: { ...screen, isBusy: true } });
    // Only what was shown as an offer without a network may go without an answer.
    const mayKeep = screen.purse.ceiling !== null;
    await this.#handOut(wanted(screen.card, choices, null), mayKeep);
  }

  /** Hand the same goods out, now that the household has given its PIN. */
  async withPin(pin: string): Promise<void> {
    const { screen } = this.#stage.view;
    if (screen.name !== "pin" || screen.isBusy) return;
    this.#stage.show({ screen: { ...screen, isBusy: true } });
    await this.#handOut(wanted(screen.card, screen.choices, pin), false);
  }

  /** @param unanswered the acts of the first group, if they were asked for before */
  async #handOut(asked: Wanted, mayKeep: boolean, unanswered?: readonly Item[]): Promise<void> {
    let { groups, done } = asked;
    let items = unanswered;
    for (let [group, ...rest] = groups; group !== undefined; [group, ...rest] = groups) {
      const outcome = await (items === undefined
        ? this.#desk.act(this.#named(asked.card, group), mayKeep, asked.pin)
        : this.#desk.ask(items, mayKeep, asked.pin));
      items = undefined;
      if (outcome.answers === null) {
        this.#unanswered({ ...asked, groups, done }, outcome, mayKeep);
        break;
      }
      done = {
        choices: [...done.choices, ...group],
        answers: [...done.answers, ...outcome.answers],
        items: [...done.items, ...outcome.items],
      };
      groups = outcome.answers.every(isBooked) ? rest : [];
      if (groups.length === 0) await this.#answered(asked, done);
    }
    this.#stage.refresh();
    await this.#stage.refreshLast();
  }

  #named(card: Shown, choices: readonly Choice[]): readonly Operation[] {
    return choices.map(({ goods, pieces }) =>
      this.#desk.named("redeem", {
        card,
        reward: goods.key,
        quantity: pieces,
        price_shown: goods.price,
      }),
    );
  }

  /** Ask once more whether goods may be handed over. */
  async askAgain(): Promise<void> {
    const { screen } = this.#stage.view;
    if (screen.name !== "unsure" || screen.isBusy) return;
    this.#stage.show({ screen: { ...screen, isBusy: true } });
    await this.#handOut(screen.wanted, false, screen.items);
  }

  /** Give up waiting: whatever arrived is taken back, so nothing is paid for nothing. */
  async giveUp(): Promise<void> {
    const { screen } = this.#stage.view;
    if (screen.name !== "unsure") return;
    await this.#desk.abandon(screen.items);
    const { wanted: asked } = screen;
    // What was booked before may be handed over all the same.
    if (asked.done.answers.some(isBooked)) return await this.#answered(asked, asked.done);
    const notice = say("noRedeem", this.#stage.language);
    this.#stage.show({ screen: { name: "ready" }, notice });
  }

  /** Whether a one-time code is good only the service can tell, and what a new card holds. */
  #cannotTell(card: Shown): void {
    const { language } = this.#stage;
    const [why, line] = isOneTime(card)
      ? (["onceOffline", "foreignSay"] as const)
      : (["noBalance", "noBalanceSay"] as const);
    this.#stage.say(
      "redeem",
      localVerdict("no", say("noRedeem", language), say(why, language), say(line, language)),
    );
  }

  #unanswered(asked: Wanted, outcome: Outcome, isKept: boolean): void {
    const { items } = outcome;
    if (isKept) {
      const goods = spelled(asked.choices, this.#stage.language);
      this.#stage.tell("redeem", outcome, { points: -costOf(asked.choices), goods });
    } else {
      this.#stage.show({ screen: { name: "unsure", items, wanted: asked, isBusy: false } });
    }
  }

  async #answered({ card, choices }: Wanted, done: Done): Promise<void> {
    const { answers } = done;
    const total = together(answers);
    if (total.booked === 0 && ASKS_FOR_PIN.has(total.code)) {
      const problem = total.answer.message;
      return this.#stage.show({ screen: { name: "pin", card, choices, problem, isBusy: false } });
    }
    if (total.isMendable && total.booked === 0) {
      return await this.open(card, total.answer.message);
    }
    const { language } = this.#stage;
    const given = done.choices.filter((_, place) => answers[place]?.code === null);
    const goods = given.length === 0 ? null : spelled(given, language);
    if (total.code === null || total.booked === 0) {
      return this.#stage.tell("redeem", done, { goods });
    }
    // Some of it is done: what may be handed over comes first, and why the rest may not.
    const items = done.items.filter((_, place) => answers[place]?.code === null);
    this.#stage.say("redeem", withReason(total.answer, goods, language), { items });
  }
}
