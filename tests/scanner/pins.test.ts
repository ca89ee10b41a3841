import assert from "node:assert/strict";
import { test } from "node:test";
import {
  isPin,
  keep,
  NO_TRIES,
  secondsLocked,
  type Tries,
  triesLeft,
  wrongPin,
} from "../../points/scanner/src/pins.ts";

const NOW = 1_000_000;
const SALT = new Uint8Array(16).fill(7);

test("a volunteer's own PIN opens, and no other does", async () => {
  const chen = await keep("陈", "1234", SALT);

  assert.equal(await isPin(chen, "1234"), true);
  assert.equal(await isPin(chen, "1235"), false);
  assert.equal(await isPin(chen, ""), false);
});

test("two volunteers of one PIN are kept apart by their salts, and no PIN can be read", async () => {
  const chen = await keep("陈", "1234", SALT);
  const other = await keep("陈", "1234", new Uint8Array(16).fill(8));

  assert.notEqual(chen.hash, other.hash);
  assert.equal(JSON.stringify(chen).includes("1234"), false);
});

test("from the third wrong PIN on each locks for longer, up to five minutes", () => {
  const locked: number[] = [];
  let tries: Tries = NO_TRIES;
  for (let wrong = 0; wrong < 8; wrong += 1) {
    tries = wrongPin(tries, NOW);
    locked.push(secondsLocked(tries, NOW));
  }

  assert.deepEqual(locked, [0, 0, 10, 30, 120, 300, 300, 300]);
});

test("a lock ends by itself, and the tries left are told", () => {
  const twice = wrongPin(wrongPin(NO_TRIES, NOW), NOW);
  const locked = wrongPin(twice, NOW);

  assert.equal(triesLeft(twice), 1);
  assert.equal(secondsLocked(locked, NOW + 9_001), 1);
  assert.equal(secondsLocked(locked, NOW + 10_000), 0);
});
