import assert from "node:assert/strict";
import { test } from "node:test";
import type { Game } from "../../points/scanner/src/quiz.ts";
import type { Paid } from "../../points/scanner/src/quiz_play.ts";
import { spokenIn } from "../../points/scanner/src/quiz_spoken.ts";
import { QUIZ_WORDS, whyOf } from "../../points/scanner/src/quiz_words.ts";

const PAPER = {
  name: "报纸",
  name_en: "newspaper",
  bin: "recyclable",
  hint: "叠平扎好",
  hint_en: "",
} as const;
const GAME: Game = { id: "g", list: "v", items: [PAPER], answers: [] };

function paid(change: Partial<Paid>): string | null {
  const all: Paid = { face: "ok", points: 6, balance: 250, why: null, ...change };
  return spokenIn({ name: "paid", paid: all }, "zh");
}

test("the thing is read aloud, then what is right and why", () => {
  const right: Game = { ...GAME, answers: ["recyclable"] };
  const wrong: Game = { ...GAME, answers: ["dry"] };

  assert.equal(spokenIn({ name: "question", game: GAME, hasCard: false }, "zh"), "报纸，放哪里？");
  assert.equal(
    spokenIn({ name: "told", game: right, hasCard: false }, "zh"),
    "对了。报纸，是可回收物。叠平扎好",
  );
  assert.equal(
    spokenIn({ name: "told", game: wrong, hasCard: false }, "en"),
    "Good to know. newspaper: Recyclable. It is clean and can be used again.",
  );
});

test("what was added is said, and a balance never is", () => {
  assert.equal(paid({}), "加好了，六分。谢谢您来。");
  assert.equal(paid({ face: "kept" }), "这次的分记下了，等会儿到账，不用再扫");
  assert.equal(paid({ face: "no", points: null }), "您的分都在，没有少。");
});

test("the list's own reason goes before ours, each in its language", () => {
  assert.equal(whyOf(PAPER, "zh"), "叠平扎好");
  assert.equal(whyOf({ ...PAPER, hint: "" }, "zh"), "干净的，还能再利用。");
  assert.equal(whyOf({ ...PAPER, hint_en: "Tie it up" }, "en"), "Tie it up");
});

test("every sentence is there in both languages, with the same figures", () => {
  const figures = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(String).sort();
  for (const [zh, en] of Object.values(QUIZ_WORDS)) {
    assert.ok(zh.length > 0 && en.length > 0);
    assert.deepEqual(figures(zh), figures(en));
  }
});
