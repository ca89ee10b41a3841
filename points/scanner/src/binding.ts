/**
 * Bind a blank card: to a household of its own, told as little as it likes, or to the household of
 * another card that is held up next. It needs an answer, so nothing of it waits on the phone.
 */

import type { Bundle } from "./bundle.ts";
import type { CardCode } from "./card.ts";
import type { Operation } from "./queue.ts";
import type { Reply } from "./server.ts";
import type { Stage } from "./stage.ts";
import { localVerdict } from "./verdicts.ts";
import { say } from "./words.ts";

/** What a household tells of where it lives; nothing is needed. */
export interface Home {
  readonly community?: string;
  readonly building?: string;
}

/** How a card stands once it is bound. */
interface Bound {
  readonly spoken: string;
  readonly cards: number;
  readonly balance: { readonly available: number };
}

/** What of the desk is needed here. */
export interface Caller {
  named(kind: string, fields: object): Operation;
  call<Body>(method: "POST" | "PUT", path: string, body: unknown): Promise<Reply<Body>>;
}

type To = { readonly new: Home } | { readonly same_as: CardCode };

export class Binder {
  readonly #caller: Caller;
  readonly #stage: Stage;
  /** The card to be bound, while another of its household is being scanned. */
  #blank: CardCode | null = null;
  /** What was asked for, with the name that it keeps: an answer that was lost is asked for again. */
  #asked: { readonly what: string; readonly id: string } | null = null;

  constructor(caller: Caller, stage: Stage) {
    this.#caller = caller;
    this.#stage = stage;
  }

  /** Let go of what was begun. */
  drop(): void {
    this.#blank = null;
    this.#asked = null;
  }

  /** A blank card was scanned. */
  open(card: CardCode): void {
    this.#stage.show({ screen: { name: "bind", card, problem: null, isBusy: false } });
  }

  /** Put it on a household of its own. */
  async toNew(home: Home): Promise<void> {
    const { screen } = this.#stage.view;
    if (screen.name === "bind") await this.#bind(screen.card, { new: home });
  }

  /** Wait for another card of the same household. */
  toSame(): void {
    const { screen } = this.#stage.view;
    if (screen.name !== "bind") return;
    this.#blank = screen.card;
    this.#stage.show({ work: "bindOther", screen: { name: "ready" } });
  }

  /** The other card was scanned. */
  async toHouseholdOf(other: CardCode): Promise<void> {
    const card = this.#blank;
    if (card === null) return this.#stage.show({ work: "bind", screen: { name: "ready" } });
    await this.#bind(card, { same_as: other });
  }

  async #bind(card: CardCode, to: To): Promise<void> {
    const { bundle, language } = this.#stage;
    this.#stage.show({ work: "bind", screen: { name: "bind", card, problem: null, isBusy: true } });
    const id = this.#nameOf(JSON.stringify({ card, to }));
    const asked = { id, card, to, notice: bundle.notice.version };
    const reply = await this.#caller.call<Bound>("POST", "/cards/bind", asked);
    if (reply.kind === "ok") {
      this.drop();
      return this.#tell(reply.body);
    }
    const code = reply.kind === "problem" ? reply.code : null;
    if (code === "notice_unknown") this.#stage.refresh();
    const problem = reply.kind === "problem" ? reply.message : say("bindOffline", language);
    this.#stage.show({ screen: { name: "bind", card, problem, isBusy: false } });
  }

  #tell({ spoken, cards, balance }: Bound): void {
    const { language } = this.#stage;
    const title = say("boundTitle", language);
    const facts = [
      say("boundNumber", language, { number: spoken }),
      say("boundCards", language, { cards }),
      say("inAll", language, { balance: balance.available }),
    ];
    const verdict = localVerdict("ok", title, null, say("boundSay", language));
    this.#stage.say("bind", { ...verdict, facts });
  }

  #nameOf(what: string): string {
    if (this.#asked?.what !== what) this.#asked = { what, id: this.#caller.named("bind", {}).id };
    return this.#asked.id;
  }
}

/** Give what is told, and nothing that is not. */
export function homeOf(
  communities: Bundle["communities"],
  community: string,
  building: string,
): Home {
  const only = communities.length === 1 ? communities[0]?.key : undefined;
  const told = building.trim();
  // Where there is but one community, to name a building is to name it too.
  const key = community || (told === "" ? "" : (only ?? ""));
  return { ...(key === "" ? {} : { community: key }), ...(told === "" ? {} : { building: told }) };
}
