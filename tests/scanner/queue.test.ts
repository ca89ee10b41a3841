import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type Answer,
  answered,
  BATCH_MAX,
  BROKEN_MAX,
  type Chance,
  chooseBatch,
  dismissed,
  type Failure,
  hastened,
  type Item,
  NOT_YET_MAX,
  promised,
  queued,
  recovered,
  retried,
  sent,
  settled,
  summary,
  unanswered,
  undoing,
} from "../../points/scanner/src/queue.ts";

const CHANCE: Chance = { now: 1_000_000, random: 0.5 };
const NO_NETWORK: Failure = { kind: "unreachable", trouble: "timeout", retryAfter: null };
const REJECTED: Failure = { kind: "rejected", trouble: "body_too_large", retryAfter: null };
const BROKEN: Failure = { kind: "broken", trouble: "internal_error", retryAfter: null };
const SHUT_OUT: Failure = { kind: "shut_out", trouble: "credential_revoked", retryAfter: null };

function makeItem(n: number, given: Partial<Item> = {}): Item {
  const operation = { id: `operation ${n}`, kind: "earn" };
  return { ...queued(operation, { n, isPromised: true }), ...given };
}

function makeItems(count: number): Item[] {
  return Array.from({ length: count }, (_, place) => makeItem(place + 1));
}

function said(item: Item, given: Partial<Answer> = {}): Answer {
  return {
    id: item.id,
    status: "accepted",
    code: null,
    points: 10,
    balance: 10,
    final: true,
    message: "",
    details: {},
    ...given,
  };
}

function refused(item: Item, code: string, final: boolean): Answer {
  return said(item, { status: "refused", code, final, points: 0, balance: null });
}

function numbers(items: readonly Item[]): number[] {
  return items.map((item) => item.n);
}

/** Put changed items in their places. */
function merge(items: readonly Item[], changed: readonly Item[]): Item[] {
  const byId = new Map(changed.map((item) => [item.id, item]));
  return items.map((item) => byId.get(item.id) ?? item);
}

test("what is queued waits, and is due at once", () => {
  const item = makeItem(7);

  assert.deepEqual([item.id, item.n, item.state, item.dueAt], ["operation 7", 7, "waiting", 0]);
  assert.deepEqual(chooseBatch([item], 0), [item]);
});

test("a batch is chosen in the order of acts, and no larger than the service takes", () => {
  const items = makeItems(700).reverse();

  const batch = chooseBatch(items, CHANCE.now);

  assert.deepEqual(numbers(batch), numbers(makeItems(BATCH_MAX)));
  assert.deepEqual(numbers(chooseBatch(items, CHANCE.now, 3)), [1, 2, 3]);
});

test("only what waits, is due and was promised goes with a batch", () => {
  const items = [
    makeItem(1, { state: "sent" }),
    makeItem(2, { state: "attention" }),
    makeItem(3, { dueAt: CHANCE.now + 1 }),
    makeItem(4, { isPromised: false }),
    makeItem(5, { dueAt: CHANCE.now }),
  ];

  assert.deepEqual(numbers(chooseBatch(items, CHANCE.now)), [5]);
});

test("what is in the book is settled, the first time and when it is repeated", () => {
  const item = sent(makeItem(1));
  for (const answer of [said(item), said(item, { status: "replayed" })]) {
    assert.deepEqual(answered(item, answer, CHANCE), { ...item, state: "settled", answer });
  }
});

test("a final no to what was promised needs a person, a no to somebody's face is all there is", () => {
  const item = sent(makeItem(1));
  for (const answer of [
    refused(item, "limit_reached", true),
    said(item, { status: "replayed", code: "limit_reached" }),
    said(item, { status: "conflict", code: "idempotency_key_reused" }),
  ]) {
    assert.equal(answered(item, answer, CHANCE).state, "attention");
    assert.equal(answered({ ...item, isPromised: false }, answer, CHANCE).state, "settled");
  }
});

test("a card that is not registered yet is asked about for an hour, then a person is", () => {
  let item = makeItem(1);
  const waits: number[] = [];
  while (item.state === "waiting") {
    item = answered(sent(item), refused(item, "card_unknown", false), { ...CHANCE, random: 0 });
    waits.push((item.dueAt - CHANCE.now) / 60_000);
  }

  assert.equal(item.state, "attention");
  assert.deepEqual(waits.slice(0, NOT_YET_MAX), [1, 2, 4, 8, 16, 32]);
});

test("what somebody waits for is not asked again behind their back", () => {
  const item = sent(makeItem(1, { isPromised: false }));

  assert.equal(answered(item, refused(item, "card_unknown", false), CHANCE).state, "settled");
});

test("without a network nothing changes but the time of the next try", () => {
  const batch = makeItems(3).map(sent);

  const after = unanswered(batch, NO_NETWORK, CHANCE);

  assert.deepEqual(
    after,
    batch.map((item) => ({
      ...item,
      state: "waiting",
      trouble: "timeout",
      dueAt: CHANCE.now + 1_000,
    })),
  );
});

