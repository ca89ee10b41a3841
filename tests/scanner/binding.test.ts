import assert from "node:assert/strict";
import { test } from "node:test";
import { Binder, type Caller, homeOf } from "../../points/scanner/src/binding.ts";
import type { Bundle } from "../../points/scanner/src/bundle.ts";
import type { CardCode } from "../../points/scanner/src/card.ts";
import type { Operation } from "../../points/scanner/src/queue.ts";
import type { Reply } from "../../points/scanner/src/server.ts";
import type { Stage, View } from "../../points/scanner/src/stage.ts";

const BLANK = "blank" as CardCode;
const OTHER = "other" as CardCode;
const SHIJI = { key: "shiji", name: "世纪同乐", name_en: "", buildings: [] };
const QINGSHUI = { ...SHIJI, key: "qingshui" };
const BOUND = { spoken: "271 836 501", cards: 2, balance: { available: 20 } };
const OK: Reply<unknown> = { kind: "ok", status: 200, body: BOUND, etag: null };
const LOST: Reply<unknown> = { kind: "failed" };

function problem(code: string, message = "因为"): Reply<unknown> {
  return { kind: "problem", status: 409, code, message, retryAfter: null };
}

/** A booth with a binder, whose service answers one after the other. */
function booth(...answers: Reply<unknown>[]) {
  const sent: unknown[] = [];
  const said: (readonly string[])[] = [];
  let named = 0;
  let refreshed = 0;
  let view = { screen: { name: "ready" }, work: "bind" } as unknown as View;
  const caller: Caller = {
    named: () => ({ id: `id-${++named}` }) as unknown as Operation,
    call: async <Body>(_method: "POST", path: string, body: unknown) => {
      sent.push([path, body]);
      return answers.shift() as Reply<Body>;
    },
  };
  const stage = {
    get view() {
      return view;
    },
    bundle: { notice: { version: "abc" } },
    language: "zh",
    show: (change: Partial<View>) => {
      view = { ...view, ...change };
    },
    say: (_doing: string, verdict: { title: string; facts: readonly string[] }) => {
      said.push([verdict.title, ...verdict.facts]);
    },
    refresh: () => {
      refreshed += 1;
    },
  } as unknown as Stage;
  const binder = new Binder(caller, stage);
  return {
    binder,
    sent,
    said,
    screen: () => view.screen,
    work: () => view.work,
    refreshed: () => refreshed,
  };
}

test("a card gets a household of its own, with the notice that was agreed to", async () => {
  const { binder, sent, said } = booth(OK);

  binder.open(BLANK);
  await binder.toNew({ building: "3" });

  assert.deepEqual(sent, [
    ["/cards/bind", { id: "id-1", card: BLANK, to: { new: { building: "3" } }, notice: "abc" }],
  ]);
  assert.deepEqual(said, [["绑好了", "卡号 271 836 501", "这一户有 2 张卡", "现在一共 20 分"]]);
});

test("a card comes to the household of the one that is scanned next", async () => {
  const { binder, sent, work } = booth(OK);

  binder.open(BLANK);
  binder.toSame();
  const waitedFor = work();
  await binder.toHouseholdOf(OTHER);

  assert.equal(waitedFor, "bindOther");
  assert.deepEqual(sent, [
    ["/cards/bind", { id: "id-1", card: BLANK, to: { same_as: OTHER }, notice: "abc" }],
  ]);
});

test("an answer that was lost is asked for again under the same name", async () => {
  const { binder, sent, screen } = booth(LOST, OK, OK);

  binder.open(BLANK);
  await binder.toNew({});
  const shown = screen();
  await binder.toNew({});
  binder.open(OTHER);
  await binder.toNew({});

  assert.deepEqual(
    sent.map((call) => (call as [string, { id: string }])[1].id),
    ["id-1", "id-1", "id-2"],
  );
  assert.deepEqual(shown, {
    name: "bind",
    card: BLANK,
    problem: "没有网络，绑卡要有网络。请等一下再按",
    isBusy: false,
  });
});

test("what the service says no to is shown in its words, and something else may be tried", async () => {
  const { binder, sent, screen } = booth(problem("card_bound", "已经有户了"), OK);

  binder.open(BLANK);
  await binder.toNew({});
  const shown = screen();
  await binder.toNew({ building: "3" });

  assert.equal((shown as { problem: string }).problem, "已经有户了");
  assert.equal(sent.length, 2);
});

test("a notice that has changed is fetched before it is shown again", async () => {
  const { binder, refreshed } = booth(problem("notice_unknown"));

  binder.open(BLANK);
  await binder.toNew({});

  assert.equal(refreshed(), 1);
});

test("whoever went on to something else is asked for the blank card anew", async () => {
  const { binder, sent, work } = booth();

  binder.open(BLANK);
  binder.toSame();
  binder.drop();
  await binder.toHouseholdOf(OTHER);

  assert.deepEqual([sent, work()], [[], "bind"]);
});

test("only what is told is noted, and a building names the community where there is but one", () => {
  const both: Bundle["communities"] = [SHIJI, QINGSHUI];

  assert.deepEqual(
    [
      homeOf(both, "", " "),
      homeOf(both, "", " 3 "),
      homeOf(both, "qingshui", ""),
      homeOf([SHIJI], "", ""),
      homeOf([SHIJI], "", "3"),
    ],
    [{}, { building: "3" }, { community: "qingshui" }, {}, { community: "shiji", building: "3" }],
  );
});
