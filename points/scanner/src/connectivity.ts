/**
 * Whether the service can be reached: told by what became of the last few requests, never by
 * `navigator.onLine`, which says yes to any access point. Time and chance are handed in.
 */

/** What became of one request. */
export interface Try {
  /** When it ended: monotonic milliseconds. */
  readonly at: number;
  /** How many milliseconds it took. */
  readonly took: number;
  /** Whether the service itself answered; an answer that says no is an answer. */
  readonly reached: boolean;
}

/** `poor`: it mostly works, slowly or with losses; `offline`: do not make anybody wait for it. */
export type Connectivity = "online" | "poor" | "offline";

const TRIES_KEPT = 8;
const FORGOTTEN_AFTER_MS = 120_000;
const SLOW_MS = 2_000;

const PAUSE_MS = 1_000;
const PAUSE_MAX_MS = 60_000;
const SPREAD_MS = 5_000;

/** Note one more; the oldest are forgotten. */
export function noted(tries: readonly Try[], latest: Try): readonly Try[] {
  return [...tries, latest].slice(-TRIES_KEPT);
}

/**
 * Judge by the last few tries. Two losses on end are offline, and so is one before anything ever got
 * through; it stays so until something does: silence is no news. Untried, all is taken to be well.
 */
export function connectivity(tries: readonly Try[], now: number): Connectivity {
  const [latest, before] = [tries.at(-1), tries.at(-2)];
  if (latest === undefined) return "online";
  if (!latest.reached) return before?.reached === true ? "poor" : "offline";
  const recent = tries.filter((one) => now - one.at < FORGOTTEN_AFTER_MS);
  const lost = recent.filter((one) => !one.reached).length;
  const slow = recent.filter((one) => one.reached && one.took > SLOW_MS).length;
  return (lost + slow) * 3 > recent.length ? "poor" : "online";
}

/**
 * How many milliseconds to wait before try number `attempts` + 1. Doubles up to a minute with full
 * jitter, so that a hundred phones that lost one network do not come back as one; where the
 * service said how long to stay away, not before that.
 *
 * @param random from 0 up to, and without, 1
 * @param retryAfter milliseconds, or null where the service said nothing
 */
export function pause(attempts: number, random: number, retryAfter: number | null): number {
  if (retryAfter !== null) return retryAfter + random * SPREAD_MS;
  return random * Math.min(PAUSE_MAX_MS, PAUSE_MS * 2 ** attempts);
}

/** Read a `Retry-After` header, in seconds or as a date, to milliseconds; null for none or noise. */
export function readRetryAfter(header: string | null, now: Date): number | null {
  if (header === null) return null;
  if (/^[0-9]{1,6}$/.test(header.trim())) return Number(header) * 1_000;
  // Dates are in GMT by RFC 9110; of anything else `Date.parse` would make up its own.
  const until = header.endsWith("GMT") ? Date.parse(header) : Number.NaN;
  return Number.isNaN(until) ? null : Math.max(0, until - now.getTime());
}
