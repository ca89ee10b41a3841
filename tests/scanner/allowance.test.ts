import assert from "node:assert/strict";
import { test } from "node:test";
import { leased, type Pending, spendable } from "../../points/scanner/src/allowance.ts";
import type { Bundle } from "../../points/scanner/src/bundle.ts";
import type { SealedBalance } from "../../points/scanner/src/sealed.ts";

const BUNDLE = {
  offline: { ceiling_points: 100, days_max: 14, clock_minutes_off_max: 10, undo_minutes: 15 },
  leases: [{ reward: "soap", pieces: 5 }],
} as unknown as Bundle;
const WANG: SealedBalance = { available: 280, state: "active", madeAt: 0 };

function gone(tag: string, points: number, pieces = 1): Pending {
  return { tag, points: -points, reward: "soap", pieces };
}

test("a card spends at most the ceiling, and at most what it had", () => {
  assert.equal(spendable(BUNDLE, WANG, "wang", []), 100);
  assert.equal(spendable(BUNDLE, { ...WANG, available: 30 }, "wang", []), 30);
});

test("what this phone handed out to the card counts, what it handed to others does not", () => {
  assert.equal(spendable(BUNDLE, WANG, "wang", [gone("wang", 50), gone("li", 50)]), 50);
  assert.equal(spendable(BUNDLE, WANG, "wang", [gone("wang", 50), gone("wang", 60)]), 0);
});

test("a card of which nothing is known, or that was stopped, spends nothing", () => {
  assert.equal(spendable(BUNDLE, null, "wang", []), 0);
  assert.equal(spendable(BUNDLE, { ...WANG, state: "frozen" }, "wang", []), 0);
  assert.equal(spendable(BUNDLE, { ...WANG, state: "replaced" }, "wang", []), 0);
});

test("no more pieces go out than the phone leased", () => {
  assert.equal(leased(BUNDLE, "soap", []), 5);
  assert.equal(leased(BUNDLE, "soap", [gone("wang", 50, 2), gone("li", 50, 2)]), 1);
  assert.equal(leased(BUNDLE, "soap", [gone("wang", 50, 6)]), 0);
  assert.equal(leased(BUNDLE, "towel", []), 0);
});
