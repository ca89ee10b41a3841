/** What waits, and what a person must look at, as the lists show it. */

import type { Item } from "./queue.ts";
import type { Item as Line } from "./screens/menu.tsx";
import type { Waiting } from "./screens/strip.tsx";
import { type Language, say, signed, type Word } from "./words.ts";

const KINDS: Readonly<Record<string, Word>> = {
  earn: "add",
  redeem: "redeem",
  undo: "undo",
  slip_cashed: "cashSlip",
  slip_issued: "giveSlip",
};

/** Points of one scan by the activity's key, where they are always the same. */
export type Pay = (activity: string) => number | null;

export function slipsOf(items: readonly Item[], pay: Pay): Waiting[] {
  return items.map((item) => ({ id: item.id, figure: figureOf(item, pay), at: instantOf(item) }));
}

export function itemsOf(items: readonly Item[], pay: Pay, language: Language): Line[] {
  return items.map((item) => ({
    id: item.id,
    figure: figureOf(item, pay),
    what: say(KINDS[item.operation.kind] ?? "whatToDo", language),
    at: instantOf(item),
    why: item.answer?.message ?? null,
  }));
}

/** Tell how many points an act moves, as far as this phone can know. */
export function pointsIn({ answer, operation }: Item, pay: Pay): number | null {
  if (answer !== null) return answer.points;
  if (operation.kind === "redeem") {
    return -Number(operation["price_shown"]) * Number(operation["quantity"]);
  }
  return operation.kind === "earn" ? pay(String(operation["activity"])) : null;
}

function figureOf(item: Item, pay: Pay): string {
  const points = pointsIn(item, pay);
  return points === null ? "·" : signed(points);
}

function instantOf({ operation }: Item): Date {
  return new Date(String(operation["occurred_at"]));
}
