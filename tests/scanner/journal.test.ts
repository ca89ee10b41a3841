import assert from "node:assert/strict";
import { test } from "node:test";
import {
  canonical,
  digestOf,
  EMPTY,
  type Entry,
  type Happening,
  headAt,
  nextEntry,
  type Plain,
} from "../../points/scanner/src/journal.ts";
import vectors from "../vectors/journal.json" with { type: "json" };

const HAPPENING: Happening = {
  at: 1_575_511_200_000,
  session: "7e57ab1e-0000-4000-8000-000000000001",
  ticked: 0,
  kind: "start",
  subject: "",
  digest: "",
};

test("a value is written and hashed in one way", () => {
  for (const { value, text, digest } of vectors.written as { [name: string]: Plain }[]) {
    assert.deepEqual([canonical(value as Plain), digestOf(value as Plain)], [text, digest]);
  }
});

test("what languages would write differently is not written", () => {
  for (const { value, because } of vectors.not_written) {
    assert.throws(() => canonical(value as Plain), RangeError, because);
  }
});

test("a journal is written and hashed as the service reads it", () => {
  let head = EMPTY;
  for (const { entry, text, hash } of vectors.journal) {
    const { n: _, previous: __, ...happening } = entry;
    const written = nextEntry(head, happening);
    assert.deepEqual(written, entry);
    assert.equal(canonical({ ...written }), text);
    head = headAt(written);
    assert.deepEqual(head, { n: entry.n, hash });
  }
});

test("a journal begins with line 1 after nothing", () => {
  const { n, previous } = nextEntry(EMPTY, HAPPENING);

  assert.deepEqual([n, previous], [1, "0".repeat(64)]);
});

test("each field of a line is in its hash", () => {
  const entry = nextEntry(EMPTY, HAPPENING);
  const others: Partial<Entry>[] = [
    { n: 2 },
    { previous: "1".repeat(64) },
    { at: 0 },
    { session: "" },
    { ticked: 1 },
    { kind: "operation" },
    { subject: "x" },
    { digest: "x" },
  ];

  const hashes = [{}, ...others].map((other) => headAt({ ...entry, ...other }).hash);

  assert.equal(new Set(hashes).size, Object.keys(entry).length + 1);
});
