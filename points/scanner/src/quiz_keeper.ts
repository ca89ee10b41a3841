/** The quiz's list on this phone: fetched when the booth is told of another, kept for no network. */

import type { Bundle } from "./bundle.ts";
import type { Desk } from "./desk.ts";
import { type QuizList, readList } from "./quiz.ts";
import { ifRoom, type Store } from "./store.ts";

const KEPT = "quiz";

export class QuizKeeper {
  readonly #store: Store;
  readonly #desk: Desk;
  #list: QuizList | null = null;

  constructor(store: Store, desk: Desk) {
    this.#store = store;
    this.#desk = desk;
  }

  /** Take up what was kept. */
  async open(): Promise<void> {
    this.#list = readList(await this.#store.kept(KEPT));
  }

  /** Give the list that can be played at this booth; null where right answers pay nothing here. */
  listFor(bundle: Bundle): QuizList | null {
    return bundle.quiz ? this.#list : null;
  }

  /** Fetch the list where the booth plays another than the one that is here. */
  async learn(bundle: Bundle): Promise<void> {
    if (!bundle.quiz || bundle.quiz === this.#list?.version) return;
    const reply = await this.#desk.fetch<unknown>("/devices/quiz");
    const list = reply.kind === "ok" ? readList(reply.body) : null;
    if (list === null) return;
    this.#list = list;
    await ifRoom(this.#store.keep(KEPT, list));
  }
}
