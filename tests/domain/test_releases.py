"""What goods may go, to whom and when, is decided in `redemptions.py`; it is tested here."""

from dataclasses import replace

import pytest

from points.domain.facts import Accepted, Refused
from points.domain.ids import OperationId
from points.domain.operations import MoveStock, Redeem
from points.domain.outcomes import Refusal
from points.domain.periods import spelled
from points.domain.programme import Shelf
from tests.build import ask, make_catalog, make_device, make_facts, make_redeem
from tests.market import BOOTHS, LI, REDEEMING, TOWEL, WANG, Item, at
from tests.memory import Memory

FIRST = OperationId(1000)
OPEN_SHELF = Shelf(reward=TOWEL.key, booth=REDEEMING)
ELDERS_SHELF = Shelf(reward=TOWEL.key, booth=REDEEMING, reserve="elders")
RICH = 100_000


def make_book(*given: Item, points: int = RICH, clock: str = "10:00") -> Memory:
    catalog = make_catalog(*given)
    return Memory(make_facts(catalog=catalog, points={WANG: points, LI: points}, now=at(clock)))


def towels(quantity: int, *, clock: str = "10:00", reserve: str = "") -> Redeem:
    return make_redeem(
        reward=TOWEL.key, quantity=quantity, price_shown=800, occurred_at=at(clock), reserve=reserve
    )


@pytest.mark.parametrize(
    ("clock", "free", "next_at", "pieces"), [("09:59", 4, "10:00", 6), ("10:00", 10, "11:00", 6)]
)
def test_pieces_are_released_by_the_hour(clock: str, free: int, next_at: str, pieces: int) -> None:
    book = make_book(clock=clock)

    outcomes = book.post(towels(free + 1, clock=clock), towels(free, clock=clock))

    assert outcomes == [
        Refused(
            reason=Refusal.NOT_RELEASED_YET,
            details={"left": free, "next_at": spelled(at(next_at)), "next_pieces": pieces},
        ),
        Accepted(operation=FIRST, points=-800 * free, balance=RICH - 800 * free),
    ]


def test_after_the_last_release_what_is_kept_for_others_is_out_of_stock() -> None:
    book = make_book(clock="11:00")

    outcomes = book.post(towels(16, clock="11:00"), towels(1, clock="11:00"))

    assert isinstance(outcomes[0], Accepted)
    assert outcomes[1] == Refused(reason=Refusal.OUT_OF_STOCK, details={"left": 0})
    assert (book.pieces(OPEN_SHELF), book.pieces(ELDERS_SHELF)) == (0, 4)


def test_whom_a_reserve_is_kept_for_gets_it_first_and_what_is_for_everyone_after() -> None:
    book = make_book(clock="11:00")

    book.post(
        towels(3, clock="11:00", reserve="elders"), towels(3, clock="11:00", reserve="elders")
    )

    assert (book.pieces(OPEN_SHELF), book.pieces(ELDERS_SHELF)) == (14, 0)
    assert [posted.details for posted in book.posted] == [{"reserve": "elders"}] * 2
    assert [entry.amount for entry in book.posted[1].entries] == [2400, 1, 2]


def test_a_reserve_is_part_of_what_is_released() -> None:
    outcomes = make_book(clock="09:00").post(
        towels(4, clock="09:00", reserve="elders"),
        towels(4, clock="09:00"),
        towels(1, clock="09:00"),
    )

    assert [type(outcome) for outcome in outcomes] == [Accepted, Accepted, Refused]


def test_a_reserve_stays_though_everyone_elses_part_is_gone() -> None:
    outcomes = make_book(clock="09:00").post(
        towels(4, clock="09:00"), towels(4, clock="09:00", reserve="elders")
    )

    assert [type(outcome) for outcome in outcomes] == [Accepted, Accepted]


def test_a_reserve_that_nobody_set_up_is_unknown() -> None:
    outcome = make_book().tell(towels(1, reserve="giants"))

    assert outcome == Refused(reason=Refusal.RESERVE_UNKNOWN)


def test_pieces_moved_to_another_booth_are_released_already() -> None:
    book = make_book(replace(BOOTHS[7], redeems=True), clock="09:00")
    move = MoveStock(
        reward=TOWEL.key, source=REDEEMING, booth=BOOTHS[7].key, quantity=4, occurred_at=at("09:00")
    )
    there = make_device(booth=BOOTHS[7].key, number=7)

    outcomes = book.post(move, ask(towels(4, clock="09:00"), by=there), towels(1, clock="09:00"))

    assert [type(outcome) for outcome in outcomes] == [Accepted, Accepted, Refused]


def test_a_reserve_kept_at_another_booth_leaves_what_is_here_for_everyone() -> None:
    book = make_book(replace(BOOTHS[7], redeems=True), clock="09:00")
    there = make_device(booth=BOOTHS[7].key, number=7)
    move = MoveStock(
        reward=TOWEL.key, source=REDEEMING, booth=BOOTHS[7].key, quantity=1, occurred_at=at("09:00")
    )
    elders = towels(1, clock="09:00", reserve="elders")

    _, first, second = book.post(move, ask(elders, by=there), ask(elders, by=there))

    assert isinstance(first, Accepted)
    assert second == Refused(reason=Refusal.OUT_OF_STOCK, details={"left": 0})
