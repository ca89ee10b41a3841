from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from points.domain.access import OPERATOR
from points.domain.facts import Accepted, Outcome, Refused
from points.domain.ids import OperationId, ResidentId
from points.domain.operations import CardRef, Earn, Merge, card_by_number
from points.domain.outcomes import Refusal
from points.domain.periods import spelled
from points.domain.programme import Activity, Fixed, Session, Span, TimesLimit, Who
from tests.build import ask, make_card, make_catalog, make_earn, make_facts, make_undo, with_version
from tests.market import (
    CHECK_IN,
    DAY,
    GAME,
    HAND_IN,
    LI,
    LI_CARD,
    MARKET,
    NOW,
    PROGRAMME,
    SORTING,
    WANG,
    WANG_CARD,
    Item,
    at,
)
from tests.memory import Memory

JUNIOR = ResidentId(21)
JUNIOR_CARD = card_by_number("junior")
TOMORROW = DAY + timedelta(days=1)
TWO_DAYS = replace(
    MARKET,
    sessions=(
        *MARKET.sessions,
        Session(opens=at("09:00", on=TOMORROW), closes=at("12:00", on=TOMORROW)),
    ),
)


def limited(who: Who, span: Span, times_max: int) -> Activity:
    limit = TimesLimit(who=who, span=span, times_max=times_max)
    return replace(SORTING, counts_towards_day=False, times=(limit,))


def make_book(*given: Item, now: datetime = NOW) -> Memory:
    """Let household Wang have a second card, in the hands of another resident."""
    facts = make_facts(catalog=make_catalog(*given), now=now)
    cards = {**facts.cards, JUNIOR_CARD: make_card(WANG, resident=JUNIOR)}
    return Memory(replace(facts, cards=cards))


def points_of(outcomes: Sequence[Outcome]) -> list[int | Refusal]:
    return [
        outcome.points if isinstance(outcome, Accepted) else outcome.reason
        for outcome in outcomes
        if isinstance(outcome, Accepted | Refused)
    ]


def sort_rubbish(clock: str = "10:00", *, on: date = DAY) -> Earn:
    return make_earn(activity=SORTING.key, occurred_at=at(clock, on=on), is_offline=True)


def test_a_household_is_counted_over_all_its_residents() -> None:
    book = make_book(limited(Who.HOUSEHOLD, Span.EVENT, 2))
    senior, junior = sort_rubbish(), replace(sort_rubbish(), card=JUNIOR_CARD)

    outcomes = book.post(senior, junior, senior, replace(senior, card=LI_CARD))

    assert points_of(outcomes) == [10, 10, Refusal.LIMIT_REACHED, 10]
    assert outcomes[2] == Refused(
        reason=Refusal.LIMIT_REACHED, details={"limit": 2, "per": "event", "who": "household"}
    )


def test_each_resident_is_counted_alone() -> None:
    book = make_book(limited(Who.RESIDENT, Span.EVENT, 1))
    senior, junior = sort_rubbish(), replace(sort_rubbish(), card=JUNIOR_CARD)

    outcomes = book.post(senior, junior, senior, junior)

    assert points_of(outcomes) == [10, 10, Refusal.LIMIT_REACHED, Refusal.LIMIT_REACHED]


def test_a_limit_per_day_begins_anew_each_local_day() -> None:
    book = make_book(TWO_DAYS, limited(Who.HOUSEHOLD, Span.DAY, 1), now=at("12:00", on=TOMORROW))

    outcomes = book.post(
        sort_rubbish(), sort_rubbish("11:00"), sort_rubbish(on=TOMORROW), sort_rubbish(on=TOMORROW)
    )

    assert points_of(outcomes) == [10, Refusal.LIMIT_REACHED, 10, Refusal.LIMIT_REACHED]


@pytest.mark.parametrize("span", [Span.EVENT, Span.ACTIVITY])
def test_other_limits_last_over_all_days(span: Span) -> None:
    book = make_book(TWO_DAYS, limited(Who.HOUSEHOLD, span, 1), now=at("12:00", on=TOMORROW))

    outcomes = book.post(sort_rubbish(), sort_rubbish(on=TOMORROW))

    assert points_of(outcomes) == [10, Refusal.LIMIT_REACHED]


