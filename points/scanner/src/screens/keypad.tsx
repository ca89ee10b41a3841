/** Big keys for a number: a card's spoken number, right answers, grams, a PIN. */

import type { JSX } from "preact";
import { useLayoutEffect } from "preact/hooks";
import { type Language, say } from "../words.ts";

interface Props {
  readonly digits: string;
  readonly length: number;
  readonly language: Language;
  readonly onChange: (digits: string) => void;
  /** Whether a keyboard may type it; a hardware scanner is a keyboard, too. */
  readonly isTypeable?: boolean;
}

const KEYS = ["1", "2", "3", "4", "5", "6", "7", "8", "9"] as const;

export function Keypad(props: Props): JSX.Element {
  const { digits, length, language, onChange, isTypeable = true } = props;
  const add = (digit: string): void => {
    if (digits.length < length) onChange(digits + digit);
  };
  useLayoutEffect(() => {
    if (!isTypeable) return undefined;
    const typed = (event: KeyboardEvent): void => {
      if (/^[0-9]$/.test(event.key)) add(event.key);
      else if (event.key === "Backspace") onChange(digits.slice(0, -1));
      else return;
      event.preventDefault();
    };
    addEventListener("keydown", typed);
    return () => removeEventListener("keydown", typed);
  });
  return (
    <div class="pad">
      {KEYS.map((key) => (
        <button type="button" class="btn" key={key} onClick={() => add(key)}>
          {key}
        </button>
      ))}
      <button type="button" class="btn word-key" onClick={() => onChange("")}>
        {say("clear", language)}
      </button>
      <button type="button" class="btn" onClick={() => add("0")}>
        0
      </button>
      <button type="button" class="btn word-key" onClick={() => onChange(digits.slice(0, -1))}>
        {say("back", language)}
      </button>
    </div>
  );
}

/** The digits so far in groups of three, with dashes for those still to come. */
export function Grouped({ digits, length }: { digits: string; length: number }): JSX.Element {
  const groups: string[] = [];
  for (let start = 0; start < length; start += 3) {
    groups.push(digits.slice(start, start + 3).padEnd(Math.min(3, length - start), "_"));
  }
  return (
    <output class="disp" aria-label={digits.split("").join(" ")}>
      {groups.join(" ")}
    </output>
  );
}
