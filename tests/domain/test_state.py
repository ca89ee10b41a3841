from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from points.domain.access import OPERATOR
from points.domain.facts import Accepted, Card, CardState, Facts, Outcome, Refused
from points.domain.ids import HouseholdId, OperationId
from points.domain.operations import card_by_number
from points.domain.outcomes import Refusal
from points.domain.periods import DaysValid, spelled
from points.domain.programme import Session
from points.domain.state import State
from tests.build import (
    ask,
    make_card,
    make_catalog,
    make_device,
    make_earn,
    make_facts,
    make_undo,
    with_version,
)
from tests.market import (
    CLEAN_UP,
    CORRIDORS,
    DAY,
    LI,
    LI_CARD,
    MARKET,
    NOW,
    POINTS_END,
    PROGRAMME,
    SHIJI,
    WANG,
    WANG_CARD,
    ZHAO,
    ZHAO_CARD,
    Item,
    at,
)
from tests.memory import Memory

PAID = Accepted(operation=OperationId(1000), points=10, balance=10)
MICROSECOND, MINUTE = timedelta(microseconds=1), timedelta(minutes=1)


def with_card(card: Card) -> Facts:
    return replace(make_facts(), cards={WANG_CARD: card})


def tell_at(moment: datetime, *given: Item, now: datetime, is_offline: bool = False) -> Outcome:
    book = Memory(make_facts(catalog=make_catalog(*given), now=now))
    return book.tell(make_earn(occurred_at=moment, is_offline=is_offline))


def test_an_unknown_card_may_become_known() -> None:
    stranger = make_earn(card=card_by_number("999"))

    assert Memory().tell(stranger) == Refused(reason=Refusal.CARD_UNKNOWN)


@pytest.mark.parametrize(
    ("state", "reason"),
    [(CardState.FROZEN, Refusal.CARD_FROZEN), (CardState.REPLACED, Refusal.CARD_REPLACED)],
)
def test_a_card_that_was_stopped_counts_only_for_what_happened_before(
    state: CardState, reason: Refusal
) -> None:
    facts = with_card(make_card(state=state, stopped_at=NOW))

    before = make_earn(occurred_at=NOW - MICROSECOND, is_offline=True)

    assert Memory(facts).tell(make_earn(occurred_at=NOW)) == Refused(reason=reason)
    assert Memory(facts).tell(before) == PAID


@pytest.mark.parametrize("frozen_at", [NOW, NOW + timedelta(days=400)])
def test_no_clock_thaws_a_frozen_card(frozen_at: datetime) -> None:
    """Neither a phone's that is slow, nor that of the desk that was a year ahead."""
    facts = with_card(make_card(state=CardState.FROZEN, stopped_at=frozen_at))
    slow = make_earn(occurred_at=NOW - 5 * MINUTE, is_offline=False)

    assert Memory(facts).tell(slow) == Refused(reason=Refusal.CARD_FROZEN)


def test_a_card_without_a_resident_earns_for_its_household() -> None:
    assert Memory(with_card(make_card(resident=None))).tell(make_earn()) == PAID


def test_a_household_without_a_community_takes_part_anywhere() -> None:
    anonymous = replace(make_facts(), communities={WANG: None})
    scan = make_earn(activity=CLEAN_UP.key, building="3")

    outcome = Memory(anonymous).tell(ask(scan, by=OPERATOR))

    assert isinstance(outcome, Accepted)


def test_a_household_of_another_community_takes_no_part() -> None:
    scan = make_earn(card=ZHAO_CARD, activity=CLEAN_UP.key, building="3")

    outcome = Memory().tell(ask(scan, by=OPERATOR))

    assert outcome == Refused(reason=Refusal.OTHER_COMMUNITY)


def test_everybody_takes_part_in_the_whole_subdistricts_event() -> None:
    assert Memory().tell(make_earn(card=ZHAO_CARD)) == PAID


@pytest.mark.parametrize("clock", ["09:00", "11:59:59.999999"])
def test_a_scan_counts_from_opening_until_just_before_closing(clock: str) -> None:
    assert tell_at(at(clock), now=at(clock)) == PAID


def test_a_scan_before_opening_is_told_when_to_come() -> None:
    early = at("08:59:59.999999")

    assert tell_at(early, now=early) == Refused(
        reason=Refusal.NOT_OPEN_YET, details={"opens_at": spelled(at("09:00"))}
    )


def test_a_scan_at_closing_is_too_late() -> None:
    assert tell_at(at("12:00"), now=at("12:00")) == Refused(reason=Refusal.CLOSED)


@pytest.mark.parametrize("clock", ["08:45", "12:14:59.999999"])
def test_tolerance_lets_a_scan_count_around_the_opening_hours(clock: str) -> None:
    tolerant = replace(MARKET, tolerance_minutes=15)

    assert tell_at(at(clock), tolerant, now=at(clock)) == PAID


def test_between_two_days_of_an_event_the_next_opening_is_told() -> None:
    tomorrow = DAY + timedelta(days=1)
    second, third = (
        Session(opens=at(opens, on=tomorrow), closes=at(closes, on=tomorrow))
        for opens, closes in (("09:00", "12:00"), ("14:00", "16:00"))
    )
    event = replace(MARKET, sessions=(*MARKET.sessions, second, third))

    assert tell_at(at("13:00"), event, now=at("13:00")) == Refused(
        reason=Refusal.NOT_OPEN_YET, details={"opens_at": spelled(second.opens)}
    )