def test_every_limit_must_allow_it() -> None:
    per_resident, per_household = (
        limited(who, Span.EVENT, times_max).times[0]
        for who, times_max in ((Who.RESIDENT, 1), (Who.HOUSEHOLD, 2))
    )
    book = make_book(replace(SORTING, times=(per_resident, per_household)))
    third = card_by_number("third")
    cards = {**book.facts.cards, third: make_card(WANG, resident=ResidentId(22))}
    book.facts = replace(book.facts, cards=cards)

    outcomes = book.post(
        *(replace(sort_rubbish(), card=card) for card in (WANG_CARD, JUNIOR_CARD, third))
    )

    assert points_of(outcomes) == [10, 10, Refusal.LIMIT_REACHED]


def test_a_day_counts_by_when_it_happened_not_by_when_it_arrived() -> None:
    book = make_book(TWO_DAYS, limited(Who.HOUSEHOLD, Span.DAY, 1), now=at("12:00", on=TOMORROW))

    outcomes = book.post(sort_rubbish(on=TOMORROW), sort_rubbish())

    assert points_of(outcomes) == [10, 10]


def play(clock: str, card: CardRef = WANG_CARD) -> Earn:
    return make_earn(activity=GAME.key, card=card, occurred_at=at(clock), is_offline=True)


def test_a_pause_must_pass_between_two_games() -> None:
    book = make_book(now=at("10:30"))

    outcomes = book.post(play("10:00"), play("10:09:59.999999"), play("10:10"))

    assert points_of(outcomes) == [5, Refusal.COOLDOWN, 5]
    assert outcomes[1] == Refused(
        reason=Refusal.COOLDOWN, details={"again_at": spelled(at("10:10"))}
    )


def test_a_pause_is_kept_as_well_towards_a_game_that_arrived_sooner() -> None:
    book = make_book(now=at("10:30"))

    outcomes = book.post(play("10:10"), play("10:05"), play("10:00"))

    assert points_of(outcomes) == [5, Refusal.COOLDOWN, 5]


def test_of_several_pauses_the_latest_end_is_told() -> None:
    book = make_book(replace(GAME, times=()), now=at("10:30"))

    *_, told = book.post(play("10:15"), play("10:00"), play("10:08"))

    assert told == Refused(reason=Refusal.COOLDOWN, details={"again_at": spelled(at("10:25"))})


def test_a_residents_pause_does_not_hold_up_the_others() -> None:
    book = make_book(now=at("10:30"))

    outcomes = book.post(play("10:00"), play("10:01", JUNIOR_CARD))

    assert points_of(outcomes) == [5, 5]


def test_a_households_pause_holds_up_all_of_it() -> None:
    book = make_book(replace(GAME, times=()), now=at("10:30"))

    outcomes = book.post(play("10:00"), play("10:01", JUNIOR_CARD), play("10:01", LI_CARD))

    assert points_of(outcomes) == [5, Refusal.COOLDOWN, 5]


def hand_in(kilograms: int, *, on: date = DAY) -> Earn:
    return make_earn(
        activity=HAND_IN.key,
        grams={"metal": kilograms * 1000},
        occurred_at=at("10:00", on=on),
        is_offline=True,
    )


def test_a_days_most_cuts_an_award_down_and_then_refuses() -> None:
    book = make_book(TWO_DAYS, now=at("12:00", on=TOMORROW))

    outcomes = book.post(hand_in(5), hand_in(2), hand_in(1), hand_in(1, on=TOMORROW))

    assert points_of(outcomes) == [40, 10, Refusal.DAILY_LIMIT_REACHED, 8]
    assert outcomes[1:3] == [
        Accepted(
            operation=OperationId(1001), points=10, balance=50, details={"points_before_limit": 16}
        ),
        Refused(reason=Refusal.DAILY_LIMIT_REACHED, details={"limit": 50}),
    ]


def test_what_pays_nothing_is_not_too_much_for_the_day() -> None:
    book = make_book()

    outcomes = book.post(hand_in(7), make_earn(activity=HAND_IN.key, grams={"metal": 1}))

    assert points_of(outcomes) == [50, 0]


def test_an_events_most_lasts_over_all_its_days() -> None:
    capped = replace(HAND_IN, points_max_per_day=None, points_max_per_event=50)
    book = make_book(TWO_DAYS, capped, now=at("12:00", on=TOMORROW))

    outcomes = book.post(hand_in(5), hand_in(5, on=TOMORROW), hand_in(1, on=TOMORROW))

    assert points_of(outcomes) == [40, 10, Refusal.LIMIT_REACHED]
    assert outcomes[2] == Refused(
        reason=Refusal.LIMIT_REACHED, details={"limit": 50, "per": "event"}
    )


