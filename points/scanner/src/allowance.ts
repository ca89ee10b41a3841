/**
 * What this phone may hand out without a network: goods that it leased, and for one card at most
 * the ceiling and at most what its sealed balance says, less what this phone saw since.
 *
 * Pure. The service decides in the end; this keeps an honest phone within the bound that the
 * organiser was shown.
 */

import type { Bundle } from "./bundle.ts";
import type { SealedBalance } from "./sealed.ts";

/** Goods that this phone handed out, as far as that is not in the book. */
export interface Pending {
  /** The tag of the card in hand; empty for any other. */
  readonly tag: string;
  /** Below zero. */
  readonly points: number;
  readonly reward: string;
  readonly pieces: number;
}

/** Tell how many points the card may still spend here without a network. */
export function spendable(
  bundle: Bundle,
  sealed: SealedBalance | null,
  tag: string,
  pending: readonly Pending[],
): number {
  if (sealed === null || sealed.state !== "active") return 0;
  const own = pending.filter((one) => one.tag === tag);
  const spent = sum(own.map((one) => Math.max(0, -one.points)));
  // What was earned meanwhile counts only once the service says so: it may yet be refused.
  const left = Math.min(sealed.available, bundle.offline.ceiling_points) - spent;
  return Math.max(0, left);
}

/** Tell how many leased pieces of a reward are still in this phone's hands. */
export function leased(bundle: Bundle, reward: string, pending: readonly Pending[]): number {
  const lease = sum(bundle.leases.filter((one) => one.reward === reward).map((one) => one.pieces));
  const gone = sum(pending.filter((one) => one.reward === reward).map((one) => one.pieces));
  return Math.max(0, lease - gone);
}

function sum(figures: readonly number[]): number {
  return figures.reduce((total, figure) => total + figure, 0);
}
