from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from points.domain.access import OPERATOR
from points.domain.cleanups import equal_shares, share_reference
from points.domain.facts import Accepted, Asked, Outcome, Refused
from points.domain.ids import ActivityKey, EventKey, HouseholdId, OperationId, ResidentId
from points.domain.operations import CardRef, CloseBuilding, Merge, Share, card_by_number
from points.domain.outcomes import Refusal
from points.domain.periods import Period
from points.domain.programme import CleanUp, Session
from tests.build import (
    ask,
    make_card,
    make_catalog,
    make_device,
    make_earn,
    make_facts,
    make_undo,
    with_version,
    without,
)
from tests.market import (
    CHECK_IN,
    CLEAN_UP,
    CORRIDORS,
    DAY,
    LI,
    LI_CARD,
    POINTS_END,
    WANG,
    WANG_CARD,
    Item,
    at,
)
from tests.memory import Memory

PHONE = make_device(event=CORRIDORS.key, booth=None)
JUNIOR_CARD = card_by_number("junior")
PERIOD = "2019-12"
EVENING = at("19:00")


def make_book(*given: Item) -> Memory:
    """Let household Wang have a second card, in the hands of another resident."""
    facts = make_facts(catalog=make_catalog(*given), now=EVENING)
    junior = make_card(WANG, resident=ResidentId(21))
    return Memory(replace(facts, cards={**facts.cards, JUNIOR_CARD: junior}))


def check_in(card: CardRef, clock: str, *, building: str = "3", on: date = DAY) -> Asked:
    earn = make_earn(
        activity=CLEAN_UP.key,
        card=card,
        building=building,
        occurred_at=at(clock, on=on),
        is_offline=True,
    )
    return ask(earn, key=f"check-in {clock}", by=PHONE)


def close(building: str = "3", period: str = PERIOD) -> Asked:
    closing = CloseBuilding(
        activity=CLEAN_UP.key, building=building, period=period, occurred_at=EVENING
    )
    return ask(closing, by=OPERATOR)


def share(household: HouseholdId, place: int, *, at_moment: datetime = EVENING) -> Asked:
    part = Share(
        activity=CLEAN_UP.key,
        building="3",
        period=PERIOD,
        household=household,
        place=place,
        occurred_at=at_moment,
    )
    return ask(part, key=f"share {place}", by=OPERATOR)


def three_people() -> list[Asked]:
    return [
        check_in(WANG_CARD, "14:00"),
        check_in(LI_CARD, "13:00"),
        check_in(JUNIOR_CARD, "13:30"),
    ]


def reasons(outcomes: list[Outcome]) -> list[Refusal | None]:
    return [it.reason if isinstance(it, Refused) else None for it in outcomes]


@pytest.mark.parametrize(
    ("pot", "people", "shares"),
    [(60, 3, [20, 20, 20]), (50, 3, [17, 17, 16]), (2, 3, [1, 1, 0]), (0, 2, [0, 0])],
)
def test_what_equal_shares_leave_over_goes_to_the_first(
    pot: int, people: int, shares: list[int]
) -> None:
    assert equal_shares(pot, people) == shares


def test_a_check_in_pays_nothing_yet() -> None:
    outcome = make_book().tell(check_in(WANG_CARD, "14:00"))

    assert outcome == Accepted(
        operation=OperationId(1000), balance=0, details={"building": "3", "period": PERIOD}
    )


def test_a_closed_building_is_shared_among_all_who_checked_in_the_earliest_first() -> None:
    capped = replace(
        CLEAN_UP, rule=CleanUp(points_per_person=20, points_max=50, once_in=Period.MONTH)
    )
    book = make_book(capped)
    book.post(*three_people())

    outcomes = book.post(close(), share(LI, 1), share(WANG, 2), share(WANG, 3))

    details = {"building": "3", "period": PERIOD}
    assert outcomes == [
        Accepted(operation=OperationId(1003), details=details),
        Accepted(
            operation=OperationId(1004), points=17, balance=17, details={**details, "place": 1}
        ),
        Accepted(
            operation=OperationId(1005), points=17, balance=17, details={**details, "place": 2}
        ),
        Accepted(
            operation=OperationId(1006), points=16, balance=33, details={**details, "place": 3}
        ),
    ]
    assert [posted.quantity for posted in book.posted[3:]] == [3, 1, 1, 1]
    assert book.lots(LI) == [(17, POINTS_END)]


