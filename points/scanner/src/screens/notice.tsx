/** One sentence, and at most two ways on. */

import type { ComponentChildren, JSX } from "preact";
import { Mark } from "./icons.tsx";

interface Way {
  readonly label: string;
  readonly onAct: () => void;
}

interface Props {
  readonly bar?: ComponentChildren;
  readonly title?: string;
  readonly text: string;
  readonly main?: Way;
  readonly other?: Way;
}

export function NoticeScreen({ bar, title, text, main, other }: Props): JSX.Element {
  return (
    <main class="ph">
      {bar ?? (
        <header class="bar">
          <Mark />
        </header>
      )}
      <section class="body" role="status">
        {title !== undefined && <h1>{title}</h1>}
        <p class={title === undefined ? "empty" : "told"}>{text}</p>
      </section>
      <div class="foot">
        {main !== undefined && (
          <button type="button" class="btn main" onClick={main.onAct}>
            {main.label}
          </button>
        )}
        {other !== undefined && (
          <button type="button" class="btn" onClick={other.onAct}>
            {other.label}
          </button>
        )}
      </div>
    </main>
  );
}
