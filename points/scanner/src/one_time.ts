/**
 * What stands for a card for one minute, once: a code on a household's own page.
 *
 * The twin of `points/domain/one_time_codes.py`, which says why everything is as it is; both are held
 * to `tests/vectors/one_time_codes.json`. It never reads as a card or as a slip.
 */

import { type CodeFault, checkCharacter } from "./card.ts";

declare const brand: unique symbol;

/** A code whose form and check character are right; whether it is still good the service knows. */
export type OneTimeCode = string & { readonly [brand]: "OneTimeCode" };

export type OneTimeRead = { readonly once: OneTimeCode } | { readonly fault: CodeFault };

const SCANNED_LENGTH_MAX = 64;
const VERSION = "T1";
const THIS_VERSION = /^T1[0-9A-HJKMNP-TV-Z]{16}[0-9A-Z]$/;
const SOME_VERSION = /^T[0-9A-Z]{14,}$/;
const BLANKS_AROUND = /^[ \t\r\n\u3000]+|[ \t\r\n\u3000]+$/g;
const PLAIN = /^[0-9A-Za-z]+$/;

/** Tell a one-time code from a card's. */
export function isOneTime(code: string): code is OneTimeCode {
  return THIS_VERSION.test(code);
}

/** Read a one-time code as it was scanned, in either case. */
export function readOneTimeCode(scanned: string): OneTimeRead {
  // Characters, not the halves that some of them are stored as: Python counts those.
  if ([...scanned].length > SCANNED_LENGTH_MAX) return { fault: "unreadable" };
  const bare = scanned.replace(BLANKS_AROUND, "");
  // Before capitals: "ı" would turn into the plain letter I.
  if (!PLAIN.test(bare)) return { fault: "unreadable" };
  const code = bare.toUpperCase();
  const isChecked = checkCharacter(code.slice(0, -1)) === code.slice(-1);
  if (THIS_VERSION.test(code)) {
    return isChecked ? { once: code as OneTimeCode } : { fault: "check_failed" };
  }
  if (isChecked && SOME_VERSION.test(code) && !code.startsWith(VERSION)) {
    return { fault: "other_version" };
  }
  return { fault: "unreadable" };
}
