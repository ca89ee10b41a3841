/** How a game went: what it is worth, the card that gets it, and what is good to know. */

import type { ComponentChildren, JSX } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { kioskSay } from "../kiosk_words.ts";
import { type Game, missed, type QuizItem, rightAnswers } from "../quiz.ts";
import { BIN_NAMES, binName, quizSay, whyOf } from "../quiz_words.ts";
import type { Language } from "../words.ts";

interface Props {
  readonly game: Game;
  readonly points: number | null;
  readonly camera: ComponentChildren;
  readonly notice: "foreign" | null;
  readonly language: Language;
  readonly onAgain: () => void;
  readonly onHome: () => void;
}

export function QuizResult(props: Props): JSX.Element {
  const { game, points, language } = props;
  const right = rightAnswers(game);
  const others = missed(game);
  const heading = useRef<HTMLHeadingElement>(null);
  useLayoutEffect(() => heading.current?.focus(), []);
  return (
    <>
      <section class="rs-ask" role="status">
        <h1 class="went" tabIndex={-1} ref={heading}>
          {quizSay("result", language, { right })}
        </h1>
        {points !== null && points > 0 && (
          <p class="worth">{quizSay("worth", language, { points })}</p>
        )}
        <p class="do">{quizSay(right > 0 ? "scanNow" : "none", language)}</p>
      </section>
      {right > 0 && (
        <section class="rs-scan">
          {props.notice !== null && (
            <p class="notice" role="alert">
              {kioskSay("notCard", language)}
            </p>
          )}
          {props.camera}
        </section>
      )}
      {others.length > 0 && (
        <section class="rs-learn">
          <h2>{quizSay("learn", language)}</h2>
          <ul>
            {others.map((item) => (
              <li key={item.name}>
                <span class={`tile ${item.bin}`} aria-hidden="true">
                  {BIN_NAMES[item.bin].sign}
                </span>
                <span>
                  <b>
                    {quizSay("goes", language, {
                      name: nameOfItem(item, language),
                      bin: binName(item.bin, language),
                    })}
                  </b>
                  <small>{whyOf(item, language)}</small>
                </span>
              </li>
            ))}
          </ul>
        </section>
      )}
      <div class="foot">
        {right === 0 && (
          <button type="button" class="btn main" onClick={props.onAgain}>
            {quizSay("again", language)}
          </button>
        )}
        <button type="button" class="btn" onClick={props.onHome}>
          {quizSay("done", language)}
        </button>
      </div>
    </>
  );
}

/** Name a thing in the resident's language; not everything has an English name. */
export function nameOfItem(item: QuizItem, language: Language): string {
  return language === "en" && item.name_en !== "" ? item.name_en : item.name;
}
