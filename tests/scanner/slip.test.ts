import assert from "node:assert/strict";
import { test } from "node:test";
import { readCardCode } from "../../points/scanner/src/card.ts";
import { readSlipCode } from "../../points/scanner/src/slip.ts";
import vectors from "../vectors/slips.json" with { type: "json" };

test("a slip's code is found in what scanners and people send", () => {
  for (const { scanned, code } of vectors.codes_read) {
    assert.deepEqual(readSlipCode(scanned), { slip: code }, scanned);
  }
});

test("anything else is refused with its reason", () => {
  for (const { scanned, fault, because } of vectors.codes_refused) {
    assert.deepEqual(readSlipCode(scanned), { fault }, because);
  }
});

test("no slip is a card", () => {
  for (const { code } of vectors.codes_made) assert.equal("code" in readCardCode(code), false);
});
