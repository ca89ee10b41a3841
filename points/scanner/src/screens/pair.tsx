/** The first screen of a phone: which host and booth it is for, and who uses it. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { type Language, say } from "../words.ts";
import { Mark } from "./icons.tsx";
import { Keypad } from "./keypad.tsx";
import { Problem } from "./pieces.tsx";

export interface Volunteer {
  readonly name: string;
  readonly pin: string;
}

interface Props {
  readonly host: string;
  /** What went wrong last time, in the service's words. */
  readonly problem: string | null;
  readonly isBusy: boolean;
  readonly hasInvite: boolean;
  readonly language: Language;
  readonly onStart: (volunteer: Volunteer) => void;
}

export const PIN_LENGTH = 4;
const NAME_LENGTH_MAX = 40;

export function PairScreen({
  host,
  problem,
  isBusy,
  hasInvite,
  language,
  onStart,
}: Props): JSX.Element {
  const [name, setName] = useState("");
  const [pin, setPin] = useState("");
  return (
    <main class="ph pair">
      <header class="bar">
        <Mark />
        <div class="grow">
          <b>{say("pairTitle", language)}</b>
          <small class="host">{say("host", language, { host })}</small>
        </div>
      </header>
      {hasInvite ? (
        <form
          class="body"
          onSubmit={(event) => {
            event.preventDefault();
            onStart({ name: name.trim(), pin });
          }}
        >
          <Problem text={problem} />
          <label>
            <b>{say("pairName", language)}</b>
            <input
              name="name"
              autocomplete="name"
              maxLength={NAME_LENGTH_MAX}
              required
              value={name}
              onInput={(event) => setName(event.currentTarget.value)}
            />
            <small>{say("pairNameWhy", language)}</small>
          </label>
          <PinField label={say("pairPin", language)} pin={pin} language={language} onPin={setPin} />
          <div class="foot">
            <button
              type="submit"
              class="btn main"
              disabled={isBusy || name.trim() === "" || pin.length < PIN_LENGTH}
            >
              {say(isBusy ? "pairWorking" : problem === null ? "pairStart" : "pairAgain", language)}
            </button>
          </div>
        </form>
      ) : (
        <section class="body">
          <Problem text={problem} />
          <p class="empty">{say("pairScan", language)}</p>
        </section>
      )}
    </main>
  );
}

/** A PIN is typed on keys of the page alone: a scanner that types cannot reach it. */
export function PinField(props: {
  readonly label: string;
  readonly pin: string;
  readonly language: Language;
  readonly onPin: (pin: string) => void;
  readonly length?: number;
}): JSX.Element {
  const { length = PIN_LENGTH } = props;
  return (
    <div class="pin">
      <b>{props.label}</b>
      <output class="disp" aria-label={`${props.pin.length}/${length}`}>
        {"●".repeat(props.pin.length).padEnd(length, "○")}
      </output>
      <Keypad
        digits={props.pin}
        length={length}
        language={props.language}
        onChange={props.onPin}
        isTypeable={false}
      />
    </div>
  );
}
