import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { Kiosk } from "../../points/scanner/src/kiosk.ts";
import type { Facing } from "../../points/scanner/src/kiosk_facing.ts";

const VECTORS = new URL("../vectors/cards.json", import.meta.url);
const [WANG = "", LI = ""]: string[] = JSON.parse(readFileSync(VECTORS, "utf-8")).codes_made.map(
  (made: { code: string }) => made.code,
);

type Reply = (body: object | null) => void;

/** A kiosk whose questions are answered by hand, in any order. */
function kiosk(role = "redeem") {
  const asked: { readonly path: string; readonly reply: Reply }[] = [];
  const call = (_method: string, path: string) =>
    new Promise((resolve) => {
      const reply: Reply = (body) =>
        resolve(body === null ? { kind: "failed" } : { kind: "ok", status: 200, body, etag: null });
      asked.push({ path, reply });
    });
  const facing = {
    role,
    bundle: { rewards: [] },
    sealed: null,
    world: { now: () => new Date(0) },
    desk: { call, standing: { network: "online" } },
  } as unknown as Facing;
  return {
    asked,
    made: new Kiosk(
      () => facing,
      () => {},
    ),
  };
}

function balance(available: number): object {
  return { available, owed: 0, expiring_soon: [] };
}

function shown({ view }: Kiosk): number | string {
  return view.name === "told" ? view.told.available : view.name;
}

test("an answer that comes when somebody else stands there is shown to nobody", async () => {
  const { asked, made } = kiosk();
  const first = made.scanned([WANG], 0);
  const second = made.scanned([LI], 100);

  asked[1]?.reply(balance(36));
  await second;
  assert.equal(shown(made), 36);
  asked[0]?.reply(balance(1_000));
  await first;

  assert.equal(shown(made), 36);
});

test("an answer that comes after somebody has left is shown to nobody", async () => {
  const { asked, made } = kiosk();
  const scanned = made.scanned([WANG], 0);
  made.home();

  asked[0]?.reply(balance(1_000));
  await scanned;

  assert.equal(shown(made), "ready");
});

test("a slip is fetched for the card that is shown, and for nobody who has left", async () => {
  const { asked, made } = kiosk();
  const scanned = made.scanned([WANG], 0);
  asked[0]?.reply(balance(1_000));
  await scanned;
  const printed = made.print();
  made.home();

  asked[1]?.reply({ lines: [] });
  await printed;

  assert.deepEqual([asked[1]?.path, shown(made)], ["/statements", "ready"]);
});

test("where lines may not be read the slip has none, and nobody asks for them", async () => {
  const { asked, made } = kiosk("earn");
  const scanned = made.scanned([WANG], 0);
  asked[0]?.reply(balance(1_000));
  await scanned;

  await made.print();

  const { view } = made;
  assert.deepEqual(view.name === "told" && [view.paper, view.isPrinting], [[], true]);
  assert.equal(asked.length, 1);
});

test("without an answer and with nothing kept there is nothing to tell", async () => {
  const { asked, made } = kiosk();
  const scanned = made.scanned([WANG], 0);
  asked[0]?.reply(null);
  await scanned;

  assert.deepEqual(made.view, { name: "not", face: "no", why: null });
});
