/**
 * Volunteers of a shared phone: a name and a PIN each, with growing lock-outs.
 *
 * They live on the phone, so that a hand-over works without a network. A PIN keeps honest people
 * apart; it is no secret of the service's, whose rights are the phone's own token.
 */

export interface Keeper {
  readonly name: string;
  readonly salt: string;
  readonly hash: string;
}

export interface Tries {
  readonly wrong: number;
  /** Until when nobody may try, milliseconds since 1970. */
  readonly lockedUntil: number;
}

export const NO_TRIES: Tries = { wrong: 0, lockedUntil: 0 };
const FREE_TRIES = 3;
const LOCK_SECONDS = [10, 30, 120, 300] as const;
const ROUNDS = 100_000;
const BITS = 256;

/** Tell how many seconds the phone is still locked. */
export function secondsLocked(tries: Tries, now: number): number {
  return Math.max(0, Math.ceil((tries.lockedUntil - now) / 1000));
}

/** Tell how many tries are left before the next lock. */
export function triesLeft(tries: Tries): number {
  return Math.max(1, FREE_TRIES - tries.wrong);
}

/** Count a wrong PIN: from the third on, each locks for longer. */
export function wrongPin(tries: Tries, now: number): Tries {
  const wrong = tries.wrong + 1;
  if (wrong < FREE_TRIES) return { wrong, lockedUntil: 0 };
  const place = Math.min(wrong - FREE_TRIES, LOCK_SECONDS.length - 1);
  return { wrong, lockedUntil: now + (LOCK_SECONDS[place] ?? LOCK_SECONDS[0]) * 1000 };
}

export async function keep(
  name: string,
  pin: string,
  salt: Uint8Array<ArrayBuffer>,
): Promise<Keeper> {
  return { name, salt: hex(salt), hash: await stretched(pin, salt) };
}

export async function isPin(keeper: Keeper, pin: string): Promise<boolean> {
  const salt = Uint8Array.from(keeper.salt.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
  return (await stretched(pin, salt)) === keeper.hash;
}

async function stretched(pin: string, salt: Uint8Array<ArrayBuffer>): Promise<string> {
  const key = await crypto.subtle.importKey("raw", new TextEncoder().encode(pin), "PBKDF2", false, [
    "deriveBits",
  ]);
  const bits = await crypto.subtle.deriveBits(
    { name: "PBKDF2", hash: "SHA-256", salt, iterations: ROUNDS },
    key,
    BITS,
  );
  return hex(new Uint8Array(bits));
}

function hex(content: Uint8Array): string {
  return Array.from(content, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
