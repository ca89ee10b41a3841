/** Bind a blank card: a household of its own with at most a building, or the one of another card. */

import type { ComponentChildren, JSX } from "preact";
import { useState } from "preact/hooks";
import { type Language, say } from "../words.ts";

interface Props {
  readonly bar: ComponentChildren;
  /** The notice 告知书 that the resident is shown. */
  readonly notice: string;
  readonly isBusy: boolean;
  readonly problem: string | null;
  readonly language: Language;
  readonly onNew: (building: string) => void;
  readonly onSame: () => void;
  readonly onCancel: () => void;
}

const BUILDING_LENGTH_MAX = 40;

export function BindScreen(props: Props): JSX.Element {
  const { language, isBusy } = props;
  const [building, setBuilding] = useState("");
  return (
    <main class="ph">
      {props.bar}
      <section class="body">
        <h1>{say("bindCard", language)}</h1>
        <p class="hint">{say("bindNotice", language)}</p>
        <p class="paper">{props.notice}</p>
        {props.problem !== null && (
          <p class="warn" role="alert">
            {props.problem}
          </p>
        )}
        <button type="button" class="btn" disabled={isBusy} onClick={props.onSame}>
          {say("bindSame", language)}
        </button>
        <label>
          <b>{say("bindBuilding", language)}</b>
          <input
            name="building"
            maxLength={BUILDING_LENGTH_MAX}
            value={building}
            onInput={(event) => setBuilding(event.currentTarget.value)}
          />
        </label>
      </section>
      <div class="foot">
        <button
          type="button"
          class="btn main"
          disabled={isBusy}
          onClick={() => props.onNew(building.trim())}
        >
          {say("agreed", language)}
        </button>
        <button type="button" class="btn bare" onClick={props.onCancel}>
          {say("cancel", language)}
        </button>
      </div>
    </main>
  );
}
