/** A household's PIN, for more points than a card alone may spend. The resident types it. */

import type { ComponentChildren, JSX } from "preact";
import { useLayoutEffect, useState } from "preact/hooks";
import { type Language, say } from "../words.ts";
import { PinField } from "./pair.tsx";

interface Props {
  readonly bar: ComponentChildren;
  /** Why it is asked for, or what was wrong with the last. */
  readonly problem: string;
  readonly isBusy: boolean;
  readonly language: Language;
  readonly onPin: (pin: string) => void;
  readonly onCancel: () => void;
}

const LENGTH = 6;

export function ConfirmScreen(props: Props): JSX.Element {
  const { problem, isBusy, language } = props;
  const [pin, setPin] = useState("");
  // A wrong one is gone before the next is typed.
  useLayoutEffect(() => setPin(""), [problem, isBusy]);
  return (
    <main class="ph confirm">
      {props.bar}
      <section class="body">
        <p class="warn" role="alert">
          {problem}
        </p>
        <PinField
          label={say("pinTitle", language)}
          pin={pin}
          language={language}
          onPin={setPin}
          length={LENGTH}
        />
        <p class="hint">{say("pinSelf", language)}</p>
      </section>
      <div class="foot">
        <button
          type="button"
          class="btn main"
          disabled={isBusy || pin.length < LENGTH}
          onClick={() => props.onPin(pin)}
        >
          {say("ok", language)}
        </button>
        <button type="button" class="btn bare" onClick={props.onCancel}>
          {say("cancel", language)}
        </button>
      </div>
    </main>
  );
}
