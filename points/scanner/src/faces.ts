/**
 * The face of every answer: which of the grammar's screens it gets, and a sentence to say aloud.
 *
 * The service says why, in words of its own; the face adds what is safe and what to do. A test holds
 * `faces.json` against the service's closed list of codes, so that no refusal is ever without one.
 */

import faces from "./faces.json" with { type: "json" };
import type { Language } from "./words.ts";

/** `look`: a refusal that is mended on the spot, on the screen that it came from. */
export type Face = "ok" | "no" | "look" | "kept" | "ask";

interface Entry {
  readonly face: Face;
  readonly zh?: string;
  readonly en?: string;
}

const ENTRIES = faces as Readonly<Record<string, Entry>>;

/** What to say where a face has no sentence of its own. */
const SAID: Readonly<Record<Face, Readonly<Record<Language, string>>>> = {
  ok: { zh: "好了，谢谢您来。", en: "Done. Thank you for coming." },
  no: { zh: "您的分都在的，没有少。", en: "Your points are all there." },
  look: { zh: "您再看一下。", en: "Please have another look." },
  kept: { zh: "记好了，等会儿就到账，您放心。", en: "It is saved and on its way. Don't worry." },
  ask: {
    zh: "您请坐一下，我请同事来帮您看看。",
    en: "Please have a seat. I'll ask a colleague to help.",
  },
};

/** Give the face of a refusal's code; one that a newer service made up needs a person. */
export function faceOf(code: string): Face {
  return ENTRIES[code]?.face ?? "ask";
}

/** Give the sentence that the volunteer says to the resident. */
export function lineFor(face: Face, code: string | null, language: Language): string {
  return (code === null ? undefined : ENTRIES[code]?.[language]) ?? SAID[face][language];
}
