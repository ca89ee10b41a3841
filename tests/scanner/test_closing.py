"""The end of an event as its phones live it: what they hold keeps it open, and then it closes."""

from datetime import timedelta

from playwright.sync_api import expect

from points.domain.access import Role
from points.domain.cases import CaseKind, Wish
from points.domain.closing import Shortfall, Signature
from points.domain.closing_sheets import ClosingSheet
from points.service.cases import read_cases
from points.service.closing import NotClosed, close_event
from tests.drills.processes import wait_until
from tests.live import Live
from tests.market import LI, MARKET, WANG
from tests.scanner.booth import Booth
from tests.scanner.conftest import Pair
from tests.web.served import CALLERS, CODES, earn

TIME_MAX = 30
BEAT = timedelta(seconds=65)
"""A little longer than a phone waits before it tells again how it stands."""


def close(live: Live) -> list[set[Shortfall]]:
    """Close the market; tell of each phone that stands in the way, why."""
    outcome = close_event(live.served.book, MARKET.key, by=Signature(), now=live.clock())
    if isinstance(outcome, ClosingSheet):
        return []
    assert isinstance(outcome, NotClosed)
    return [set(one.shortfalls) for one in outcome.missing]


def cases(live: Live) -> list[CaseKind]:
    found = read_cases(live.served.book, CALLERS["supervisor"], Wish(event=MARKET.key))
    return sorted(one.case.about.kind for one in found)


def expect_in_the_way(booth: Booth, *due: set[Shortfall]) -> None:
    """Wait until this alone keeps the market open; the phone tells how it stands each minute."""

    def is_so() -> bool:
        booth.live.clock.now += BEAT
        booth.phone.page.clock.fast_forward(BEAT // timedelta(milliseconds=1))
        return close(booth.live) == [*due]

    wait_until(is_so, TIME_MAX, told=lambda: str(close(booth.live)), look=1)


def test_what_a_phone_holds_keeps_its_event_open_until_it_is_sent(pair: Pair, live: Live) -> None:
    booth = pair(4, Role.REDEEM)
    booth.lose_answers("/operations")
    for owner in (WANG, LI):
        booth.scan(CODES[owner])
        booth.expect_verdict("kept", "+10")
        booth.next()
    expect_in_the_way(booth, {Shortfall.WAITING})

    booth.heal()
    booth.wait_until_sent()

    expect_in_the_way(booth)
    assert cases(live) == []


def test_a_line_that_a_phone_lost_of_its_journal_is_a_case(pair: Pair, live: Live) -> None:
    booth = pair(4, Role.REDEEM)
    booth.lose_requests("/devices/journal")
    for owner in (WANG, LI):
        booth.scan(CODES[owner])
        booth.expect_verdict("ok", "+10")
        booth.next()
    booth.forget_line(booth.outbox()[0]["n"])

    booth.mend("/devices/journal")
    expect_in_the_way(booth, {Shortfall.JOURNAL_BEHIND})

    assert cases(live) == [CaseKind.JOURNAL_GAP]


def test_a_scan_taken_back_before_it_was_refused_keeps_no_event_open(
    pair: Pair, live: Live
) -> None:
    booth = pair(4, Role.REDEEM)
    live.served.operate("redeeming", earn())
    booth.lose_network()
    booth.scan(CODES[WANG])
    booth.expect_verdict("kept", "+10")
    booth.press("撤销")
    booth.expect_verdict("kept")
    booth.next()

    booth.heal()
    booth.wait_until_sent()

    expect(booth.top).not_to_contain_text("要请负责人看")
    expect_in_the_way(booth)
