/** Goods for points: what a card buys here now, and the handing over. */

import type { CardCode } from "./card.ts";
import type { Desk, Outcome } from "./desk.ts";
import type { Item } from "./queue.ts";
import type { Choice, Purse } from "./screens/redeem.tsx";
import { costOf, sealedPurse, shelf, spelled } from "./shelf.ts";
import type { Stage } from "./stage.ts";
import { together } from "./sums.ts";
import { refusal, withReason } from "./verdicts.ts";
import { say } from "./words.ts";

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
  async open(card: CardCode, notice: string | null): Promise<void> {
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
    const purse: Purse = isOnline
      ? { available: reply.body.available, asOf: null, ceiling: null }
      : await sealedPurse(bundle, sealed, card, waiting);
    const goods = shelf(bundle, isOnline ? null : waiting, language);
    this.#stage.show({ screen: { name: "redeem", card, purse, goods, notice, isBusy: false } });
  }

  /** Hand goods out: one act for each kind, all in one call. */
  async confirm(choices: readonly Choice[]): Promise<void> {
    const { screen } = this.#stage.view;
    if (screen.name !== "redeem" || screen.isBusy) return;
    this.#stage.show({ screen: { ...screen, isBusy: true } });
    const operations = choices.map(({ goods, pieces }) =>
      this.#desk.named("redeem", {
        card: screen.card,
        reward: goods.key,
        quantity: pieces,
        price_shown: goods.price,
      }),
    );
    // Only what was shown as an offer without a network may go without an answer.
    const mayKeep = screen.purse.ceiling !== null;
    const outcome = await this.#desk.act(operations, mayKeep);
    const goods = spelled(choices, this.#stage.language);
    if (outcome.answers !== null) await this.#answered(screen.card, outcome, choices);
    else if (mayKeep) this.#stage.tell("redeem", outcome, { points: -costOf(choices), goods });
    else this.#unsure(outcome.items, choices);
    this.#stage.refresh();
    await this.#stage.refreshLast();
  }

  /** Ask once more whether goods may be handed over. */
  async askAgain(): Promise<void> {
    const { screen } = this.#stage.view;
    if (screen.name !== "unsure" || screen.isBusy) return;
    this.#stage.show({ screen: { ...screen, isBusy: true } });
    const outcome = await this.#desk.ask(screen.items, false);
    if (outcome.answers === null) this.#unsure(outcome.items, screen.choices);
    else await this.#answered(screen.card, outcome, screen.choices);
    await this.#stage.refreshLast();
  }

  /** Give up waiting: whatever arrived is taken back, so nothing is paid for nothing. */
  async giveUp(): Promise<void> {
    const { screen } = this.#stage.view;
    if (screen.name !== "unsure") return;
    await this.#desk.abandon(screen.items);
    const notice = say("noRedeem", this.#stage.language);
    this.#stage.show({ screen: { name: "ready" }, notice });
  }

  #unsure(items: readonly Item[], choices: readonly Choice[]): void {
    const { screen } = this.#stage.view;
    if (screen.name !== "redeem" && screen.name !== "unsure") return;
    const { card } = screen;
    this.#stage.show({ screen: { name: "unsure", card, items, choices, isBusy: false } });
  }

  async #answered(card: CardCode, outcome: Outcome, choices: readonly Choice[]): Promise<void> {
    const answers = outcome.answers ?? [];
    const total = together(answers);
    if (total.isMendable && total.booked === 0) {
      return await this.open(card, total.answer.message);
    }
    const { language } = this.#stage;
    const done = choices.filter((_, place) => answers[place]?.code === null);
    const goods = done.length === 0 ? null : spelled(done, language);
    if (total.code === null || total.booked === 0) {
      return this.#stage.tell("redeem", outcome, { goods });
    }
    // Some of it is done: what may be handed over comes first, and why the rest may not.
    const items = outcome.items.filter((_, place) => answers[place]?.code === null);
    this.#stage.say("redeem", withReason(total.answer, goods, language), { items });
  }
}
