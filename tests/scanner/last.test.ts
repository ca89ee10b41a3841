/** The last act: what is told of it, and whether it can still be taken back. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { isSame, lastOf, lastShown } from "../../points/scanner/src/last.ts";
import { type Answer, type Item, queued } from "../../points/scanner/src/queue.ts";

const AT = "2019-12-05T10:02:00";

function item(n: number, kind: string, changes: Partial<Item> = {}): Item {
  const operation = { id: `act ${n}`, kind, activity: "check-in", occurred_at: AT };
  return { ...queued(operation, { n, isPromised: true }), ...changes };
}

function answer(changes: Partial<Answer>): Answer {
  return {
    id: "",
    status: "accepted",
    code: null,
    points: 10,
    balance: 10,
    final: true,
    message: "",
    details: {},
    ...changes,
  };
}

const NO = answer({ status: "refused", code: "limit_reached", points: 0, message: "今天加过了" });
const NO_AGAIN = { ...NO, status: "replayed" };
const REVIEW = answer({ status: "review", code: "in_review", points: 0, message: "等负责人看" });

function told(...latest: Item[]) {
  const last = lastOf(latest);
  return last === null ? null : lastShown(last, () => 10, "zh");
}

test("what waits, and what is in the book, may be taken back", () => {
  const may = { text: "上一位 +10 分，10:02", canUndo: true };

  assert.deepEqual(told(item(1, "earn")), may);
  assert.deepEqual(told(item(1, "earn", { state: "sent" })), may);
  assert.deepEqual(told(item(1, "earn", { state: "settled", answer: answer({}) })), may);
  const live = item(1, "earn", { state: "settled", isPromised: false, answer: answer({}) });
  assert.deepEqual(told(live), may);
});

test("what was queued and then refused for good shows why, and nothing to take back", () => {
  for (const no of [NO, NO_AGAIN]) {
    assert.deepEqual(told(item(2, "earn", { state: "attention", answer: no }), item(1, "earn")), {
      text: "上一位，10:02 · 这次没有办成 · 今天加过了",
      canUndo: false,
    });
  }
});

test("what nobody knows the end of is for the lead, and so is what the service keeps", () => {
  const lost = item(1, "redeem", { state: "attention", isPromised: false, trouble: "interrupted" });
  assert.deepEqual(told(lost), {
    text: "上一位，10:02 · 这次没有办成 · 请负责人来看一下",
    canUndo: false,
  });
  assert.deepEqual(told(item(1, "earn", { state: "settled", answer: REVIEW })), {
    text: "上一位，10:02 · 等负责人看",
    canUndo: false,
  });
});

test("what was refused to somebody's face, seen to, withdrawn or taken back is passed over", () => {
  const before = item(1, "earn");
  const undo = item(9, "undo");
  const undone = { ...undo, operation: { ...undo.operation, undoes: "act 2" } };
  for (const latest of [
    [item(2, "earn", { state: "settled", isPromised: false, answer: NO })],
    [item(2, "earn", { state: "settled", answer: NO_AGAIN })],
    [item(2, "redeem", { state: "settled", isPromised: false })],
    [item(2, "stock_leased")],
    [undone, item(2, "earn")],
  ]) {
    assert.equal(lastOf([...latest, before]), before);
  }
  assert.equal(lastOf([]), null);
});

test("the last act is told anew only when it changed", () => {
  const waiting = item(1, "earn");

  assert.equal(isSame(waiting, { ...waiting }), true);
  assert.equal(isSame(waiting, { ...waiting, state: "attention" }), false);
  assert.equal(isSame(waiting, null), false);
  assert.equal(isSame(null, null), true);
});
