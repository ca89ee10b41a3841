/** What several screens are made of. */

import type { JSX } from "preact";
import { type Language, say } from "../words.ts";

/** What was wrong with the last try, or why something is asked for; nothing where nothing was. */
export function Problem({ text }: { readonly text: string | null }): JSX.Element | null {
  if (text === null) return null;
  return (
    <p class="warn" role="alert">
      {text}
    </p>
  );
}

/** The two ways on from a screen where something is told: confirm it, or never mind. */
export function OkOrNot(props: {
  readonly isReady: boolean;
  readonly language: Language;
  readonly onOk: () => void;
  readonly onCancel: () => void;
}): JSX.Element {
  return (
    <div class="foot">
      <button type="button" class="btn main" disabled={!props.isReady} onClick={props.onOk}>
        {say("ok", props.language)}
      </button>
      <button type="button" class="btn bare" onClick={props.onCancel}>
        {say("cancel", props.language)}
      </button>
    </div>
  );
}

/** Those who have used this phone, to choose from. */
export function Names(props: {
  readonly names: readonly string[];
  readonly chosen: string;
  readonly legend: string;
  readonly onName: (name: string) => void;
}): JSX.Element {
  return (
    <fieldset class="choices">
      <legend class="sr">{props.legend}</legend>
      {props.names.map((name) => (
        <button
          type="button"
          class="btn"
          key={name}
          aria-pressed={name === props.chosen}
          onClick={() => props.onName(name)}
        >
          {name}
        </button>
      ))}
    </fieldset>
  );
}
