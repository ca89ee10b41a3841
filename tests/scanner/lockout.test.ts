import assert from "node:assert/strict";
import { test } from "node:test";
import { makeLockout } from "../../points/scanner/src/lockout.ts";

test("the same card passes once in five seconds", () => {
  const mayPass = makeLockout();

  assert.deepEqual(
    [0, 0, 1, 4_999].map((now) => mayPass("wang", now)),
    [true, false, false, false],
  );
});

test("a card that stays in view stays locked, until it was away for five seconds", () => {
  const mayPass = makeLockout();
  const inView = Array.from({ length: 600 }, (_, frame) => mayPass("wang", frame * 100));

  assert.deepEqual(inView.filter(Boolean).length, 1);
  assert.equal(mayPass("wang", 59_900 + 4_999), false);
  assert.equal(mayPass("wang", 59_900 + 4_999 + 5_000), true);
});

test("another card passes at once, and gives the first no way back", () => {
  const mayPass = makeLockout();

  assert.deepEqual(
    [mayPass("wang", 0), mayPass("li", 80), mayPass("wang", 160), mayPass("li", 240)],
    [true, true, false, false],
  );
});
