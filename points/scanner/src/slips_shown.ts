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
  stock_leased: "leaseTitle",
  stock_returned: "leaseTitle",
};

/** Points of one scan by the activity's key, where they are always the same. */
export type Pay = (activity: string) => number | null;

/** What goods are called by their key; null where this phone does not know. */
export type GoodsName = (reward: string) => string | null;

export function slipsOf(items: readonly Item[], pay: Pay): Waiting[] {
  return items.map((item) => ({ id: item.id, figure: figureOf(item, pay), at: instantOf(item) }));
}

export function itemsOf(
  items: readonly Item[],
  pay: Pay,
  goods: GoodsName,
  language: Language,
): Line[] {
  return items.map((item) => ({
    id: item.id,
    figure: figureOf(item, pay),
    what: whatOf(item, goods, language),
    at: instantOf(item),
    why: whyOf(item, language),
  }));
}

/** Tell how many points an act moves, or was to move, as far as this phone can know. */
export function pointsIn({ answer, operation }: Item, pay: Pay): number | null {
  if (answer !== null && answer.code === null) return answer.points;
  if (operation.kind === "redeem") {
    return -Number(operation["price_shown"]) * Number(operation["quantity"]);
  }
  return operation.kind === "earn" ? pay(String(operation["activity"])) : null;
}

/** Whoever must see to goods has to know which, and how many. */
function whatOf({ operation }: Item, goods: GoodsName, language: Language): string {
  const kind = say(KINDS[operation.kind] ?? "whatToDo", language);
  const { reward } = operation;
  const name = typeof reward === "string" ? goods(reward) : null;
  return name === null ? kind : `${kind} ${name}\u00a0×\u00a0${operation["quantity"]}`;
}

/** Say why a person must see to it, and whether goods are gone that nobody has paid for. */
function whyOf({ answer, operation, state, isPromised, trouble }: Item, language: Language) {
  const untold = trouble === "interrupted" ? say("interrupted", language) : null;
  const why = answer?.message ?? untold;
  const isGone = state === "attention" && isPromised && operation.kind === "redeem";
  const told = isGone ? [why, say("goodsGone", language)] : [why];
  const parts = told.filter((part) => part !== null);
  return parts.length === 0 ? null : parts.join(" · ");
}

function figureOf(item: Item, pay: Pay): string {
  const points = pointsIn(item, pay);
  return points === null ? "·" : signed(points);
}

/** Tell when it was done. */
export function instantOf({ operation }: Item): Date {
  return new Date(String(operation["occurred_at"]));
}