def test_without_a_most_everyone_gets_the_points_per_person() -> None:
    book = make_book()
    book.post(*three_people(), close(), share(LI, 1), share(WANG, 2), share(WANG, 3))

    assert (book.points(LI), book.points(WANG)) == (20, 40)


def test_a_building_is_closed_once_in_a_period() -> None:
    outcomes = make_book().post(*three_people(), close(), close())

    assert reasons(outcomes[3:]) == [None, Refusal.ALREADY_SHARED_OUT]


def test_each_building_is_closed_alone() -> None:
    outcomes = make_book().post(
        *three_people(), check_in(WANG_CARD, "15:00", building="5"), close(), close("5")
    )

    assert reasons(outcomes[3:]) == [None, None, None]


def test_a_share_is_paid_once_under_whatever_name() -> None:
    again = replace(share(LI, 1), key=ask(make_earn()).key)

    outcomes = make_book().post(*three_people(), close(), share(LI, 1), again)

    assert reasons(outcomes[4:]) == [None, Refusal.ALREADY_SHARED_OUT]


def test_nothing_is_shared_before_the_building_is_closed() -> None:
    outcomes = make_book().post(*three_people(), share(LI, 1), close(), share(LI, 1))

    assert reasons(outcomes[3:]) == [Refusal.NOTHING_TO_SHARE, None, None]


def test_a_building_where_nobody_checked_in_is_not_closed() -> None:
    taken_back = ask(
        make_undo("check-in 14:00", occurred_at=at("14:01"), is_offline=True), by=PHONE
    )

    outcomes = make_book().post(close(), check_in(WANG_CARD, "14:00"), taken_back, close())

    assert reasons(outcomes) == [Refusal.NOTHING_TO_SHARE, None, None, Refusal.NOTHING_TO_SHARE]


@pytest.mark.parametrize(
    ("household", "place", "reason"),
    [
        (LI, 0, Refusal.NOTHING_TO_SHARE),
        (LI, 4, Refusal.NOTHING_TO_SHARE),
        (WANG, 1, Refusal.HOUSEHOLD_UNKNOWN),
    ],
)
def test_a_share_goes_to_whoever_has_the_place(
    household: HouseholdId, place: int, reason: Refusal
) -> None:
    outcomes = make_book().post(*three_people(), close(), share(household, place))

    assert outcomes[4] == Refused(reason=reason)


def test_whoever_took_the_check_in_back_gets_no_share() -> None:
    taken_back = ask(
        make_undo("check-in 13:00", occurred_at=at("13:01"), is_offline=True), by=PHONE
    )
    book = make_book()

    book.post(*three_people(), taken_back, close(), share(WANG, 1), share(WANG, 2), share(LI, 3))

    assert (book.points(WANG), book.points(LI)) == (40, 0)


def test_a_closed_building_takes_no_check_in_and_gives_none_back() -> None:
    late = check_in(LI_CARD, "16:00")
    undo = ask(make_undo("check-in 13:00", occurred_at=at("18:55")), by=PHONE)

    outcomes = make_book().post(*three_people(), close(), late, undo)

    assert reasons(outcomes[4:]) == [Refusal.ALREADY_SHARED_OUT] * 2


def test_a_resident_checks_in_once_at_a_building_in_a_period() -> None:
    outcomes = make_book().post(
        check_in(WANG_CARD, "14:00"),
        check_in(WANG_CARD, "15:00"),
        check_in(WANG_CARD, "16:00", building="5"),
        check_in(JUNIOR_CARD, "17:00"),
    )

    assert reasons(outcomes) == [None, Refusal.ALREADY_CHECKED_IN, None, None]


def test_the_next_period_is_a_new_clean_up() -> None:
    january = date(2020, 1, 5)
    both = (
        *CORRIDORS.sessions,
        Session(opens=at("08:00", on=january), closes=at("20:00", on=january)),
    )
    book = make_book(replace(CORRIDORS, sessions=both))
    book.post(check_in(WANG_CARD, "14:00"), close())
    book.set(at("19:00", on=january))

    outcomes = book.post(check_in(WANG_CARD, "15:00", on=january), close(period="2020-01"))

    assert reasons(outcomes) == [None, None]


