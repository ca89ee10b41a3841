/** The same card is taken once, however many frames show it. */

export const LOCKOUT_MS = 5_000;

/** Says whether a code may be acted on now. Answers at once: two frames can never both pass. */
export type Lockout = (code: string, now: number) => boolean;

/**
 * Make a lockout. A code passes when it has not been seen for `ms`: a card that stays in view stays
 * locked, and another card passes at once. `now` is monotonic milliseconds: a clock may be set.
 */
export function makeLockout(ms: number = LOCKOUT_MS): Lockout {
  const seenAt = new Map<string, number>();
  return (code, now) => {
    for (const [seen, at] of seenAt) {
      if (now - at >= ms) seenAt.delete(seen);
    }
    const passes = !seenAt.has(code);
    seenAt.set(code, now);
    return passes;
  };
}
