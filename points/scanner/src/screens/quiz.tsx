/** The sorting quiz: start, eight things, what was right and why, the card, and what it brought. */

import type { ComponentChildren, JSX } from "preact";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { nameOf } from "../bundle.ts";
import { kioskSay } from "../kiosk_words.ts";
import {
  asked,
  BINS,
  type Bin,
  type Game,
  isOver,
  lastAnswered,
  pays,
  rightAnswers,
} from "../quiz.ts";
import { NO_KEYS, pressed } from "../quiz_keys.ts";
import { QuizPlay, type QuizView } from "../quiz_play.ts";
import { spokenIn } from "../quiz_spoken.ts";
import { BIN_NAMES, binName, quizSay, whyOf } from "../quiz_words.ts";
import type { Language } from "../words.ts";
import { CameraView } from "./camera_view.tsx";
import { Icon } from "./icons.tsx";
import { Frame, useReturn } from "./kiosk_frame.tsx";
import type { Props as Shared } from "./kiosk_screens.tsx";
import { QuizPaid } from "./quiz_paid.tsx";
import { nameOfItem, QuizResult } from "./quiz_result.tsx";

type Props = Shared & { readonly onLeave: () => void };

const HOME_MS: Readonly<Record<QuizView["name"], number | null>> = {
  start: null,
  question: 60_000,
  told: 60_000,
  result: 90_000,
  posting: null,
  paid: 12_000,
};

export function QuizScreen(props: Props): JSX.Element {
  const { residents, preferences, onPhoto } = props;
  const { language } = preferences;
  const [view, setView] = useState<QuizView>({ name: "start", notice: null });
  const play = useMemo(() => new QuizPlay(() => residents.look(), setView), [residents]);
  useLayoutEffect(() => {
    residents.attend(play);
    return () => residents.attend(null);
  }, [residents, play]);
  useReturn(HOME_MS[view.name], () => play.home(), view);
  const facing = residents.look();
  useEffect(() => {
    const line = spokenIn(view, language);
    if (line !== null && preferences.hasSound) {
      facing?.voice.give(null, { text: line, lang: language === "zh" ? "zh-CN" : "en" });
    }
  }, [view, language]);
  const event = facing?.bundle.event;
  const frame = (name: string, children: ComponentChildren): JSX.Element => (
    <Frame
      name={name}
      title={quizSay("title", language)}
      event={event ? nameOf(event, language) : ""}
      language={language}
      onLanguage={props.onLanguage}
      onLeave={props.onLeave}
    >
      {children}
    </Frame>
  );
  const isShut = facing?.desk.standing.isShutOut === true;
  if (facing === null || facing.list === null || play.activity === null || isShut) {
    return frame("quiz", <p class="empty">{kioskSay(isShut ? "shut" : "noList", language)}</p>);
  }
  const camera = (
    <CameraView
      language={language}
      isWatching
      onTexts={(texts) => void residents.scanned(texts, facing.world.ticks())}
      onPhoto={onPhoto}
    />
  );
  const { rule } = play.activity;
  switch (view.name) {
    case "start":
      return frame(
        "start",
        <Start
          each={rule.points}
          language={language}
          onStart={() => play.start()}
          notice={view.notice}
        >
          {camera}
        </Start>,
      );
    case "question":
      return frame(
        "question",
        <Question {...view} language={language} onBin={(bin) => play.answer(bin)} />,
      );
    case "told":
      return frame(
        "told",
        <Told game={view.game} language={language} onNext={() => void play.next()} />,
      );
    case "result":
      return frame(
        "result",
        <QuizResult
          game={view.game}
          points={pays(rightAnswers(view.game), rule)}
          camera={camera}
          notice={view.notice}
          language={language}
          onAgain={() => play.start()}
          onHome={() => play.home()}
        />,
      );
    case "posting":
      return frame("posting", <p class="empty">{quizSay("working", language)}</p>);
    case "paid":
      return <QuizPaid paid={view.paid} language={language} onHome={() => play.home()} />;
  }
}

function Start(props: {
  readonly each: number | null;
  readonly language: Language;
  readonly notice: "foreign" | null;
  readonly onStart: () => void;
  readonly children: ComponentChildren;
}): JSX.Element {
  const { each, language } = props;
  const points = each === null ? null : language === "zh" ? `${each}\u00a0分` : signedEach(each);
  return (
    <>
      <section class="rs-ask">
        <h1>
          {points === null
            ? quizSay("aboutPlain", language)
            : quizSay("about", language, { points })}
        </h1>
        <ul class="tiles" aria-hidden="true">
          {BINS.map((bin) => (
            <li class={`tile ${bin}`} key={bin}>
              {BIN_NAMES[bin].sign}
            </li>
          ))}
        </ul>
        <button type="button" class="btn main" onClick={props.onStart}>
          {quizSay("start", language)}
        </button>
      </section>
      <section class="rs-scan">
        <p>{quizSay("cardFirst", language)}</p>
        {props.notice !== null && (
          <p class="notice" role="alert">
            {kioskSay("notCard", language)}
          </p>
        )}
        {props.children}
      </section>
    </>
  );
}

