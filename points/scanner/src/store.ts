/**
 * What the phone remembers, in IndexedDB: the outbox, the journal, and a few notes. It survives a
 * reload, a crash and an update of the app, and belongs to no token: who signs out loses nothing.
 *
 * What is written here is on the disk (`durability: "strict"`) before the promise resolves, so what
 * is sent after that cannot have been forgotten.
 */

import { EMPTY, type Entry, type Happening, type Head, headAt, nextEntry } from "./journal.ts";
import { Mirror } from "./mirror.ts";
import type { Item, State } from "./queue.ts";

/** Why the phone cannot remember. */
export type StoreTrouble =
  /** The app is older than what it finds: another version has been here. */
  | "newer"
  /** The phone is full. */
  | "full"
  /** A newer version in another tab asked for the store. */
  | "closed"
  /** The browser offers none, as in some private windows. */
  | "unavailable";

export class StoreError extends Error {
  declare readonly trouble: StoreTrouble;

  constructor(trouble: StoreTrouble, cause: unknown) {
    super(`the store is ${trouble}`, { cause });
    this.trouble = trouble;
  }
}

/** Do without what a full phone cannot remember, and tell whether it could; no more than that. */
export async function ifRoom(act: Promise<unknown>): Promise<boolean> {
  try {
    await act;
    return true;
  } catch (error) {
    if (error instanceof StoreError && error.trouble === "full") return false;
    throw error;
  }
}

/** One step from a schema to the next. It may convert what is there; it must not drop it. */
export type Step = (database: IDBDatabase, transaction: IDBTransaction) => void;

/** All steps, oldest first: add, never change. Their count is the schema's version. */
export const SCHEMA: readonly Step[] = [
  (database) => {
    const outbox = database.createObjectStore("outbox", { keyPath: "id" });
    outbox.createIndex("by_state", ["state", "n"]);
    outbox.createIndex("by_place", "n");
    database.createObjectStore("journal", { keyPath: "n" });
    database.createObjectStore("notes");
  },
];

const NAME = "points-scanner";
const UNSETTLED: readonly State[] = ["waiting", "sent", "attention"];

type Place = "outbox" | "journal" | "notes";

/** Open the phone's memory, converting what an older version of the app left there. */
export function openStore(
  closed: () => void = () => {},
  { name = NAME, schema = SCHEMA }: { name?: string; schema?: readonly Step[] } = {},
): Promise<Store> {
  return new Promise((resolve, reject) => {
    const asked = indexedDB.open(name, schema.length);
    asked.onupgradeneeded = ({ oldVersion }) => {
      const { result, transaction } = asked;
      if (transaction === null) return;
      for (const step of schema.slice(oldVersion)) step(result, transaction);
    };
    asked.onerror = () => reject(troubled(asked.error));
    asked.onsuccess = () => resolve(new Store(asked.result, closed));
  });
}

export class Store {
  readonly #database: IDBDatabase;
  readonly #mirror: Mirror;

  /** @param closed called when another tab needs a newer schema: this page has to load anew */
  constructor(database: IDBDatabase, closed: () => void) {
    this.#database = database;
    this.#mirror = new Mirror(database.name);
    database.onversionchange = () => {
      database.close();
      closed();
    };
  }

