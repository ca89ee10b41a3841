/** The phone's token: made here and kept before it is told, so that no lost reply strands anybody. */

import type { Role } from "./bundle.ts";
import type { Randomness } from "./ids.ts";

export interface Token {
  readonly secret: string;
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
