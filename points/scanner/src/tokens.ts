/** The phone's token: made here and kept before it is told, so that no lost reply strands anybody. */

import type { Role } from "./bundle.ts";
import type { Randomness } from "./ids.ts";

export interface Token {
  readonly secret: string;
  /** When it was last made anew, milliseconds since 1970. */
  readonly madeAt: number;
  /** What it is being changed to; both open the door until the new one is first used. */
  readonly next: string | null;
  /** The invite that it is being claimed with. */
  readonly invite: string | null;
  readonly device: string | null;
  readonly role: Role;
}

const BYTES = 32;

/** Make a token: `pd_` and 32 random bytes in base64url. */
export function newToken(random: Randomness): string {
  const bytes = new Uint8Array(BYTES);
  random(bytes);
  const letters = btoa(String.fromCharCode(...bytes));
  return `pd_${letters.replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "")}`;
}

/** Give what opens the door; nothing while the invite is not claimed yet. */
export function tokenToUse(token: Token | null): string | null {
  return token === null || token.invite !== null ? null : token.secret;
}

/** How old a token may grow before it is changed for another. */
export const TOKEN_LASTS_MS = 12 * 3_600_000;

/** Prepare the change to another token; one that was prepared before is told once more. */
export function changing(token: Token, random: Randomness): Token & { readonly next: string } {
  return { ...token, next: token.next ?? newToken(random) };
}

/** The service knows the other one: from now on it is the token. */
export function changed(token: Token, now: number): Token {
  return token.next === null ? token : { ...token, secret: token.next, next: null, madeAt: now };
}
