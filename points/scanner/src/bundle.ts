/**
 * What the phone was told while it had a network: what is done at its booth, and what it may hand
 * out without one. Shapes of `GET /api/v1/devices/bundle` and `/sealed`.
 */

import type { Asks } from "./screens/amount.tsx";
import type { Language } from "./words.ts";

export type Role = "earn" | "redeem" | "supervisor";

export interface Activity {
  readonly key: string;
  readonly name: string;
  readonly name_en: string;
  readonly rule: {
    readonly kind: "fixed" | "per_correct_answer" | "weighed" | "stamp" | "shift" | "clean_up";
    readonly points: number | null;
    readonly points_max: number | null;
    readonly points_per_kilogram: Readonly<Record<string, number>> | null;
  };
}

export interface Reward {
  readonly key: string;
  readonly name: string;
  readonly name_en: string;
  readonly price: number;
  readonly per_household_per_event: number | null;
  readonly left: number;
  readonly stock: readonly {
    readonly booth: number;
    readonly next_release: { readonly at: string; readonly pieces: number } | null;
  }[];
}

export interface Bundle {
  readonly version: string;
  readonly made_at: string;
  readonly server_time: string;
  /** This phone's own name, `device:7`. */
  readonly device: string;
  /** Null where the event was called off. */
  readonly event: { readonly key: string; readonly name: string; readonly name_en: string } | null;
  readonly communities: readonly {
    readonly key: string;
    readonly name: string;
    readonly name_en: string;
    readonly buildings: readonly string[];
  }[];
  readonly booth: { readonly number: number; readonly name: string } | null;
  readonly activities: readonly Activity[];
  readonly rewards: readonly Reward[];
  readonly offline: {
    readonly ceiling_points: number;
    readonly days_max: number;
    readonly clock_minutes_off_max: number;
    readonly undo_minutes: number;
  };
  readonly leases: readonly { readonly reward: string; readonly pieces: number }[];
  readonly slip: { readonly points_max: number; readonly days: number };
  readonly notice: { readonly version: string; readonly text: string; readonly text_en: string };
  /** The version of the quiz's list; null where right answers pay nothing, absent from of old. */
  readonly quiz?: string | null;
}

export interface SealedBalances {
  readonly made_at: string;
  readonly records: readonly (readonly [tag: string, sealed: string])[];
}

/** Name a thing in the volunteer's language; not everything has an English name. */
export function nameOf(
  thing: { readonly name: string; readonly name_en?: string },
  language: Language,
): string {
  return language === "en" && thing.name_en ? thing.name_en : thing.name;
}

/** Name the buildings whose people come here. */
export function buildingsOf(bundle: Bundle): readonly string[] {
  return bundle.communities.flatMap((community) => community.buildings);
}

/** Tell what an activity must be told beside the card. */
export function asks(activity: Activity, buildings: readonly string[]): Asks {
  const { rule } = activity;
  switch (rule.kind) {
    case "per_correct_answer":
      return { what: "answers", most: mostAnswers(rule.points, rule.points_max) };
    case "weighed":
      return { what: "grams", materials: Object.keys(rule.points_per_kilogram ?? {}) };
    case "shift":
      return { what: "phase" };
    case "clean_up":
      return { what: "building", buildings };
    default:
      return { what: "nothing" };
  }
}

/** Give the points of one scan where they are always the same; else the service reckons them. */
export function pointsOf(activity: Activity): number | null {
  return activity.rule.kind === "fixed" ? activity.rule.points : null;
}

/** The last day on which a slip of so many days can be cashed, `2026-12-31`. */
export function lastDay(days: number, today: Date): string {
  const last = new Date(today.getFullYear(), today.getMonth(), today.getDate() + days);
  const two = (figure: number): string => String(figure).padStart(2, "0");
  return `${last.getFullYear()}-${two(last.getMonth() + 1)}-${two(last.getDate())}`;
}

const ANSWERS_SHOWN = 10;

function mostAnswers(each: number | null, most: number | null): number {
  return each && most ? Math.ceil(most / each) : ANSWERS_SHOWN;
}
