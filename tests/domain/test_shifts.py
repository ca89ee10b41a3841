"""Shifts are decided in `earning.py`; what is particular about them is tested here."""

from dataclasses import replace
from fractions import Fraction

from points.domain.access import OPERATOR
from points.domain.facts import Accepted, Asked, Outcome, Refused
from points.domain.ids import OperationId, ResidentId
from points.domain.operations import CardRef, Merge, Phase, card_by_number
from points.domain.outcomes import Refusal
from points.domain.programme import Shift
from tests.build import (
    ask,
    make_card,
    make_catalog,
    make_earn,
    make_facts,
    make_undo,
    with_version,
)
from tests.market import LI, LI_CARD, SHIFT, WANG, WANG_CARD, Item, at
from tests.memory import Memory

JUNIOR_CARD = card_by_number("junior")
NOT_IN = Refused(reason=Refusal.NOT_CHECKED_IN)
ALREADY_IN = Refused(reason=Refusal.ALREADY_CHECKED_IN)


def make_book(*given: Item) -> Memory:
    facts = make_facts(catalog=make_catalog(*given), now=at("12:00"))
    junior = make_card(WANG, resident=ResidentId(21))
    return Memory(replace(facts, cards={**facts.cards, JUNIOR_CARD: junior}))


def scan(phase: Phase, clock: str, card: CardRef = WANG_CARD) -> Asked:
    earn = make_earn(
        activity=SHIFT.key, card=card, phase=phase, occurred_at=at(clock), is_offline=True
    )
    return ask(earn, key=f"{phase} {clock}")


def check_in(clock: str, card: CardRef = WANG_CARD) -> Asked:
    return scan(Phase.CHECK_IN, clock, card)


def check_out(clock: str, card: CardRef = WANG_CARD) -> Asked:
    return scan(Phase.CHECK_OUT, clock, card)


def paid(outcomes: list[Outcome]) -> list[int | Outcome]:
    return [it.points if isinstance(it, Accepted) else it for it in outcomes]


def undo(phase: Phase, clock: str) -> Asked:
    return ask(make_undo(f"{phase} {clock}", occurred_at=at("11:55")))


def test_a_shift_pays_by_the_hour_between_check_in_and_check_out() -> None:
    book = make_book()

    outcomes = book.post(check_in("09:00"), check_out("10:30"))

    assert outcomes == [
        Accepted(operation=OperationId(1000), balance=0, details={"phase": "check_in"}),
        Accepted(
            operation=OperationId(1001), points=15, balance=15, details={"phase": "check_out"}
        ),
    ]
    assert [posted.quantity for posted in book.posted] == [1, 5400]


def test_a_shift_counts_to_the_second_and_is_rounded_down_once() -> None:
    assert paid(make_book().post(check_in("09:00"), check_out("09:05:59"))) == [0, 0]
    assert paid(make_book().post(check_in("09:00"), check_out("09:06"))) == [0, 1]


def test_two_short_shifts_pay_what_one_long_shift_pays() -> None:
    outcomes = make_book().post(
        *(check_in("09:00"), check_out("09:05"), check_in("09:10"), check_out("09:17"))
    )

    assert paid(outcomes) == [0, 0, 0, 2]


def test_no_more_hours_are_counted_than_agreed_over_all_shifts_together() -> None:
    outcomes = make_book().post(
        *(check_in("09:00"), check_out("10:30"), check_in("10:30"), check_out("11:45")),
        *(check_in("11:50"), check_out("11:55")),
    )

    assert paid(outcomes) == [0, 15, 0, 5, 0, 0]


def test_a_cap_lowered_between_two_shifts_takes_nothing_back() -> None:
    shorter = replace(SHIFT, rule=Shift(points_per_hour=10, hours_counted_max=Fraction(1)))
    book = make_book()
    catalog = with_version(book.facts.catalog, shorter, valid_from=at("11:00"))
    book.facts = replace(book.facts, catalog=catalog)

    outcomes = book.post(
        *(check_in("09:00"), check_out("10:30"), check_in("11:00"), check_out("11:30"))
    )

    assert paid(outcomes) == [0, 15, 0, 0]


def test_a_check_out_needs_a_check_in_before_it() -> None:
    outcomes = make_book().post(check_out("10:00"), check_in("10:30"), check_out("10:15"))

    assert outcomes[0] == outcomes[2] == NOT_IN


def test_whoever_is_checked_in_cannot_check_in_again() -> None:
    assert make_book().post(check_in("09:00"), check_in("09:05"))[1] == ALREADY_IN


def test_whoever_checked_out_cannot_check_out_again() -> None:
    outcomes = make_book().post(check_in("09:00"), check_out("10:00"), check_out("11:00"))

    assert outcomes[2] == NOT_IN


def test_each_resident_has_a_shift_of_their_own() -> None:
    outcomes = make_book().post(
        check_in("09:00"),
        check_in("09:30", JUNIOR_CARD),
        check_out("10:00"),
        check_out("10:30", JUNIOR_CARD),
    )

    assert paid(outcomes) == [0, 0, 10, 10]


def test_one_resident_cannot_check_out_for_another() -> None:
    assert make_book().post(check_in("09:00"), check_out("10:00", JUNIOR_CARD))[1] == NOT_IN


def test_a_check_out_that_overtook_its_check_in_pays_when_sent_again() -> None:
    outcomes = make_book().post(check_out("10:00"), check_in("09:00"), check_out("10:00"))

    assert paid(outcomes) == [NOT_IN, 0, 10]


def test_a_whole_shift_may_arrive_after_a_later_one() -> None:
    outcomes = make_book().post(
        *(check_in("11:00"), check_out("11:30"), check_in("09:00"), check_out("10:00"))
    )

    assert paid(outcomes) == [0, 5, 0, 10]


def test_no_time_is_paid_twice_through_a_check_in_that_arrives_late() -> None:
    outcomes = make_book().post(
        *(check_in("10:00"), check_out("11:00"), check_in("09:30"), check_out("10:30")),
        *(check_in("10:15"), check_out("09:45")),
    )

    assert paid(outcomes) == [0, 10, 0, NOT_IN, ALREADY_IN, 2]


def test_a_check_in_is_taken_back_only_while_no_check_out_stands_on_it() -> None:
    book = make_book()
    book.post(check_in("09:00"), check_out("10:00"), check_in("10:30"))

    outcomes = book.post(
        undo(Phase.CHECK_IN, "09:00"),
        undo(Phase.CHECK_IN, "10:30"),
        undo(Phase.CHECK_OUT, "10:00"),
        undo(Phase.CHECK_IN, "09:00"),
    )

    assert paid(outcomes) == [Refused(reason=Refusal.UNDO_NEWER_FIRST), 0, -10, 0]


def test_a_check_out_that_was_taken_back_may_be_put_right() -> None:
    book = make_book()
    book.post(check_in("09:00"), check_out("11:00"), undo(Phase.CHECK_OUT, "11:00"))

    assert paid(book.post(check_out("10:00"))) == [10]


def test_a_volunteer_whose_households_merge_stays_on_shift() -> None:
    book = make_book()
    book.tell(check_in("09:00", LI_CARD))
    book.tell(ask(Merge(source=LI, into=WANG, occurred_at=at("09:30")), by=OPERATOR))

    assert paid(book.post(check_out("10:00", LI_CARD))) == [10]
