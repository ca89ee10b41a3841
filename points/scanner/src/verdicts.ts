/** From what was done, and what the service said to it, to the screen that a person sees. */

import { type Face, faceOf, lineFor } from "./faces.ts";
import { type Answer, isBooked, isKeptForReview } from "./queue.ts";
import type { Verdict } from "./screens/verdict.tsx";
import { type Language, say, signed, type Word } from "./words.ts";

export type Doing =
  | "earn"
  | "redeem"
  | "undo"
  | "slip_cashed"
  | "slip_issued"
  | "bind"
  | "familyCode"
  | "setPin";

const DONE: Readonly<Record<Doing, Word>> = {
  earn: "addedTitle",
  redeem: "redeemedTitle",
  undo: "undoneTitle",
  slip_cashed: "addedTitle",
  slip_issued: "slipTitle",
  bind: "boundTitle",
  familyCode: "codeTitle",
  setPin: "pinSetTitle",
};

const NOT_DONE: Readonly<Record<Doing, Word>> = {
  earn: "noAdd",
  redeem: "noRedeem",
  undo: "noUndo",
  slip_cashed: "noAdd",
  slip_issued: "noDone",
  bind: "noDone",
  familyCode: "noDone",
  setPin: "noDone",
};

/** Show what the service said. */
export function answeredVerdict(
  doing: Doing,
  answer: Answer,
  goods: string | null,
  language: Language,
): Verdict {
  if (isKeptForReview(answer)) {
    return {
      ...plain("ask", say("askTitle", language), lineFor("ask", null, language)),
      facts: [say("review", language)],
    };
  }
  if (isBooked(answer)) return done(doing, answer, goods, language);
  const code = answer.code ?? "internal_error";
  const face = faceOf(code);
  return {
    ...plain(face, refusedTitle(doing, face, language), lineFor(face, code, language)),
    facts: [answer.message],
  };
}

/** Show what is done of an act of several parts, and why the rest is not. */
export function withReason(answer: Answer, goods: string | null, language: Language): Verdict {
  const done: Answer = { ...answer, status: "accepted", code: null };
  const verdict = answeredVerdict("redeem", done, goods, language);
  return { ...verdict, facts: [...verdict.facts, answer.message] };
}

/** Show that it is saved on this phone, to be sent later. */
export function keptVerdict(
  doing: Doing,
  points: number | null,
  goods: string | null,
  language: Language,
): Verdict {
  if (doing === "undo") {
    const title = say("undoKeptTitle", language);
    const facts = [say("undoLater", language)];
    return { ...plain("kept", title, say("undoKeptSay", language)), facts };
  }
  const facts = [
    goods === null ? null : say("handOver", language, { goods }),
    say("later", language),
  ];
  return {
    ...plain("kept", say("keptTitle", language), lineFor("kept", null, language)),
    figure: points === null ? null : signed(points),
    facts: facts.filter((fact) => fact !== null),
    canUndo: true,
  };
}

/** Show what the phone itself has to say, such as to a foreign code. */
export function localVerdict(face: Face, title: string, why: string | null, line: string): Verdict {
  return { ...plain(face, title, line), facts: why === null ? [] : [why] };
}

/** Give the spoken line of a verdict. */
export function spokenLine(
  verdict: Verdict,
  doing: Doing,
  points: number,
  language: Language,
): string {
  switch (verdict.face) {
    case "ok": {
      if (doing === "bind" || doing === "familyCode" || doing === "setPin") return verdict.line;
      if (doing === "undo") return say("spokenUndone", language);
      return doing === "redeem"
        ? say("spokenRedeemed", language)
        : say("spokenAdded", language, { points: spokenFigure(points, language) });
    }
    case "kept":
      return say("spokenKept", language);
    case "ask":
      return say("spokenAsk", language);
    default:
      return doing === "earn" ? say("spokenNo", language) : verdict.title;
  }
}

/** What the service says to a question, as it says it to an act. */
export function refusal(code: string, message: string): Answer {
  return {
    id: null,
    status: "refused",
    code,
    points: 0,
    balance: null,
    final: false,
    message,
    details: {},
  };
}

const TENS = ["", "十", "二十", "三十", "四十", "五十", "六十", "七十", "八十", "九十"];
const ONES = ["", "一", "二", "三", "四", "五", "六", "七", "八", "九"];

/** Spell small figures, so that no voice reads 250 as an insult or digits one by one. */
export function spokenFigure(points: number, language: Language): string {
  if (language === "en" || points <= 0 || points >= 100) return String(points);
  const tens = Math.floor(points / 10);
  const ones = ONES[points % 10] ?? "";
  return `${TENS[tens] ?? ""}${ones}`;
}

function done(doing: Doing, answer: Answer, goods: string | null, language: Language): Verdict {
  const balance = answer.balance;
  const isRedeemed = doing === "redeem";
  const total = balance === null ? null : say(isRedeemed ? "left" : "inAll", language, { balance });
  return {
    ...plain("ok", say(DONE[doing], language), sayLine(doing, balance, language)),
    figure: answer.points === 0 ? null : signed(answer.points),
    facts: [goods === null ? null : say("handOver", language, { goods }), total].filter(
      (fact) => fact !== null,
    ),
    canUndo: doing !== "undo" && doing !== "bind" && doing !== "slip_issued",
  };
}

function sayLine(doing: Doing, balance: number | null, language: Language): string {
  if (doing === "redeem") return say("redeemedSay", language);
  // Never 250 aloud: 二百五 is an insult.
  if (doing === "earn" && balance !== null && balance !== 250) {
    return say("addedSay", language, { balance });
  }
  return doing === "earn" ? say("addedSayPlain", language) : lineFor("ok", null, language);
}

function refusedTitle(doing: Doing, face: Face, language: Language): string {
  return say(face === "ask" ? "askTitle" : NOT_DONE[doing], language);
}

function plain(face: Face, title: string, line: string): Verdict {
  return { face, title, figure: null, facts: [], line, canUndo: false };
}
