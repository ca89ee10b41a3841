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
  notCard: ["这不是积分卡，请换一张", "This is not a points card. Please try another"],
  camera: ["把卡对准方框", "Hold your card in the frame"],
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

/** Every sentence, for tests. */
export const KIOSK_WORDS: Readonly<Record<string, readonly [zh: string, en: string]>> = WORDS;
