import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import type { Activity, Bundle } from "../../points/scanner/src/bundle.ts";
import type { Outcome } from "../../points/scanner/src/desk.ts";
import type { Facing } from "../../points/scanner/src/kiosk_facing.ts";
import type { Answer, Operation } from "../../points/scanner/src/queue.ts";
import { BINS, type QuizItem } from "../../points/scanner/src/quiz.ts";
import { QuizPlay, quizActivity } from "../../points/scanner/src/quiz_play.ts";

const VECTORS = new URL("../vectors/cards.json", import.meta.url);
const CARDS: readonly string[] = JSON.parse(readFileSync(VECTORS, "utf-8")).codes_made.map(
  (made: { code: string }) => made.code,
);
const ITEMS: readonly QuizItem[] = Array.from({ length: 8 }, (_, place) => ({
  name: `物品${place}`,
  name_en: "",
  bin: BINS[place % 4] ?? "dry",
  hint: "",
  hint_en: "",
}));
const BOOKED: Answer = {
  id: "",
  status: "accepted",
  code: null,
  points: 8,
  balance: 18,
  final: true,
  message: "",
  details: {},
};

function activity(key: string, kind: Activity["rule"]["kind"]): Activity {
  const rule = { kind, points: 1, points_max: 10, points_per_kilogram: null };
  return { key, name: key, name_en: "", rule };
}

/** A booth whose acts are written down here, and answered as told. */
function booth(answer: (operation: Operation) => Promise<Outcome>) {
  const acts: Operation[] = [];
  const journal: string[] = [];
  let names = 0;
  const facing = {
    bundle: { activities: [activity("game", "fixed"), activity("quiz", "per_correct_answer")] },
    chosen: null,
    list: { version: "v", items: ITEMS },
    world: { random: () => 0.5 },
    newId: () => `game ${++names}`,
    desk: {
      named: (kind: string, fields: object) => ({
        ...fields,
        kind,
        id: "its own",
        occurred_at: "",
      }),
      journal: async (kind: string, subject: string) => {
        journal.push(`${kind} ${subject}`);
      },
      act: async ([operation]: readonly [Operation]) => {
        acts.push(operation);
        return await answer(operation);
      },
    },
  } as unknown as Facing;
  return {
    acts,
    journal,
    play: new QuizPlay(
      () => facing,
      () => {},
    ),
  };
}

async function playAll(play: QuizPlay): Promise<void> {
  for (let place = 0; place < 8; place += 1) {
    const { view } = play;
    if (view.name !== "question") return;
    play.answer(view.game.items[place]?.bin ?? "dry");
    await play.next();
  }
}

function card(place: number): string {
  const code = CARDS[place];
  assert.ok(code);
  return code;
}

const accept = async (): Promise<Outcome> => ({ answers: [BOOKED], items: [] });

test("the act that pays is named by its game, and the journal tells of the game first", async () => {
  const { play, acts, journal } = booth(accept);
  play.start();
  await playAll(play);

  await play.scanned([card(0)], 0);

  assert.deepEqual(acts, [
    { id: "game 1", kind: "earn", card: card(0), activity: "quiz", quantity: 8, occurred_at: "" },
  ]);
  assert.deepEqual(journal, ["quiz game 1"]);
  assert.deepEqual(play.view, {
    name: "paid",
    paid: { face: "ok", points: 8, balance: 18, why: null },
  });
});

test("a game is paid to one card, however many are held up at once", async () => {
  const { play, acts } = booth(accept);
  play.start();
  await playAll(play);

  await Promise.all([play.scanned([card(0)], 0), play.scanned([card(1)], 0)]);
  await play.scanned([card(1)], 9_000);

  assert.deepEqual(
    acts.map((act) => act["card"]),
    [card(0)],
  );
});

test("what cannot be written down is a matter for a person, and nothing was promised", async () => {
  const { play } = booth(async () => {
    throw new Error("the store is full");
  });
  play.start();
  await playAll(play);

  await play.scanned([card(0)], 0);

  assert.equal(play.view.name === "paid" && play.view.paid.face, "ask");
});

test("an answer that comes after somebody has left is shown to nobody", async () => {
  let arrive: (outcome: Outcome) => void = () => {};
  const { play } = booth(() => new Promise((resolve) => (arrive = resolve)));
  play.start();
  await playAll(play);
  const posted = play.scanned([card(0)], 0);
  await Promise.resolve();
  play.home();

  arrive({ answers: [BOOKED], items: [] });
  await posted;

  assert.equal(play.view.name, "start");
});

test("the quiz pays by the activity that was chosen, if that one pays right answers", () => {
  const [game, one, other] = [
    activity("game", "fixed"),
    activity("one", "per_correct_answer"),
    activity("other", "per_correct_answer"),
  ];
  const bundle = { activities: [game, one, other] } as unknown as Bundle;

  assert.deepEqual(
    [null, "other", "game"].map((chosen) => quizActivity(bundle, chosen)?.key),
    ["one", "other", "one"],
  );
  assert.equal(quizActivity({ activities: [game] } as unknown as Bundle, "game"), null);
});
