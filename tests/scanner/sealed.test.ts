import assert from "node:assert/strict";
import { test } from "node:test";
import { sealedTag, unseal } from "../../points/scanner/src/sealed.ts";
import vectors from "../vectors/sealed.json" with { type: "json" };

test("a record is found by its card's code, and opened by it", async () => {
  for (const { code, tag, sealed, plain } of vectors.records) {
    const { a, s, t } = JSON.parse(plain);

    assert.equal(await sealedTag(code), tag);
    assert.deepEqual(await unseal(code, tag, sealed), { available: a, state: s, madeAt: t });
  }
});

test("another card's code opens nothing, and neither does a record that was changed or moved", async () => {
  const [one, other] = vectors.records;
  assert.ok(one !== undefined && other !== undefined);
  const changed = `${one.sealed.slice(0, -2)}AA`;

  assert.equal(await unseal(other.code, one.tag, one.sealed), null);
  assert.equal(await unseal(one.code, one.tag, changed), null);
  assert.equal(await unseal(one.code, other.tag, one.sealed), null);
  assert.equal(await unseal(one.code, one.tag, "noise"), null);
});
