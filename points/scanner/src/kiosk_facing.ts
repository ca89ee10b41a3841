/**
 * A tablet that faces residents: it plays the quiz or tells balances, and nothing of the
 * volunteer's screens can be reached from it without the PIN of somebody who works here, not by a
 * reload either.
 */

import type { Booth } from "./booth.ts";
import type { Bundle, Role, SealedBalances } from "./bundle.ts";
import type { Crew } from "./crew.ts";
import type { Desk, World } from "./desk.ts";
import { makeId } from "./ids.ts";
import type { QuizList } from "./quiz.ts";
import { QuizKeeper } from "./quiz_keeper.ts";
import type { Preferences } from "./screens/menu.tsx";
import type { Volunteer } from "./screens/pair.tsx";
import type { Voice } from "./sounds.ts";
import type { Store } from "./store.ts";

/** What residents find on it. */
export type Corner = "quiz" | "kiosk";

/** All that the screens for residents may use of the phone. */
export interface Facing {
  readonly desk: Desk;
  readonly world: World;
  readonly voice: Voice;
  readonly bundle: Bundle;
  readonly sealed: SealedBalances | null;
  readonly role: Role;
  readonly preferences: Preferences;
  readonly list: QuizList | null;
  /** The activity that the volunteer chose, by key. */
  readonly chosen: string | null;
  newId(): string;
}

/** What scans are handed to, and what is asked before the page loads itself anew. */
export interface Attendant {
  scanned(texts: readonly string[], ticks: number): Promise<void>;
  readonly isBusy: boolean;
}

/** What this is made of: parts of the phone, and what it knows at the moment. */
interface Parts {
  readonly store: Store;
  readonly desk: Desk;
  readonly crew: Crew;
  readonly world: World;
  readonly voice: Voice;
  readonly now: () => {
    readonly booth: Booth | null;
    readonly role: Role;
    readonly preferences: Preferences;
  };
  readonly changed: () => void;
}

const KEPT = "corner";

export class Residents {
  readonly #parts: Parts;
  readonly #quiz: QuizKeeper;
  #corner: Corner | null = null;
  #attendant: Attendant | null = null;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#quiz = new QuizKeeper(parts.store, parts.desk);
  }

  /** What they find here; null while a volunteer works with the phone. */
  get corner(): Corner | null {
    return this.#corner;
  }

  /** Whether one of them is in the middle of something. */
  get isBusy(): boolean {
    return this.#attendant?.isBusy === true;
  }

  /** Take up what was kept. */
  async open(): Promise<void> {
    const kept = await this.#parts.store.kept(KEPT);
    if (kept === "quiz" || kept === "kiosk") this.#corner = kept;
    await this.#quiz.open();
  }

  /** Fetch what they will be asked, where it is another than what is here. */
  async learn(bundle: Bundle): Promise<void> {
    await this.#quiz.learn(bundle);
  }

  /** Give what their screens may use; null before there is a booth. */
  look(): Facing | null {
    const { desk, world, voice, now } = this.#parts;
    const { booth, role, preferences } = now();
    if (booth === null) return null;
    const { bundle, sealed, view } = booth;
    const list = this.#quiz.listFor(bundle);
    const chosen = view.activity?.key ?? null;
    const newId = (): string => makeId(world.fill);
    return { desk, world, voice, bundle, sealed, role, preferences, list, chosen, newId };
  }

  /** Let the screens that are shown have the scans. */
  attend(attendant: Attendant | null): void {
    this.#attendant = attendant;
  }

  async scanned(texts: readonly string[], ticks: number): Promise<void> {
    await this.#attendant?.scanned(texts, ticks);
  }

  /** Turn to residents. */
  async turnTo(corner: Corner): Promise<void> {
    await this.#turn(corner);
    await this.#parts.desk.journal(corner, "");
  }

  /** Turn back to a volunteer who has been here before; or say why not. */
  async turnBack(volunteer: Volunteer): Promise<string | null> {
    const { crew, desk, world, now } = this.#parts;
    const { language } = now().preferences;
    const problem = await crew.readmit(volunteer, world.now(), language);
    if (problem !== null) return problem;
    await desk.journal("shift", volunteer.name);
    await this.#turn(null);
    return null;
  }

  async #turn(corner: Corner | null): Promise<void> {
    await this.#parts.store.keep(KEPT, corner);
    this.#corner = corner;
    this.#parts.changed();
  }
}
