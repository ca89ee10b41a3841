/** What a tablet that faces residents says, beside the quiz. Spoken lines never say 二百五. */

import { type Language, worded } from "./words.ts";

const WORDS = {
  volunteer: ["志愿者", "Volunteer"],
  language: ["English", "中文"],
  leaveTitle: ["志愿者请输密码", "Volunteers: your PIN"],
  leaveWhy: ["输对才能离开这一页", "It leads back from this page"],
  leaveWho: ["哪一位？", "Who are you?"],
  stay: ["不离开", "Stay"],
  noList: ["还没有题目。请志愿者来看一下。", "There are no questions yet. Please ask a volunteer."],
  shut: [
    "这台机器停用了。请志愿者来看一下。",
    "This one was switched off. Please ask a volunteer.",
  ],
  notCard: ["这不是积分卡，请换一张", "This is not a points card. Please try another"],
  title: ["查积分", "Your points"],
  hold: ["把积分卡对准方框", "Hold your points card in the frame"],
  holdWhy: ["看您有多少分、能换什么", "See what you have and what it buys"],
  asking: ["请等一下", "One moment"],
  have: ["您现在有", "You have"],
  haveAt: ["{time} 的时候您有", "At {time} you had"],
  unit: ["分", "points"],
  owed: ["有 {points} 分要先还上", "{points} points are to be given back first"],
  ends: ["{points} 分到 {day}为止，记得来换", "{points} points to use by {day}"],
  buysHere: ["这里现在能换", "What it buys here now"],
  price: ["{points} 分", "{points} points"],
  enough: ["够换 {pieces} 份", "Enough for {pieces}"],
  short: ["还差 {points} 分", "{points} points short"],
  gone: ["换完了", "None left"],
  print: ["打印小票", "Print a slip"],
  printing: ["正在打印", "Printing"],
  done: ["好了", "Done"],
  leaving: ["{seconds} 秒后自动收起", "Closes by itself in {seconds} s"],
  longer: ["再看一会儿", "A little longer"],
  offline: [
    "没有网络，现在看不到。分都在，没有少。",
    "There is no network, so nothing can be shown. Your points are all there.",
  ],
  askTitle: ["请志愿者来看一下", "Please ask a volunteer to look"],
  notTitle: ["现在看不到", "Nothing to show now"],
  safe: ["您的分都在，没有少。", "Your points are all there."],
  haveSaid: ["您现在有{points}分。", "You have {points} points."],
  onScreenSaid: ["您的分数请看屏幕。", "Your points are on the screen."],
  endsSaid: ["其中{points}分，到{day}为止，记得来换。", "Use {points} of them by {day}."],
  buysSaid: ["够换{pieces}份{name}。", "Enough for {pieces} of {name}."],
  slip: ["积分小票", "Points slip"],
  slipNow: ["可用 {points} 分", "{points} points to spend"],
  slipThen: ["{time} 时 {points} 分", "{points} points at {time}"],
  undone: ["已撤销", "taken back"],
  left: ["剩 {points}", "{points} left"],
  slipAsk: [
    "哪一笔不对，到服务台说一声，志愿者帮您查。",
    "If a line looks wrong, tell the desk and a volunteer will check.",
  ],
  undo: ["撤销", "Taken back"],
  slip_cashed: ["积分支票", "Points slip"],
  expire: ["到期", "Points ended"],
  give: ["送出的分", "Given away"],
  gift_received: ["收到的分", "Given to you"],
  other: ["更正", "Correction"],
} as const satisfies Readonly<Record<string, readonly [zh: string, en: string]>>;

export type KioskWord = keyof typeof WORDS;

/** Say it, its figures filled in. */
export function kioskSay(
  word: KioskWord,
  language: Language,
  figures: Readonly<Record<string, string | number>> = {},
): string {
  return worded(WORDS[word], language, figures);
}

/**
 * Name a line of the book that has no name of its own, as no activity or reward was in it. Words of
 * lines are called as their kinds are, and no other word is.
 */
export function kindName(kind: string, language: Language): string {
  return worded(KIOSK_WORDS[kind] ?? WORDS.other, language, {});
}

const MONTHS =
  "January February March April May June July August September October November December".split(
    " ",
  );

/** Name a day as people do, `12 月 31 日`, its figures held to their words. */
export function dayName(
  { month, day }: { readonly month: number; readonly day: number },
  language: Language,
): string {
  if (language === "en") return `${day}\u00a0${MONTHS[month - 1] ?? ""}`;
  return `${month}\u00a0月\u00a0${day}\u00a0日`;
}

/** Say until when points can be used. */
export function endLine(
  ending: { readonly points: number; readonly month: number; readonly day: number },
  language: Language,
): string {
  return kioskSay("ends", language, { points: ending.points, day: dayName(ending, language) });
}

/** Every sentence, for tests. */
export const KIOSK_WORDS: Readonly<Record<string, readonly [zh: string, en: string]>> = WORDS;
