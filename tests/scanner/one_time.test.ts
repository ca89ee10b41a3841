import assert from "node:assert/strict";
import { test } from "node:test";
import { readCardCode } from "../../points/scanner/src/card.ts";
import { readOneTimeCode } from "../../points/scanner/src/one_time.ts";
import { meaningOf } from "../../points/scanner/src/scanning.ts";
import { readSlipCode } from "../../points/scanner/src/slip.ts";
import vectors from "../vectors/one_time_codes.json" with { type: "json" };

test("a one-time code is found in what scanners send", () => {
  for (const { scanned, code } of vectors.codes_read) {
    assert.deepEqual(readOneTimeCode(scanned), { once: code }, scanned);
  }
});

test("anything else is refused with its reason", () => {
  for (const { scanned, fault, because } of vectors.codes_refused) {
    assert.deepEqual(readOneTimeCode(scanned), { fault }, because);
  }
});

test("no one-time code is a card or a slip", () => {
  for (const { code } of vectors.codes_made) {
    assert.deepEqual(meaningOf([code]), { what: "once", code });
    assert.equal("code" in readCardCode(code), false);
    assert.equal("slip" in readSlipCode(code), false);
  }
});
