import assert from "node:assert/strict";
import { test } from "node:test";
import type { Item } from "../../points/scanner/src/queue.ts";
import { itemsOf } from "../../points/scanner/src/slips_shown.ts";

const AT = "2019-12-05T02:00:00.000Z";
const REDEEM = {
  id: "1",
  kind: "redeem",
  reward: "soap",
  quantity: 2,
  price_shown: 30,
  occurred_at: AT,
};
const NO = { code: "card_frozen", message: "这张卡挂失了", points: 0 };

function shown(operation: object, more: object): unknown[] {
  const item = { id: "1", answer: null, trouble: null, isPromised: true, operation, ...more };
  const goods = (key: string) => (key === "soap" ? "肥皂" : null);
  const [line] = itemsOf([item as unknown as Item], () => 10, goods, "zh");
  return [line?.what, line?.figure, line?.why];
}

test("goods that were handed out and will not be booked are named, with why", () => {
  assert.deepEqual(shown(REDEEM, { state: "attention", answer: NO }), [
    "兑换 肥皂\u00a0×\u00a02",
    "−60",
    "这张卡挂失了 · 东西已经给了",
  ]);
});

test("goods of which nobody knows whether they were handed out are a question", () => {
  const lost = { state: "attention", isPromised: false, trouble: "interrupted" };

  assert.deepEqual(shown(REDEEM, lost), [
    "兑换 肥皂\u00a0×\u00a02",
    "−60",
    "没等到回音。请问清楚东西给了没有",
  ]);
});

test("goods that came back and were refused are named, and not as handed out", () => {
  const back = { ...REDEEM, kind: "stock_returned", price_shown: undefined };
  const no = { code: "out_of_stock", message: "这里还剩 1 份", points: 0 };

  assert.deepEqual(shown(back, { state: "attention", answer: no }), [
    "带在手机名下的东西 肥皂\u00a0×\u00a02",
    "·",
    "这里还剩 1 份",
  ]);
});

test("what waits says no more than what it is", () => {
  assert.deepEqual(shown(REDEEM, { state: "waiting" }), ["兑换 肥皂\u00a0×\u00a02", "−60", null]);
  const unknown = { ...REDEEM, reward: "towel" };
  assert.deepEqual(shown(unknown, { state: "waiting" }), ["兑换", "−60", null]);
  const earning = { id: "1", kind: "earn", activity: "check-in", occurred_at: AT };
  assert.deepEqual(shown(earning, { state: "waiting" }), ["加分", "+10", null]);
});
