/** Who uses this phone: remembered on it alone, and let in by a PIN. */

import type { Randomness } from "./ids.ts";
import {
  isPin,
  type Keeper,
  keep,
  NO_TRIES,
  secondsLocked,
  type Tries,
  triesLeft,
  wrongPin,
} from "./pins.ts";
import type { Volunteer } from "./screens/pair.tsx";
import type { Store } from "./store.ts";
import { type Language, say } from "./words.ts";

const SALT_BYTES = 16;

export class Crew {
  readonly #store: Store;
  readonly #fill: Randomness;
  #keepers: readonly Keeper[] = [];
  #tries: Tries = NO_TRIES;
  #volunteer: string | null = null;

  constructor(store: Store, fill: Randomness) {
    this.#store = store;
    this.#fill = fill;
  }

  /** Remember who was here before. A reload forgives no wrong PIN. */
  async open(): Promise<void> {
    this.#keepers = ((await this.#store.kept("keepers")) as Keeper[] | undefined) ?? [];
    this.#volunteer = ((await this.#store.kept("volunteer")) as string | undefined) ?? null;
    this.#tries = ((await this.#store.kept("tries")) as Tries | undefined) ?? NO_TRIES;
  }

  get names(): readonly string[] {
    return this.#keepers.map((keeper) => keeper.name);
  }

  /** Whoever uses the phone now. */
  get volunteer(): string | null {
    return this.#volunteer;
  }

  /** Let somebody in by the PIN, or somebody new with a PIN of their own; or say why not. */
  async admit(volunteer: Volunteer, now: Date, language: Language): Promise<string | null> {
    const isLocked = secondsLocked(this.#tries, now.getTime()) > 0;
    const isKnown = this.names.includes(volunteer.name);
    if (isLocked || isKnown) return await this.readmit(volunteer, now, language);
    await this.welcome(volunteer);
    return null;
  }

  /** Let in by the PIN, and only who has been here before; or say why not. */
  async readmit(volunteer: Volunteer, now: Date, language: Language): Promise<string | null> {
    const isLocked = secondsLocked(this.#tries, now.getTime()) > 0;
    const keeper = this.#keepers.find((one) => one.name === volunteer.name);
    if (!isLocked && keeper !== undefined && (await isPin(keeper, volunteer.pin))) {
      await this.welcome(volunteer);
      return null;
    }
    if (!isLocked) {
      this.#tries = wrongPin(this.#tries, now.getTime());
      await this.#store.keep("tries", this.#tries);
    }
    const seconds = secondsLocked(this.#tries, now.getTime());
    return seconds > 0
      ? say("pinLocked", language, { seconds })
      : say("pinWrong", language, { left: triesLeft(this.#tries) });
  }

  /** Remember a volunteer and the PIN that was chosen. */
  async welcome(volunteer: Volunteer): Promise<void> {
    const salt = new Uint8Array(SALT_BYTES);
    this.#fill(salt);
    const keeper = await keep(volunteer.name, volunteer.pin, salt);
    this.#keepers = [keeper, ...this.#keepers.filter((one) => one.name !== volunteer.name)];
    this.#volunteer = volunteer.name;
    this.#tries = NO_TRIES;
    await this.#store.keep("keepers", this.#keepers);
    await this.#store.keep("volunteer", volunteer.name);
    await this.#store.keep("tries", this.#tries);
  }
}
