/** What can be had at this booth now, with the service's figures or with the phone's own. */

import { leased, type Pending, spendable } from "./allowance.ts";
import { type Bundle, nameOf, type SealedBalances } from "./bundle.ts";
import type { CardCode } from "./card.ts";
import type { Item } from "./queue.ts";
import type { Lease } from "./screens/leases.tsx";
import type { Choice, Goods, Purse } from "./screens/redeem.tsx";
import { sealedTag, unseal } from "./sealed.ts";
import type { Language } from "./words.ts";

/**
 * List the goods.
 *
 * @param waiting acts that wait on this phone, where there is no network: then only what the phone
 *   leased can be had; null where there is one
 */
export function shelf(
  bundle: Bundle,
  waiting: readonly Item[] | null,
  language: Language,
): readonly Goods[] {
  const pending = waiting === null ? null : handedOut(waiting, null, "");
  return bundle.rewards.map((reward) => {
    const next = reward.stock.find((stock) => stock.next_release !== null)?.next_release ?? null;
    return {
      key: reward.key,
      name: nameOf(reward, language),
      price: reward.price,
      left: pending === null ? reward.left : leased(bundle, reward.key, pending),
      limit: reward.per_household_per_event,
      next: next === null ? null : { at: new Date(next.at), pieces: next.pieces },
    };
  });
}

/** List what may be taken along, with what this phone has already. */
export function leasable(
  bundle: Bundle,
  waiting: readonly Item[],
  language: Language,
): readonly Lease[] {
  const pending = handedOut(waiting, null, "");
  return bundle.rewards.map((reward) => ({
    key: reward.key,
    name: nameOf(reward, language),
    free: reward.left,
    held: leased(bundle, reward.key, pending),
  }));
}

/** Open the card's sealed balance: what it may spend without a network; null where it has none. */
export async function sealedPurse(
  bundle: Bundle,
  sealed: SealedBalances | null,
  code: CardCode,
  waiting: readonly Item[],
): Promise<Purse | null> {
  const tag = await sealedTag(code);
  const record = sealed?.records.find(([name]) => name === tag);
  const balance = record === undefined ? null : await unseal(code, tag, record[1]);
  if (balance === null) return null;
  return {
    available: balance.available,
    asOf: new Date(balance.madeAt * 1000),
    ceiling: spendable(bundle, balance, tag, handedOut(waiting, code, tag)),
  };
}

/** Spell what is handed over: `肥皂 × 1、毛巾 × 2`. */
export function spelled(choices: readonly Choice[], language: Language): string {
  const joint = language === "zh" ? "、" : ", ";
  return choices.map(({ goods, pieces }) => `${goods.name}\u00a0×\u00a0${pieces}`).join(joint);
}

/** Add up what is chosen, in points. */
export function costOf(choices: readonly Choice[]): number {
  return choices.reduce((sum, { goods, pieces }) => sum + goods.price * pieces, 0);
}

/** Kinds by which goods leave this phone's hands. */
const HANDS_OUT = /^(redeem|stock_returned)$/;

/** What left this phone's hands and is not in the book yet; the card's own under its tag. */
function handedOut(waiting: readonly Item[], code: CardCode | null, tag: string): Pending[] {
  return waiting
    .map(({ operation }) => operation)
    .filter((operation) => HANDS_OUT.test(operation.kind))
    .map((operation) => ({
      tag: operation["card"] === code ? tag : "",
      points: -Number(operation["price_shown"] ?? 0) * Number(operation["quantity"]),
      reward: String(operation["reward"]),
      pieces: Number(operation["quantity"]),
    }));
}
