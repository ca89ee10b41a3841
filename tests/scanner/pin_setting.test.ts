import assert from "node:assert/strict";
import { test } from "node:test";
import type { Caller } from "../../points/scanner/src/binding.ts";
import type { CardCode } from "../../points/scanner/src/card.ts";
import { isPlain, PinSetter } from "../../points/scanner/src/pin_setting.ts";
import type { Reply } from "../../points/scanner/src/server.ts";
import type { Stage, View } from "../../points/scanner/src/stage.ts";

const CARD = "card" as CardCode;
const OK: Reply<unknown> = { kind: "ok", status: 200, body: { spoken: "271 836 501" }, etag: null };
const LOST: Reply<unknown> = { kind: "failed" };

function problem(code: string): Reply<unknown> {
  return { kind: "problem", status: 409, code, message: code, retryAfter: null };
}

/** A lead's phone over which a card was held, whose service answers one after the other. */
function lead(...answers: Reply<unknown>[]) {
  const sent: unknown[] = [];
  const said: string[] = [];
  let view = { screen: { name: "ready" } } as unknown as View;
  const caller = {
    call: async (method: string, path: string, { card, ...rest }: { card: string }) => {
      assert.deepEqual([method, path, card], ["PUT", "/cards/pin", CARD]);
      sent.push(rest);
      return answers.shift();
    },
  } as unknown as Caller;
  const stage = {
    get view() {
      return view;
    },
    language: "zh",
    show: (change: Partial<View>) => {
      view = { ...view, ...change };
    },
    say: (_doing: string, verdict: { title: string }) => said.push(verdict.title),
    tell: (_doing: string, { answers: [one] }: { answers: { code: string }[] }) =>
      said.push(one?.code ?? ""),
  } as unknown as Stage;
  const pins = new PinSetter(caller, stage);
  pins.open(CARD);
  return { pins, sent, said, screen: () => view.screen as unknown as Record<string, unknown> };
}

test("a first PIN is sent by itself and told as set", async () => {
  const { pins, sent, said } = lead(OK);

  await pins.choose("271828");

  assert.deepEqual([sent, said], [[{ pin: "271828" }], ["密码设好了"]]);
});

test("one that is there gives way to whoever knows it", async () => {
  const { pins, sent, said, screen } = lead(problem("pin_already_set"), problem("pin_wrong"), OK);

  await pins.choose("271828");
  const { step, problem: told } = screen();
  await pins.replace({ old: "1" });
  await pins.replace({ old: "2" });

  assert.deepEqual([step, told], ["old", "pin_already_set"]);
  assert.deepEqual(sent, [
    { pin: "271828" },
    { pin: "271828", old: "1" },
    { pin: "271828", old: "2" },
  ]);
  assert.deepEqual(said, ["密码设好了"]);
});

test("an answer that was lost is asked for with the new one as the one that is there", async () => {
  const { pins, sent, screen } = lead(LOST, OK);

  await pins.choose("271828");
  const { step } = screen();
  await pins.askAgain();

  assert.equal(step, "again");
  assert.deepEqual(sent, [{ pin: "271828" }, { pin: "271828", old: "271828" }]);
});

test("the lead's word stays the lead's word when it is asked for again", async () => {
  const { pins, sent } = lead(problem("pin_already_set"), LOST, OK);

  await pins.choose("271828");
  await pins.replace({ vouched: true });
  await pins.askAgain();

  assert.deepEqual(sent.slice(1), [
    { pin: "271828", vouched: true },
    { pin: "271828", vouched: true },
  ]);
});

test("what is let go of is asked for no more", async () => {
  const { pins, sent } = lead(problem("pin_already_set"), OK);

  await pins.choose("271828");
  pins.drop();
  await pins.replace({ old: "1" });

  assert.deepEqual(sent, [{ pin: "271828" }]);
});

test("a card that is not served here is told as that", async () => {
  const { pins, said } = lead(problem("card_frozen"));

  await pins.choose("271828");

  assert.deepEqual(said, ["card_frozen"]);
});

test("what everybody would try first is plain", () => {
  const plain = ["000000", "999999", "123456", "012345", "567890", "654321", "098765"];
  assert.deepEqual(plain.filter(isPlain), plain);
  assert.deepEqual(["271828", "112233", "123457", "123123"].filter(isPlain), []);
});
