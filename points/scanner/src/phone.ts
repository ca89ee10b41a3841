/**
 * This phone: its token, its volunteers, its preferences, and the round of sending and hearing that
 * goes on behind the screens.
 */

import { Booth } from "./booth.ts";
import { type Bundle, buildingsOf, pointsOf, type Role } from "./bundle.ts";
import { readCardNumber } from "./card.ts";
import { Crew } from "./crew.ts";
import { makeDecoder } from "./decode.ts";
import { Desk, type World } from "./desk.ts";
import { JustSent } from "./just_sent.ts";
import { Keyring } from "./keyring.ts";
import { type Corner, Residents } from "./kiosk_facing.ts";
import { News } from "./news.ts";
import { dismissed, type Item } from "./queue.ts";
import { goRound } from "./rounds.ts";
import type { Preferences } from "./screens/menu.tsx";
import type { Volunteer } from "./screens/pair.tsx";
import { makeServer, type Server } from "./server.ts";
import type { Pay } from "./slips_shown.ts";
import type { Voice } from "./sounds.ts";
import type { View } from "./stage.ts";
import { STANDING, type Standing } from "./standing.ts";
import type { Store } from "./store.ts";
import type { LetIn } from "./updates.ts";
import { type Language, say, type Word } from "./words.ts";

export type { Preferences } from "./screens/menu.tsx";

export interface Shown {
  readonly view: View;
  readonly standing: Standing;
  readonly preferences: Preferences;
  /** What residents find on it; null while a volunteer works with it. */
  readonly corner: Corner | null;
}

const BEAT_MS = 60_000;

const LOADING: View = {
  screen: { name: "loading" },
  work: "earn",
  activity: null,
  last: null,
  notice: null,
};

export class Phone {
  /** The screens for residents, and the way back from them. */
  declare readonly residents: Residents;
  readonly #store: Store;
  readonly #world: World;
  readonly #voice: Voice;
  readonly #server: Server;
  readonly #app: string;
  readonly #desk: Desk;
  readonly #crew: Crew;
  readonly #keyring: Keyring;
  readonly #news: News;
  readonly #sent = new JustSent();
  #invite: string | null;
  #booth: Booth | null = null;
  #update: LetIn | null = null;
  #trouble: Word | null = null;
  #beatAt = 0;
  #shown: Shown;
  #watcher: (shown: Shown) => void = () => {};