test("tries without a network go on for ever, and never need a person", () => {
  let item = makeItem(1);
  for (let attempt = 0; attempt < 1_000; attempt += 1) {
    [item = item] = unanswered([sent(item)], attempt % 2 ? NO_NETWORK : SHUT_OUT, CHANCE);
  }

  assert.deepEqual([item.state, item.dueAt], ["waiting", CHANCE.now + 30_000]);
});

test("whoever was told when to come back does not come before", () => {
  const [item] = unanswered([sent(makeItem(1))], { ...NO_NETWORK, retryAfter: 7_000 }, CHANCE);

  assert.ok(item !== undefined && item.dueAt >= CHANCE.now + 7_000);
});

for (const failure of [REJECTED, BROKEN]) {
  test(`one poison among 500 is found and holds up none of the others: ${failure.kind}`, () => {
    const poison = "operation 250";
    let items = makeItems(500);
    let now = CHANCE.now;
    let requests = 0;
    while (summary(items).waiting > 0 && requests < 1_000) {
      const batch = chooseBatch(items, now).map(sent);
      if (batch.length === 0) {
        now += 60_000;
        continue;
      }
      requests += 1;
      const chance = { now, random: 0.5 };
      const changed = batch.some((item) => item.id === poison)
        ? unanswered(batch, failure, chance)
        : settled(
            items,
            batch.map((item) => said(item)),
            chance,
          );
      items = merge(items, changed);
    }

    const open = items.filter((item) => item.state !== "settled");
    assert.deepEqual(
      open.map(({ id, state, trouble }) => ({ id, state, trouble })),
      [{ id: poison, state: "attention", trouble: failure.trouble }],
    );
    assert.equal(items.length, 500);
    assert.ok(requests <= 60, `${requests} requests`);
  });
}

test("what breaks the service is tried for a while before a person is asked", () => {
  let item = makeItem(1);
  let tries = 0;
  while (item.state === "waiting") {
    [item = item] = unanswered([sent(item)], BROKEN, CHANCE);
    tries += 1;
  }

  assert.deepEqual([item.state, tries], ["attention", BROKEN_MAX]);
});

test("an undo goes behind what it takes back, never before it and never alone", () => {
  const target = makeItem(1);
  const undo = undoing(target, { id: "undo", kind: "undo", undoes: target.id }, 9);

  assert.deepEqual(numbers(chooseBatch([undo, target], CHANCE.now)), [1, 9]);
  assert.deepEqual(chooseBatch([undo, sent(target)], CHANCE.now), []);
  assert.deepEqual(chooseBatch([undo, { ...target, dueAt: CHANCE.now + 1 }], CHANCE.now), []);
  assert.deepEqual(numbers(chooseBatch([undo], CHANCE.now)), [9]);
});

test("an undo of what was booked is sent, an undo of what was refused for good has no cause", () => {
  const target = sent(makeItem(1));
  const undo = undoing(target, { id: "undo", kind: "undo", undoes: target.id }, 2);
  const live = { ...target, isPromised: false };
  const no = refused(target, "limit_reached", true);
  const states = (changed: readonly Item[]) => changed.map(({ n, state }) => [n, state]);
  const none = [
    [1, "settled"],
    [2, "settled"],
  ];

  assert.deepEqual(states(settled([target, undo], [said(target)], CHANCE)), [[1, "settled"]]);
  assert.deepEqual(states(settled([live, undo], [no], CHANCE)), none);
  // Answered with it, in the same batch: nobody has to look at either.
  const both = [no, refused(undo, "cannot_undo", true)];
  assert.deepEqual(states(settled([target, undo], both, CHANCE)), none);
});

test("an undo stands as long as what it takes back may still be booked", () => {
  const target = sent(makeItem(1));
  const undo = undoing(target, { id: "undo", kind: "undo", undoes: target.id }, 2);
  for (const answer of [
    refused(target, "card_unknown", false),
    said(target, { status: "review", code: "in_review", final: false }),
  ]) {
    assert.deepEqual(numbers(settled([target, undo], [answer], CHANCE)), [1]);
  }
});

test("what takes back a request that never arrived is given up after some minutes", () => {
  const operation = { id: "undo", kind: "undo", undoes: "goods" };
  let undo = queued(operation, { n: 2, isPromised: true });
  const waits: number[] = [];
  while (undo.state === "waiting") {
    const unknown = refused(undo, "operation_unknown", false);
    undo = answered(sent(undo), unknown, { ...CHANCE, random: 0 });
    waits.push((undo.dueAt - CHANCE.now) / 60_000);
  }

  assert.equal(undo.state, "settled");
  assert.deepEqual(waits.slice(0, -1), [1, 2, 4]);
});

