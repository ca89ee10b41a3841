/** What the parts of a booth share: what is shown, and how a verdict is given. */

import type { Activity, Bundle, SealedBalances } from "./bundle.ts";
import type { Outcome } from "./desk.ts";
import type { Item, Operation } from "./queue.ts";
import type { Screen, Work } from "./screen.ts";
import type { Verdict } from "./screens/verdict.tsx";
import type { Doing } from "./verdicts.ts";
import type { Language } from "./words.ts";

/** What the screens need to know beside which of them is shown. */
export interface View {
  readonly screen: Screen;
  readonly work: Work;
  readonly activity: Activity | null;
  readonly last: Item | null;
  readonly notice: string | null;
}

/** What a verdict is about. */
export interface About {
  readonly items: readonly Item[];
  /** The act that was not done, for which a slip may be handed out. */
  readonly failed: Operation | null;
  readonly points: number | null;
  /** What is handed over. */
  readonly goods: string | null;
}

export interface Stage {
  readonly view: View;
  readonly bundle: Bundle;
  readonly sealed: SealedBalances | null;
  readonly language: Language;
  show(change: Partial<View>): void;
  say(doing: Doing, verdict: Verdict, about?: Partial<About>): void;
  tell(doing: Doing, outcome: Outcome, about: Partial<About>): void;
  post(doing: Doing, operation: Operation, points: number | null): Promise<void>;
  refreshLast(): Promise<void>;
  /** Ask soon for what this booth has now. */
  refresh(): void;
}
