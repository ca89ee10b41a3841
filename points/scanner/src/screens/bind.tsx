/** Bind a blank card: a household of its own with at most a building, or the one of another card. */

import type { ComponentChildren, JSX } from "preact";
import { useState } from "preact/hooks";
import { type Home, homeOf } from "../binding.ts";
import { type Bundle, nameOf } from "../bundle.ts";
import { type Language, say } from "../words.ts";
import { Problem } from "./pieces.tsx";

interface Props {
  readonly bar: ComponentChildren;
  readonly bundle: Bundle;
  readonly isBusy: boolean;
  readonly problem: string | null;
  readonly language: Language;
  readonly onNew: (home: Home) => void;
  readonly onSame: () => void;
  readonly onCancel: () => void;
}

const BUILDING_LENGTH_MAX = 40;

export function BindScreen(props: Props): JSX.Element {
  const { language, isBusy } = props;
  const { communities, notice } = props.bundle;
  const [community, setCommunity] = useState("");
  const [building, setBuilding] = useState("");
  return (
    <main class="ph bind">
      {props.bar}
      <section class="body">
        <h1>{say("bindCard", language)}</h1>
        <Problem text={props.problem} />
        <p class="hint">{say("bindNotice", language)}</p>
        <p class="paper">{(language === "en" && notice.text_en) || notice.text}</p>
        {communities.length > 1 && (
          <label>
            <b>{say("bindCommunity", language)}</b>
            <select value={community} onChange={(event) => setCommunity(event.currentTarget.value)}>
              <option value="">{say("notTold", language)}</option>
              {communities.map((one) => (
                <option key={one.key} value={one.key}>
                  {nameOf(one, language)}
                </option>
              ))}
            </select>
          </label>
        )}
        <label>
          <b>{say("bindBuilding", language)}</b>
          <input
            name="building"
            autocomplete="off"
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
          onClick={() => props.onNew(homeOf(communities, community, building))}
        >
          {say("agreed", language)}
        </button>
        <button type="button" class="btn" disabled={isBusy} onClick={props.onSame}>
          {say("bindSame", language)}
        </button>
        <button type="button" class="btn bare" onClick={props.onCancel}>
          {say("cancel", language)}
        </button>
      </div>
    </main>
  );
}
