/** A card's spoken number, typed: for a card that cannot be scanned. It only ever adds points. */

import type { ComponentChildren, JSX } from "preact";
import { useState } from "preact/hooks";
import { type Language, say } from "../words.ts";
import { Grouped, Keypad } from "./keypad.tsx";
import { OkOrNot } from "./pieces.tsx";

interface Props {
  readonly bar: ComponentChildren;
  readonly language: Language;
  /** Tell whether the nine digits are a card's number. */
  readonly isNumber: (digits: string) => boolean;
  readonly onNumber: (digits: string) => void;
  readonly onCancel: () => void;
}

const LENGTH = 9;

export function TypedScreen({ bar, language, isNumber, onNumber, onCancel }: Props): JSX.Element {
  const [digits, setDigits] = useState("");
  const isWhole = digits.length === LENGTH;
  const isWrong = isWhole && !isNumber(digits);
  return (
    <main class="ph">
      {bar}
      <section class="body">
        <h1>{say("typedTitle", language)}</h1>
        <Grouped digits={digits} length={LENGTH} />
        <p class={isWrong ? "warn" : "hint"} role={isWrong ? "alert" : undefined}>
          {say(isWrong ? "typedWrong" : "typedNote", language)}
        </p>
        <Keypad digits={digits} length={LENGTH} language={language} onChange={setDigits} />
      </section>
      <OkOrNot
        isReady={isWhole && !isWrong}
        language={language}
        onOk={() => onNumber(digits)}
        onCancel={onCancel}
      />
    </main>
  );
}
