import assert from "node:assert/strict";
import { test } from "node:test";
import type { Caller } from "../../points/scanner/src/binding.ts";
import type { CardCode } from "../../points/scanner/src/card.ts";
import { giveCode } from "../../points/scanner/src/family.ts";
import type { Operation } from "../../points/scanner/src/queue.ts";
import type { Verdict } from "../../points/scanner/src/screens/verdict.tsx";
import type { Reply } from "../../points/scanner/src/server.ts";
import type { Stage } from "../../points/scanner/src/stage.ts";

const CARD = "card" as CardCode;

/** What a phone shows and says when the service answers like this. */
async function told(reply: Reply<unknown>): Promise<readonly unknown[]> {
  const found: unknown[] = [];
  const caller: Caller = {
    named: () => ({}) as Operation,
    call: async <Body>(_method: "POST", path: string, body: unknown) => {
      found.push([path, body]);
      return reply as Reply<Body>;
    },
  };
  const stage = {
    language: "zh",
    show: (change: { notice?: string }) => {
      if (change.notice !== undefined) found.push(change.notice);
    },
    say: (_doing: string, verdict: Verdict) => {
      found.push([verdict.title, verdict.copied, ...verdict.facts]);
    },
  } as unknown as Stage;
  await giveCode(caller, stage, CARD);
  return found;
}

test("a code is shown large, with the card that it is for", async () => {
  const body = { code: "2718 3650", spoken: "271 836 501" };

  assert.deepEqual(await told({ kind: "ok", status: 201, body, etag: null }), [
    ["/cards/codes", { card: CARD }],
    ["家人短码", "2718 3650", "十五分钟内有效，只能用一次", "卡号 271 836 501"],
  ]);
});

test("without a network, or where the service says no, there is no code", async () => {
  const no = { kind: "problem", status: 404, code: "card_unknown", message: "因为" } as const;

  const notices = [await told({ kind: "failed" }), await told({ ...no, retryAfter: null })];

  assert.deepEqual(
    notices.map((one) => one.at(-1)),
    ["没有网络，给短码要有网络。请等一下再扫", "因为"],
  );
});
