"""What goes wrong on a bad day, and that nothing is lost or booked twice over it."""

from datetime import timedelta
from random import Random

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from points.domain.access import Role
from points.domain.cases import CaseKind
from points.domain.operations import Kind
from points.service.cards import print_cards
from points.service.transactions import snapshot
from points.storage.columns import table_of
from points.storage.ledger import OperationRow
from tests.live import Live
from tests.market import LI, NOW, WANG
from tests.scanner.booth import Booth
from tests.scanner.conftest import Pair
from tests.scanner.phone import Phone
from tests.scanner.test_closing import cases
from tests.web.served import CODES, earn

QUEUE = 500
ROOM = 4_000_000
POISON = "p" * 2_000_000


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
        booth.type_code(card)
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

    booth.type_code(CODES[WANG])
    booth.expect_verdict("ask", "手机时间不准，调好再扫")
    booth.press("叫负责人")
    booth.lose_network()
    booth.type_code(CODES[LI])
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
    booth.type_code(CODES[WANG])
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


def test_a_full_phone_says_so_and_what_it_holds_goes_out(phone: Phone, live: Live) -> None:
    session = phone.context.new_cdp_session(phone.page)
    room = {"origin": live.address, "quotaSize": ROOM}
    session.send("Storage.overrideQuotaForOrigin", room)
    booth = Booth.paired(phone, live, booth=4, role=Role.REDEEM)
    booth.phone.wait_until_kept()
    booth.lose_network()
    booth.type_code(CODES[WANG])
    booth.expect_verdict("kept", "+10")
    booth.next()
    booth.fill_up()

    booth.phone.page.reload()
    expect(booth.top).to_contain_text("展位4")
    booth.type_code(CODES[LI])
    expect(booth.top).to_contain_text("手机存满了，请先清出一点地方再扫")
    assert [item["operation"]["card"] for item in booth.unsent()] == [CODES[WANG]]

    session.send("Storage.overrideQuotaForOrigin", {"origin": live.address})
    booth.heal()
    booth.wait_until_sent()

    assert earned(live) == [item["id"] for item in booth.outbox()]
