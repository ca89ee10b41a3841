/** Which screen is shown, and what it shows: plain values, so that a test can look at them. */

import type { CardCode, CardNumber } from "./card.ts";
import type { Wanted } from "./counter.ts";
import type { PayingCode } from "./paying.ts";
import type { PinStep } from "./pin_setting.ts";
import type { Item, Operation } from "./queue.ts";
import type { Choice, Goods, Purse } from "./screens/redeem.tsx";
import type { Verdict } from "./screens/verdict.tsx";
import type { Doing } from "./verdicts.ts";

/** A card as it came: scanned, or its number typed. */
export type Named = { readonly card: CardCode } | { readonly number: CardNumber };

/** What is held up to spend points: a card, a one-time code, or an allowance. */
export type Shown = CardCode | PayingCode;

export type Work =
  | "earn"
  | "redeem"
  | "bind"
  | "bindOther"
  | "familyCode"
  | "setPin"
  | "cashSlip"
  | "giveSlip";

export type Screen =
  | { readonly name: "loading" }
  | { readonly name: "pair"; readonly problem: string | null; readonly isBusy: boolean }
  | { readonly name: "handover"; readonly problem: string | null }
  | { readonly name: "activity" }
  | { readonly name: "ready" }
  | { readonly name: "working" }
  | { readonly name: "amount"; readonly card: Named }
  | {
      readonly name: "redeem";
      readonly card: Shown;
      readonly purse: Purse;
      readonly goods: readonly Goods[];
      readonly notice: string | null;
      readonly isBusy: boolean;
    }
  | {
      readonly name: "verdict";
      readonly verdict: Verdict;
      readonly doing: Doing;
      readonly items: readonly Item[];
      readonly failed: Operation | null;
    }
  /** Nobody knows yet whether goods may be handed over. */
  | {
      readonly name: "unsure";
      readonly items: readonly Item[];
      readonly wanted: Wanted;
      readonly isBusy: boolean;
    }
  /** The household is asked for its PIN, to spend more than a card alone may. */
  | {
      readonly name: "pin";
      readonly card: Shown;
      readonly choices: readonly Choice[];
      readonly problem: string;
      readonly isBusy: boolean;
    }
  | { readonly name: "typed" }
  | { readonly name: "leases"; readonly isBusy: boolean }
  | { readonly name: "menu" }
  | {
      readonly name: "bind";
      readonly card: CardCode;
      readonly problem: string | null;
      readonly isBusy: boolean;
    }
  /** A resident chooses the household's PIN. */
  | {
      readonly name: "newPin";
      readonly card: CardCode;
      readonly step: PinStep;
      readonly problem: string | null;
      readonly isBusy: boolean;
    }
  /** It has never heard what this booth does, so it can do nothing yet. */
  | { readonly name: "blocked" };
