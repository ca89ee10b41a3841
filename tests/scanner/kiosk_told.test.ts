import assert from "node:assert/strict";
import { test } from "node:test";
import type { Bundle, Reward } from "../../points/scanner/src/bundle.ts";
import { buysOf, keptOf, lastDayBefore, toldOf } from "../../points/scanner/src/kiosk_told.ts";
import { kindName } from "../../points/scanner/src/kiosk_words.ts";

function reward(key: string, price: number, change: Partial<Reward> = {}): Reward {
  const all = { name: key, name_en: "", per_household_per_event: null, left: 100, stock: [] };
  return { key, price, ...all, ...change };
}

function bundle(...rewards: Reward[]): Bundle {
  return { rewards } as unknown as Bundle;
}

function pieces(available: number, ...rewards: Reward[]): (readonly [string, number, number])[] {
  return buysOf(available, bundle(...rewards)).map(
    (buy) => [buy.key, buy.pieces, buy.short] as const,
  );
}

test("points buy as many as they pay for, as are left, and as one household may have", () => {
  const soap = reward("soap", 50);

  assert.deepEqual(pieces(280, soap), [["soap", 5, 0]]);
  assert.deepEqual(pieces(280, { ...soap, left: 3 }), [["soap", 3, 0]]);
  assert.deepEqual(pieces(280, { ...soap, per_household_per_event: 2 }), [["soap", 2, 0]]);
  assert.deepEqual(pieces(49, soap), [["soap", 0, 1]]);
  assert.deepEqual(pieces(0, reward("leaflet", 0)), [["leaflet", 100, 0]]);
});

test("what can be had stands first, the cheapest before others, and what is gone last", () => {
  const goods = [
    reward("towel", 800),
    reward("gone", 10, { left: 0 }),
    reward("wipes", 240),
    reward("soap", 50),
  ];

  assert.deepEqual(
    pieces(280, ...goods).map(([key]) => key),
    ["soap", "wipes", "towel", "gone"],
  );
});

test("the last day is told by the clocks of the place, whatever this tablet's zone", () => {
  assert.deepEqual(lastDayBefore("2021-01-01T00:00:00+08:00"), { month: 12, day: 31 });
  assert.deepEqual(lastDayBefore("2021-01-01T00:00:00-05:00"), { month: 12, day: 31 });
  assert.deepEqual(lastDayBefore("2021-01-01T00:00:00Z"), { month: 12, day: 31 });
  assert.deepEqual(lastDayBefore("2021-01-01T09:30:00+08:00"), { month: 1, day: 1 });
});

test("what the service says is told with what it buys; what was kept is told with its time", () => {
  const said = {
    available: 60,
    owed: 5,
    expiring_soon: [{ points: 40, at: "2020-01-01T00:00:00+08:00" }],
  };
  const soap = reward("soap", 50);
  const at = new Date(0);

  const [now, then] = [toldOf(said, bundle(soap)), keptOf(60, at, bundle(soap))];

  assert.deepEqual(
    [now.available, now.owed, now.endings, now.asOf],
    [60, 5, [{ points: 40, month: 12, day: 31 }], null],
  );
  assert.deepEqual([then.available, then.owed, then.endings, then.asOf], [60, 0, [], at]);
  assert.deepEqual(now.buys, then.buys);
});

test("a slip calls a gift a gift, and only what was put right a correction", () => {
  const kinds = ["give", "gift_received", "expire", "adjust"];

  assert.deepEqual(
    kinds.map((kind) => [kindName(kind, "zh"), kindName(kind, "en")]),
    [
      ["送出的分", "Given away"],
      ["收到的分", "Given to you"],
      ["到期", "Points ended"],
      ["更正", "Correction"],
    ],
  );
});
