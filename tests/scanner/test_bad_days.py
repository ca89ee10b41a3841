"""What goes wrong on a bad day, and that nothing is lost or booked twice over it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from random import Random
from shutil import copy, copytree

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from points.domain.access import Role
from points.domain.cases import CaseKind
from points.domain.operations import Kind
from points.service.cards import print_cards
from points.service.transactions import snapshot
from points.storage.columns import table_of
from points.storage.engine import open_database
from points.storage.ledger import OperationRow
from points.web.pages import scanner
from tests.drills.serving import Crash, DieAt, Seam, Service, service_on
from tests.live import Live
from tests.market import LI, NOW, WANG
from tests.save import WallClock
from tests.scanner.booth import Booth
from tests.scanner.conftest import Pair, PhoneAt
from tests.scanner.phone import Phone
from tests.scanner.test_closing import cases
from tests.web.served import CODES, earn, serve

QUEUE = 500
ROOM = 4_000_000
POISON = "p" * 2_000_000


@dataclass(frozen=True, slots=True)
class MarketDay:
    """Prepares a process for the market day; it may kill itself in the middle of it."""

    crash: Crash | None = None

    def __call__(self) -> None:
        vars(import_module("points.cli.serving"))["now"] = WallClock()
        if self.crash is not None:
            DieAt(self.crash)()


@dataclass(frozen=True, slots=True)
class Killable:
    """The market day in a process of its own, not started yet."""

    live: Live
    service: Service


@pytest.fixture
def killable(migrated_sqlite: Path, tmp_path: Path) -> Iterator[Killable]:
    file = tmp_path / "points.db"
    copy(migrated_sqlite, file)
    url = f"sqlite:///{file}"
    database = open_database(url)
    with serve(database, url) as served:
        pass  # it is set up; whoever serves it finds it so
    with service_on(url, tmp_path) as service:
        yield Killable(Live(service.base_url, served), service)
    database.dispose()


def newer_app(folder: Path) -> Path:
    """Build the app as if there were one more step to the phone's memory."""
    copytree(scanner.BUILT, folder)
    [script] = folder.glob("assets/index-*.js")
    script.with_suffix(".js.gz").unlink()
    for file, old, new in (
        (folder / "index.html", "<title>", "<title>new "),
        (folder / "sw.js", '"version":"', '"version":"new'),
        (script, "indexedDB.open(t,n.length)", "indexedDB.open(t,n.length+1)"),
    ):
        text = file.read_text("utf-8")
        assert text.count(old) == 1
        file.write_text(text.replace(old, new), "utf-8")
    return folder


def new_cards(live: Live, count: int) -> list[str]:
    printed = print_cards(
        live.served.book.database,
        count,
        now=live.clock(),
        random_bytes=Random(5).randbytes,
        public_url=None,
    )
    return [card.code for card in printed]


def earned(live: Live) -> list[str]:
    """Give the name of every earning in the book."""
    row = table_of(OperationRow)
    with snapshot(live.served.book.database) as connection:
        return list(connection.scalars(select(row.c.key).where(row.c.kind == Kind.EARN)))


