import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type CardCode,
  type CardNumber,
  checkCharacter,
  codeFingerprint,
  readCardCode,
  readCardNumber,
  spoken,
} from "../../points/scanner/src/card.ts";
import vectors from "../vectors/cards.json" with { type: "json" };

test("check characters are those that were published", () => {
  for (const { text, check } of vectors.check_characters) {
    assert.equal(checkCharacter(text), check);
  }
});

test("a code's fingerprint never changes", () => {
  for (const { code, fingerprint } of vectors.codes_made) {
    assert.equal(codeFingerprint(code as CardCode), fingerprint);
  }
});

test("a code is found in what scanners send", () => {
  for (const { scanned, code } of vectors.codes_read) {
    assert.deepEqual(readCardCode(scanned), { code }, scanned);
  }
});

test("a code is found in what its own card's QR holds", () => {
  for (const { text, code } of vectors.texts) {
    assert.deepEqual(readCardCode(text), { code }, text);
  }
});

test("anything else is refused with its reason", () => {
  for (const { scanned, fault, because } of vectors.codes_refused) {
    assert.deepEqual(readCardCode(scanned), { fault }, because);
  }
});

test("a number is read however its groups are typed", () => {
  for (const { typed, number } of vectors.numbers_read) {
    assert.equal(readCardNumber(typed), number, typed);
  }
});

test("what is no number is refused", () => {
  for (const { typed, because } of vectors.numbers_refused) {
    assert.equal(readCardNumber(typed), null, because);
  }
});

test("a number is said in groups of three", () => {
  for (const one of vectors.numbers_made) {
    assert.equal(spoken(one.number as CardNumber), one.spoken);
  }
});

test("noise of any length is refused at once", () => {
  for (const unit of [" ", "A", "/C/", "#", "HTTPS://A/C/", "\r\n", "界", "\ud800"]) {
    assert.deepEqual(readCardCode(unit.repeat(4096)), { fault: "unreadable" });
    assert.equal(readCardNumber(unit.repeat(4096)), null);
  }
});
