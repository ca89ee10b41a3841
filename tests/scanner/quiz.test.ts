import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import {
  ASKED,
  answer,
  asked,
  BINS,
  type Bin,
  begin,
  draw,
  type Game,
  isOver,
  lastAnswered,
  missed,
  pays,
  type QuizItem,
  type QuizList,
  readList,
  rightAnswers,
} from "../../points/scanner/src/quiz.ts";

const DEMO = new URL("../../points/demo/sorting_items.csv", import.meta.url);

/** The demo's list, as the service sends it. */
function demo(): QuizList {
  const [, ...lines] = readFileSync(DEMO, "utf-8").trim().split("\n");
  const items = lines.map((line) => {
    const [name = "", name_en = "", bin, hint = "", hint_en = ""] = line.trim().split(",");
    return { name, name_en, bin: bin as Bin, hint, hint_en };
  });
  return { version: "demo", items };
}

function item(name: string, bin: Bin): QuizItem {
  return { name, name_en: "", bin, hint: "", hint_en: "" };
}

/** Chance that is the same in every run: Park and Miller's. */
function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

function played(game: Game, answers: readonly Bin[]): Game {
  return answers.reduce(answer, game);
}

test("eight different things are drawn, of every bin at least one", () => {
  const list = demo();
  for (let seed = 1; seed <= 200; seed += 1) {
    const drawn = draw(list, chance(seed));

    assert.equal(new Set(drawn.map(({ name }) => name)).size, ASKED);
    assert.deepEqual(new Set(drawn.map(({ bin }) => bin)), new Set(BINS));
    assert.ok(drawn.every((one) => list.items.includes(one)));
  }
});

test("every thing is drawn now and then, and the first place tells nothing of its bin", () => {
  const list = demo();
  const games = Array.from({ length: 2_000 }, (_, seed) => draw(list, chance(seed + 1)));
  const times = new Map<string, number>();
  for (const { name } of games.flat()) times.set(name, (times.get(name) ?? 0) + 1);
  const firsts = BINS.map((bin) => games.filter(([first]) => first?.bin === bin).length);

  assert.equal(times.size, list.items.length);
  assert.ok(Math.min(...times.values()) > 150, "a thing is hardly ever drawn");
  assert.ok(Math.min(...firsts) > 300, "the first thing is hardly ever of some bin");
});

test("the same chance draws the same game, and a list of eight is drawn whole", () => {
  const list = demo();
  const short = { version: "short", items: list.items.slice(0, ASKED) };

  assert.deepEqual(draw(list, chance(7)), draw(list, chance(7)));
  assert.deepEqual(
    new Set(draw(short, chance(3)).map(({ name }) => name)),
    new Set(short.items.map(({ name }) => name)),
  );
});

test("right answers are counted, and those that were missed are told", () => {
  const game: Game = {
    id: "g",
    list: "v",
    items: [item("报纸", "recyclable"), item("大骨头", "dry"), item("茶叶渣", "wet")],
    answers: [],
  };

  const over = played(game, ["recyclable", "wet", "wet"]);

  assert.deepEqual(
    [rightAnswers(over), missed(over).map(({ name }) => name), isOver(over), asked(over)],
    [2, ["大骨头"], true, null],
  );
  assert.deepEqual(lastAnswered(played(game, ["recyclable", "wet"])), {
    item: item("大骨头", "dry"),
    isRight: false,
  });
  assert.equal(lastAnswered(game), null);
});

test("a game that is over takes no more answers", () => {
  const game = begin(demo(), "g", chance(1));
  const over = played(
    game,
    Array.from({ length: ASKED }, () => "dry" as const),
  );

  assert.equal(answer(over, "wet"), over);
});

test("what right answers pay is capped as the activity says", () => {
  const rule = { points: 2, points_max: 10 };

  assert.deepEqual(
    [0, 3, 8].map((right) => pays(right, rule)),
    [0, 6, 10],
  );
  assert.equal(pays(8, { points: 1, points_max: null }), 8);
  assert.equal(pays(8, { points: null, points_max: null }), null);
});

test("a list is read as it was sent, and what no longer fits is left out", () => {
  const list = demo();
  const odd = { version: "v", items: [...list.items, { name: "x", bin: "compost" }, null, 5] };

  assert.deepEqual(readList(JSON.parse(JSON.stringify(list))), list);
  assert.deepEqual(readList(odd)?.items, list.items);
});

test("what is no list, or is too short to be played, is none", () => {
  const short = { version: "v", items: demo().items.slice(0, ASKED - 1) };

  assert.deepEqual(
    [undefined, null, 5, {}, { version: null, items: [] }, { version: "v", items: 1 }, short].map(
      readList,
    ),
    Array.from({ length: 7 }, () => null),
  );
});
