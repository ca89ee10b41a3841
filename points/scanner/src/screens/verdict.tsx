/**
 * One big answer: a ground, a shape, a figure, a sentence to say, and one way on.
 *
 * Colour alone tells nobody anything: each of the four has a layout and a shape of its own.
 */

import type { ComponentChildren, JSX } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import type { Face } from "../faces.ts";
import { type Language, say } from "../words.ts";
import { Icon } from "./icons.tsx";

export interface Verdict {
  readonly face: Face;
  readonly title: string;
  /** Points moved, with a sign; null where there is no figure to show. */
  readonly figure: string | null;
  /** Digits in groups, to be copied by whoever stands there. */
  readonly copied?: string;
  /** Why, or what the balance is now. */
  readonly facts: readonly string[];
  /** A sentence for the volunteer to say aloud. */
  readonly line: string;
  readonly canUndo: boolean;
}

interface Props {
  readonly verdict: Verdict;
  readonly language: Language;
  readonly bar: ComponentChildren;
  readonly strip?: ComponentChildren;
  readonly onNext: () => void;
  readonly onUndo: () => void;
  readonly onSlip?: (() => void) | undefined;
}

export function VerdictScreen(props: Props): JSX.Element {
  const { verdict, language } = props;
  const { face } = verdict;
  const isGood = face === "ok" || face === "kept";
  const look = face === "look" ? "no" : face;
  const main = useRef<HTMLButtonElement>(null);
  // Whoever works with a keyboard goes on with Enter.
  useLayoutEffect(() => main.current?.focus(), [verdict]);
  return (
    <main class={`ph v v-${look}`} data-face={face}>
      <div role={isGood ? "status" : "alert"}>
        <Head verdict={verdict} bar={props.bar} />
        {!isGood && <Reasons verdict={verdict} language={language} />}
      </div>
      {props.strip}
      <div class="gap" />
      <SayLine text={verdict.line} language={language} />
      <div class="foot">
        {props.onSlip !== undefined && (
          <button type="button" class="btn" onClick={props.onSlip}>
            {say("giveSlip", language)}
          </button>
        )}
        <button type="button" class="btn main" onClick={props.onNext} ref={main}>
          {say(face === "ask" ? "callLead" : "next", language)}
        </button>
        {verdict.canUndo && (
          <button type="button" class="btn bare" onClick={props.onUndo}>
            <Icon name="undo" />
            {say("undo", language)}
          </button>
        )}
      </div>
    </main>
  );
}

function Head({ verdict, bar }: { verdict: Verdict; bar: ComponentChildren }): JSX.Element {
  switch (verdict.face) {
    case "ok":
    case "kept":
      return (
        <>
          {bar}
          <div class={verdict.face === "kept" ? "frame" : "open"}>
            <Seal face={verdict.face} />
            <p class="word">{verdict.title}</p>
            {verdict.figure !== null && <Figure text={verdict.figure} />}
            {verdict.copied !== undefined && <p class="copied">{verdict.copied}</p>}
            {verdict.facts.map((fact) => (
              <p class="bal" key={fact}>
                {fact}
              </p>
            ))}
          </div>
        </>
      );
    default:
      return (
        <div class="field">
          {bar}
          <div class="open">
            <Seal face={verdict.face} />
            <p class="word">{verdict.title}</p>
          </div>
        </div>
      );
  }
}

function Reasons({ verdict, language }: { verdict: Verdict; language: Language }): JSX.Element {
  const [why, ...more] = verdict.facts;
  return (
    <div class="why">
      {why !== undefined && <p class="kp">{why}</p>}
      {more.map((fact) => (
        <p key={fact}>{fact}</p>
      ))}
      {verdict.face === "ask" && <p>{say("askSafe", language)}</p>}
    </div>
  );
}

/** A sign, a figure and its unit, in one text for a screen reader. */
export function Figure({ text }: { text: string }): JSX.Element {
  return (
    <p class="num fig" data-d={text.length}>
      {text}
      <i>分</i>
    </p>
  );
}

function SayLine({ text, language }: { text: string; language: Language }): JSX.Element {
  return (
    <div class="say">
      <Icon name="speech" />
      <div>
        <small>{say("youMaySay", language)}</small>
        {text}
      </div>
    </div>
  );
}

/** Circle and tick, octagon and bar, square and tray, diamond and person. */
export function Seal({ face }: { face: Face }): JSX.Element {
  switch (face) {
    case "ok":
      return (
        <svg class="seal" viewBox="0 0 96 96" aria-hidden="true">
          <circle cx="48" cy="48" r="45" fill="#fff" />
          <path class="g" stroke="var(--ok)" stroke-width="8" d="M29 49l13 13 25-26" />
        </svg>
      );
    case "kept":
      return (
        <svg class="seal" viewBox="0 0 96 96" aria-hidden="true">
          <rect x="3" y="3" width="90" height="90" rx="20" fill="var(--kept)" />
          <path
            class="g"
            stroke="#fff"
            d="M48 22v28M35 39l13 13 13-13M24 54v14a6 6 0 006 6h36a6 6 0 006-6V54"
          />
        </svg>
      );
    case "ask":
      return (
        <svg class="seal" viewBox="0 0 96 96" aria-hidden="true">
          <path d="M48 2l46 46-46 46L2 48z" fill="var(--ask-on)" stroke-linejoin="round" />
          <g class="g" stroke="var(--ask)" stroke-width="6">
            <circle cx="48" cy="37" r="9" />
            <path d="M30 66c1.5-10 9-15 18-15s16.5 5 18 15" />
          </g>
        </svg>
      );
    default:
      return (
        <svg class="seal" viewBox="0 0 96 96" aria-hidden="true">
          <path d="M30 3h36l27 27v36L66 93H30L3 66V30z" fill="#fff" />
          <path class="g" stroke="var(--no)" stroke-width="10" d="M27 48h42" />
        </svg>
      );
  }
}
