/** Ready: the camera, what a scan will do, and the last act with its undo. */

import type { ComponentChildren, JSX } from "preact";
import type { Last } from "../last.ts";
import type { Work } from "../screen.ts";
import { type Language, say } from "../words.ts";
import { Icon } from "./icons.tsx";

interface Props {
  readonly bar: ComponentChildren;
  readonly strip: ComponentChildren;
  readonly camera: ComponentChildren;
  readonly work: Work;
  readonly canRedeem: boolean;
  /** Points of the chosen activity, where one scan always pays the same. */
  readonly points: number | null;
  readonly activity: string | null;
  readonly notice: string | null;
  readonly last: Last | null;
  /** Whether an act is on its way. */
  readonly isBusy: boolean;
  readonly language: Language;
  readonly onWork: (work: "earn" | "redeem") => void;
  readonly onActivity: () => void;
  readonly onTyped: () => void;
  readonly onUndo: () => void;
  readonly onCancel: () => void;
}

export function ReadyScreen(props: Props): JSX.Element {
  const { work, language, notice, last } = props;
  const isSideways = work !== "earn" && work !== "redeem";
  return (
    <main class="ph ready" aria-busy={props.isBusy}>
      {props.bar}
      {props.canRedeem && !isSideways && <Switch {...props} />}
      {props.camera}
      <section class="ask">
        <h1>{prompt(props)}</h1>
        {notice !== null && (
          <p class="notice" role="alert">
            {notice}
          </p>
        )}
        {work === "earn" && props.activity !== null && (
          <button type="button" class="btn bare left" onClick={props.onActivity}>
            {props.activity}
          </button>
        )}
      </section>
      {props.strip}
      <div class="foot">
        {work === "earn" && (
          <button type="button" class="btn" onClick={props.onTyped}>
            <Icon name="pad" />
            {say("typeNumber", language)}
          </button>
        )}
        {isSideways && (
          <button type="button" class="btn" onClick={props.onCancel}>
            {say("cancel", language)}
          </button>
        )}
      </div>
      {last !== null && !isSideways && (
        <p class="last">
          <span>{last.text}</span>
          {last.canUndo && (
            <button type="button" class="btn bare" onClick={props.onUndo}>
              <Icon name="undo" />
              {say("undo", language)}
            </button>
          )}
        </p>
      )}
    </main>
  );
}

function prompt({ work, points, language }: Props): string {
  switch (work) {
    case "earn":
      return points === null ? say("frameAddAny", language) : say("frameAdd", language, { points });
    case "redeem":
      return say("frameRedeem", language);
    case "bind":
      return say("frameBind", language);
    case "bindOther":
      return say("frameOther", language);
    case "familyCode":
      return say("frameFamily", language);
    case "setPin":
      return say("framePin", language);
    case "cashSlip":
      return say("frameCash", language);
    case "giveSlip":
      return say("frameSlip", language);
  }
}

function Switch({ work, language, onWork }: Props): JSX.Element {
  return (
    <fieldset class="seg">
      <legend class="sr">{say("whatToDo", language)}</legend>
      {(["earn", "redeem"] as const).map((one) => (
        <button type="button" key={one} aria-pressed={work === one} onClick={() => onWork(one)}>
          {work === one && <Icon name="tick" />}
          {say(one === "earn" ? "add" : "redeem", language)}
        </button>
      ))}
    </fieldset>
  );
}