def test_a_live_scan_may_be_as_far_off_as_clocks_are() -> None:
    slack = timedelta(minutes=PROGRAMME.clock_minutes_off_max)
    moments = [NOW - slack - MICROSECOND, NOW - slack, NOW + slack, NOW + slack + MICROSECOND]

    assert [tell_at(moment, now=NOW) for moment in moments] == [
        Refused(reason=Refusal.CLOCK_OFF),
        PAID,
        PAID,
        Refused(reason=Refusal.CLOCK_OFF),
    ]


def test_an_offline_scan_may_be_days_old_but_no_more_than_agreed() -> None:
    longest = timedelta(days=PROGRAMME.offline_days_max)

    assert tell_at(NOW, now=NOW + longest, is_offline=True) == PAID
    assert tell_at(NOW, now=NOW + longest + MICROSECOND, is_offline=True) == Refused(
        reason=Refusal.TOO_OLD, details={"days_max": 14}
    )


def test_an_offline_scan_is_never_from_the_future() -> None:
    ahead = NOW + timedelta(minutes=11)

    assert tell_at(ahead, now=NOW, is_offline=True) == Refused(reason=Refusal.CLOCK_OFF)


@pytest.mark.parametrize("ahead", [timedelta(hours=2), timedelta(days=8)])
def test_a_phone_is_right_by_the_clock_even_where_the_book_is_ahead_of_it(ahead: timedelta) -> None:
    slack, longest = timedelta(minutes=10), timedelta(days=PROGRAMME.offline_days_max)
    facts = replace(make_facts(now=NOW + ahead), clock=NOW)

    def fault(moment: datetime, *, is_offline: bool = False) -> Refusal | None:
        found = State(facts).time_fault(moment, is_offline=is_offline)
        return found.reason if found is not None else None

    moments = [NOW - slack - MICROSECOND, NOW - slack, NOW + ahead + slack]
    assert [fault(it) for it in moments] == [Refusal.CLOCK_OFF, None, None]
    assert fault(NOW + ahead + slack + MICROSECOND) is Refusal.CLOCK_OFF
    assert fault(NOW - longest, is_offline=True) is None
    assert fault(NOW - longest - MICROSECOND, is_offline=True) is Refusal.TOO_OLD


def test_a_day_turns_at_midnight_in_the_programmes_zone() -> None:
    tomorrow = DAY + timedelta(days=1)
    night = Session(opens=at("22:00"), closes=at("02:00", on=tomorrow))
    catalog = make_catalog(replace(MARKET, sessions=(night,)))
    book = Memory(make_facts(catalog=catalog, now=at("00:00", on=tomorrow)))

    book.tell(make_earn(occurred_at=at("23:59:59.999999")))
    book.tell(make_earn(card=ZHAO_CARD, occurred_at=at("00:00", on=tomorrow)))

    assert [posted.local_day for posted in book.posted] == [DAY, tomorrow]


def test_a_day_is_cut_in_the_zone_that_was_the_programmes_then() -> None:
    far = replace(PROGRAMME, zone=ZoneInfo("America/New_York"))
    catalog = with_version(make_catalog(), far, valid_from=at("12:00"))
    state = State(make_facts(catalog=catalog, now=at("13:00")))

    assert (state.day(at("00:30")), state.day(at("12:30"))) == (DAY, DAY - timedelta(days=1))


def test_points_end_by_the_rule_of_the_moment_that_they_were_earned_at() -> None:
    short = replace(PROGRAMME, expires=DaysValid(0))
    state = State(make_facts(catalog=with_version(make_catalog(), short, valid_from=NOW)))

    assert state.expiry(NOW - MICROSECOND) == POINTS_END
    assert state.expiry(NOW) == at("00:00", on=DAY + timedelta(days=1))


def test_the_household_that_stands_is_found_through_all_merges() -> None:
    third = HouseholdId(3)
    state = State(replace(make_facts(), stands={WANG: LI}))

    state.join(LI, third)

    assert [state.household(one) for one in (WANG, LI, third)] == [third] * 3


def test_an_undo_finds_ones_own_operation_before_anothers_of_the_same_name() -> None:
    book = Memory()
    mine, theirs = make_device(number=1), make_device(number=2)
    book.tell(ask(make_earn(), key="same", by=mine))
    book.tell(ask(make_earn(card=ZHAO_CARD), key="same", by=theirs))

    state = State(book.facts)
    key = ask(make_earn(), key="same").key

    found = [state.original(device, key) for device in (mine, theirs, make_device(number=3))]
    assert [original and original.ref.scope for original in found] == [mine.id, theirs.id, None]


def test_who_checked_in_is_listed_by_time_without_those_taken_back() -> None:
    one_community = dict.fromkeys((WANG, LI, ZHAO), SHIJI.key)
    book = Memory(replace(make_facts(now=at("10:05")), communities=one_community))
    phone = make_device(event=CORRIDORS.key, booth=None)
    for card, clock in ((WANG_CARD, "10:01"), (LI_CARD, "10:00"), (ZHAO_CARD, "10:02")):
        scan = make_earn(card=card, activity=CLEAN_UP.key, building="3", occurred_at=at(clock))
        book.tell(ask(scan, key=clock, by=phone))
    book.tell(ask(make_undo("10:02", occurred_at=at("10:05")), by=phone))

    ((key, _),) = book.facts.clean_ups.items()

    assert [one.household for one in State(book.facts).participants(key)] == [LI, WANG]
