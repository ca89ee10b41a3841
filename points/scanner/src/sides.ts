/** The rarer acts of a booth: slips in place of a scan, and goods that a phone takes along. */

import { lastDay, pointsOf } from "./bundle.ts";
import type { CardCode } from "./card.ts";
import type { Desk } from "./desk.ts";
import { type Item, isBooked, type Operation } from "./queue.ts";
import type { Moves } from "./screens/leases.tsx";
import type { SlipCode } from "./slip.ts";
import type { Stage } from "./stage.ts";
import { type Language, say } from "./words.ts";

export class Sides {
  readonly #desk: Desk;
  readonly #stage: Stage;
  #slip: SlipCode | null = null;
  /** The act that was not done, for which a slip is being handed out. */
  #attempt: Operation | null = null;

  constructor(desk: Desk, stage: Stage) {
    this.#desk = desk;
    this.#stage = stage;
  }

  /** Let go of what was begun. */
  drop(): void {
    this.#slip = null;
    this.#attempt = null;
  }

  /** A slip was scanned: it is handed out if that is under way, else its points go to a card. */
  async slip(code: SlipCode): Promise<void> {
    if (this.#stage.view.work === "giveSlip") return await this.give(code);
    this.#slip = code;
    const notice = say("nowTheCard", this.#stage.language);
    this.#stage.show({ work: "cashSlip", screen: { name: "ready" }, notice });
  }

  /** Put the points of the slip that was scanned on this card. */
  async cash(card: CardCode): Promise<void> {
    const slip = this.#slip;
    if (slip === null) {
      this.#stage.show({ notice: say("frameCash", this.#stage.language) });
      return;
    }
    this.#slip = null;
    await this.#stage.post("slip_cashed", this.#desk.named("slip_cashed", { slip, card }), null);
  }

  /** Hand a slip out for an act that was not done. */
  instead(attempt: Operation): void {
    this.#attempt = attempt;
    const notice = say("slipWhy", this.#stage.language);
    this.#stage.show({ work: "giveSlip", screen: { name: "ready" }, notice });
  }

  /** Take goods along: only with an answer, for the shelf is another's too. Or bring them back. */
  async lease(moves: Moves): Promise<void> {
    this.#stage.show({ screen: { name: "leases", isBusy: true } });
    const operations = Object.entries(moves)
      .filter(([, pieces]) => pieces !== 0)
      .map(([reward, pieces]) =>
        this.#desk.named(pieces > 0 ? "stock_leased" : "stock_returned", {
          reward,
          quantity: Math.abs(pieces),
        }),
      );
    const outcome = await this.#desk.act(operations, false);
    const refused = outcome.answers?.find((answer) => !isBooked(answer));
    const notice =
      outcome.answers === null
        ? await unanswered(this.#desk, outcome.items, this.#stage.language)
        : (refused?.message ?? say("leased", this.#stage.language));
    this.#stage.show({ screen: { name: "ready" }, notice });
    this.#stage.refresh();
  }

  /** Hand this slip out for the act that was not done. */
  async give(slip: SlipCode): Promise<void> {
    const attempt = this.#attempt;
    const { bundle, view } = this.#stage;
    if (attempt === null || view.activity === null) return;
    this.#attempt = null;
    const points = Math.min(pointsOf(view.activity) ?? 1, bundle.slip.points_max);
    const operation = this.#desk.named("slip_issued", {
      slip,
      points,
      last_day: lastDay(bundle.slip.days, this.#desk.now()),
      attempt: attempt.id,
    });
    await this.#stage.post("slip_issued", operation, null);
  }
}

/**
 * Goods that nobody said may go stay at the booth: what arrived of it all the same is taken back.
 * Goods that came back stand on their shelf whatever the network does, so that is told until it is
 * heard, and the list of what waits says so.
 */
async function unanswered(desk: Desk, items: readonly Item[], language: Language) {
  const leases = items.filter(({ operation }) => operation.kind === "stock_leased");
  await desk.abandon(leases);
  await desk.keep(items.filter((item) => !leases.includes(item)));
  return leases.length > 0 ? say("noDone", language) : null;
}
