/**
 * What a kiosk says aloud. In Chinese all figures are spelled, so that no voice reads them digit by
 * digit; and nothing that is said ever holds 二百五, which is an insult.
 */

import type { Told } from "./kiosk_told.ts";
import { dayName, kioskSay } from "./kiosk_words.ts";
import type { Language } from "./words.ts";

const DIGITS = ["零", "一", "二", "三", "四", "五", "六", "七", "八", "九"];
const UNSAID = 250;

/** Say what the card has, what ends, and what it buys. */
export function balanceLine(told: Told, language: Language): string {
  const [buy] = told.buys.filter(({ pieces }) => pieces > 0);
  const [ending] = told.endings;
  const parts = [
    figureLine(told.available, language),
    ending === undefined || ending.points === UNSAID
      ? null
      : kioskSay("endsSaid", language, {
          points: figure(ending.points, language),
          day: dayName(ending, language).replaceAll("\u00a0", language === "zh" ? "" : " "),
        }),
    buy === undefined
      ? null
      : kioskSay("buysSaid", language, {
          name: (language === "en" && buy.name_en) || buy.name,
          pieces: figure(buy.pieces, language),
        }),
  ];
  return parts.filter((part) => part !== null).join(language === "zh" ? "" : " ");
}

/** Spell a whole number as people say it: 两百八十, never 二百五. */
export function spelled(number: number): string {
  return number === 0 ? "零" : whole(number).replace(/^一十/, "十");
}

function whole(number: number): string {
  const [size, name] = number >= 100_000_000 ? ([100_000_000, "亿"] as const) : [10_000, "万"];
  if (number < size) return below(number);
  const rest = number % size;
  const gap = rest > 0 && rest < size / 10 ? "零" : "";
  return `${counted(Math.floor(number / size))}${name}${gap}${rest > 0 ? whole(rest) : ""}`;
}

/** Spell what is below ten thousand. */
function below(number: number): string {
  const units = ["千", "百", "十", ""];
  let said = "";
  let isGap = false;
  for (const [place, unit] of units.entries()) {
    const digit = Math.floor(number / 10 ** (3 - place)) % 10;
    if (digit === 0) {
      isGap = said !== "";
      continue;
    }
    const isTwo = digit === 2 && (unit === "千" || unit === "百");
    said += `${isGap ? "零" : ""}${isTwo ? "两" : DIGITS[digit]}${unit}`;
    isGap = false;
  }
  return said;
}

function counted(number: number): string {
  return number === 2 ? "两" : whole(number);
}

function figureLine(points: number, language: Language): string {
  if (points === UNSAID && language === "zh") return kioskSay("onScreenSaid", language);
  return kioskSay("haveSaid", language, { points: figure(points, language) });
}

function figure(number: number, language: Language): string {
  if (language === "en") return String(number);
  return number === 2 ? "两" : spelled(number);
}
