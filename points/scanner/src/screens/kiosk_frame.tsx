/** What all screens for residents share: the bar, and the way back to the start by itself. */

import type { ComponentChildren, JSX } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { kioskSay } from "../kiosk_words.ts";
import type { Language } from "../words.ts";
import { Icon, Mark } from "./icons.tsx";

interface Props {
  readonly title: string;
  readonly event: string;
  readonly language: Language;
  readonly onLanguage: (language: Language) => void;
  readonly onLeave: () => void;
  /** Which of the screens this is, for styles and tests. */
  readonly name: string;
  readonly children: ComponentChildren;
}

export function Frame(props: Props): JSX.Element {
  const { language } = props;
  return (
    <main class="rs" data-screen={props.name}>
      <header class="bar">
        <Mark />
        <div class="grow">
          <b>{props.title}</b>
          <small>{props.event}</small>
        </div>
        <button
          type="button"
          class="btn small-btn"
          lang={language === "zh" ? "en" : "zh-CN"}
          onClick={() => props.onLanguage(language === "zh" ? "en" : "zh")}
        >
          {kioskSay("language", language)}
        </button>
        <button
          type="button"
          class="round"
          aria-label={kioskSay("volunteer", language)}
          onClick={props.onLeave}
        >
          <Icon name="gear" />
        </button>
      </header>
      {props.children}
    </main>
  );
}

/**
 * Go back when nobody has touched anything for a while.
 *
 * @param ms how long that is; null for never
 * @param moment what starts the wait anew when it changes
 */
export function useReturn(ms: number | null, onReturn: () => void, moment: unknown): void {
  const told = useRef(onReturn);
  told.current = onReturn;
  useLayoutEffect(() => {
    if (ms === null) return undefined;
    let timer = setTimeout(() => told.current(), ms);
    const touched = (): void => {
      clearTimeout(timer);
      timer = setTimeout(() => told.current(), ms);
    };
    addEventListener("pointerdown", touched);
    addEventListener("keydown", touched);
    return () => {
      clearTimeout(timer);
      removeEventListener("pointerdown", touched);
      removeEventListener("keydown", touched);
    };
  }, [ms, moment]);
}

/**
 * Do the same in sight of everybody: give the seconds that are left. Every touch begins anew.
 *
 * @param moment what starts the wait anew when it changes
 */
export function useCountdown(seconds: number, onReturn: () => void, moment: unknown): number {
  const [left, setLeft] = useState(seconds);
  const told = useRef(onReturn);
  told.current = onReturn;
  useLayoutEffect(() => {
    // By a clock and not by counting ticks: a tablet that sleeps does not tick.
    let until = performance.now() + seconds * 1_000;
    const look = (): void => {
      const rest = Math.ceil((until - performance.now()) / 1_000);
      setLeft(Math.max(0, rest));
      if (rest <= 0) told.current();
    };
    const again = (): void => {
      until = performance.now() + seconds * 1_000;
      look();
    };
    look();
    const timer = setInterval(look, 1_000);
    addEventListener("pointerdown", again);
    addEventListener("keydown", again);
    return () => {
      clearInterval(timer);
      removeEventListener("pointerdown", again);
      removeEventListener("keydown", again);
    };
  }, [seconds, moment]);
  return left;
}

/** Keep the screen lit, where the browser lets it: nobody is there to wake the tablet. */
export function useLight(): void {
  useEffect(() => {
    let light: WakeLockSentinel | null = null;
    let isOver = false;
    const ask = async (): Promise<void> => {
      if (document.hidden) return;
      // Missing on plain HTTP, and refused on an empty battery: then the tablet's own setting counts.
      const got = await navigator.wakeLock?.request("screen").catch(() => null);
      if (isOver) void got?.release();
      else light = got ?? null;
    };
    const shown = (): void => void ask();
    shown();
    document.addEventListener("visibilitychange", shown);
    return () => {
      isOver = true;
      void light?.release();
      document.removeEventListener("visibilitychange", shown);
    };
  }, []);
}
