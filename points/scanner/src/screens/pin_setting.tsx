/** A resident chooses the household's PIN: typed twice, with the phone turned to them. */

import type { ComponentChildren, JSX } from "preact";
import { useLayoutEffect, useState } from "preact/hooks";
import { isPlain, type PinStep } from "../pin_setting.ts";
import { type Language, say, type Word } from "../words.ts";
import { PinField } from "./pair.tsx";
import { Problem } from "./pieces.tsx";

interface Props {
  readonly bar: ComponentChildren;
  readonly step: PinStep;
  /** What was wrong with the last try. */
  readonly problem: string | null;
  readonly isBusy: boolean;
  readonly language: Language;
  readonly onChosen: (pin: string) => void;
  readonly onOld: (pin: string) => void;
  readonly onVouched: () => void;
  readonly onAgain: () => void;
  readonly onCancel: () => void;
}

const LENGTH = 6;

type Way = readonly [word: Word, act: () => void];

export function NewPinScreen(props: Props): JSX.Element {
  const { step, isBusy, language } = props;
  const [first, setFirst] = useState<string | null>(null);
  const [pin, setPin] = useState("");
  const [fault, setFault] = useState<Word | null>(null);
  const [isKnown, setKnown] = useState(false);
  // What was typed stays on no screen longer than it is asked for.
  useLayoutEffect(() => {
    setPin("");
    setFirst(null);
    setFault(null);
    setKnown(false);
  }, [props.problem, step, isBusy]);
  const problem = fault === null ? props.problem : say(fault, language);

  const typed = (): void => {
    setPin("");
    if (step === "old") {
      props.onOld(pin);
      return;
    }
    const found = faultOf(first, pin);
    setFault(found);
    setFirst(first === null && found === null ? pin : null);
    if (first !== null && found === null) props.onChosen(pin);
  };

  const ways: readonly Way[] =
    step === "again"
      ? [["pairAgain", props.onAgain]]
      : [
          ["pinOldKnown", () => setKnown(true)],
          ["pinVouch", props.onVouched],
        ];
  const isTyping = step === "new" || isKnown;
  return (
    <main class="ph confirm" aria-busy={isBusy}>
      {props.bar}
      <section class="body">
        <Problem text={isKnown ? null : problem} />
        {isTyping && (
          <PinField
            label={say(labelOf(step, first), language)}
            pin={pin}
            language={language}
            onPin={setPin}
            length={LENGTH}
          />
        )}
        {step === "new" && <p class="hint">{say("pinNewWhy", language)}</p>}
        {step === "old" && !isTyping && <p>{say("pinOldWhy", language)}</p>}
      </section>
      <div class="foot">
        {isTyping ? (
          <button
            type="button"
            class="btn main"
            disabled={isBusy || pin.length < LENGTH}
            onClick={typed}
          >
            {say(step === "new" && first === null ? "pinNext" : "ok", language)}
          </button>
        ) : (
          <Ways ways={ways} isBusy={isBusy} language={language} />
        )}
        <button type="button" class="btn bare" onClick={props.onCancel}>
          {say("cancel", language)}
        </button>
      </div>
    </main>
  );
}

/** What may be done where nothing is to be typed yet, the likeliest first. */
function Ways(props: {
  readonly ways: readonly Way[];
  readonly isBusy: boolean;
  readonly language: Language;
}): JSX.Element {
  return (
    <>
      {props.ways.map(([word, act], place) => (
        <button
          type="button"
          class={place === 0 ? "btn main" : "btn"}
          key={word}
          disabled={props.isBusy}
          onClick={act}
        >
          {say(word, props.language)}
        </button>
      ))}
    </>
  );
}

function faultOf(first: string | null, pin: string): Word | null {
  if (first === null) return isPlain(pin) ? "pinPlain" : null;
  return first === pin ? null : "pinDiffers";
}

function labelOf(step: PinStep, first: string | null): Word {
  if (step === "old") return "pinOldTitle";
  return first === null ? "pinNewTitle" : "pinTwice";
}
