import assert from "node:assert/strict";
import { test } from "node:test";
import type { Answer } from "../../points/scanner/src/queue.ts";
import { together } from "../../points/scanner/src/sums.ts";
import {
  answeredVerdict,
  keptVerdict,
  spokenFigure,
  spokenLine,
} from "../../points/scanner/src/verdicts.ts";
import { ALL_WORDS, say, signed } from "../../points/scanner/src/words.ts";

const BOOKED: Answer = {
  id: "1",
  status: "accepted",
  code: null,
  points: 10,
  balance: 280,
  final: true,
  message: "",
  details: {},
};

function refused(code: string, message = "因为"): Answer {
  return { ...BOOKED, status: "refused", code, points: 0, balance: null, message };
}

test("what is in the book is shown with its figure, the balance, and a line to say", () => {
  assert.deepEqual(answeredVerdict("earn", BOOKED, null, "zh"), {
    face: "ok",
    title: "加好了",
    figure: "+10",
    facts: ["现在一共 280 分"],
    line: "加好了，现在一共 280 分，谢谢您来。",
    canUndo: true,
  });
});

test("what was booked before looks like the first time", () => {
  const first = answeredVerdict("earn", BOOKED, null, "zh");

  assert.deepEqual(answeredVerdict("earn", { ...BOOKED, status: "replayed" }, null, "zh"), first);
});

test("goods are named on the screen that lets them go", () => {
  const answer = { ...BOOKED, points: -80, balance: 200 };

  assert.deepEqual(answeredVerdict("redeem", answer, "肥皂 × 1", "zh").facts, [
    "请把 肥皂 × 1 交给居民",
    "现在还有 200 分",
  ]);
});

test("nobody is made to say 250 aloud", () => {
  const verdict = answeredVerdict("earn", { ...BOOKED, balance: 250 }, null, "zh");

  assert.equal(verdict.line, "加好了，谢谢您来。");
});

test("a refusal shows the service's reason under a face of its own", () => {
  assert.deepEqual(answeredVerdict("earn", refused("limit_reached", "加过了"), null, "zh"), {
    face: "no",
    title: "这次没有加分",
    figure: null,
    facts: ["加过了"],
    line: "您这里已经加过啦，分都在的。",
    canUndo: false,
  });
  assert.equal(answeredVerdict("earn", refused("card_frozen"), null, "zh").face, "ask");
});

test("a code from a newer service needs a person, and so does what is kept for one", () => {
  assert.equal(answeredVerdict("earn", refused("never_heard_of"), null, "zh").face, "ask");
  const review = { ...BOOKED, status: "review", code: "not_leased" };
  assert.deepEqual(answeredVerdict("redeem", review, null, "zh").facts, [
    "这一笔记下了，等负责人看过才到账",
  ]);
});

test("what is kept here can be taken back, and promises nothing but to be sent", () => {
  const verdict = keptVerdict("earn", 10, null, "zh");

  assert.deepEqual([verdict.face, verdict.figure, verdict.canUndo], ["kept", "+10", true]);
  assert.deepEqual(verdict.facts, ["等有网络，就到居民账上"]);
});

test("what is kept here to be taken back promises nobody points", () => {
  const verdict = keptVerdict("undo", 10, null, "zh");

  assert.deepEqual([verdict.face, verdict.figure, verdict.canUndo], ["kept", null, false]);
  assert.deepEqual(
    [verdict.title, ...verdict.facts, verdict.line],
    ["已记下，会收回", "等有网络，就从账上收回", "好，这一笔不算。"],
  );
});

test("what was taken back is not spoken as if it were added", () => {
  const undone = answeredVerdict("undo", { ...BOOKED, points: -10 }, null, "zh");

  assert.equal(spokenLine(undone, "undo", -10, "zh"), "收回了");
});

test("small figures are spoken as people say them", () => {
  const spoken = [5, 10, 12, 20, 55].map((points) => spokenFigure(points, "zh"));

  assert.deepEqual(spoken, ["五", "十", "十二", "二十", "五十五"]);
  assert.equal(
    spokenLine(answeredVerdict("earn", BOOKED, null, "zh"), "earn", 20, "zh"),
    "好，二十分",
  );
});

test("several answers are one: in the book only if all are", () => {
  const short = refused("points_short");
  const both = together([BOOKED, { ...BOOKED, points: 5, balance: 285 }]);

  assert.deepEqual([both.code, both.answer.points, both.answer.balance], [null, 15, 285]);
  assert.deepEqual(
    [together([BOOKED, short]).code, together([BOOKED, short]).booked],
    ["points_short", 1],
  );
  assert.equal(together([short]).isMendable, true);
  assert.equal(together([refused("card_frozen")]).isMendable, false);
});

test("every sentence is there in both languages, with the same figures in it", () => {
  for (const [word, [zh, en]] of Object.entries(ALL_WORDS)) {
    const figures = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(String).sort();
    assert.deepEqual(figures(zh), figures(en), word);
    assert.notEqual(zh, "", word);
  }
});

test("figures are written as the page writes them", () => {
  assert.equal(signed(-80), "−80");
  assert.equal(say("short", "zh", { points: 40 }), "还差 40 分");
});
