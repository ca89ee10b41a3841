/** The scanner, put together: the only place that reads the page's address, clock and chance. */

import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/pieces.css";
import "./styles/screens.css";

import { render } from "preact";
import { App } from "./app.tsx";
import { Phone } from "./phone.ts";
import type { Preferences } from "./screens/menu.tsx";
import { NoticeScreen } from "./screens/notice.tsx";
import { makeVoice } from "./sounds.ts";
import { openStore, type Store, StoreError } from "./store.ts";
import { keepShell } from "./updates.ts";
import { IDLE, pause, press, type Wedge } from "./wedge.ts";
import { say, type Word } from "./words.ts";

const APP = "scanner 1";
const LOOK_MS = 100;

const PREFERENCES: Preferences = {
  language: navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en",
  isSun: false,
  isLarge: false,
  hasSound: true,
  isSpoken: false,
};

/** Take the invite out of the address, so that it is in no history and no screenshot. */
function takeInvite(): string | null {
  const found = /^#i=(pi_[A-Za-z0-9_-]+)$/.exec(location.hash);
  if (found !== null) history.replaceState(null, "", location.pathname);
  return found?.[1] ?? null;
}

/** Listen to a hardware scanner, which types: never where somebody is typing a name. */
function listen(phone: Phone): void {
  let wedge: Wedge = IDLE;
  const take = (step: { wedge: Wedge; scanned: string | null }): void => {
    wedge = step.wedge;
    if (step.scanned !== null) void phone.scanned([step.scanned]);
  };
  addEventListener("keydown", (event) => {
    if (event.target instanceof HTMLInputElement || event.ctrlKey || event.metaKey) return;
    const before = wedge.text.length;
    take(press(wedge, event.key, performance.now()));
    // The Enter that ends a code must not press the button in focus.
    if (event.key === "Enter" && before > 1) event.preventDefault();
  });
  setInterval(() => take(pause(wedge, performance.now())), LOOK_MS);
}

async function run(root: HTMLElement): Promise<void> {
  const invite = takeInvite();
  let store: Store;
  try {
    store = await openStore(() => blocked(root, "otherTab"));
  } catch (error) {
    const isNewer = error instanceof StoreError && error.trouble === "newer";
    return blocked(root, isNewer ? "update" : "noMemory");
  }
  // Asked for early: some browsers only grant it before the first record is at risk.
  void navigator.storage?.persist?.();
  const kept = (await store.kept("preferences")) as Preferences | undefined;
  const voice = makeVoice();
  addEventListener("pointerdown", () => voice.wake());
  const phone = new Phone({
    store,
    world: {
      now: () => new Date(),
      ticks: () => performance.now(),
      random: Math.random,
      fill: (bytes) => crypto.getRandomValues(bytes),
    },
    voice,
    preferences: kept ?? PREFERENCES,
    invite,
    app: APP,
  });
  render(<App phone={phone} />, root);
  listen(phone);
  keepShell((letIn) => phone.updates(letIn)).catch(() => {
    // A browser that will not keep the shell still scans.
  });
  await phone.open();
  phone.start();
}

function blocked(root: HTMLElement, word: Word): void {
  render(<NoticeScreen text={say(word, PREFERENCES.language)} />, root);
}

const root = document.getElementById("app");
if (root !== null) void run(root);
