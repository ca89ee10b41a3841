/**
 * One tablet's quiz: what each tap and each card leads to. The screens show `view`.
 *
 * The result is an act like any other of this booth: named by its game, written down before it is
 * sent, paid once. A game is let go of before anything is awaited, so no second card meets it.
 */

import type { Activity, Bundle } from "./bundle.ts";
import type { CardCode } from "./card.ts";
import type { Desk, Outcome } from "./desk.ts";
import { type Face, faceOf } from "./faces.ts";
import { digestOf } from "./journal.ts";
import type { Facing } from "./kiosk_facing.ts";
import { makeLockout } from "./lockout.ts";
import { isBooked, type Operation } from "./queue.ts";
import { answer, type Bin, begin, type Game, isOver, pays, rightAnswers } from "./quiz.ts";
import { meaningOf, textOf } from "./scanning.ts";
import { together } from "./sums.ts";

/** What became of a result. */
export interface Paid {
  readonly face: Face;
  /** Points that were added, or will be as far as this phone knows. */
  readonly points: number | null;
  readonly balance: number | null;
  /** Why not, in the service's words. */
  readonly why: string | null;
}

export type QuizView =
  | { readonly name: "start"; readonly notice: "foreign" | null }
  | { readonly name: "question"; readonly game: Game; readonly hasCard: boolean }
  /** The last answer is told, with its reason. */
  | { readonly name: "told"; readonly game: Game; readonly hasCard: boolean }
  | { readonly name: "result"; readonly game: Game; readonly notice: "foreign" | null }
  | { readonly name: "posting"; readonly game: Game }
  | { readonly name: "paid"; readonly paid: Paid };

const START: QuizView = { name: "start", notice: null };

/** Give the activity that pays right answers here: the one chosen, else the first. */
export function quizActivity(bundle: Bundle, chosen: string | null): Activity | null {
  const asking = bundle.activities.filter(({ rule }) => rule.kind === "per_correct_answer");
  return asking.find((one) => one.key === chosen) ?? asking[0] ?? null;
}

export class QuizPlay {
  readonly #look: () => Facing | null;
  readonly #changed: (view: QuizView) => void;
  readonly #mayPass = makeLockout();
  #view: QuizView = START;
  #card: CardCode | null = null;

  /** @param look gives what the phone has now: what a booth does may change meanwhile */
  constructor(look: () => Facing | null, changed: (view: QuizView) => void) {
    this.#look = look;
    this.#changed = changed;
  }

  get view(): QuizView {
    return this.#view;
  }

  get activity(): Activity | null {
    const facing = this.#look();
    return facing === null ? null : quizActivity(facing.bundle, facing.chosen);
  }

  /** Whether somebody is in the middle of it. */
  get isBusy(): boolean {
    return this.#view.name !== "start";
  }

  start(): void {
    const facing = this.#look();
    if (facing === null || facing.list === null) return;
    const game = begin(facing.list, facing.newId(), () => facing.world.random());
    this.#show({ name: "question", game, hasCard: this.#card !== null });
  }

  answer(bin: Bin): void {
    const view = this.#view;
    if (view.name === "question")
      this.#show({ ...view, name: "told", game: answer(view.game, bin) });
  }

  /** Go on to the next thing, or to the result. */
  async next(): Promise<void> {
    const view = this.#view;
    if (view.name !== "told") return;
    if (!isOver(view.game)) return this.#show({ ...view, name: "question" });
    const card = this.#card;
    if (card !== null && rightAnswers(view.game) > 0) return await this.#post(view.game, card);
    this.#show({ name: "result", game: view.game, notice: null });
  }

  async scanned(texts: readonly string[], ticks: number): Promise<void> {
    const meaning = meaningOf(texts);
    if (meaning === null || !this.#mayPass(textOf(meaning), ticks)) return;
    if (meaning.what !== "card") return this.#strange();
    await this.#takeCard(meaning.code);
  }

  /** Be as if nobody had been here. */
  home(): void {
    this.#card = null;
    this.#show(START);
  }

  async #takeCard(card: CardCode): Promise<void> {
    const view = this.#view;
    switch (view.name) {
      case "start":
        this.#card = card;
        return this.start();
      case "question":
      case "told":
        this.#card ??= card;
        return this.#show({ ...view, hasCard: true });
      case "result":
        if (rightAnswers(view.game) > 0) await this.#post(view.game, card);
        return;
      default:
        return;
    }
  }

  #strange(): void {
    const view = this.#view;
    if (view.name === "start" || view.name === "result") this.#show({ ...view, notice: "foreign" });
  }

  async #post(game: Game, card: CardCode): Promise<void> {
    const { activity } = this;
    const desk = this.#look()?.desk;
    if (activity === null || desk === undefined) return this.home();
    this.#card = null;
    this.#show({ name: "posting", game });
    const right = rightAnswers(game);
    const named = desk.named("earn", { card, activity: activity.key, quantity: right });
    const became = await done(desk, game, { ...named, id: game.id }, pays(right, activity.rule));
    // Whoever went home meanwhile has left nothing behind on the screen.
    if (this.#view.name !== "posting" || this.#view.game.id !== game.id) return;
    this.#show({ name: "paid", paid: became });
  }

  #show(view: QuizView): void {
    this.#view = view;
    this.#changed(view);
  }
}

/** Write the game and the act that pays for it down, and do it. */
async function done(
  desk: Desk,
  game: Game,
  operation: Operation,
  expected: number | null,
): Promise<Paid> {
  try {
    await desk.journal("quiz", game.id, digestOf({ id: game.id, kind: "quiz", ...told(game) }));
    return paid(await desk.act([operation], true), expected);
  } catch {
    // The phone is full, or another tab has it: what is not written down was not done.
    return { face: "ask", points: null, balance: null, why: null };
  }
}

/** What was asked and answered, for the journal's digest. */
function told(game: Game): { list: string; asked: string[]; answers: string[] } {
  return {
    list: game.list,
    asked: game.items.map((item) => item.name),
    answers: [...game.answers],
  };
}

function paid(outcome: Outcome, expected: number | null): Paid {
  if (outcome.answers === null) {
    return { face: "kept", points: expected, balance: null, why: null };
  }
  const { answer: said } = together(outcome.answers);
  if (isBooked(said)) {
    return { face: "ok", points: said.points, balance: said.balance, why: null };
  }
  const face = said.status === "review" ? "ask" : faceOf(said.code ?? "internal_error");
  return { face: face === "look" ? "no" : face, points: null, balance: null, why: said.message };
}