function signedEach(each: number): string {
  return `${each}\u00a0point${each === 1 ? "" : "s"}`;
}

function Progress(props: {
  readonly game: Game;
  readonly place: number;
  readonly language: Language;
}): JSX.Element {
  const { game, place, language } = props;
  const all = game.items.length;
  const done = game.answers.length;
  return (
    <div class="progress">
      <span>{quizSay("place", language, { place, all })}</span>
      <progress max={all} value={done} aria-hidden="true" />
    </div>
  );
}

function Question(props: {
  readonly game: Game;
  readonly hasCard: boolean;
  readonly language: Language;
  readonly onBin: (bin: Bin) => void;
}): JSX.Element | null {
  const { game, language, onBin } = props;
  const item = asked(game);
  const keys = useRef(NO_KEYS);
  const bins = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const typed = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.altKey || event.metaKey) return;
      const step = pressed(keys.current, event.key, performance.now());
      keys.current = step.keys;
      if (step.bin !== null) onBin(step.bin);
      else if (event.key.startsWith("Arrow")) moveFocus(bins.current, event);
    };
    addEventListener("keydown", typed);
    return () => removeEventListener("keydown", typed);
  });
  const heading = useRef<HTMLHeadingElement>(null);
  // Whoever listens to the screen hears the next thing at once.
  useLayoutEffect(() => heading.current?.focus(), [item]);
  if (item === null) return null;
  return (
    <>
      <section class="rs-ask">
        <Progress game={game} place={game.answers.length + 1} language={language} />
        {props.hasCard && (
          <p class="in">
            <Icon name="tick" />
            {quizSay("cardIn", language)}
          </p>
        )}
        <h1 class="thing" tabIndex={-1} ref={heading} data-d={nameOfItem(item, language).length}>
          {nameOfItem(item, language)}
        </h1>
        <p>{quizSay("where", language)}</p>
      </section>
      <div class="bins" ref={bins}>
        {BINS.map((bin, place) => (
          <button type="button" class="bin" key={bin} data-bin={bin} onClick={() => onBin(bin)}>
            <span class={`tile ${bin}`} aria-hidden="true">
              {BIN_NAMES[bin].sign}
            </span>
            <b>{binName(bin, language)}</b>
            <span class="digit" aria-hidden="true">
              {place + 1}
            </span>
          </button>
        ))}
      </div>
    </>
  );
}

/** Arrows go from bin to bin as they lie: two rows on a phone, one on a tablet. */
function moveFocus(bins: HTMLDivElement | null, event: KeyboardEvent): void {
  const buttons = [...(bins?.querySelectorAll("button") ?? [])];
  const [first, second] = buttons;
  if (first === undefined || second === undefined) return;
  event.preventDefault();
  const place = buttons.indexOf(document.activeElement as HTMLButtonElement);
  const isRow = buttons.every((one) => one.offsetTop === first.offsetTop);
  const steps: Readonly<Record<string, number>> = {
    ArrowLeft: -1,
    ArrowRight: 1,
    ArrowUp: isRow ? -1 : -2,
    ArrowDown: isRow ? 1 : 2,
  };
  const to = place < 0 ? 0 : place + (steps[event.key] ?? 0);
  buttons[to]?.focus();
}

function Told(props: {
  readonly game: Game;
  readonly language: Language;
  readonly onNext: () => void;
}): JSX.Element | null {
  const { game, language } = props;
  const told = lastAnswered(game);
  const next = useRef<HTMLButtonElement>(null);
  useLayoutEffect(() => next.current?.focus(), [game]);
  if (told === null) return null;
  const { item, isRight } = told;
  const figures = { name: nameOfItem(item, language), bin: binName(item.bin, language) };
  return (
    <>
      <section class="rs-ask">
        <Progress game={game} place={game.answers.length} language={language} />
      </section>
      <section class="rs-told" role="status" data-right={isRight}>
        <p class="how">
          <Icon name={isRight ? "tick" : "list"} />
          {quizSay(isRight ? "right" : "wrong", language)}
        </p>
        <span class={`tile ${item.bin}`} aria-hidden="true">
          {BIN_NAMES[item.bin].sign}
        </span>
        <h1>{quizSay("goes", language, figures)}</h1>
        <p class="why">{whyOf(item, language)}</p>
      </section>
      <div class="foot">
        <button type="button" class="btn main" ref={next} onClick={props.onNext}>
          {quizSay(isOver(game) ? "finish" : "next", language)}
        </button>
      </div>
    </>
  );
}
