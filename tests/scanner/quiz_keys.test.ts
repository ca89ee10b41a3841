import assert from "node:assert/strict";
import { test } from "node:test";
import type { Bin } from "../../points/scanner/src/quiz.ts";
import { NO_KEYS, pressed } from "../../points/scanner/src/quiz_keys.ts";

/** Press these keys, so many milliseconds after one another; give the answers. */
function answers(keys: readonly string[], gap: number): (Bin | null)[] {
  let state = NO_KEYS;
  return keys.map((key, place) => {
    const step = pressed(state, key, 10_000 + place * gap);
    state = step.keys;
    return step.bin;
  });
}

test("1 to 4 are the bins, and other keys are none", () => {
  assert.deepEqual(answers(["1", "2", "3", "4", "0", "5", "a", "Enter"], 1_000), [
    "recyclable",
    "hazardous",
    "wet",
    "dry",
    null,
    null,
    null,
    null,
  ]);
});

test("digits in the code that a scanner types answer nothing, however slow it is", () => {
  const code = [..."P1712341234123412341234"];

  for (const gap of [1, 20, 300]) {
    assert.ok(answers(code, gap).every((bin) => bin === null));
  }
});

test("whoever goes on with Enter may answer at once", () => {
  assert.deepEqual(answers(["1", "Enter", "2"], 200), ["recyclable", null, "hazardous"]);
});
