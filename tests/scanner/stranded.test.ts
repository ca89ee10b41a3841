import assert from "node:assert/strict";
import { test } from "node:test";
import { queued, sent } from "../../points/scanner/src/queue.ts";
import { Asking, ClockWatch } from "../../points/scanner/src/stranded.ts";

const LIVE = sent(queued({ id: "live", kind: "redeem" }, { n: 1, isPromised: false }));
const KEPT = sent(queued({ id: "kept", kind: "earn" }, { n: 2, isPromised: true }));

test("what was sent and promised is stranded unless this page waits for it", async () => {
  const asking = new Asking();

  assert.deepEqual(
    [LIVE, KEPT].map((item) => asking.isStranded(item)),
    [false, true],
  );
  await asking.during([LIVE, KEPT], async () => {
    assert.deepEqual(
      [LIVE, KEPT].map((item) => asking.isStranded(item)),
      [false, false],
    );
  });
  assert.deepEqual(
    [LIVE, KEPT].map((item) => asking.isStranded(item)),
    [true, true],
  );
  assert.equal(asking.isStranded({ ...KEPT, state: "waiting" }), false);
});

test("what was asked for is stranded also if asking failed", async () => {
  const asking = new Asking();
  const asked = asking.during([LIVE], () => Promise.reject(new Error("full")));

  await assert.rejects(asked);
  assert.equal(asking.isStranded(LIVE), true);
});

test("a clock that was set is noticed once, and one that drifts never", () => {
  const clock = new ClockWatch();

  const found = [
    [1_000_000, 0],
    [1_060_000, 30_000],
    [1_090_000, 60_000],
    [90_000, 61_000],
  ];
  assert.deepEqual(
    found.map(([now = 0, ticks = 0]) => clock.isSet(now, ticks)),
    [false, false, false, true],
  );
  assert.equal(clock.isSet(91_000, 62_000), false);
});
