/**
 * A booth's phone: what each scan and each tap leads to. The screens show `view`; everything that
 * somebody does comes in here, one thing at a time.
 */

import { Binder } from "./binding.ts";
import {
  asks,
  type Bundle,
  buildingsOf,
  pointsOf,
  type Role,
  type SealedBalances,
} from "./bundle.ts";
import type { CardCode } from "./card.ts";
import { Counter } from "./counter.ts";
import type { Desk, Outcome } from "./desk.ts";
import type { Face } from "./faces.ts";
import { giveCode } from "./family.ts";
import { ageOf, canUndo, isSame, lastOf } from "./last.ts";
import { makeLockout } from "./lockout.ts";
import { isOneTime, type PayingCode } from "./paying.ts";
import { PinSetter } from "./pin_setting.ts";
import type { Item, Operation } from "./queue.ts";
import { meaningOf, textOf } from "./scanning.ts";
import type { Named, Screen, Work } from "./screen.ts";
import type { Amount } from "./screens/amount.tsx";
import type { Verdict } from "./screens/verdict.tsx";
import { Sides } from "./sides.ts";
import type { About, Stage, View } from "./stage.ts";
import { joined, together } from "./sums.ts";
import { answeredVerdict, type Doing, keptVerdict, localVerdict, spokenLine } from "./verdicts.ts";
import { type Language, say, type Word } from "./words.ts";

/** Who works here, and in which language. */
export interface Worker {
  readonly role: Role;
  readonly language: Language;
}

export interface Ears {
  /** A verdict is there: sound, vibration, and a line to say aloud. */
  readonly verdict: (face: Face, line: string) => void;
  readonly changed: (view: View) => void;
  /** What the service last told is no longer so. */
  readonly stale: () => void;
}

/** How many acts are looked at for the last one, or for all that one person did at once. */
const LATEST = 12;

const FAULTS: Readonly<Record<string, readonly [title: Word, why: Word]>> = {
  unreadable: ["foreign", "foreignSay"],
  check_failed: ["misread", "typeNumber"],
  other_version: ["newerCard", "update"],
  once: ["onceTitle", "onceOnly"],
  allowance: ["allowanceTitle", "onceOnly"],
};

