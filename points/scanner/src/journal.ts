/**
 * The phone's journal: what it did, numbered and chained by hashes, so that a line that was lost or
 * changed shows. It names operations and holds digests of them, no card codes: it may be handed on.
 *
 * The twin of `points/domain/journals.py`, which reads it; `tests/vectors/journal.json` holds both.
 */

import { sha256Hex } from "./digest.ts";

/** What JSON can hold and two languages write alike; numbers are whole. */
export type Plain =
  | string
  | number
  | boolean
  | null
  | readonly Plain[]
  | { readonly [name: string]: Plain };

/** One line. */
export interface Entry {
  /** From 1, without gaps. */
  readonly n: number;
  /** The hash of the line before; `GENESIS` before the first. */
  readonly previous: string;
  /** What the phone's clock said: milliseconds since 1970. */
  readonly at: number;
  /** The run of the scanner in which it happened: a UUID. */
  readonly session: string;
  /** Milliseconds that this run had lasted, by a clock that nobody can set. */
  readonly ticked: number;
  /** What happened, in small letters: `operation`, `start`. */
  readonly kind: string;
  /** What it happened to: an operation's id; empty where there is none. */
  readonly subject: string;
  /** The digest of what was done; empty where there is nothing to tell. */
  readonly digest: string;
}

/** What the writer of a line knows; its place is the journal's business. */
export type Happening = Omit<Entry, "n" | "previous">;

/** Where a journal ends: the number and the hash of its last line. */
export interface Head {
  readonly n: number;
  readonly hash: string;
}

export const GENESIS = "0".repeat(64);
export const EMPTY: Head = { n: 0, hash: GENESIS };

/** Write the line that follows. */
export function nextEntry(head: Head, happening: Happening): Entry {
  return { ...happening, n: head.n + 1, previous: head.hash };
}

/** Where the journal ends after this line. */
export function headAt(entry: Entry): Head {
  return { n: entry.n, hash: digestOf({ ...entry }) };
}

/** Hash what was done: SHA-256 over its canonical JSON, as 64 hexadecimal digits. */
export function digestOf(done: Plain): string {
  return sha256Hex(canonical(done));
}

/**
 * Write JSON in the one way that hashes alike everywhere (RFC 8785, with whole numbers only): names
 * sorted, nothing between.
 *
 * @throws RangeError where a number is not whole or not exact, or a text is half a character
 */
export function canonical(value: Plain): string {
  if (typeof value === "number" && !Number.isSafeInteger(value)) {
    throw new RangeError(`${value} is not a whole number that every language keeps`);
  }
  if (typeof value === "string" && HALF_A_CHARACTER.test(value)) {
    throw new RangeError("a text holds half a surrogate pair");
  }
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  if (isList(value)) return `[${value.map(canonical).join(",")}]`;
  const names = Object.keys(value).sort();
  return `{${names.map((name) => `${canonical(name)}:${canonical(value[name] ?? null)}`).join(",")}}`;
}

// In a pattern with "u" a surrogate is only seen where its other half is missing.
const HALF_A_CHARACTER = /\p{Surrogate}/u;

function isList(value: object): value is readonly Plain[] {
  return Array.isArray(value);
}
