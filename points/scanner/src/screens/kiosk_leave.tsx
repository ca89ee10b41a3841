/** The way back to the volunteer's screens: a name that is known here, and its PIN. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { kioskSay } from "../kiosk_words.ts";
import { type Language, say } from "../words.ts";
import { Mark } from "./icons.tsx";
import { useReturn } from "./kiosk_frame.tsx";
import { PIN_LENGTH, PinField, type Volunteer } from "./pair.tsx";
import { Names, Problem } from "./pieces.tsx";

interface Props {
  readonly names: readonly string[];
  readonly language: Language;
  /** Lets them back, or says why not. */
  readonly onVolunteer: (volunteer: Volunteer) => Promise<string | null>;
  readonly onStay: () => void;
}

const STAY_MS = 60_000;

export function LeaveScreen({ names, language, onVolunteer, onStay }: Props): JSX.Element {
  const [name, setName] = useState(names[0] ?? "");
  const [pin, setPin] = useState("");
  const [problem, setProblem] = useState<string | null>(null);
  useReturn(STAY_MS, onStay, pin);
  const leave = async (): Promise<void> => {
    setPin("");
    setProblem(await onVolunteer({ name, pin }));
  };
  return (
    <main class="ph pair">
      <header class="bar">
        <Mark />
        <b class="grow">{kioskSay("leaveTitle", language)}</b>
      </header>
      <section class="body">
        <p class="hint">{kioskSay("leaveWhy", language)}</p>
        <Problem text={problem} />
        {names.length > 1 && (
          <Names
            names={names}
            chosen={name}
            legend={kioskSay("leaveWho", language)}
            onName={setName}
          />
        )}
        <PinField label={say("pin", language)} pin={pin} language={language} onPin={setPin} />
      </section>
      <div class="foot">
        <button
          type="button"
          class="btn main"
          disabled={pin.length < PIN_LENGTH}
          onClick={() => void leave()}
        >
          {say("ok", language)}
        </button>
        <button type="button" class="btn" onClick={onStay}>
          {kioskSay("stay", language)}
        </button>
      </div>
    </main>
  );
}