export class Booth implements Stage {
  /** Goods for points. */
  declare readonly counter: Counter;
  /** Slips, and goods that the phone takes along. */
  declare readonly sides: Sides;
  /** Blank cards, and whose they become. */
  declare readonly binder: Binder;
  /** What a household types to spend more than a card alone may. */
  declare readonly pins: PinSetter;
  readonly #desk: Desk;
  readonly #ears: Ears;
  readonly #mayPass = makeLockout();
  readonly #role: Role;
  #bundle: Bundle;
  #sealed: SealedBalances | null = null;
  #language: Language;
  #view: View = {
    screen: { name: "loading" },
    work: "earn",
    activity: null,
    last: null,
    notice: null,
  };

  constructor(desk: Desk, bundle: Bundle, worker: Worker, ears: Ears) {
    this.#desk = desk;
    this.#role = worker.role;
    this.#bundle = bundle;
    this.#language = worker.language;
    this.#ears = ears;
    this.counter = new Counter(desk, this);
    this.sides = new Sides(desk, this);
    this.binder = new Binder(desk, this);
    this.pins = new PinSetter(desk, this);
  }

  get view(): View {
    return this.#view;
  }

  get bundle(): Bundle {
    return this.#bundle;
  }

  get sealed(): SealedBalances | null {
    return this.#sealed;
  }

  get language(): Language {
    return this.#language;
  }

  set language(language: Language) {
    this.#language = language;
  }

  /** Take what the service last told of this booth. */
  learn(bundle: Bundle, sealed: SealedBalances | null): void {
    this.#bundle = bundle;
    this.#sealed = sealed ?? this.#sealed;
    const key = this.#view.activity?.key;
    this.show({ activity: bundle.activities.find((one) => one.key === key) ?? null });
  }

  /** Begin: choose the activity where there is a choice, else be ready. */
  begin(chosen: string | null): void {
    const { activities } = this.#bundle;
    const only = activities.length === 1 ? activities[0] : undefined;
    const activity = activities.find((one) => one.key === chosen) ?? only ?? null;
    const work: Work = activity === null && this.canRedeem ? "redeem" : "earn";
    const mustChoose = activity === null && work === "earn" && activities.length > 0;
    this.show({ activity, work, screen: { name: mustChoose ? "activity" : "ready" } });
  }

  get canRedeem(): boolean {
    return this.#role !== "earn" && this.#bundle.rewards.length > 0;
  }

  /** Whether whoever leads here works with it. */
  get isLeads(): boolean {
    return this.#role === "supervisor";
  }

  choose(key: string): void {
    const activity = this.#bundle.activities.find((one) => one.key === key) ?? null;
    this.show({ activity, work: "earn", screen: { name: "ready" } });
  }

  go(screen: Screen): void {
    this.show({ screen, notice: null });
  }

  workOn(work: Work): void {
    this.sides.drop();
    this.binder.drop();
    this.pins.drop();
    this.show({ work, screen: { name: "ready" }, notice: null });
  }

  /** Something was scanned: by the camera, by a photo, or by a scanner that types. */
  async scanned(texts: readonly string[], ticks: number): Promise<void> {
    if (!this.#takesScans()) return;
    const meaning = meaningOf(texts);
    // Held before anything is awaited: two frames of one card can never both pass.
    if (meaning === null || !this.#mayPass(`${this.#view.work} ${textOf(meaning)}`, ticks)) return;
    if (meaning.what === "fault") this.#refuse(meaning.fault);
    else if (meaning.what === "slip") await this.sides.slip(meaning.code);
    else if (meaning.what === "paying") await this.#paying(meaning.code);
    else await this.#card(meaning.code);
  }

  /** A card's number was typed. It only ever adds points. */
  async typed(named: Named): Promise<void> {
    await this.#earn(named);
  }

  async amount(amount: Amount): Promise<void> {
    const { screen } = this.#view;
    if (screen.name === "amount") {
      await this.post("earn", this.#earning(screen.card, amount), null);
    }
  }

  /** Take the last act back; where it was refused meanwhile, show that instead. */
  async undo(items: readonly Item[]): Promise<void> {
    this.show({ screen: { name: "working" } });
    const latest = await this.#desk.latest(LATEST);
    const found = items.map((item) => latest.find(({ id }) => id === item.id) ?? item);
    const outcomes: Outcome[] = [];
    for (const item of found.filter(canUndo)) outcomes.push(await this.#desk.undo(item));
    const answer = found[0]?.answer;
    if (outcomes.length > 0) this.tell("undo", joined(outcomes), {});
    else if (answer)
      this.tell(found[0]?.operation.kind as Doing, { answers: [answer], items: [] }, {});
    else this.go({ name: "menu" }); // where what needs a person is listed
    await this.refreshLast();
  }

  next(): void {
    const side = this.#view.work !== "earn" && this.#view.work !== "redeem";
    this.show({
      screen: { name: "ready" },
      notice: null,
      ...(side ? { work: "earn" as const } : {}),
    });
  }

  refresh(): void {
    this.#ears.stale();
  }

  /** Find the last act that may still be taken back, or is told of because it cannot be. */
  async refreshLast(): Promise<void> {
    const found = lastOf(await this.#desk.latest(LATEST));
    const { undo_minutes } = this.#bundle.offline;
    const isFresh = found !== null && ageOf(found, this.#desk.now()) < undo_minutes * 60_000;
    const last = isFresh ? found : null;
    if (!isSame(last, this.#view.last)) this.show({ last });
  }

  /** A one-time code or an allowance pays for goods, and does nothing else. */
  async #paying(code: PayingCode): Promise<void> {
    if (this.#view.work === "redeem") await this.counter.open(code, null);
    else this.#refuse(isOneTime(code) ? "once" : "allowance");
  }

  async #card(code: CardCode): Promise<void> {
    switch (this.#view.work) {
      case "earn":
        return await this.#earn({ card: code });
      case "redeem":
        return await this.counter.open(code, null);
      case "bind":
        return this.binder.open(code);
      case "bindOther":
        return await this.binder.toHouseholdOf(code);
      case "familyCode":
        return await giveCode(this.#desk, this, code);
      case "setPin":
        return this.pins.open(code);
      case "cashSlip":
        return await this.sides.cash(code);
      case "giveSlip":
        return this.#refuse("unreadable");
    }
  }

  async #earn(named: Named): Promise<void> {
    const { activity } = this.#view;
    if (activity === null) return this.show({ screen: { name: "activity" } });
    if (asks(activity, buildingsOf(this.#bundle)).what !== "nothing") {
      return this.show({ screen: { name: "amount", card: named } });
    }
    await this.post("earn", this.#earning(named, {}), pointsOf(activity));
  }

  #earning(named: Named, amount: Amount): Operation {
    return this.#desk.named("earn", {
      ...named,
      activity: this.#view.activity?.key ?? "",
      ...amount,
    });
  }

  /** Do an act that may wait, and show what became of it. */
  async post(doing: Doing, operation: Operation, points: number | null): Promise<void> {
    this.show({ screen: { name: "working" } });
    this.tell(doing, await this.#desk.act([operation], true), { points, failed: operation });
    await this.refreshLast();
  }

  /** Show what became of an act: answered, or kept for later. */
  tell(doing: Doing, outcome: Outcome, about: Partial<About>): void {
    const { items } = outcome;
    if (outcome.answers === null) {
      const { points = null, goods = null } = about;
      this.say(doing, keptVerdict(doing, points, goods, this.#language), { points, items });
      return;
    }
    const { answer } = together(outcome.answers);
    const verdict = answeredVerdict(doing, answer, about.goods ?? null, this.#language);
    // A slip makes good what may have failed through nobody's fault, and nothing else.
    const mayStandIn = verdict.face === "ask" || (verdict.face === "no" && !answer.final);
    const failed = mayStandIn ? (about.failed ?? null) : null;
    this.say(doing, verdict, { items, failed, points: answer.points });
  }

  #refuse(fault: string): void {
    const [title, why] = FAULTS[fault] ?? ["misread", "typeNumber"];
    const language = this.#language;
    this.say(
      "earn",
      localVerdict("no", say(title, language), say(why, language), say("foreignSay", language)),
    );
  }

  /** Show a verdict, and let it be heard and felt. */
  say(doing: Doing, verdict: Verdict, about: Partial<About> = {}): void {
    const { items = [], failed = null, points } = about;
    this.show({ screen: { name: "verdict", verdict, doing, items, failed } });
    this.#ears.verdict(verdict.face, spokenLine(verdict, doing, points ?? 0, this.#language));
  }

  /** A card is taken when the booth is ready, and over a verdict of adding points: no tap between. */
  #takesScans(): boolean {
    const { screen } = this.#view;
    if (screen.name === "ready") return true;
    return screen.name === "verdict" && screen.doing === "earn" && screen.verdict.face !== "ask";
  }

  /** Show something else. */
  show(change: Partial<View>): void {
    this.#view = { ...this.#view, ...change };
    this.#ears.changed(this.#view);
  }
}
