/**
 * What only pays for goods: a one-time code from a household's own page, good for a minute, and the
 * code of an allowance, with which somebody spends a part of a household's points.
 *
 * The twin of `points/domain/one_time_codes.py` and `allowance_codes.py`, which say why everything is
 * as it is; all are held to `tests/vectors/paying_codes.json`. Neither reads as a card or as a slip.
 */

import { type CodeFault, checkCharacter } from "./card.ts";

declare const brand: unique symbol;

/** A code whose form and check character are right; whether it is still good the service knows. */
export type PayingCode = string & { readonly [brand]: "PayingCode" };

export type PayingRead = { readonly paying: PayingCode } | { readonly fault: CodeFault };

const SCANNED_LENGTH_MAX = 64;
const ONE_TIME = "T1";
const ALLOWANCE = "A1";
const THESE_VERSIONS = /^(?:T1[0-9A-HJKMNP-TV-Z]{16}|A1[0-7][0-9A-HJKMNP-TV-Z]{25})[0-9A-Z]$/;
const SOME_VERSION = /^(?:T[0-9A-Z]{14,}|A[0-9A-Z]{20,})$/;
const BLANKS_AROUND = /^[ \t\r\n\u3000]+|[ \t\r\n\u3000]+$/g;
const PLAIN = /^[0-9A-Za-z]+$/;

/** Tell a one-time code from anything else that was read. */
export function isOneTime(code: string): boolean {
  return code.startsWith(ONE_TIME);
}

/** Tell a code that only pays from a card's. */
export function isPaying(code: string): code is PayingCode {
  return THESE_VERSIONS.test(code);
}

/** Read a code that only pays as it was scanned, in either case. */
export function readPayingCode(scanned: string): PayingRead {
  // Characters, not the halves that some of them are stored as: Python counts those.
  if ([...scanned].length > SCANNED_LENGTH_MAX) return { fault: "unreadable" };
  const bare = scanned.replace(BLANKS_AROUND, "");
  // Before capitals: "ı" would turn into the plain letter I.
  if (!PLAIN.test(bare)) return { fault: "unreadable" };
  const code = bare.toUpperCase();
  const isChecked = checkCharacter(code.slice(0, -1)) === code.slice(-1);
  if (isPaying(code)) return isChecked ? { paying: code } : { fault: "check_failed" };
  const isKnown = code.startsWith(ONE_TIME) || code.startsWith(ALLOWANCE);
  if (isChecked && SOME_VERSION.test(code) && !isKnown) return { fault: "other_version" };
  return { fault: "unreadable" };
}