def test_one_of_five_hundred_that_nobody_can_take_holds_up_none_of_the_others(
    pair: Pair, live: Live
) -> None:
    booth = pair(4, Role.REDEEM)
    good = [earn(card=card) for card in new_cards(live, QUEUE - 1)]
    poison = earn(activity=POISON)
    booth.queue([*good[: QUEUE // 2], poison, *good[QUEUE // 2 :]])

    expect(booth.top).to_contain_text("有 1 条要请负责人看", timeout=30_000)
    booth.wait_until_sent()
    assert [item["id"] for item in booth.unsent()] == [poison["id"]]
    assert sorted(earned(live)) == sorted(item["id"] for item in good)


def test_two_tabs_send_each_act_once(pair: Pair, live: Live) -> None:
    left = pair(4, Role.REDEEM)
    right = Booth(Phone(left.phone.context, live.address), live)
    right.phone.open()
    expect(right.top).to_contain_text("展位4")
    left.lose_network()
    cards = new_cards(live, 8)
    for booth, card in zip([left, right] * 4, cards, strict=True):
        booth.scan(card)
        booth.expect_verdict("kept", "+10")
        booth.next()
    done = [item["id"] for item in left.outbox()]

    left.heal()
    left.wait_until_sent()
    right.wait_until_sent()

    assert len(done) == 8
    assert sorted(earned(live)) == sorted(done)


@pytest.mark.parametrize(("hours", "code"), [(3, "clock_off"), (-3, "not_open_yet")])
def test_a_clock_that_is_wrong_is_told_and_what_it_dated_wrongly_is_kept(
    phone: Phone, live: Live, hours: int, code: str
) -> None:
    booth = Booth.paired(phone, live, booth=4, role=Role.REDEEM, at=NOW + timedelta(hours=hours))
    expect(booth.top).to_contain_text("手机的时间差了 180 分钟，请调好")

    booth.scan(CODES[WANG])
    booth.expect_verdict("ask", "手机时间不准，调好再扫")
    booth.press("叫负责人")
    booth.lose_network()
    booth.scan(CODES[LI])
    booth.expect_verdict("kept", "+10")
    booth.next()
    with booth.phone.page.expect_response("**/api/v1/operations"):
        booth.heal()

    expect(booth.strip).to_contain_text("1 条")
    [item] = booth.unsent()
    assert item["operation"]["card"] == CODES[LI]
    assert item["answer"]["code"] == code
    assert set(cases(live)) == {CaseKind.CLOCK_JUMP}
    assert earned(live) == []


def test_a_clock_that_is_set_back_lets_nothing_wait_for_the_time_to_come_again(
    pair: Pair, live: Live
) -> None:
    booth = pair(4, Role.REDEEM)
    booth.lose_requests("/operations")
    booth.scan(CODES[WANG])
    booth.expect_verdict("kept", "+10")
    booth.next()
    page = booth.phone.page
    for _ in range(6):
        with page.expect_event("requestfailed"):
            page.clock.fast_forward("02:00")  # each time it waits longer

    page.unroute_all()
    page.clock.set_system_time(NOW - timedelta(hours=3))
    page.clock.fast_forward("00:10")

    booth.wait_until_sent()


def test_a_new_app_under_a_new_token_finds_all_that_waits(
    pair: Pair, live: Live, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    booth = pair(4, Role.REDEEM)
    page = booth.phone.page
    booth.phone.wait_until_kept()
    booth.lose_requests("/operations")
    for card in new_cards(live, 12):
        booth.scan(card)
        booth.expect_verdict("kept", "+10")
        booth.next()
    done = [item["id"] for item in booth.outbox()]

    booth.lose_answers("/devices/token")
    booth.hand_over()
    booth.mend("/devices/token")
    with page.expect_response("**/devices/token") as told:
        page.clock.fast_forward("01:05")
        page.clock.fast_forward("01:05")  # it may have been in the middle of a round
    assert told.value.ok
    monkeypatch.setattr(scanner, "BUILT", newer_app(tmp_path / "newer"))
    booth.phone.fetch_update()
    expect(page).to_have_title("扫码 · 垃圾分类积分")
    booth.phone.close_for_update()
    booth.lose_requests("/operations")
    booth.phone.open()

    expect(booth.phone.page).to_have_title("new 扫码 · 垃圾分类积分")
    expect(booth.strip).to_contain_text("12 条")
    booth.heal()
    booth.wait_until_sent()
    assert sorted(earned(live)) == sorted(done)
    assert booth.phone.tell("indexedDB.databases()") == [{"name": "points-scanner", "version": 2}]


def test_a_service_that_dies_after_it_booked_and_comes_back_books_once(
    phone_at: PhoneAt, killable: Killable
) -> None:
    killable.service.start(MarketDay(Crash(Seam.AFTER_COMMIT, 2)))
    live = killable.live
    booth = Booth.paired(phone_at(live.address), live, booth=4, role=Role.REDEEM)
    cards = new_cards(live, 6)
    faces = ["ok", "kept", "kept", "kept"]

    for card, face in zip(cards, faces, strict=False):
        booth.scan(card)
        booth.expect_verdict(face, "+10")
        booth.next()
    killable.service.wait_until_dead()
    assert len(earned(live)) == 2
    killable.service.start(MarketDay())
    for card in cards[4:]:
        booth.scan(card)
        expect(booth.verdict).to_be_visible()
        booth.next()
    booth.wait_until_sent()

    assert sorted(earned(live)) == sorted(item["id"] for item in booth.outbox())


def test_a_full_phone_says_so_and_what_it_holds_goes_out(phone: Phone, live: Live) -> None:
    session = phone.context.new_cdp_session(phone.page)
    room = {"origin": live.address, "quotaSize": ROOM}
    session.send("Storage.overrideQuotaForOrigin", room)
    booth = Booth.paired(phone, live, booth=4, role=Role.REDEEM)
    booth.phone.wait_until_kept()
    booth.lose_network()
    booth.scan(CODES[WANG])
    booth.expect_verdict("kept", "+10")
    booth.next()
    booth.fill_up()

    booth.phone.page.reload()
    expect(booth.top).to_contain_text("展位4")
    booth.scan(CODES[LI])
    expect(booth.top).to_contain_text("手机存满了，请先清出一点地方再扫")
    assert [item["operation"]["card"] for item in booth.unsent()] == [CODES[WANG]]

    session.send("Storage.overrideQuotaForOrigin", {"origin": live.address})
    booth.heal()
    booth.wait_until_sent()

    assert earned(live) == [item["id"] for item in booth.outbox()]
