/**
 * What the quiz says, to residents themselves. One thought per sentence, nothing to be ashamed of:
 * whoever was wrong is told what is right, and why.
 */

import type { Bin } from "./quiz.ts";
import { type Language, worded } from "./words.ts";

/** Shanghai's four names, each with its character. */
export const BIN_NAMES: Readonly<
  Record<Bin, { readonly sign: string; readonly zh: string; readonly en: string }>
> = {
  recyclable: { sign: "可", zh: "可回收物", en: "Recyclable" },
  hazardous: { sign: "害", zh: "有害垃圾", en: "Hazardous" },
  wet: { sign: "湿", zh: "湿垃圾", en: "Wet" },
  dry: { sign: "干", zh: "干垃圾", en: "Dry" },
};

/** Why things go there, where the list gives no reason of its own. */
const WHY: Readonly<Record<Bin, readonly [zh: string, en: string]>> = {
  recyclable: ["干净的，还能再利用。", "It is clean and can be used again."],
  hazardous: ["对人和环境有害，要单独放。", "It does harm, so it is kept apart."],
  wet: ["容易烂的，可以做肥料。", "It rots soon and turns into compost."],
  dry: ["前三种都不是，就放这里。", "It is none of the other three."],
};

const WORDS = {
  title: ["分类问答", "Sorting quiz"],
  about: ["八样东西，放对一样 {points}", "Eight things. {points} for each put right"],
  aboutPlain: ["八样东西，看看放哪里", "Eight things: where do they go?"],
  start: ["开始", "Start"],
  cardFirst: ["可以先扫卡，也可以玩完再扫", "Scan your card now, or when you have finished"],
  cardIn: ["卡扫好了", "Your card is in"],
  place: ["第 {place} 题，共 {all} 题", "{place} of {all}"],
  where: ["放哪里？", "Where does it go?"],
  whereSaid: ["{name}，放哪里？", "{name}: where does it go?"],
  keys: ["也可以按键盘 1 到 4", "Keys 1 to 4 work as well"],
  right: ["对了", "That's right"],
  wrong: ["记一下", "Good to know"],
  goes: ["{name} 是 {bin}", "{name}: {bin}"],
  goesSaid: ["{name}，是{bin}。", "{name}: {bin}."],
  next: ["下一题", "Next"],
  finish: ["看结果", "See how it went"],
  result: ["放对 {right} 样", "{right} put right"],
  worth: ["可以得 {points} 分", "Worth {points} points"],
  scanNow: ["请扫积分卡，把分加上", "Now scan your points card"],
  scanSaid: ["放对了{right}样。请扫积分卡。", "{right} put right. Please scan your points card."],
  none: ["再看看下面几样，再玩一次", "Have a look at these, then play again"],
  learn: ["这几样记一下", "Good to know"],
  again: ["再玩一次", "Play again"],
  done: ["好了", "Done"],
  working: ["正在记分", "Adding your points"],
  total: ["现在一共 {balance} 分", "{balance} points in all"],
  thanks: ["谢谢您来。", "Thank you for coming."],
  kept: [
    "问答的 {points} 分记下了，等会儿到账，不用再扫",
    "Your {points} quiz points are saved and on their way. No need to scan again",
  ],
  keptPlain: [
    "这次的分记下了，等会儿到账，不用再扫",
    "Your points are saved and on their way. No need to scan again",
  ],
  notAdded: ["这次没有加分", "No points this time"],
  ask: ["请志愿者来看一下", "Please ask a volunteer to look"],
  safe: ["您的分都在，没有少。", "Your points are all there."],
  addedSaid: ["加好了，{points}分。谢谢您来。", "{points} points added. Thank you for coming."],
} as const satisfies Readonly<Record<string, readonly [zh: string, en: string]>>;

export type QuizWord = keyof typeof WORDS;

/** Say it, its figures filled in. */
export function quizSay(
  word: QuizWord,
  language: Language,
  figures: Readonly<Record<string, string | number>> = {},
): string {
  return worded(WORDS[word], language, figures);
}

export function binName(bin: Bin, language: Language): string {
  return BIN_NAMES[bin][language];
}

/** Say why a thing goes into its bin: in the list's own words, else in ours. */
export function whyOf(
  item: { readonly bin: Bin; readonly hint: string; readonly hint_en: string },
  language: Language,
): string {
  const own = language === "en" ? item.hint_en : item.hint;
  return own === "" ? worded(WHY[item.bin], language, {}) : own;
}

/** Every sentence, for tests. */
export const QUIZ_WORDS: Readonly<Record<string, readonly [zh: string, en: string]>> = {
  ...WORDS,
  ...WHY,
};
