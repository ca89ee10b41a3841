/** What became of a result: added, on its way, or why not. In the grammar of all verdicts. */

import type { JSX } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import type { Paid } from "../quiz_play.ts";
import { quizSay } from "../quiz_words.ts";
import { type Language, say, signed } from "../words.ts";
import { Figure, Seal } from "./verdict.tsx";

interface Props {
  readonly paid: Paid;
  readonly language: Language;
  readonly onHome: () => void;
}

export function QuizPaid({ paid, language, onHome }: Props): JSX.Element {
  const { face, points } = paid;
  const isGood = face === "ok" || face === "kept";
  const done = useRef<HTMLButtonElement>(null);
  useLayoutEffect(() => done.current?.focus(), []);
  return (
    <main class={`rs v v-${face}`} data-face={face}>
      <div class={face === "no" ? "field" : ""} role={isGood ? "status" : "alert"}>
        <div class={face === "kept" ? "frame" : "open"}>
          <Seal face={face} />
          <p class="word">{titleOf(paid, language)}</p>
          {isGood && points !== null && <Figure text={signed(points)} />}
          {factsOf(paid, language).map((fact) => (
            <p class="bal" key={fact}>
              {fact}
            </p>
          ))}
        </div>
      </div>
      <div class="gap" />
      <div class="foot">
        <button type="button" class="btn main" ref={done} onClick={onHome}>
          {quizSay("done", language)}
        </button>
      </div>
    </main>
  );
}

function titleOf({ face }: Paid, language: Language): string {
  switch (face) {
    case "ok":
      return say("addedTitle", language);
    case "kept":
      return say("keptTitle", language);
    case "ask":
      return quizSay("ask", language);
    default:
      return quizSay("notAdded", language);
  }
}

function factsOf(paid: Paid, language: Language): string[] {
  const { face, points, balance, why } = paid;
  switch (face) {
    case "ok":
      return [
        ...(balance === null ? [] : [quizSay("total", language, { balance })]),
        quizSay("thanks", language),
      ];
    case "kept":
      return [
        points === null ? quizSay("keptPlain", language) : quizSay("kept", language, { points }),
      ];
    default:
      return [...(why === null ? [] : [why]), quizSay("safe", language)];
  }
}
