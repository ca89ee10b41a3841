import assert from "node:assert/strict";
import { test } from "node:test";
import { meaningOf } from "../../points/scanner/src/scanning.ts";
import { newToken, tokenToUse } from "../../points/scanner/src/tokens.ts";

const CODE = "P17ZZZZZZZZZZZZZZZZZZZZZZZZZG";

test("of several codes in one picture a card of ours goes first", () => {
  assert.deepEqual(meaningOf(["https://pay.example/123", CODE]), { what: "code", code: CODE });
});

test("a picture of none of ours says what is wrong with the first", () => {
  assert.deepEqual(meaningOf(["https://pay.example/123"]), { what: "fault", fault: "unreadable" });
  assert.equal(meaningOf([]), null);
});

test("a token is told only once its invite was claimed", () => {
  const secret = newToken((bytes) => bytes.fill(255));
  const token = { secret, next: null, invite: "pi_1", device: null, role: "earn" as const };

  assert.match(secret, /^pd_[A-Za-z0-9_-]{43}$/);
  assert.equal(tokenToUse(token), null);
  assert.equal(tokenToUse({ ...token, invite: null }), secret);
  assert.equal(tokenToUse(null), null);
});