  constructor(parts: {
    readonly store: Store;
    readonly world: World;
    readonly voice: Voice;
    readonly preferences: Preferences;
    readonly invite: string | null;
    readonly app: string;
  }) {
    this.#store = parts.store;
    this.#world = parts.world;
    this.#voice = parts.voice;
    this.#invite = parts.invite;
    this.#app = parts.app;
    const { preferences } = parts;
    this.#shown = { view: LOADING, standing: STANDING, preferences, corner: null };
    this.#keyring = new Keyring(this.#store, this.#world);
    this.#server = makeServer(
      () => this.#keyring.secret,
      () => (this.#language === "zh" ? "zh-CN" : "en"),
      () => this.#keyring.renewed(),
    );
    this.#crew = new Crew(this.#store, this.#world.fill);
    this.#desk = new Desk(this.#store, this.#server, this.#world, (standing) =>
      this.#stand(standing),
    );
    this.#news = new News(this.#store, this.#desk);
    this.residents = new Residents({
      store: this.#store,
      desk: this.#desk,
      crew: this.#crew,
      world: this.#world,
      voice: this.#voice,
      now: () => ({ booth: this.#booth, role: this.#role, preferences: this.#shown.preferences }),
      changed: () => this.#show({}),
    });
  }

  get shown(): Shown {
    return this.#shown;
  }

  get booth(): Booth | null {
    return this.#booth;
  }

  get hasInvite(): boolean {
    return this.#invite !== null;
  }

  get names(): readonly string[] {
    return this.#crew.names;
  }

  get volunteer(): string | null {
    return this.#crew.volunteer;
  }

  get buildings(): readonly string[] {
    return this.#booth === null ? [] : buildingsOf(this.#booth.bundle);
  }

  /** Give the points of one scan of an activity, where they are always the same. */
  readonly pay: Pay = (key) => {
    const activity = this.#booth?.bundle.activities.find((one) => one.key === key);
    return activity === undefined ? null : pointsOf(activity);
  };

  get trouble(): Word | null {
    return this.#trouble;
  }

  watch(watcher: (shown: Shown) => void): () => void {
    this.#watcher = watcher;
    watcher(this.#shown);
    return () => {
      this.#watcher = () => {};
    };
  }

  /** Take up where the last run ended; ask for pairing where there was none. */
  async open(): Promise<void> {
    await this.#keyring.open();
    await this.#crew.open();
    await this.#desk.open();
    await this.residents.open();
    this.#invite ??= this.#keyring.pending;
    if (this.#keyring.secret !== null && (await this.#store.unsettled()).length > 0) {
      // What waits goes under the name that it was done under, before there is another.
      if (this.#invite !== null) this.#trouble = "sendFirst";
      this.#invite = null;
    }
    if (this.#keyring.secret === null || this.#invite !== null) return this.#ask(null);
    await this.#enter();
  }

  /** Claim the invite. What is sent is kept first, so that a lost reply strands nobody. */
  async pair(volunteer: Volunteer): Promise<void> {
    const invite = this.#invite;
    if (invite === null) return;
    this.#show({ screen: { name: "pair", problem: null, isBusy: true } });
    const who = { volunteer: volunteer.name, app: this.#app };
    const reply = await this.#keyring.claim(this.#server, invite, who);
    if (reply.kind !== "ok") {
      const problem = reply.kind === "problem" ? reply.message : say("offline", this.#language);
      return this.#ask(problem);
    }
    this.#invite = null;
    await this.#crew.welcome(volunteer);
    await this.#desk.journal("shift", volunteer.name);
    await this.#enter();
  }

  /** Let somebody else, or the same again, use this phone. */
  async handOver(volunteer: Volunteer): Promise<void> {
    const problem = await this.#crew.admit(volunteer, this.#world.now(), this.#language);
    if (problem !== null) return this.#booth?.go({ name: "handover", problem });
    await this.#desk.journal("shift", volunteer.name);
    await this.#keyring.change(this.#server, true);
    this.#booth?.go({ name: "ready" });
    this.#beatAt = 0;
  }

  choose(key: string): void {
    void this.#store.keep("activity", key);
    this.#booth?.choose(key);
  }

  async scanned(texts: readonly string[]): Promise<void> {
    this.#voice.wake();
    const taker = this.residents.corner === null ? this.#booth : this.residents;
    await this.#held(() => taker?.scanned(texts, this.#world.ticks()));
  }

  async photographed(photo: Blob): Promise<void> {
    const texts = await (await makeDecoder()).read(photo);
    if (texts.length > 0) return await this.scanned(texts);
    if (this.#booth !== null) {
      this.#show({ ...this.#booth.view, notice: say("photoNothing", this.#language) });
    }
  }

  async typed(digits: string): Promise<void> {
    const number = readCardNumber(digits);
    if (number !== null) await this.#held(() => this.#booth?.typed({ number }));
  }

  async undo(items: readonly Item[]): Promise<void> {
    await this.#held(() => this.#booth?.undo(items));
  }

  /** A person has seen to an item that needed attention. */
  async seen(id: string): Promise<void> {
    await this.#store.changeOne(id, dismissed);
    await this.#desk.journal("dismissed", id);
    await this.#desk.drain();
  }

  async send(): Promise<void> {
    await this.#desk.drain(true);
    this.#beatAt = 0;
    await this.round();
  }

  async exportQueue(): Promise<void> {
    const content = await this.#desk.exported(this.#keyring.device ?? "");
    const link = document.createElement("a");
    link.href = URL.createObjectURL(
      new Blob([JSON.stringify(content, null, 1)], { type: "application/json" }),
    );
    link.download = `points-queue-${(this.#keyring.device ?? "phone").replace(":", "-")}.json`;
    link.click();
    URL.revokeObjectURL(link.href);
  }

  async prefer(preferences: Preferences): Promise<void> {
    this.speak(preferences.language);
    this.#shown = { ...this.#shown, preferences };
    this.#watcher(this.#shown);
    await this.#store.keep("preferences", preferences);
  }

  /** Speak a language for now, as whoever stands before it would like. */
  speak(language: Language): void {
    this.#shown = { ...this.#shown, preferences: { ...this.#shown.preferences, language } };
    if (this.#booth !== null) this.#booth.language = language;
    this.#watcher(this.#shown);
  }

  /** A new version waits: it comes in when nobody is in the middle of anything. */
  updates(letIn: LetIn): void {
    this.#update = letIn;
  }

  /** Tell for a little while that what waited has gone through. */
  hasSent(language: Language): string | null {
    return this.#sent.told(language, this.#world.ticks());
  }

  /** Send what is due and hear the news; called over and over. */
  async round(): Promise<void> {
    const isBlocked = this.#shown.view.screen.name === "blocked";
    if (this.#booth === null && !isBlocked) return;
    await this.#desk.drain();
    await this.#booth?.refreshLast(); // what waited may have been refused
    if (this.#world.ticks() >= this.#beatAt) {
      const isUp = await this.#hear();
      if (isUp) await this.#keyring.change(this.#server);
      this.#beatAt = this.#world.ticks() + (isUp ? BEAT_MS : this.#desk.retryIn());
    }
    const { screen } = this.#shown.view;
    const isIdle = screen.name === "ready" && this.#shown.standing.waiting.length === 0;
    if (this.#update !== null && isIdle && !this.residents.isBusy) this.#update();
  }

  /** Go round for as long as the page is open. */
  start(): void {
    goRound(
      () => this.round(),
      () => {
        this.#beatAt = 0;
        void this.#desk.drain(true);
      },
    );
  }

  async #enter(): Promise<void> {
    const bundle = await this.#news.keptBundle();
    if (bundle !== null) await this.#begin(bundle);
    await this.#hear();
    if (this.#booth === null) this.#show({ screen: { name: "blocked" } });
  }

  /** Ask for news: how the service stands, what this booth does, what cards may spend. */
  async #hear(): Promise<boolean> {
    const version = await this.#desk.beat(this.#crew.volunteer, this.#app);
    if (version !== null && this.#booth?.bundle.version === version) {
      const { bundle, sealed } = this.#booth;
      // It may have been closed before they came.
      const isLacking = sealed === null && this.#role !== "earn";
      if (isLacking) this.#booth.learn(bundle, await this.#news.balances());
      await this.residents.learn(bundle);
      return true;
    }
    const bundle = await this.#news.bundle();
    if (bundle === null) return version !== null;
    if (this.#booth === null) await this.#begin(bundle);
    const sealed = this.#role === "earn" ? null : await this.#news.balances();
    this.#booth?.learn(bundle, sealed);
    await this.residents.learn(bundle);
    return true;
  }

  async #begin(bundle: Bundle): Promise<void> {
    const booth = new Booth(
      this.#desk,
      bundle,
      { role: this.#role, language: this.#language },
      {
        changed: (view) => this.#show(view),
        stale: () => {
          this.#beatAt = 0;
        },
        verdict: (face, text) => {
          const { hasSound, isSpoken } = this.#shown.preferences;
          const lang = this.#language === "zh" ? "zh-CN" : "en";
          this.#voice.give(hasSound ? face : null, isSpoken ? { text, lang } : undefined);
        },
      },
    );
    this.#booth = booth;
    booth.learn(bundle, await this.#news.keptBalances());
    booth.begin(((await this.#store.kept("activity")) as string | undefined) ?? null);
    await booth.refreshLast();
  }

  /** Do it, and say plainly if the phone cannot remember any more. */
  async #held(work: () => Promise<void> | undefined): Promise<void> {
    try {
      await work();
      this.#trouble = null;
    } catch (error) {
      const trouble = (error as { trouble?: string }).trouble;
      this.#trouble = trouble === "full" ? "storageFull" : "notSaved";
      this.#booth?.go({ name: "ready" });
    }
  }

  #ask(problem: string | null): void {
    this.#show({ screen: { name: "pair", problem, isBusy: false } });
  }

  #stand(standing: Standing): void {
    if (this.#sent.hear(standing, this.#world.ticks())) {
      this.#beatAt = 0; // the organiser may be waiting for just this phone
    }
    this.#shown = { ...this.#shown, standing };
    this.#watcher(this.#shown);
  }

  #show(change: Partial<View>): void {
    const { corner } = this.residents;
    this.#shown = { ...this.#shown, corner, view: { ...this.#shown.view, ...change } };
    this.#watcher(this.#shown);
  }

  get #role(): Role {
    return this.#keyring.role;
  }

  get #language(): Language {
    return this.#shown.preferences.language;
  }
}
