/**
 * What a scanned text means. Pure: it says what it is and does nothing.
 */

import { type CardCode, type CodeFault, readCardCode } from "./card.ts";

/** A card's code or a slip's: one shape for both, told apart by what is being done. */
export type Meaning =
  | { readonly what: "code"; readonly code: CardCode }
  | { readonly what: "fault"; readonly fault: CodeFault };

/** Of several codes in one picture, ours goes before anything else. */
export function meaningOf(texts: readonly string[]): Meaning | null {
  const read = texts.map(one);
  return read.find((meaning) => meaning.what === "code") ?? read[0] ?? null;
}

/** Tell the scan from others of the same moment. */
export function textOf(meaning: Meaning): string {
  return meaning.what === "fault" ? meaning.fault : meaning.code;
}

function one(text: string): Meaning {
  const read = readCardCode(text);
  return "code" in read ? { what: "code", code: read.code } : { what: "fault", fault: read.fault };
}
