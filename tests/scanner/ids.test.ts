import assert from "node:assert/strict";
import { test } from "node:test";
import { makeId } from "../../points/scanner/src/ids.ts";

const UUID_4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

test("a name is a UUID of version 4, whatever the bytes are", () => {
  for (const byte of [0x00, 0x0f, 0x55, 0xaa, 0xff]) {
    assert.match(
      makeId((bytes) => bytes.fill(byte)),
      UUID_4,
    );
  }
});

test("every random bit is in the name", () => {
  const id = makeId((bytes) => bytes.set(Array.from({ length: 16 }, (_, place) => place * 17)));

  assert.equal(id, "00112233-4455-4677-8899-aabbccddeeff");
});

test("a thousand names are a thousand names", () => {
  const ids = Array.from({ length: 1000 }, () => makeId((bytes) => crypto.getRandomValues(bytes)));

  assert.equal(new Set(ids).size, 1000);
});