def test_two_events_of_a_community_share_a_building_once() -> None:
    second = replace(CORRIDORS, key=EventKey("corridors-2"))
    again = replace(CLEAN_UP, key=ActivityKey("corridors-2/clean-up"), event=second.key)
    book = make_book(second, again)
    phone = make_device(event=second.key, booth=None)
    late = make_earn(activity=again.key, card=LI_CARD, building="3", occurred_at=EVENING)

    outcomes = book.post(*three_people(), close(), ask(late, by=phone))

    assert reasons(outcomes[3:]) == [None, Refusal.ALREADY_SHARED_OUT]


def test_a_building_that_does_not_take_part_is_unknown() -> None:
    outcomes = make_book().post(check_in(WANG_CARD, "14:00", building="99"), close("99"))

    assert reasons(outcomes) == [Refusal.BUILDING_UNKNOWN] * 2


def test_only_a_clean_up_is_shared_out() -> None:
    closing = CloseBuilding(activity=CHECK_IN.key, building="3", period=PERIOD, occurred_at=EVENING)

    outcome = make_book().tell(ask(closing, by=OPERATOR))

    assert outcome == Refused(reason=Refusal.ACTIVITY_UNKNOWN)


def test_a_clean_up_of_a_withdrawn_event_where_nobody_came_is_unknown() -> None:
    book = make_book()
    catalog = without(book.facts.catalog, CORRIDORS, valid_from=at("12:00"))
    book.facts = replace(book.facts, catalog=catalog)

    assert book.tell(close()) == Refused(reason=Refusal.ACTIVITY_UNKNOWN)


def test_a_share_finds_the_household_that_stands_after_a_merge() -> None:
    book = make_book()
    book.post(*three_people(), close())
    book.tell(ask(Merge(source=LI, into=WANG, occurred_at=EVENING), by=OPERATOR))

    outcomes = book.post(share(LI, 1), share(WANG, 2))

    assert reasons(outcomes) == [None, None]
    assert (book.points(WANG), book.points(LI)) == (40, 0)


def test_a_rule_changed_or_withdrawn_meanwhile_does_not_change_the_shares() -> None:
    meaner = replace(CLEAN_UP, rule=CleanUp(points_per_person=1, once_in=Period.MONTH))
    book = make_book()
    catalog = with_version(book.facts.catalog, meaner, valid_from=at("18:00"))
    catalog = without(catalog, CLEAN_UP, valid_from=at("18:30"))
    book.facts = replace(book.facts, catalog=catalog)

    book.post(*three_people(), close(), share(LI, 1), share(WANG, 2), share(WANG, 3))

    assert (book.points(LI), book.points(WANG)) == (20, 40)


def test_a_share_is_counted_against_budgets_and_needs_them() -> None:
    book = make_book(replace(CLEAN_UP, points_budget=40))

    outcomes = book.post(*three_people(), close(), share(LI, 1), share(WANG, 2), share(WANG, 3))

    assert reasons(outcomes[4:]) == [None, None, Refusal.BUDGET_EXHAUSTED]
    assert book.left_to_award(CLEAN_UP.key) == 0


def test_a_share_is_taken_back_with_its_budget() -> None:
    book = make_book(replace(CLEAN_UP, points_budget=60))
    book.post(*three_people(), close(), share(LI, 1))

    outcome = book.tell(ask(make_undo("share 1", occurred_at=EVENING), by=OPERATOR))

    assert outcome == Accepted(
        operation=OperationId(1005), points=-20, balance=0, details={"undid": "share"}
    )
    assert book.left_to_award(CLEAN_UP.key) == 60


def test_a_share_is_named_by_the_place_that_it_pays() -> None:
    part = share(LI, 2).operation
    assert isinstance(part, Share)

    assert share_reference(part) == "share:corridors/clean-up:3:2019-12:2"


def test_a_check_in_that_arrives_days_later_counts_if_the_building_is_open() -> None:
    book = make_book()
    book.set(EVENING + timedelta(days=3))

    outcomes = book.post(check_in(WANG_CARD, "14:00"), close())

    assert reasons(outcomes) == [None, None]