  /**
   * Write an act into the journal and the outbox, both or neither. Two tabs never write the same
   * line: whoever comes second follows the first.
   *
   * @param make builds the item, once its line in the journal has its number
   */
  async record(happening: Happening, make: (n: number) => Item): Promise<Item> {
    const written = await this.#act(["journal", "outbox"], "readwrite", async (transaction) => {
      const entry = await append(transaction, happening);
      const item = make(entry.n);
      transaction.objectStore("outbox").add(item);
      return item;
    });
    this.#mirror.wrote([written]);
    return written;
  }

  /** Write into the journal alone, as when the scanner starts. */
  note(happening: Happening): Promise<Entry> {
    return this.#act(["journal"], "readwrite", (transaction) => append(transaction, happening));
  }

  /**
   * Let items pass on: read everything unsettled, write what the transition gives back, as one act.
   * Items that it does not give back stay as they are; none can be removed.
   *
   * @param how `ids` of the only items to read, where they are known; `lines` that the journal has
   *   to tell of it, in the same act
   */
  async change(
    transition: (unsettled: readonly Item[]) => readonly Item[],
    how: {
      readonly ids?: Iterable<string>;
      readonly lines?: (changed: readonly Item[]) => readonly Happening[];
    } = {},
  ): Promise<readonly Item[]> {
    const { ids, lines } = how;
    const places: readonly Place[] = lines === undefined ? ["outbox"] : ["journal", "outbox"];
    const written = await this.#act(places, "readwrite", async (transaction) => {
      const outbox = transaction.objectStore("outbox");
      const found = ids === undefined ? inStates(outbox, UNSETTLED) : unsettledOf(outbox, ids);
      const changed = transition(await found);
      for (const item of changed) outbox.put(item);
      for (const line of lines?.(changed) ?? []) await append(transaction, line);
      return changed;
    });
    this.#mirror.wrote(written);
    return written;
  }

  /** Do the same to one item, settled or not; null if there is none. */
  async changeOne(id: string, transition: (item: Item) => Item): Promise<Item | null> {
    const written = await this.#act(["outbox"], "readwrite", async (transaction) => {
      const outbox = transaction.objectStore("outbox");
      const found = await answer<Item | undefined>(outbox.get(id));
      if (found === undefined) return null;
      const changed = transition(found);
      outbox.put(changed);
      return changed;
    });
    if (written !== null) this.#mirror.wrote([written]);
    return written;
  }

  /**
   * Begin a new journal, for a phone that works under another name from now on. Tells whether that
   * could be: never while anything waits or a person must look at something.
   */
  startOver(): Promise<boolean> {
    return this.#act(["journal", "outbox"], "readwrite", async (transaction) => {
      const outbox = transaction.objectStore("outbox");
      if ((await inStates(outbox, UNSETTLED)).length > 0) return false;
      outbox.clear();
      transaction.objectStore("journal").clear();
      return true;
    });
  }

  /** Everything that is not settled, oldest first. */
  unsettled(): Promise<readonly Item[]> {
    return this.#mirror.list(() =>
      this.#act(["outbox"], "readonly", (transaction) =>
        inStates(transaction.objectStore("outbox"), UNSETTLED),
      ),
    );
  }

  /** The last few items, newest first. */
  latest(count: number): Promise<Item[]> {
    return this.#act(["outbox"], "readonly", async (transaction) => {
      const cursor = transaction.objectStore("outbox").index("by_place").openCursor(null, "prev");
      return await collect<Item>(cursor, count);
    });
  }

  /** How many items are in each state; asks no item, so that thousands cost nothing. */
  counts(): Promise<{ readonly [state in State]: number }> {
    return this.#act(["outbox"], "readonly", async (transaction) => {
      const byState = transaction.objectStore("outbox").index("by_state");
      const count = (state: State) => answer(byState.count(inState(state)));
      const [waiting, sent, settled, attention] = await Promise.all([
        count("waiting"),
        count("sent"),
        count("settled"),
        count("attention"),
      ]);
      return { waiting, sent, settled, attention };
    });
  }

  /** Lines of the journal after number `after`, at most `most`. */
  journal(after: number, most: number): Promise<Entry[]> {
    const range = IDBKeyRange.lowerBound(after, true);
    return this.#act(["journal"], "readonly", (transaction) =>
      answer<Entry[]>(transaction.objectStore("journal").getAll(range, most)),
    );
  }

  /** Where the journal ends. */
  head(): Promise<Head> {
    return this.#act(["journal"], "readonly", headOf);
  }

  /** Everything that a person may carry elsewhere when this phone cannot send it any more. */
  everything(): Promise<{ readonly journal: Entry[]; readonly outbox: Item[] }> {
    return this.#act(["journal", "outbox"], "readonly", async (transaction) => {
      const [journal, outbox] = await Promise.all([
        answer<Entry[]>(transaction.objectStore("journal").getAll()),
        answer<Item[]>(transaction.objectStore("outbox").index("by_place").getAll()),
      ]);
      return { journal, outbox };
    });
  }

  /** Read what was kept under a name: the token, the booth, a setting; undefined for nothing. */
  kept(name: string): Promise<unknown> {
    return this.#act(["notes"], "readonly", (transaction) =>
      answer<unknown>(transaction.objectStore("notes").get(name)),
    );
  }

  /** Keep something under a name, in place of what was there. */
  keep(name: string, value: unknown): Promise<void> {
    return this.#act(["notes"], "readwrite", async (transaction) => {
      await answer(transaction.objectStore("notes").put(value, name));
    });
  }

  close(): void {
    this.#mirror.close();
    this.#database.close();
  }

  /** Run one transaction: what `work` gives, once it is on the disk; all or nothing. */
  async #act<Result>(
    places: readonly Place[],
    mode: IDBTransactionMode,
    work: (transaction: IDBTransaction) => Promise<Result>,
  ): Promise<Result> {
    try {
      const transaction = this.#database.transaction(places, mode, { durability: "strict" });
      const ended = end(transaction);
      const result = await work(transaction).catch((error: unknown) => {
        abort(transaction);
        throw error;
      });
      await ended;
      return result;
    } catch (error) {
      throw troubled(error);
    }
  }
}

