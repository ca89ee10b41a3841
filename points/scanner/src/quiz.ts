/**
 * The sorting quiz, as plain values: a list of things, eight of them drawn, and what was answered.
 *
 * Chance is handed in. The list comes from the service (`GET /devices/quiz`) and is kept; it is
 * checked once more here, for what was kept may be of another version of this app.
 */

export const BINS = ["recyclable", "hazardous", "wet", "dry"] as const;

export type Bin = (typeof BINS)[number];

export interface QuizItem {
  readonly name: string;
  readonly name_en: string;
  readonly bin: Bin;
  readonly hint: string;
  readonly hint_en: string;
}

export interface QuizList {
  readonly version: string;
  readonly items: readonly QuizItem[];
}

/** How many things one game asks for. */
export const ASKED = 8;

export interface Game {
  /** Names the game, and the act that pays for it: so it can be paid once. */
  readonly id: string;
  readonly list: string;
  readonly items: readonly QuizItem[];
  /** As far as it has been played. */
  readonly answers: readonly Bin[];
}

/** Read a list as it was sent or kept; null where it cannot be played. */
export function readList(sent: unknown): QuizList | null {
  if (!isRecord(sent) || typeof sent["version"] !== "string") return null;
  const given = Array.isArray(sent["items"]) ? sent["items"] : [];
  const items = given.map(readItem).filter((item) => item !== null);
  return items.length < ASKED ? null : { version: sent["version"], items };
}

/**
 * Draw eight things, no two alike: one of each bin where the list has one, the others by chance, in
 * an order that tells nothing.
 */
export function draw(list: QuizList, random: () => number): readonly QuizItem[] {
  const mixed = shuffled(list.items, random);
  const first = BINS.map((bin) => mixed.find((item) => item.bin === bin)).filter(
    (item) => item !== undefined,
  );
  const others = mixed.filter((item) => !first.includes(item));
  return shuffled([...first, ...others].slice(0, ASKED), random);
}

/** Begin a game. */
export function begin(list: QuizList, id: string, random: () => number): Game {
  return { id, list: list.version, items: draw(list, random), answers: [] };
}

/** Answer the thing that is asked for; a game that is over stays as it is. */
export function answer(game: Game, bin: Bin): Game {
  return isOver(game) ? game : { ...game, answers: [...game.answers, bin] };
}

export function isOver(game: Game): boolean {
  return game.answers.length >= game.items.length;
}

/** The thing that is asked for; null where all are answered. */
export function asked(game: Game): QuizItem | null {
  return game.items[game.answers.length] ?? null;
}

/** The thing that was answered last, and whether rightly; null before the first answer. */
export function lastAnswered(game: Game): { item: QuizItem; isRight: boolean } | null {
  const place = game.answers.length - 1;
  const item = game.items[place];
  return item === undefined ? null : { item, isRight: item.bin === game.answers[place] };
}

export function rightAnswers(game: Game): number {
  return game.answers.filter((bin, place) => game.items[place]?.bin === bin).length;
}

/** The things that went into another bin than theirs. */
export function missed(game: Game): readonly QuizItem[] {
  return game.items.filter((item, place) => {
    const given = game.answers[place];
    return given !== undefined && given !== item.bin;
  });
}

/** What so many right answers pay, as far as this phone can know; null where it cannot. */
export function pays(
  right: number,
  rule: { readonly points: number | null; readonly points_max: number | null },
): number | null {
  if (rule.points === null) return null;
  return Math.min(right * rule.points, rule.points_max ?? Number.POSITIVE_INFINITY);
}

function readItem(sent: unknown): QuizItem | null {
  if (!isRecord(sent)) return null;
  const text = (name: string): string => (typeof sent[name] === "string" ? sent[name] : "");
  const bin = BINS.find((one) => one === sent["bin"]);
  if (bin === undefined || text("name") === "") return null;
  return {
    name: text("name"),
    name_en: text("name_en"),
    bin,
    hint: text("hint"),
    hint_en: text("hint_en"),
  };
}

/** By Fisher and Yates: every order is as likely as any other. */
function shuffled<Value>(values: readonly Value[], random: () => number): Value[] {
  const mixed = [...values];
  for (let last = mixed.length - 1; last > 0; last -= 1) {
    const place = Math.floor(random() * (last + 1));
    const [one, other] = [mixed[last], mixed[place]];
    if (one === undefined || other === undefined) continue;
    mixed[last] = other;
    mixed[place] = one;
  }
  return mixed;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
