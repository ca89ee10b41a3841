/** Who uses this phone: locked, unlocked by a PIN, or handed over to somebody else. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { type Language, say } from "../words.ts";
import { Mark } from "./icons.tsx";
import { PIN_LENGTH, PinField, type Volunteer } from "./pair.tsx";
import { Names, Problem } from "./pieces.tsx";

interface Props {
  /** Those who have used this phone. */
  readonly names: readonly string[];
  /** What was wrong with the last try. */
  readonly problem: string | null;
  readonly isLocked: boolean;
  readonly language: Language;
  readonly onVolunteer: (volunteer: Volunteer) => void;
}

const NAME_LENGTH_MAX = 40;

export function HandOverScreen({
  names,
  problem,
  isLocked,
  language,
  onVolunteer,
}: Props): JSX.Element {
  const [name, setName] = useState(names[0] ?? "");
  const [pin, setPin] = useState("");
  return (
    <main class="ph pair">
      <header class="bar">
        <Mark />
        <b class="grow">{say("handOverTitle", language)}</b>
      </header>
      <section class="body">
        <Problem text={problem} />
        <Names
          names={names}
          chosen={name}
          legend={say("handOverTitle", language)}
          onName={setName}
        />
        <label>
          <b>{say("pairName", language)}</b>
          <input
            name="name"
            maxLength={NAME_LENGTH_MAX}
            value={name}
            onInput={(event) => setName(event.currentTarget.value)}
          />
        </label>
        <PinField
          label={say(names.includes(name.trim()) ? "pin" : "pairPin", language)}
          pin={pin}
          language={language}
          onPin={setPin}
        />
      </section>
      <div class="foot">
        <button
          type="button"
          class="btn main"
          disabled={isLocked || name.trim() === "" || pin.length < PIN_LENGTH}
          onClick={() => {
            onVolunteer({ name: name.trim(), pin });
            setPin("");
          }}
        >
          {say("ok", language)}
        </button>
      </div>
    </main>
  );
}
