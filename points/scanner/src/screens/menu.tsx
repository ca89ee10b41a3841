/** Settings, what still waits, what a person must look at, and the rarer acts of a booth. */

import type { ComponentChildren, JSX } from "preact";
import { clockTime, type Language, say } from "../words.ts";

export interface Preferences {
  readonly language: Language;
  readonly isSun: boolean;
  readonly isLarge: boolean;
  readonly hasSound: boolean;
  readonly isSpoken: boolean;
}

/** One act that waits, or that a person must look at. */
export interface Item {
  readonly id: string;
  readonly figure: string;
  readonly what: string;
  readonly at: Date;
  /** Why it needs a person, in words; null while it simply waits. */
  readonly why: string | null;
}

interface Props {
  readonly bar: ComponentChildren;
  readonly preferences: Preferences;
  readonly waiting: readonly Item[];
  readonly attention: readonly Item[];
  /** How many of each there are beyond those listed. */
  readonly unlisted: { readonly waiting: number; readonly attention: number };
  readonly volunteer: string;
  readonly acts: readonly { readonly label: string; readonly onAct: () => void }[];
  readonly notice: string | null;
  readonly onPreferences: (preferences: Preferences) => void;
  readonly onSend: () => void;
  readonly onExport: () => void;
  readonly onSeen: (id: string) => void;
  readonly onClose: () => void;
}

export function MenuScreen(props: Props): JSX.Element {
  const { preferences, waiting, attention } = props;
  const { language } = preferences;
  return (
    <main class="ph menu">
      {props.bar}
      <section class="body">
        {props.notice !== null && (
          <p class="notice" role="alert">
            {props.notice}
          </p>
        )}
        <Items
          title={say("attentionTitle", language)}
          items={attention}
          empty={say("attentionEmpty", language)}
          unlisted={props.unlisted.attention}
          done={say("seen", language)}
          onSeen={props.onSeen}
        />
        <Items
          title={say("queueTitle", language)}
          items={waiting}
          empty={say("queueEmpty", language)}
          unlisted={props.unlisted.waiting}
        />
        {waiting.length > 0 && (
          <button type="button" class="btn" onClick={props.onSend}>
            {say("sendNow", language)}
          </button>
        )}
        {waiting.length + attention.length > 0 && (
          <button type="button" class="btn" onClick={props.onExport}>
            {say("exportQueue", language)}
          </button>
        )}
        {props.acts.map((act) => (
          <button type="button" class="btn" key={act.label} onClick={act.onAct}>
            {act.label}
          </button>
        ))}
        <h2>{say("settings", language)}</h2>
        <p class="small">{props.volunteer}</p>
        <Switches preferences={preferences} onPreferences={props.onPreferences} />
      </section>
      <div class="foot">
        <button type="button" class="btn main" onClick={props.onClose}>
          {say("close", language)}
        </button>
      </div>
    </main>
  );
}

function Items(props: {
  readonly title: string;
  readonly items: readonly Item[];
  readonly empty: string;
  readonly unlisted: number;
  readonly done?: string;
  readonly onSeen?: (id: string) => void;
}): JSX.Element {
  return (
    <>
      <h2>{props.title}</h2>
      {props.items.length === 0 ? (
        <p class="hint">{props.empty}</p>
      ) : (
        <ul class={props.onSeen !== undefined ? "items alarm" : "items"}>
          {props.items.map((item) => (
            <li key={item.id}>
              <span>
                <b>{item.what}</b>
                <small>
                  {clockTime(item.at)}
                  {item.why !== null && ` · ${item.why}`}
                </small>
              </span>
              <b>{item.figure}</b>
              {props.onSeen !== undefined && (
                <button type="button" class="btn small-btn" onClick={() => props.onSeen?.(item.id)}>
                  {props.done}
                </button>
              )}
            </li>
          ))}
          {props.unlisted > 0 && (
            <li>
              <b>＋{props.unlisted}</b>
            </li>
          )}
        </ul>
      )}
    </>
  );
}

function Switches(props: {
  readonly preferences: Preferences;
  readonly onPreferences: (preferences: Preferences) => void;
}): JSX.Element {
  const { preferences, onPreferences } = props;
  const { language } = preferences;
  const flags = [
    ["sun", "isSun"],
    ["largeType", "isLarge"],
    ["sound", "hasSound"],
    ["spoken", "isSpoken"],
  ] as const;
  return (
    <div class="choices">
      {flags.map(([word, flag]) => (
        <button
          type="button"
          class="btn"
          key={flag}
          aria-pressed={preferences[flag]}
          onClick={() => onPreferences({ ...preferences, [flag]: !preferences[flag] })}
        >
          {say(word, language)}
        </button>
      ))}
      <button
        type="button"
        class="btn"
        lang={language === "zh" ? "en" : "zh-CN"}
        onClick={() => onPreferences({ ...preferences, language: language === "zh" ? "en" : "zh" })}
      >
        {say("language", language)}
      </button>
    </div>
  );
}
