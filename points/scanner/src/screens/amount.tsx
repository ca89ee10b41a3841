/** How much: right answers, grams by material, which end of a shift, which building. */

import type { ComponentChildren, JSX } from "preact";
import { useState } from "preact/hooks";
import { type Language, materialName, say } from "../words.ts";
import { Keypad } from "./keypad.tsx";

/** What an activity must be told beside the card. */
export type Asks =
  | { readonly what: "nothing" }
  | { readonly what: "answers"; readonly most: number }
  | { readonly what: "grams"; readonly materials: readonly string[] }
  | { readonly what: "phase" }
  | { readonly what: "building"; readonly buildings: readonly string[] };

/** What was told; sent with the card. */
export interface Amount {
  readonly quantity?: number;
  readonly grams?: Readonly<Record<string, number>>;
  readonly phase?: "check_in" | "check_out";
  readonly building?: string;
}

interface Props {
  readonly bar: ComponentChildren;
  readonly asks: Asks;
  readonly name: string;
  readonly language: Language;
  readonly onAmount: (amount: Amount) => void;
  readonly onCancel: () => void;
}

const GRAMS_LENGTH = 6;

export function AmountScreen(props: Props): JSX.Element {
  return (
    <main class="ph">
      {props.bar}
      <section class="body">
        <p class="small">{props.name}</p>
        <Question {...props} />
      </section>
      <div class="foot">
        <button type="button" class="btn bare" onClick={props.onCancel}>
          {say("cancel", props.language)}
        </button>
      </div>
    </main>
  );
}

function Question({ asks, language, onAmount }: Props): JSX.Element | null {
  switch (asks.what) {
    case "nothing":
      return null;
    case "answers":
      return (
        <>
          <h1>{say("howMany", language)}</h1>
          <Choices
            labels={Array.from({ length: asks.most + 1 }, (_, count) => String(count))}
            onChoice={(_, place) => onAmount({ quantity: place })}
          />
        </>
      );
    case "grams":
      return <Scales materials={asks.materials} language={language} onAmount={onAmount} />;
    case "phase":
      return (
        <>
          <button type="button" class="btn main" onClick={() => onAmount({ phase: "check_in" })}>
            {say("checkIn", language)}
          </button>
          <button type="button" class="btn" onClick={() => onAmount({ phase: "check_out" })}>
            {say("checkOut", language)}
          </button>
        </>
      );
    case "building":
      return (
        <>
          <h1>{say("whichBuilding", language)}</h1>
          <Choices labels={asks.buildings} onChoice={(building) => onAmount({ building })} />
        </>
      );
  }
}

function Choices(props: {
  readonly labels: readonly string[];
  readonly onChoice: (label: string, place: number) => void;
}): JSX.Element {
  return (
    <div class="choices">
      {props.labels.map((label, place) => (
        <button type="button" class="btn" key={label} onClick={() => props.onChoice(label, place)}>
          {label}
        </button>
      ))}
    </div>
  );
}

function Scales(props: {
  readonly materials: readonly string[];
  readonly language: Language;
  readonly onAmount: (amount: Amount) => void;
}): JSX.Element {
  const { materials, language } = props;
  const [grams, setGrams] = useState<Readonly<Record<string, string>>>({});
  const [chosen, setChosen] = useState(materials[0] ?? "");
  const weighed = Object.entries(grams).flatMap(([name, text]) =>
    Number(text) > 0 ? [[name, Number(text)] as const] : [],
  );
  return (
    <>
      <h1>{say("howHeavy", language)}</h1>
      <div class="choices">
        {materials.map((name) => (
          <button
            type="button"
            class="btn"
            key={name}
            aria-pressed={name === chosen}
            onClick={() => setChosen(name)}
          >
            {materialName(name, language)} {grams[name] ?? "0"}
          </button>
        ))}
      </div>
      <Keypad
        digits={grams[chosen] ?? ""}
        length={GRAMS_LENGTH}
        language={language}
        onChange={(digits) => setGrams({ ...grams, [chosen]: digits.replace(/^0+/, "") })}
      />
      <button
        type="button"
        class="btn main"
        disabled={weighed.length === 0}
        onClick={() => props.onAmount({ grams: Object.fromEntries(weighed) })}
      >
        {say("ok", language)}
      </button>
    </>
  );
}

/** Which activity is done here: chosen once, then scan after scan. */
export function ActivityScreen(props: {
  readonly bar: ComponentChildren;
  readonly activities: readonly { readonly key: string; readonly name: string }[];
  readonly language: Language;
  readonly onActivity: (key: string) => void;
}): JSX.Element {
  return (
    <main class="ph">
      {props.bar}
      <section class="body">
        <h1>{say("whichActivity", props.language)}</h1>
        <p class="hint">{say("firstTime", props.language)}</p>
        <div class="choices wide">
          {props.activities.map((one) => (
            <button
              type="button"
              class="btn main"
              key={one.key}
              onClick={() => props.onActivity(one.key)}
            >
              {one.name}
            </button>
          ))}
        </div>
      </section>
    </main>
  );
}
