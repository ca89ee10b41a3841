/**
 * What names a card: the secret code in its QR, and the number people say aloud.
 *
 * The twin of `points/domain/cards.py`, which says why everything is as it is; both are held to
 * `tests/vectors/cards.json`. What is read here may be any text at all: it is answered, never
 * thrown about. A right check is no proof that a card exists: only the service knows that.
 */

import { sha256Hex } from "./digest.ts";

declare const brand: unique symbol;

/** A code whose form and check character are right. */
export type CardCode = string & { readonly [brand]: "CardCode" };
/** A number of nine digits whose check digit is right. */
export type CardNumber = string & { readonly [brand]: "CardNumber" };

/**
 * Why a scanned text is no card code: not ours; whole but of a version that this program does not
 * know; ours by its shape but misread. Closed: the scanner has words for each.
 */
export type CodeFault = "unreadable" | "other_version" | "check_failed";

export type CodeRead = { readonly code: CardCode } | { readonly fault: CodeFault };

const SCANNED_LENGTH_MAX = 512;
const TYPED_LENGTH_MAX = 64;
const VERSION = "P1";
const CHECKED = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

const THIS_VERSION = /^P1[0-7][0-9A-HJKMNP-TV-Z]{25}[0-9A-Z]$/;
const SOME_VERSION = /^P[0-9A-Z]{20,}$/;
const ADDRESS = /^HTTPS?:\/\/[^/?#]+(?:(?:\/[^?#]*)?\/C\/|(?:[/?][^#]*)?#)([0-9A-Z]+)$/;
const BLANKS_AROUND = /^[ \t\r\n\u3000]+|[ \t\r\n\u3000]+$/g;
const PLAIN = /^[!-~]*$/;

// Hyphens too come in more than one width.
const GAP = "[ \\u3000\\-\\u2010-\\u2013\\uff0d]*";
const TYPED_NUMBER = new RegExp(`^([1-9][0-9]{2})${GAP}([0-9]{3})${GAP}([0-9]{3})$`);

// Rows by the digit so far, columns by the next; a right number ends on 0.
const DAMM = [
  "0317598642",
  "7092154863",
  "4206871359",
  "1750983426",
  "6123045978",
  "3674209581",
  "5869720134",
  "8945362017",
  "9438617205",
  "2581436790",
];

/**
 * Find the card code in what a camera, a scanner or a keyboard sent: the bare code, or an address
 * of any host that ends in `/c/CODE` or `#CODE`; in either case, with blanks around it.
 */
export function readCardCode(scanned: string): CodeRead {
  const code = withoutAddress(scanned);
  if (THIS_VERSION.test(code)) {
    return isChecked(code) ? { code: code as CardCode } : { fault: "check_failed" };
  }
  if (SOME_VERSION.test(code) && !code.startsWith(VERSION) && isChecked(code)) {
    return { fault: "other_version" };
  }
  return { fault: "unreadable" };
}

/**
 * Read a card number as typed: three groups, together or apart, digits of either width. Every
 * single wrong digit and every swap of two neighbours answers null.
 */
export function readCardNumber(typed: string): CardNumber | null {
  if (typed.length > TYPED_LENGTH_MAX) return null;
  const plain = typed.replace(/[\uff10-\uff19]/g, (digit) =>
    String.fromCharCode(digit.charCodeAt(0) - 0xff10 + 0x30),
  );
  const groups = TYPED_NUMBER.exec(plain.replace(BLANKS_AROUND, ""));
  const number = groups === null ? "" : groups.slice(1).join("");
  return number !== "" && dammDigit(number) === "0" ? (number as CardNumber) : null;
}

/** Group the number the way it is said: `271 836 504`. */
export function spoken(number: CardNumber): string {
  return `${number.slice(0, 3)} ${number.slice(3, 6)} ${number.slice(6)}`;
}

/** Hash a code to what may be stored in its place: 64 hexadecimal digits. */
export function codeFingerprint(code: CardCode): string {
  return sha256Hex(`points:card-code:${code}`);
}

/** Compute the ISO/IEC 7064 MOD 37,36 check character of digits and capital letters. */
export function checkCharacter(text: string): string {
  let product = 36;
  for (const character of text) {
    product = (((product + CHECKED.indexOf(character)) % 36 || 36) * 2) % 37;
  }
  return CHECKED.charAt((37 - product) % 36);
}

/** Take the code off its address, in capitals; empty when there can be none. */
function withoutAddress(scanned: string): string {
  if (scanned.length > SCANNED_LENGTH_MAX) return "";
  const text = scanned.replace(BLANKS_AROUND, "");
  // Before capitals: "ı" and "ſ" would turn into the plain letters I and S.
  if (!PLAIN.test(text)) return "";
  const capitals = text.toUpperCase();
  return ADDRESS.exec(capitals)?.[1] ?? capitals;
}

function isChecked(code: string): boolean {
  return checkCharacter(code.slice(0, -1)) === code.slice(-1);
}

function dammDigit(digits: string): string {
  let interim = "0";
  for (const digit of digits) {
    interim = DAMM[Number(interim)]?.charAt(Number(digit)) ?? "";
  }
  return interim;
}
