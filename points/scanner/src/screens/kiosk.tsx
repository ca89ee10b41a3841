/** The kiosk: hold a card up, see and hear what it has, take a slip along, and leave nothing. */

import type { ComponentChildren, JSX } from "preact";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { nameOf } from "../bundle.ts";
import { Kiosk, type KioskView } from "../kiosk.ts";
import { balanceLine } from "../kiosk_spoken.ts";
import type { Buy, Told } from "../kiosk_told.ts";
import { endLine, kioskSay } from "../kiosk_words.ts";
import { clockTime, type Language } from "../words.ts";
import { CameraView } from "./camera_view.tsx";
import { Frame, useCountdown, useReturn } from "./kiosk_frame.tsx";
import { KioskPaper } from "./kiosk_paper.tsx";
import type { Props as Shared } from "./kiosk_screens.tsx";
import { Seal } from "./verdict.tsx";

type Props = Shared & { readonly onLeave: () => void };

const SHOWN_SECONDS = 30;
const HOME_MS: Readonly<Record<KioskView["name"], number | null>> = {
  ready: null,
  asking: null,
  told: null,
  not: 12_000,
};

export function KioskScreen(props: Props): JSX.Element {
  const { residents, preferences } = props;
  const { language } = preferences;
  const [view, setView] = useState<KioskView>({ name: "ready", notice: null });
  const kiosk = useMemo(() => new Kiosk(() => residents.look(), setView), [residents]);
  useLayoutEffect(() => {
    residents.attend(kiosk);
    // Whoever comes to a page that was out of sight is somebody else.
    const hidden = (): void => {
      if (document.hidden) kiosk.home();
    };
    document.addEventListener("visibilitychange", hidden);
    return () => {
      residents.attend(null);
      document.removeEventListener("visibilitychange", hidden);
    };
  }, [residents, kiosk]);
  useReturn(HOME_MS[view.name], () => kiosk.home(), view);
  const facing = residents.look();
  const told = view.name === "told" ? view.told : null;
  useEffect(() => {
    if (told === null || !preferences.hasSound) return;
    const lang = language === "zh" ? "zh-CN" : "en";
    facing?.voice.give(null, { text: balanceLine(told, language), lang });
  }, [told, language]);
  const event = facing?.bundle.event;
  return (
    <Frame
      name={view.name}
      title={kioskSay("title", language)}
      event={event ? nameOf(event, language) : ""}
      language={language}
      onLanguage={props.onLanguage}
      onLeave={props.onLeave}
    >
      <Inside view={view} kiosk={kiosk} language={language}>
        <CameraView
          language={language}
          isWatching
          onTexts={(texts) => void residents.scanned(texts, performance.now())}
          onPhoto={props.onPhoto}
        />
      </Inside>
    </Frame>
  );
}

function Inside(props: {
  readonly view: KioskView;
  readonly kiosk: Kiosk;
  readonly language: Language;
  readonly children: ComponentChildren;
}): JSX.Element {
  const { view, kiosk, language } = props;
  switch (view.name) {
    case "ready":
      return (
        <>
          <section class="rs-ask">
            <h1>{kioskSay("hold", language)}</h1>
            <p>{kioskSay("holdWhy", language)}</p>
            {view.notice !== null && (
              <p class="notice" role="alert">
                {kioskSay("notCard", language)}
              </p>
            )}
          </section>
          <section class="rs-scan">{props.children}</section>
        </>
      );
    case "asking":
      return (
        <p class="empty" role="status">
          {kioskSay("asking", language)}
        </p>
      );
    case "told":
      return <Balance view={view} kiosk={kiosk} language={language} />;
    case "not":
      return (
        <>
          <section class="rs-told" role="alert">
            <Seal face={view.face} />
            <h1>{kioskSay(view.face === "ask" ? "askTitle" : "notTitle", language)}</h1>
            <p class="why">{view.why ?? kioskSay("offline", language)}</p>
            {view.why !== null && <p class="why">{kioskSay("safe", language)}</p>}
          </section>
          <Done language={language} onDone={() => kiosk.home()} />
        </>
      );
  }
}

function Done({ language, onDone }: { language: Language; onDone: () => void }): JSX.Element {
  return (
    <div class="foot">
      <button type="button" class="btn main" onClick={onDone}>
        {kioskSay("done", language)}
      </button>
    </div>
  );
}

function Balance(props: {
  readonly view: Extract<KioskView, { name: "told" }>;
  readonly kiosk: Kiosk;
  readonly language: Language;
}): JSX.Element {
  const { view, kiosk, language } = props;
  const { told, paper, isPrinting } = view;
  const left = useCountdown(SHOWN_SECONDS, () => kiosk.home(), told);
  const heading = useRef<HTMLHeadingElement>(null);
  useLayoutEffect(() => heading.current?.focus(), [told]);
  useEffect(() => {
    if (!isPrinting || paper === null) return;
    window.print();
    kiosk.printed();
  }, [isPrinting, paper]);
  return (
    <>
      <div class="rs-two">
        <section class="rs-sum" role="status">
          <Figure told={told} language={language} heading={heading} />
        </section>
        {told.buys.length > 0 && <Buys buys={told.buys} language={language} />}
      </div>
      <div class="foot">
        <p class="hint">{kioskSay("leaving", language, { seconds: left })}</p>
        <div class="ways">
          <button
            type="button"
            class="btn"
            disabled={isPrinting}
            onClick={() => void kiosk.print()}
          >
            {kioskSay(isPrinting ? "printing" : "print", language)}
          </button>
          <button type="button" class="btn">
            {kioskSay("longer", language)}
          </button>
        </div>
        <button type="button" class="btn main" onClick={() => kiosk.home()}>
          {kioskSay("done", language)}
        </button>
      </div>
      <KioskPaper told={told} at={view.at} lines={paper ?? []} language={language} />
    </>
  );
}

function Figure(props: {
  readonly told: Told;
  readonly language: Language;
  readonly heading: { current: HTMLHeadingElement | null };
}): JSX.Element {
  const { told, language } = props;
  const figure = String(told.available);
  return (
    <div class={told.asOf === null ? "sum-is" : "sum-was"}>
      <h1 tabIndex={-1} ref={props.heading}>
        <small>
          {told.asOf === null
            ? kioskSay("have", language)
            : kioskSay("haveAt", language, { time: clockTime(told.asOf) })}
        </small>
        <span class="fig" data-d={figure.length}>
          {figure}
          <i>{kioskSay("unit", language)}</i>
        </span>
      </h1>
      {told.owed > 0 && <p>{kioskSay("owed", language, { points: told.owed })}</p>}
      {told.endings.map((ending) => (
        <p key={`${ending.month}-${ending.day}`}>{endLine(ending, language)}</p>
      ))}
    </div>
  );
}

function Buys({ buys, language }: { buys: readonly Buy[]; language: Language }): JSX.Element {
  return (
    <section class="rs-buys">
      <h2>{kioskSay("buysHere", language)}</h2>
      <ul>
        {buys.map((buy) => (
          <li key={buy.key} class={buy.pieces > 0 ? "" : "not"}>
            <span>
              <b>{nameOf(buy, language)}</b>
              <small>{kioskSay("price", language, { points: buy.price })}</small>
            </span>
            <span>{worth(buy, language)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function worth(buy: Buy, language: Language): string {
  if (buy.isGone) return kioskSay("gone", language);
  if (buy.pieces > 0) return kioskSay("enough", language, { pieces: buy.pieces });
  return buy.short > 0 ? kioskSay("short", language, { points: buy.short }) : "";
}