def test_the_last_point_under_a_most_is_paid() -> None:
    for capped in (
        replace(HAND_IN, points_max_per_day=None, points_max_per_event=41),
        replace(HAND_IN, points_max_per_day=41),
    ):
        assert points_of(make_book(capped).post(hand_in(5), hand_in(5))) == [40, 1]


def test_the_programmes_daily_most_holds_for_what_counts_towards_it_alone() -> None:
    book = make_book(replace(SORTING, rule=Fixed(points=15)))

    outcomes = book.post(sort_rubbish(), make_earn(), sort_rubbish(), sort_rubbish())

    assert points_of(outcomes) == [15, 10, 5, Refusal.DAILY_LIMIT_REACHED]


def test_the_programmes_daily_most_is_over_all_activities_together() -> None:
    book = make_book(replace(CHECK_IN, rule=Fixed(points=15), counts_towards_day=True))

    outcomes = book.post(make_earn(), sort_rubbish())

    assert points_of(outcomes) == [15, 5]


def test_the_programmes_daily_most_is_the_one_of_the_moment() -> None:
    generous = replace(PROGRAMME, points_per_day_max=30)
    book = make_book(now=at("11:30"))
    catalog = with_version(book.facts.catalog, generous, valid_from=at("11:00"))
    book.facts = replace(book.facts, catalog=catalog)

    outcomes = book.post(*(sort_rubbish(clock) for clock in ("10:00", "10:01", "10:02", "11:00")))

    assert points_of(outcomes) == [10, 10, Refusal.DAILY_LIMIT_REACHED, 10]


def test_what_was_taken_back_does_not_count() -> None:
    book = make_book(now=at("10:05"))

    outcomes = book.post(
        ask(play("10:00"), key="one"),
        make_undo("one", occurred_at=at("10:01")),
        play("10:02"),
        play("10:03"),
    )

    assert points_of(outcomes) == [5, -5, 5, Refusal.COOLDOWN]


def test_points_taken_back_leave_room_under_the_days_most() -> None:
    book = make_book(now=at("10:05"))

    outcomes = book.post(
        ask(hand_in(6), key="one"), make_undo("one", occurred_at=at("10:01")), hand_in(7)
    )

    assert points_of(outcomes) == [48, -48, 50]


def test_two_households_that_merge_have_one_limit_between_them() -> None:
    book = make_book(limited(Who.HOUSEHOLD, Span.EVENT, 2))
    book.post(sort_rubbish(), replace(sort_rubbish(), card=LI_CARD))
    merge = ask(Merge(source=LI, into=WANG, occurred_at=NOW), by=OPERATOR)

    outcomes = book.post(merge, replace(sort_rubbish(), card=LI_CARD), sort_rubbish())

    assert points_of(outcomes)[1:] == [Refusal.LIMIT_REACHED] * 2


def test_a_merge_of_an_earlier_batch_joins_limits_as_well() -> None:
    book = make_book(limited(Who.HOUSEHOLD, Span.EVENT, 2))
    book.post(sort_rubbish(), replace(sort_rubbish(), card=LI_CARD))
    book.tell(ask(Merge(source=LI, into=WANG, occurred_at=NOW), by=OPERATOR))

    outcomes = book.post(replace(sort_rubbish(), card=LI_CARD), sort_rubbish())

    assert points_of(outcomes) == [Refusal.LIMIT_REACHED] * 2


def test_a_fact_is_never_stated_twice_though_acts_are_taken_back_and_households_merge() -> None:
    book = make_book(replace(SORTING, counts_towards_day=False), now=at("10:05"))
    li = replace(sort_rubbish(), card=LI_CARD)
    book.post(ask(sort_rubbish(), key="one"), li, li)
    book.tell(make_undo("one", occurred_at=at("10:01")))
    book.tell(ask(Merge(source=LI, into=WANG, occurred_at=at("10:02")), by=OPERATOR))
    book.post(sort_rubbish(), li)

    stated = [posted.reference for posted in book.posted if posted.item == SORTING.key]

    assert len(book.facts.references) == len([one for one in book.posted if one.reference])
    assert stated == [
        "market/sorting:1:2019-12-05:1",
        "market/sorting:2:2019-12-05:1",
        "market/sorting:2:2019-12-05:2",
        None,
        "market/sorting:1:2019-12-05:5",
        "market/sorting:1:2019-12-05:6",
    ]
