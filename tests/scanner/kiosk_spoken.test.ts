import assert from "node:assert/strict";
import { test } from "node:test";
import { balanceLine, spelled } from "../../points/scanner/src/kiosk_spoken.ts";
import type { Buy, Told } from "../../points/scanner/src/kiosk_told.ts";
import { KIOSK_WORDS } from "../../points/scanner/src/kiosk_words.ts";

const SOAP: Buy = {
  key: "soap",
  name: "肥皂",
  name_en: "soap",
  price: 50,
  pieces: 5,
  short: 0,
  isGone: false,
};

function told(available: number, change: Partial<Told> = {}): Told {
  return { available, owed: 0, endings: [], buys: [], asOf: null, ...change };
}

test("figures are spelled as people say them", () => {
  const spoken: readonly (readonly [number, string])[] = [
    [0, "零"],
    [2, "二"],
    [10, "十"],
    [12, "十二"],
    [20, "二十"],
    [101, "一百零一"],
    [110, "一百一十"],
    [280, "两百八十"],
    [1_002, "一千零二"],
    [2_020, "两千零二十"],
    [10_000, "一万"],
    [10_010, "一万零一十"],
    [22_222, "两万两千两百二十二"],
    [100_500, "十万零五百"],
  ];

  assert.deepEqual(
    spoken.map(([number]) => [number, spelled(number)]),
    spoken,
  );
});

test("nothing that is said holds 二百五, whatever a card has, and 250 itself is not said", () => {
  for (let points = 0; points <= 20_000; points += 1) {
    const ending = { points, month: 2, day: 5 };
    const said = balanceLine(told(points, { endings: [ending], buys: [SOAP] }), "zh");
    assert.ok(!/二百五|250/.test(said), said);
  }
  assert.equal(balanceLine(told(250, { buys: [SOAP] }), "zh"), "您的分数请看屏幕。够换五份肥皂。");
  assert.equal(balanceLine(told(250), "zh"), "您的分数请看屏幕。");
});

test("what ends and what it buys is said with it", () => {
  const all = told(280, { endings: [{ points: 40, month: 12, day: 31 }], buys: [SOAP] });

  assert.equal(
    balanceLine(all, "zh"),
    "您现在有两百八十分。其中四十分，到12月31日为止，记得来换。够换五份肥皂。",
  );
  assert.equal(
    balanceLine(all, "en"),
    "You have 280 points. Use 40 of them by 31 December. Enough for 5 of soap.",
  );
});

test("every sentence is there in both languages, with the same figures", () => {
  const figures = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(String).sort();
  for (const [zh, en] of Object.values(KIOSK_WORDS)) {
    assert.ok(zh.length > 0 && en.length > 0);
    assert.deepEqual(figures(zh), figures(en));
  }
});
