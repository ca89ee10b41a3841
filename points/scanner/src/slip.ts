/**
 * What names a slip: the one-time code on a piece of paper that is worth points.
 *
 * The twin of `points/domain/slip_codes.py`, which says why everything is as it is; both are held to
 * `tests/vectors/slips.json`. A slip and a card never read as each other.
 */

import { type CodeFault, checkCharacter } from "./card.ts";

declare const brand: unique symbol;

/** A code whose form and check character are right. */
export type SlipCode = string & { readonly [brand]: "SlipCode" };

export type SlipRead = { readonly slip: SlipCode } | { readonly fault: CodeFault };

const TYPED_LENGTH_MAX = 64;
const VERSION = "S1";
const THIS_VERSION = /^S1[0-9A-HJKMNP-TV-Z]{16}[0-9A-Z]$/;
const SOME_VERSION = /^S[0-9A-Z]{14,}$/;
const BETWEEN = /[ \t\r\n\u3000\-\u2010-\u2013\uff0d]/g;
const ASCII = /^[\0-\x7f]*$/;
const PLAIN = /^[0-9A-Z]+$/;

/** Read a slip's code as it was scanned or typed: in either case, its groups apart or together. */
export function readSlipCode(scanned: string): SlipRead {
  // Characters, not the halves that some of them are stored as: Python counts those.
  if ([...scanned].length > TYPED_LENGTH_MAX) return { fault: "unreadable" };
  const bare = scanned.replace(BETWEEN, "");
  // Before capitals: "ı" and "ſ" would turn into the plain letters I and S.
  if (!ASCII.test(bare)) return { fault: "unreadable" };
  const code = bare.toUpperCase();
  const isChecked = PLAIN.test(code) && checkCharacter(code.slice(0, -1)) === code.slice(-1);
  if (THIS_VERSION.test(code)) {
    return isChecked ? { slip: code as SlipCode } : { fault: "check_failed" };
  }
  if (isChecked && SOME_VERSION.test(code) && !code.startsWith(VERSION)) {
    return { fault: "other_version" };
  }
  return { fault: "unreadable" };
}