test("answers are given to whom they name, others stay as they are", () => {
  const items = makeItems(3).map(sent);
  const [first, second] = items;
  assert.ok(first && second);

  const changed = settled(items, [said(second), said(first, { id: "somebody else's" })], CHANCE);

  assert.deepEqual(numbers(changed), [2]);
});

test("after a crash what was on its way goes again", () => {
  const item = sent(makeItem(1, { dueAt: 99 }));

  assert.deepEqual(recovered(item), { ...item, state: "waiting", dueAt: 0 });
});

test("after a crash an earning goes on, and goods that somebody waited for are a person's matter", () => {
  const earning = sent(makeItem(1, { isPromised: false }));
  const operation = { id: "goods", kind: "redeem" };
  const goods = sent(queued(operation, { n: 2, isPromised: false }));

  assert.deepEqual([recovered(earning).state, recovered(earning).isPromised], ["waiting", true]);
  assert.deepEqual(
    [recovered(goods).state, recovered(goods).trouble],
    ["attention", "interrupted"],
  );
});

test("after a crash goods that were to come along, or back, are asked for again", () => {
  for (const kind of ["stock_leased", "stock_returned"]) {
    const item = sent(queued({ id: "goods", kind }, { n: 1, isPromised: false }));
    const again = recovered(item);

    assert.deepEqual([again.state, again.isPromised, again.id], ["waiting", true, "goods"]);
  }
});

test("goods that may not come along are nobody's matter, goods that may not go back are", () => {
  for (const [kind, state] of [
    ["stock_leased", "settled"],
    ["stock_returned", "attention"],
  ]) {
    const item = sent(queued({ id: "goods", kind: `${kind}` }, { n: 1, isPromised: true }));
    assert.equal(answered(item, refused(item, "out_of_stock", true), CHANCE).state, state);
  }
});

test("after a crash what was settled or needs a person stays so", () => {
  for (const state of ["settled", "attention"] as const) {
    const item = makeItem(1, { state });
    assert.equal(recovered(item), item);
  }
});

test("a person may have it sent again, or see to it; it stays readable", () => {
  const [stuck] = unanswered([sent(makeItem(1))], REJECTED, CHANCE);
  assert.ok(stuck !== undefined);

  const again = retried(stuck);
  assert.deepEqual([again.state, again.attempts, again.dueAt], ["waiting", 0, 0]);
  assert.deepEqual(dismissed(stuck), { ...stuck, state: "settled" });
});

test("only what needs a person can be sent again or dismissed by one", () => {
  for (const state of ["waiting", "sent", "settled"] as const) {
    const item = makeItem(1, { state });
    assert.equal(retried(item), item);
    assert.equal(dismissed(item), item);
  }
});

test("what waits for its time is hastened when the network is back", () => {
  const item = makeItem(1, { dueAt: CHANCE.now + 60_000 });

  assert.equal(hastened(item, CHANCE.now).dueAt, 0);
  assert.equal(hastened({ ...item, state: "attention" }, CHANCE.now).dueAt, item.dueAt);
});

test("what somebody went away counting on is sent until it is in the book", () => {
  const live = makeItem(1, { isPromised: false });

  assert.deepEqual(chooseBatch([live], CHANCE.now), []);
  assert.deepEqual(numbers(chooseBatch([promised(live)], CHANCE.now)), [1]);
});

test("the summary counts what is still to do", () => {
  const items = [
    makeItem(1),
    makeItem(2, { state: "sent" }),
    makeItem(3, { state: "attention" }),
    makeItem(4, { state: "settled" }),
  ];

  assert.deepEqual(summary(items), { waiting: 2, attention: 1 });
});

test("whatever happens, in whatever order, no item is lost and none changes its name or content", () => {
  let seed = 4;
  const random = () => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed / 2_147_483_647;
  };
  const failures = [NO_NETWORK, SHUT_OUT, REJECTED, BROKEN];
  let items = makeItems(30);
  const before = items.map(({ id, n, operation }) => ({ id, n, operation }));
  for (let step = 0; step < 3_000; step += 1) {
    const chance = { now: step * 10_000, random: random() };
    const batch = chooseBatch(items, chance.now, 1 + Math.floor(random() * 20)).map(sent);
    const isHeard = random() < 0.5;
    const failure = failures[Math.floor(random() * failures.length)] ?? NO_NETWORK;
    const answers = batch
      .filter(() => random() < 0.8)
      .map((item) => (random() < 0.3 ? said(item) : refused(item, "no", random() < 0.1)));
    items = merge(items, batch);
    items = merge(
      items,
      isHeard ? settled(items, answers, chance) : unanswered(batch, failure, chance),
    );
    items = items.map((item) => (random() < 0.2 ? recovered(item) : item));
    items = items.map((item) => (random() < 0.1 ? retried(item) : item));
  }

  assert.deepEqual(
    items.map(({ id, n, operation }) => ({ id, n, operation })),
    before,
  );
  assert.ok(items.every((item) => item.state !== "settled" || item.answer?.code === null));
  assert.ok(items.some((item) => item.state === "settled"));
});
