/** What goes out to the service, and what is saved as a file. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { canonical, digestOf, EMPTY, nextEntry } from "../../points/scanner/src/journal.ts";
import { type Item, type Operation, queued } from "../../points/scanner/src/queue.ts";
import { exported, offline } from "../../points/scanner/src/sending.ts";

const AT = new Date("2026-05-01T04:00:00.000Z");

function item(kind: string, changes: Partial<Item> = {}): Item {
  const operation: Operation = { id: kind, kind, occurred_at: AT.toISOString() };
  return { ...queued(operation, { n: 1, isPromised: true }), ...changes };
}

test("an act that waited says so, but for those of a desk, which are never asked", () => {
  const kinds = ["earn", "redeem", "undo", "slip_cashed", "slip_issued", "stock_leased"];

  const said = kinds.filter((kind) => offline(item(kind))["offline"] === true);

  assert.deepEqual(said, ["earn", "redeem", "undo", "slip_cashed"]);
  assert.deepEqual(offline(item("slip_issued")), item("slip_issued").operation);
});

test("a file holds what is not settled, the whole journal, and a digest of all of it", () => {
  const line = nextEntry(EMPTY, {
    at: AT.getTime(),
    session: "s",
    ticked: 1,
    kind: "operation",
    subject: "earn",
    digest: "",
  });
  const outbox = [item("earn"), item("undo", { state: "settled" }), item("slip_issued")];

  const file = exported({ journal: [line], outbox }, "device:7", AT);

  const content = {
    format: "points-queue",
    version: 1,
    device: "device:7",
    made_at: "2026-05-01T04:00:00.000Z",
    operations: [offline(item("earn")), item("slip_issued").operation],
    journal: [canonical({ ...line })],
  };
  assert.deepEqual(file, { ...content, digest: digestOf(content) });
});
