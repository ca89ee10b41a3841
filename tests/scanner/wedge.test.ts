import assert from "node:assert/strict";
import { test } from "node:test";
import { GAP_MS, IDLE, pause, press } from "../../points/scanner/src/wedge.ts";

const CODE = "P17ZZZZZZZZZZZZZZZZZZZZZZZZZG";

/** Types a text with so many milliseconds between the keys. */
function typed(text: string, gap: number, ends: readonly string[] = ["Enter"]): string | null {
  let [wedge, at, scanned] = [IDLE, 1_000, null as string | null];
  for (const key of [...text, ...ends]) {
    at += gap;
    const step = press(wedge, key, at);
    wedge = step.wedge;
    scanned = step.scanned ?? scanned;
  }
  return scanned ?? pause(wedge, at + GAP_MS + 1).scanned;
}

test("a code that comes in quick succession is a scan, whatever ends it", () => {
  assert.equal(typed(CODE, 5), CODE);
  assert.equal(typed(CODE, 5, ["Tab"]), CODE);
  assert.equal(typed(CODE, 5, []), CODE);
  assert.equal(typed(CODE, 300), CODE);
});

test("slips and one-time codes are scanned too", () => {
  for (const code of ["S1HRN5SWEG7D3PK70G1", "T1HRN5SWEG7D3PK70GK"]) {
    assert.equal(typed(code, 5), code);
  }
});

test("keys that print nothing are no part of it", () => {
  assert.equal(typed("", 5, ["Shift", ...CODE, "Enter"]), CODE);
});

test("what a person types is left alone", () => {
  assert.equal(typed(CODE, GAP_MS + 1), null);
  assert.equal(typed("271836504", 5), null);
  assert.equal(typed("", 5), null);
});

test("what was typed long before is no part of the next scan", () => {
  const before = press(IDLE, "x", 0).wedge;

  assert.deepEqual(press(before, "P", GAP_MS + 1).wedge, { text: "P", at: GAP_MS + 1 });
});
