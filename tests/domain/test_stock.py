from dataclasses import replace
from datetime import timedelta

import pytest

from points.domain.access import OPERATOR, Credential
from points.domain.facts import Accepted, Outcome, Refused
from points.domain.ids import (
    BoothKey,
    OperationId,
    RewardKey,
    ShelfId,
    SystemAccount,
    goods,
    system,
)
from points.domain.operations import QUANTITY_MAX, CountStock, MoveStock, Operation, ReceiveStock
from points.domain.outcomes import Refusal
from points.domain.programme import Shelf
from tests.build import ask, make_catalog, make_device, make_facts, make_redeem, without
from tests.market import BIN_BAGS, BOOTHS, CORRIDORS, NOW, REDEEMING, TOWEL, WANG, at
from tests.memory import Memory

SEVEN = BOOTHS[7].key
HOME = Shelf(reward=BIN_BAGS.key, booth=REDEEMING)
AWAY = Shelf(reward=BIN_BAGS.key, booth=SEVEN)
ELDERS = Shelf(reward=TOWEL.key, booth=REDEEMING, reserve="elders")
DONE = Accepted(operation=OperationId(1000))

receipt = ReceiveStock(reward=BIN_BAGS.key, booth=REDEEMING, quantity=50, occurred_at=NOW)
move = MoveStock(reward=BIN_BAGS.key, source=REDEEMING, booth=SEVEN, quantity=50, occurred_at=NOW)
count = CountStock(
    reward=BIN_BAGS.key, booth=REDEEMING, counted=390, reason="evening count", occurred_at=NOW
)


def tell(book: Memory, operation: Operation, *, by: Credential = OPERATOR) -> Outcome:
    return book.tell(ask(operation, by=by))


def moved(book: Memory) -> list[tuple[int, int, int]]:
    return [
        (entry.debit, entry.credit, entry.amount)
        for posted in book.posted
        for entry in posted.entries
    ]


def shelf(place: Shelf) -> int:
    return goods(ShelfId(make_catalog().shelves[place]))


def test_goods_that_arrive_are_put_on_a_shelf() -> None:
    book = Memory()

    assert tell(book, receipt) == DONE
    assert book.pieces(HOME) == 450
    assert moved(book) == [(system(SystemAccount.SUPPLIED), shelf(HOME), 50)]


def test_goods_may_arrive_for_a_reserve() -> None:
    book = Memory()

    tell(book, replace(receipt, reward=TOWEL.key, reserve="elders"))

    assert book.pieces(ELDERS) == 54


def test_goods_go_from_booth_to_booth() -> None:
    book = Memory()

    assert tell(book, move) == DONE
    assert (book.pieces(HOME), book.pieces(AWAY)) == (350, 50)
    assert moved(book) == [(shelf(HOME), shelf(AWAY), 50)]


def test_no_more_goods_go_than_are_there() -> None:
    outcome = tell(Memory(), replace(move, quantity=401))

    assert outcome == Refused(reason=Refusal.OUT_OF_STOCK, details={"left": 400})


@pytest.mark.parametrize(("clock", "free"), [("09:00", 4), ("10:00", 10), ("11:00", 16)])
def test_what_is_not_released_or_kept_for_others_stays_where_it_is(clock: str, free: int) -> None:
    book = Memory(make_facts(now=at(clock)))
    towels = replace(move, reward=TOWEL.key, occurred_at=at(clock))

    too_many = tell(book, replace(towels, quantity=free + 1))

    assert too_many == Refused(reason=Refusal.OUT_OF_STOCK, details={"left": free})
    assert tell(book, replace(towels, quantity=free)) == DONE


def test_nothing_goes_where_less_is_there_than_is_held_back() -> None:
    book = Memory(make_facts(now=at("09:00")))
    tell(book, replace(count, reward=TOWEL.key, counted=5, occurred_at=at("09:00")))

    one = replace(move, reward=TOWEL.key, quantity=1, occurred_at=at("09:00"))

    assert tell(book, one) == Refused(reason=Refusal.OUT_OF_STOCK, details={"left": 0})


def test_goods_come_back_home_whatever_is_released() -> None:
    book = Memory(make_facts(now=at("09:00")))
    there = replace(move, reward=TOWEL.key, quantity=4, occurred_at=at("09:00"))
    back = replace(there, source=SEVEN, booth=REDEEMING)

    tell(book, there)

    assert tell(book, back) == Accepted(operation=OperationId(1001))


@pytest.mark.parametrize(("counted", "difference"), [(390, -10), (399, -1), (400, 0), (401, 1)])
def test_the_book_follows_what_was_counted(counted: int, difference: int) -> None:
    book = Memory()

    assert tell(book, replace(count, counted=counted)) == DONE
    assert book.pieces(HOME) == counted
    assert book.posted[0].quantity == difference


