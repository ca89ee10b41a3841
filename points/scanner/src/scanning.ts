/** What a scanned text is. Pure: it says so and does nothing. */

import { type CardCode, type CodeFault, readCardCode } from "./card.ts";
import { type PayingCode, readPayingCode } from "./paying.ts";
import { readSlipCode, type SlipCode } from "./slip.ts";

export type Meaning =
  | { readonly what: "card"; readonly code: CardCode }
  | { readonly what: "slip"; readonly code: SlipCode }
  | { readonly what: "paying"; readonly code: PayingCode }
  | { readonly what: "fault"; readonly fault: CodeFault };

/** Of several codes in one picture, ours goes before anything else. */
export function meaningOf(texts: readonly string[]): Meaning | null {
  const read = texts.map(one);
  return read.find((meaning) => meaning.what !== "fault") ?? read[0] ?? null;
}

/** Tell the scan from others of the same moment. */
export function textOf(meaning: Meaning): string {
  return meaning.what === "fault" ? meaning.fault : meaning.code;
}

function one(text: string): Meaning {
  const slip = readSlipCode(text);
  if ("slip" in slip) return { what: "slip", code: slip.slip };
  const paying = readPayingCode(text);
  if ("paying" in paying) return { what: "paying", code: paying.paying };
  const card = readCardCode(text);
  return "code" in card ? { what: "card", code: card.code } : { what: "fault", fault: card.fault };
}
