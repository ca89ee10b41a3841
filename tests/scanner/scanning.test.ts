import assert from "node:assert/strict";
import { test } from "node:test";
import { meaningOf } from "../../points/scanner/src/scanning.ts";
import { changed, changing, newToken, tokenToUse } from "../../points/scanner/src/tokens.ts";

const CODE = "P17ZZZZZZZZZZZZZZZZZZZZZZZZZG";

test("of several codes in one picture a card of ours goes first", () => {
  assert.deepEqual(meaningOf(["https://pay.example/123", CODE]), { what: "card", code: CODE });
});

test("a picture of none of ours says what is wrong with the first", () => {
  assert.deepEqual(meaningOf(["https://pay.example/123"]), { what: "fault", fault: "unreadable" });
  assert.equal(meaningOf([]), null);
});

test("a token is told only once its invite was claimed", () => {
  const secret = newToken((bytes) => bytes.fill(255));
  const token = {
    secret,
    madeAt: 0,
    next: null,
    invite: "pi_1",
    device: null,
    role: "earn" as const,
  };

  assert.match(secret, /^pd_[A-Za-z0-9_-]{43}$/);
  assert.equal(tokenToUse(token), null);
  assert.equal(tokenToUse({ ...token, invite: null }), secret);
  assert.equal(tokenToUse(null), null);
});

test("a token is changed in two phases, and one that was prepared is told again", () => {
  const token = {
    secret: "pd_old",
    madeAt: 0,
    next: null,
    invite: null,
    device: "device:7",
    role: "earn" as const,
  };
  const once = changing(token, (bytes) => bytes.fill(1));
  const again = changing(once, (bytes) => bytes.fill(2));

  assert.equal(tokenToUse(once), "pd_old");
  assert.equal(again.next, once.next);
  assert.deepEqual(changed(again, 5), { ...token, secret: once.next, madeAt: 5 });
  assert.deepEqual(changed(token, 5), token);
});