def test_what_is_missing_or_found_is_a_line_of_its_own() -> None:
    book = Memory()

    tell(book, count)
    tell(book, replace(count, counted=391))

    lost = system(SystemAccount.MISCOUNTED)
    assert moved(book) == [(shelf(HOME), lost, 10), (lost, shelf(HOME), 1)]


def test_a_reserve_is_counted_apart() -> None:
    book = Memory()

    tell(book, replace(count, reward=TOWEL.key, counted=0, reserve="elders"))

    assert (book.pieces(ELDERS), book.pieces(replace(ELDERS, reserve=""))) == (0, 16)


@pytest.mark.parametrize(
    "operation",
    [
        *(replace(receipt, quantity=quantity) for quantity in (0, -1, QUANTITY_MAX + 1)),
        *(replace(move, quantity=quantity) for quantity in (0, -1, QUANTITY_MAX + 1)),
        *(replace(count, counted=counted) for counted in (-1, QUANTITY_MAX + 1)),
    ],
)
def test_a_number_of_pieces_that_cannot_be_moves_nothing(operation: Operation) -> None:
    book = Memory()

    assert tell(book, operation) == Refused(reason=Refusal.QUANTITY_INVALID)
    assert book.posted == []


@pytest.mark.parametrize("quantity", [1, QUANTITY_MAX])
def test_one_piece_may_be_booked_and_as_many_as_an_operation_may_name(quantity: int) -> None:
    book = Memory()

    tell(book, replace(receipt, quantity=quantity))
    there = tell(book, replace(move, quantity=quantity))
    counted = tell(book, replace(count, counted=quantity))

    assert [type(outcome) for outcome in (there, counted)] == [Accepted, Accepted]
    assert (book.pieces(HOME), book.pieces(AWAY)) == (quantity, quantity)


NOWHERE = BoothKey("market/99")


@pytest.mark.parametrize(
    ("operation", "reason"),
    [
        (replace(receipt, reward=RewardKey("market/none")), Refusal.REWARD_UNKNOWN),
        (replace(receipt, booth=NOWHERE), Refusal.BOOTH_UNKNOWN),
        (replace(receipt, reserve="giants"), Refusal.RESERVE_UNKNOWN),
        (replace(receipt, booth=NOWHERE, reserve="giants"), Refusal.BOOTH_UNKNOWN),
        (replace(move, reward=RewardKey("market/none")), Refusal.REWARD_UNKNOWN),
        (replace(move, source=NOWHERE), Refusal.BOOTH_UNKNOWN),
        (replace(move, booth=NOWHERE), Refusal.BOOTH_UNKNOWN),
        (replace(move, booth=REDEEMING), Refusal.BOOTH_UNKNOWN),
        (replace(count, reward=RewardKey("market/none")), Refusal.REWARD_UNKNOWN),
        (replace(count, booth=NOWHERE), Refusal.BOOTH_UNKNOWN),
        (replace(count, reserve="giants"), Refusal.RESERVE_UNKNOWN),
    ],
)
def test_a_place_that_is_not_set_up_holds_nothing(operation: Operation, reason: Refusal) -> None:
    assert tell(Memory(), operation) == Refused(reason=reason)


def test_a_reward_that_was_withdrawn_is_unknown() -> None:
    catalog = without(make_catalog(), BIN_BAGS, valid_from=NOW)

    outcome = tell(Memory(make_facts(catalog=catalog)), count)

    assert outcome == Refused(reason=Refusal.REWARD_UNKNOWN)


@pytest.mark.parametrize("operation", [move, count])
def test_a_supervisor_moves_and_counts_the_own_events_goods_alone(operation: Operation) -> None:
    elsewhere = make_device(event=CORRIDORS.key, booth=None)

    assert tell(Memory(), operation, by=make_device()) == DONE
    assert tell(Memory(), operation, by=elsewhere) == Refused(reason=Refusal.REWARD_UNKNOWN)


@pytest.mark.parametrize("operation", [move, count])
def test_a_supervisors_phone_is_held_to_the_clock(operation: MoveStock | CountStock) -> None:
    ahead, behind = NOW + timedelta(days=1), NOW - timedelta(days=15)

    outcomes = [
        tell(Memory(), replace(operation, occurred_at=moment), by=make_device())
        for moment in (ahead, behind)
    ]

    assert outcomes == [
        Refused(reason=Refusal.CLOCK_OFF),
        Refused(reason=Refusal.TOO_OLD, details={"days_max": 14}),
    ]


def test_goods_counted_away_are_not_sold() -> None:
    book = Memory(make_facts(points={WANG: 100}))

    tell(book, replace(count, counted=0))

    assert book.tell(make_redeem()) == Refused(reason=Refusal.OUT_OF_STOCK, details={"left": 0})
