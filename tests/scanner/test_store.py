"""What the phone remembers: whole or not at all, by two tabs at once, through updates."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from points.domain.journals import Entry, check_journal, entry_hash
from tests.scanner.workbench import ADDRESS, Workbench

BEGIN = """
window.modules = Promise.all([import("/src/store.ts"), import("/src/queue.ts")]);
window.begin = async (closed) => {
  const [{ openStore }, { queued }] = await modules;
  window.store = await openStore(closed);
  window.act = (id, given) => store.record(
    { at: 1575511200000, session: "run", ticked: 0, kind: "operation", subject: id, digest: "" },
    (n) => ({ ...queued({ id, kind: "earn" }, { n, isPromised: true }), ...given }),
  );
};
0; // a script that ends on a function has it called
"""
EVERYTHING = "store.everything()"
LATER = 1575511200000


@pytest.fixture
def workbench(browser: Browser) -> Iterator[Workbench]:
    context = browser.new_context()
    yield Workbench(context)
    context.close()


def open_tab(workbench: Workbench) -> Page:
    page = workbench.page()
    page.evaluate(BEGIN)
    page.evaluate("begin(() => { window.isClosed = true; })")
    return page


def trouble(page: Page, script: str) -> str:
    """Give why it failed."""
    found: str = page.evaluate(
        f"({script}).then(() => '', (error) => error.trouble ?? `${{error}}`)"
    )
    return found


def journal_of(everything: dict[str, Any]) -> list[Entry]:
    return [Entry(**entry) for entry in everything["journal"]]


def test_nothing_that_only_https_has_is_needed(workbench: Workbench) -> None:
    page = open_tab(workbench)
    page.evaluate("act('one')")

    found = page.evaluate("[isSecureContext, typeof crypto.subtle, typeof crypto.randomUUID]")

    assert found == [False, "undefined", "undefined"]
    assert page.evaluate("store.counts()")["waiting"] == 1


def test_an_act_is_in_the_journal_and_in_the_outbox(workbench: Workbench) -> None:
    page = open_tab(workbench)

    page.evaluate("act('one').then(() => act('two'))")

    everything = page.evaluate(EVERYTHING)
    assert [(item["n"], item["id"], item["state"]) for item in everything["outbox"]] == [
        (1, "one", "waiting"),
        (2, "two", "waiting"),
    ]
    journal = journal_of(everything)
    assert [(entry.n, entry.subject) for entry in journal] == [(1, "one"), (2, "two")]
    assert check_journal(journal, received_at=LATER) == []
    assert page.evaluate("store.head()") == {"n": 2, "hash": entry_hash(journal[-1])}


def test_an_act_that_fails_midway_is_in_neither(workbench: Workbench) -> None:
    page = open_tab(workbench)
    page.evaluate("act('one')")

    assert trouble(page, "act('one')") != "", "the same act cannot be queued twice"
    assert "broken" in trouble(page, "store.record({}, () => { throw new Error('broken'); })")

    everything = page.evaluate(EVERYTHING)
    assert [len(everything["journal"]), len(everything["outbox"])] == [1, 1]


def test_two_tabs_at_once_write_one_journal(workbench: Workbench) -> None:
    tabs = {name: open_tab(workbench) for name in ("left", "right")}
    for name, tab in tabs.items():
        tab.evaluate(
            f"""window.done = Promise.all(
              Array.from({{ length: 40 }}, (_, place) => act("{name} " + place)));
            0"""
        )
    for tab in tabs.values():
        tab.evaluate("done")

    everything = tabs["left"].evaluate(EVERYTHING)

    journal = journal_of(everything)
    assert [entry.n for entry in journal] == list(range(1, 81))
    assert check_journal(journal, received_at=LATER) == []
    assert {item["n"]: item["id"] for item in everything["outbox"]} == {
        entry.n: entry.subject for entry in journal
    }


def test_items_pass_on_together_and_none_can_be_removed(workbench: Workbench) -> None:
    page = open_tab(workbench)
    for name in ("one", "two", "three", "four"):
        page.evaluate(f"act('{name}')")

    page.evaluate(
        """store.change((unsettled) => [
          { ...unsettled[0], state: "sent" }, { ...unsettled[1], state: "settled" }])"""
    )
    page.evaluate("store.change((unsettled) => [])")
    page.evaluate("store.changeOne('three', (item) => ({ ...item, state: 'attention' }))")

    assert page.evaluate("store.changeOne('five', (item) => item)") is None
    assert page.evaluate("store.counts()") == {
        "waiting": 1,
        "sent": 1,
        "settled": 1,
        "attention": 1,
    }
    assert [one["id"] for one in page.evaluate("store.unsettled()")] == ["one", "three", "four"]
    assert [one["id"] for one in page.evaluate("store.latest(2)")] == ["four", "three"]


def test_a_transition_that_fails_changes_nothing(workbench: Workbench) -> None:
    page = open_tab(workbench)
    page.evaluate("act('one')")

    failed = trouble(page, "store.change(([item]) => [{ ...item, state: 'sent' }, { id: {} }])")

    assert failed != ""
    assert page.evaluate("store.counts()")["waiting"] == 1


def test_a_few_things_are_kept_under_names(workbench: Workbench) -> None:
    page = open_tab(workbench)

    page.evaluate("store.keep('booth', { number: 4 }).then(() => store.keep('sun', true))")

    assert page.evaluate("Promise.all(['booth', 'sun', 'x'].map((name) => store.kept(name)))") == [
        {"number": 4},
        True,
        None,
    ]


def test_a_journal_is_read_from_where_one_left_off(workbench: Workbench) -> None:
    page = open_tab(workbench)
    page.evaluate(
        """store.note({ at: 0, session: "run", ticked: 0, kind: "start", subject: "", digest: "" })
          .then(() => act('one')).then(() => act('two'))"""
    )

    assert [entry["n"] for entry in page.evaluate("store.journal(0, 2)")] == [1, 2]
    assert [entry["n"] for entry in page.evaluate("store.journal(2, 9)")] == [3]


def test_a_newer_app_converts_what_an_older_one_left_and_the_older_one_steps_aside(
    workbench: Workbench,
) -> None:
    older = open_tab(workbench)
    older.evaluate("act('one').then(() => act('two', { state: 'attention' }))")
    newer = workbench.page()
    newer.evaluate(BEGIN)

    converted = newer.evaluate(
        """(async () => {
          const [{ openStore, SCHEMA }] = await modules;
          const convert = (database, transaction) => {
            const outbox = transaction.objectStore("outbox");
            outbox.openCursor().onsuccess = ({ target }) => {
              if (target.result === null) return;
              target.result.update({ ...target.result.value, colour: "green" });
              target.result.continue();
            };
          };
          window.store = await openStore(() => {}, { schema: [...SCHEMA, convert] });
          return store.everything();
        })()"""
    )

    assert [(item["id"], item["state"], item["colour"]) for item in converted["outbox"]] == [
        ("one", "waiting", "green"),
        ("two", "attention", "green"),
    ]
    assert [entry["subject"] for entry in converted["journal"]] == ["one", "two"]
    assert older.evaluate("isClosed")
    assert trouble(older, "act('three')") == "closed"
    older.reload()
    older.evaluate(BEGIN)
    assert trouble(older, "begin(() => {})") == "newer"


def test_a_full_phone_says_so_and_keeps_what_it_has(workbench: Workbench) -> None:
    page = workbench.page()
    session = workbench.context.new_cdp_session(page)
    # Before the first write: the browser remembers for a while how much room there was.
    session.send("Storage.overrideQuotaForOrigin", {"origin": ADDRESS, "quotaSize": 200_000})
    page.evaluate(BEGIN)
    page.evaluate("begin(() => {})")
    page.evaluate("act('one')")

    full = trouble(page, "act('two', { padding: 'x'.repeat(5_000_000) })")

    assert full == "full"
    page.evaluate("act('three')")
    journal = journal_of(page.evaluate(EVERYTHING))
    assert [entry.subject for entry in journal] == ["one", "three"]
    assert check_journal(journal, received_at=LATER) == []


def test_a_thousand_items_are_counted_without_being_read(workbench: Workbench) -> None:
    page = open_tab(workbench)

    page.evaluate("Promise.all(Array.from({ length: 1000 }, (_, place) => act(`${place}`)))")

    assert page.evaluate("store.counts()")["waiting"] == 1000
    assert page.evaluate("store.head()")["n"] == 1000
