/** The rarer acts of a booth: slips in place of a scan, and cards for new households. */

import { lastDay, pointsOf } from "./bundle.ts";
import type { CardCode } from "./card.ts";
import type { Desk } from "./desk.ts";
import { lineFor } from "./faces.ts";
import { isBooked, type Operation } from "./queue.ts";
import type { Moves } from "./screens/leases.tsx";
import type { SlipCode } from "./slip.ts";
import type { Stage } from "./stage.ts";
import { localVerdict } from "./verdicts.ts";
import { say } from "./words.ts";

export class Sides {
  readonly #desk: Desk;
  readonly #stage: Stage;
  /** The card to be bound, while another of its household is being scanned. */
  #blank: CardCode | null = null;
  #slip: SlipCode | null = null;
  /** The act that was not done, for which a slip is being handed out. */
  #attempt: Operation | null = null;

  constructor(desk: Desk, stage: Stage) {
    this.#desk = desk;
    this.#stage = stage;
  }

  /** Let go of what was begun. */
  drop(): void {
    this.#blank = null;
    this.#slip = null;
    this.#attempt = null;
  }

  /** A slip was scanned: it is handed out if that is under way, else its points go to a card. */
  async slip(code: SlipCode): Promise<void> {
    if (this.#stage.view.work === "giveSlip") return await this.#give(code);
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

  /** Put the blank card on a household of its own. */
  async bindNew(building: string): Promise<void> {
    await this.bindTo({ new: building === "" ? {} : { building } });
  }

  /** Wait for another card of the same household. */
  bindSame(): void {
    const { screen } = this.#stage.view;
    if (screen.name !== "bind") return;
    this.#blank = screen.card;
    this.#stage.show({ work: "bindOther", screen: { name: "ready" } });
  }

  async bindTo(to: object): Promise<void> {
    const { bundle, language, view } = this.#stage;
    const card = this.#blank ?? (view.screen.name === "bind" ? view.screen.card : null);
    if (card === null) return;
    this.#blank = null;
    this.#stage.show({ screen: { name: "bind", card, problem: null, isBusy: true } });
    const { id } = this.#desk.named("bind", {});
    const notice = bundle.notice.version;
    const reply = await this.#desk.call("POST", "/cards/bind", { id, card, to, notice });
    if (reply.kind === "ok") {
      const line = lineFor("ok", null, language);
      return this.#stage.say("bind", localVerdict("ok", say("boundTitle", language), null, line));
    }
    const problem = reply.kind === "problem" ? reply.message : say("offline", language);
    this.#stage.show({ work: "bind", screen: { name: "bind", card, problem, isBusy: false } });
  }

  /** Take goods along, or bring them back: only with an answer, for the shelf is another's too. */
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
    if (outcome.answers === null) await this.#desk.abandon(outcome.items);
    const refused = outcome.answers?.find((answer) => !isBooked(answer));
    const notice =
      outcome.answers === null
        ? say("offline", this.#stage.language)
        : (refused?.message ?? say("leased", this.#stage.language));
    this.#stage.show({ screen: { name: "ready" }, notice });
    this.#stage.refresh();
  }

  async #give(slip: SlipCode): Promise<void> {
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
