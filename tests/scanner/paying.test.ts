import assert from "node:assert/strict";
import { test } from "node:test";
import { readCardCode } from "../../points/scanner/src/card.ts";
import { isOneTime, readPayingCode } from "../../points/scanner/src/paying.ts";
import { meaningOf } from "../../points/scanner/src/scanning.ts";
import { readSlipCode } from "../../points/scanner/src/slip.ts";
import vectors from "../vectors/paying_codes.json" with { type: "json" };

test("a code that only pays is found in what scanners send", () => {
  for (const { scanned, code } of vectors.codes_read) {
    assert.deepEqual(readPayingCode(scanned), { paying: code }, scanned);
  }
});

test("anything else is refused with its reason", () => {
  for (const { scanned, fault, because } of vectors.codes_refused) {
    assert.deepEqual(readPayingCode(scanned), { fault }, because);
  }
});

test("no code that only pays is a card or a slip", () => {
  for (const { code } of [...vectors.one_time_codes_made, ...vectors.allowance_codes_made]) {
    assert.deepEqual(meaningOf([code]), { what: "paying", code });
    assert.equal("code" in readCardCode(code), false);
    assert.equal("slip" in readSlipCode(code), false);
  }
});

test("a one-time code is told from an allowance", () => {
  assert.deepEqual(
    [vectors.one_time_codes_made, vectors.allowance_codes_made].map((made) =>
      made.every(({ code }) => isOneTime(code)),
    ),
    [true, false],
  );
});
