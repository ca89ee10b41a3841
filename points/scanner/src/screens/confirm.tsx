/** A household's PIN, for more points than a card alone may spend. The resident types it. */

import type { ComponentChildren, JSX } from "preact";
import { useLayoutEffect, useState } from "preact/hooks";
import { type Language, say } from "../words.ts";
import { PinField } from "./pair.tsx";
import { OkOrNot, Problem } from "./pieces.tsx";

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
        <Problem text={problem} />
        <PinField
          label={say("pinTitle", language)}
          pin={pin}
          language={language}
          onPin={setPin}
          length={LENGTH}
        />
        <p class="hint">{say("pinSelf", language)}</p>
      </section>
      <OkOrNot
        isReady={!isBusy && pin.length === LENGTH}
        language={language}
        onOk={() => props.onPin(pin)}
        onCancel={props.onCancel}
      />
    </main>
  );
}
