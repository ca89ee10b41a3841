import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type Connectivity,
  connectivity,
  noted,
  pause,
  readRetryAfter,
  type Try,
} from "../../points/scanner/src/connectivity.ts";

/** Tries a second apart: `+` reached, `s` reached slowly, `-` lost. */
function tries(marks: string): readonly Try[] {
  return [...marks].reduce<readonly Try[]>(
    (past, mark, second) =>
      noted(past, { at: second * 1000, took: mark === "s" ? 2_500 : 90, reached: mark !== "-" }),
    [],
  );
}

test("what is judged is what became of the last few tries", () => {
  const judged: { [marks: string]: Connectivity } = {
    "": "online",
    "+": "online",
    "+++": "online",
    "-": "offline",
    "+-": "poor",
    "+--": "offline",
    "+++++++--": "offline",
    "--+": "poor",
    "--++": "poor",
    "--+++++": "online",
    "+-+-+": "poor",
    s: "poor",
    "ss++++++": "online",
    "sss+++++": "poor",
    "++++++ss": "online",
  };
  for (const [marks, expected] of Object.entries(judged)) {
    assert.equal(connectivity(tries(marks), 10_000), expected, marks);
  }
});

test("losses are forgotten after two minutes, once something gets through", () => {
  const past = tries("+---");
  const through: Try = { at: 200_000, took: 90, reached: true };

  assert.equal(connectivity(past, 10_000_000), "offline");
  assert.equal(connectivity(noted(past, through), 200_000), "online");
});

test("only the last eight tries are kept", () => {
  assert.deepEqual(tries("--------+++"), tries("--------+++").slice(-8));
  assert.equal(tries("--------+++").length, 8);
});

test("pauses double from a second to a minute, with full jitter", () => {
  const most = [0, 1, 2, 3, 6, 7, 1000].map((attempts) => pause(attempts, 0.999_999, null));

  assert.deepEqual(most.map(Math.round), [1000, 2000, 4000, 8000, 60_000, 60_000, 60_000]);
  assert.deepEqual(
    [0, 5, 1000].map((attempts) => pause(attempts, 0, null)),
    [0, 0, 0],
  );
});

test("nobody comes back before the service asked for it, nor all at once", () => {
  assert.equal(pause(0, 0, 7_000), 7_000);
  assert.equal(pause(9, 0.5, 7_000), 9_500);
});

test("a Retry-After is read in seconds and as a date", () => {
  const now = new Date("2019-12-05T02:00:00Z");
  const read: [string | null, number | null][] = [
    [null, null],
    ["7", 7_000],
    [" 0 ", 0],
    ["Thu, 05 Dec 2019 02:00:30 GMT", 30_000],
    ["Thu, 05 Dec 2019 01:00:00 GMT", 0],
    ["soon", null],
    ["-5", null],
    ["", null],
  ];
  for (const [header, expected] of read) {
    assert.equal(readRetryAfter(header, now), expected, String(header));
  }
});
