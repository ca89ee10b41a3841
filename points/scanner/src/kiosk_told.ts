/** What a kiosk tells of a card: the figures, what ends, and what they buy here. Pure. */

import type { Bundle } from "./bundle.ts";

/** Shapes of `POST /api/v1/balances` and `/statements`. */
export interface BalanceSaid {
  readonly available: number;
  readonly owed: number;
  readonly expiring_soon: readonly { readonly points: number; readonly at: string }[];
}

export interface LineSaid {
  readonly id: string;
  readonly kind: string;
  readonly occurred_at: string;
  readonly points: number;
  readonly balance_after: number | null;
  readonly name: string | null;
  readonly name_en: string | null;
  readonly is_undone: boolean;
}

/** Points with the last day on which they can be used. */
export interface Ending {
  readonly points: number;
  readonly month: number;
  readonly day: number;
}

/** Something that can be had here, and how much of it the points buy now. */
export interface Buy {
  readonly key: string;
  readonly name: string;
  readonly name_en: string;
  readonly price: number;
  readonly pieces: number;
  /** Points that are missing for the first piece. */
  readonly short: number;
  readonly isGone: boolean;
}

export interface Told {
  readonly available: number;
  /** What must be given back before anything can be spent. */
  readonly owed: number;
  readonly endings: readonly Ending[];
  readonly buys: readonly Buy[];
  /** When the figure was true, where that is not now. */
  readonly asOf: Date | null;
}

/** Put together what the service said. */
export function toldOf(said: BalanceSaid, bundle: Bundle): Told {
  const { available, owed } = said;
  const endings = said.expiring_soon.map(({ points, at }) => ({ points, ...lastDayBefore(at) }));
  return { available, owed, endings, buys: buysOf(available, bundle), asOf: null };
}

/** Put together what this phone knows without a network. */
export function keptOf(available: number, asOf: Date, bundle: Bundle): Told {
  return { available, owed: 0, endings: [], buys: buysOf(available, bundle), asOf };
}

/** What so many points buy at this booth now, what can be had first. */
export function buysOf(available: number, bundle: Bundle): readonly Buy[] {
  const buys = bundle.rewards.map((reward) => {
    const most = Math.min(reward.left, reward.per_household_per_event ?? reward.left);
    const pieces = reward.price > 0 ? Math.min(Math.floor(available / reward.price), most) : most;
    return {
      key: reward.key,
      name: reward.name,
      name_en: reward.name_en,
      price: reward.price,
      pieces,
      short: Math.max(0, reward.price - available),
      isGone: reward.left <= 0,
    };
  });
  const rank = (buy: Buy): number => (buy.pieces > 0 ? 0 : buy.isGone ? 2 : 1);
  return buys.sort((one, other) => rank(one) - rank(other) || one.price - other.price);
}

/**
 * Give the last day before an instant, by the clocks of the place that the instant was written for:
 * a tablet may be set to another zone.
 */
export function lastDayBefore(at: string): { month: number; day: number } {
  const offset = /([+-])(\d\d):(\d\d)$/.exec(at);
  const minutes = offset === null ? 0 : Number(offset[2]) * 60 + Number(offset[3]);
  const ahead = offset?.[1] === "-" ? -minutes : minutes;
  const there = new Date(Date.parse(at) - 1 + ahead * 60_000);
  return { month: there.getUTCMonth() + 1, day: there.getUTCDate() };
}