async function append(transaction: IDBTransaction, happening: Happening): Promise<Entry> {
  const entry = nextEntry(await headOf(transaction), happening);
  transaction.objectStore("journal").add(entry);
  return entry;
}

async function headOf(transaction: IDBTransaction): Promise<Head> {
  const cursor = transaction.objectStore("journal").openCursor(null, "prev");
  const [last] = await collect<Entry>(cursor, 1);
  return last === undefined ? EMPTY : headAt(last);
}

async function unsettledOf(outbox: IDBObjectStore, ids: Iterable<string>): Promise<Item[]> {
  const asked = [...ids].map((id) => answer<Item | undefined>(outbox.get(id)));
  const found = (await Promise.all(asked)).filter((item) => item !== undefined);
  return found.filter((item) => item.state !== "settled").sort((one, other) => one.n - other.n);
}

async function inStates(outbox: IDBObjectStore, states: readonly State[]): Promise<Item[]> {
  const byState = outbox.index("by_state");
  const found = await Promise.all(
    states.map((state) => answer<Item[]>(byState.getAll(inState(state)))),
  );
  return found.flat().sort((one, other) => one.n - other.n);
}

function inState(state: State): IDBKeyRange {
  return IDBKeyRange.bound([state], [state, Number.MAX_SAFE_INTEGER]);
}

function answer<Result>(asked: IDBRequest<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
}

function collect<Value>(asked: IDBRequest<IDBCursorWithValue | null>, most: number) {
  return new Promise<Value[]>((resolve, reject) => {
    const found: Value[] = [];
    asked.onerror = () => reject(asked.error);
    asked.onsuccess = () => {
      const cursor = asked.result;
      if (cursor !== null) found.push(cursor.value as Value);
      if (cursor === null || found.length >= most) resolve(found);
      else cursor.continue();
    };
  });
}

function end(transaction: IDBTransaction): Promise<void> {
  const ended = new Promise<void>((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error);
  });
  // Whoever waits for it hears of it; where the work failed first, nobody waits.
  ended.catch(() => {});
  return ended;
}

function abort(transaction: IDBTransaction): void {
  try {
    transaction.abort();
  } catch {
    // It has ended by itself.
  }
}

/** Name the trouble if the browser's reason is known; else give it back as it is. */
function troubled(error: unknown): unknown {
  if (!(error instanceof DOMException)) return error;
  const trouble = TROUBLES[error.name];
  return trouble === undefined ? error : new StoreError(trouble, error);
}

const TROUBLES: { readonly [name: string]: StoreTrouble } = {
  VersionError: "newer",
  QuotaExceededError: "full",
  InvalidStateError: "closed",
  SecurityError: "unavailable",
  UnknownError: "unavailable",
};
