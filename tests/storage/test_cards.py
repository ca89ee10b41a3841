"""Cards as stored: made with a household each, read with the household that stands today."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Connection

from points.domain.access import OPERATOR
from points.domain.cards import CardNumber, make_card_number
from points.domain.facts import CardState
from points.domain.ids import HouseholdId
from points.domain.operations import Merge
from points.domain.people import CardRecord
from points.domain.sealing import Sealing
from points.service.posting import post
from points.service.transactions import settle, snapshot, transaction
from points.storage.cards import (
    BlankCard,
    add_blank_cards,
    hold_cards,
    load_card_records,
    load_cards_of,
    move_cards,
    numbers_taken,
    set_card_state,
    set_replaced,
)
from points.storage.engine import Database
from tests.build import ask
from tests.desk import NOBODYS_NUMBER, wait_until_blocked
from tests.market import NOW
from tests.save import open_market

NUMBERS = [make_card_number(20_000_000 + step) for step in range(3)]


@pytest.fixture
def cards(database: Database) -> dict[CardNumber, CardRecord]:
    return add_cards(database)


def add_cards(database: Database) -> dict[CardNumber, CardRecord]:
    with transaction(database) as connection:
        blank = [
            BlankCard(
                number=number,
                fingerprint=number.encode(),
                sealing=Sealing(tag=number.encode(), key=number.encode()),
            )
            for number in NUMBERS
        ]
        add_blank_cards(connection, blank, at=NOW)
        return load_card_records(connection, NUMBERS)


def test_a_blank_card_has_an_anonymous_household_of_its_own(
    cards: dict[CardNumber, CardRecord],
) -> None:
    assert [card.home for card in cards.values()] == [None, None, None]
    assert len({card.household for card in cards.values()}) == 3
    assert {card.state for card in cards.values()} == {CardState.ACTIVE}


def test_numbers_in_use_are_known(database: Database, cards: dict[CardNumber, CardRecord]) -> None:
    with snapshot(database) as connection:
        assert numbers_taken(connection, [*NUMBERS, NOBODYS_NUMBER]) == set(NUMBERS)


def test_more_numbers_than_a_statement_can_carry_are_read(
    database: Database, cards: dict[CardNumber, CardRecord]
) -> None:
    many = [make_card_number(30_000_000 + step) for step in range(70_000)]

    with snapshot(database) as connection:
        assert load_card_records(connection, [*many, NUMBERS[0]]) == {NUMBERS[0]: cards[NUMBERS[0]]}


def test_a_card_is_read_with_its_state_and_its_successor(
    database: Database, cards: dict[CardNumber, CardRecord]
) -> None:
    first, second, third = (cards[number] for number in NUMBERS)

    with transaction(database) as connection:
        set_replaced(connection, first.id, by=second.id, stopped_at=NOW)
        set_card_state(connection, third.id, CardState.FROZEN, stopped_at=NOW)
        found = load_card_records(connection, NUMBERS)

    assert (found[NUMBERS[0]].state, found[NUMBERS[0]].replaced_by) == (
        CardState.REPLACED,
        NUMBERS[1],
    )
    assert (found[NUMBERS[2]].state, found[NUMBERS[2]].stopped_at) == (CardState.FROZEN, NOW)


def test_a_card_is_read_with_the_household_that_stands_after_merges(database: Database) -> None:
    book = open_market(database)
    cards = add_cards(database)
    first, second, third = (cards[number].household for number in NUMBERS)

    for source, into in ((first, second), (second, third)):
        merge = Merge(source=source, into=into, occurred_at=NOW)
        post(book, [ask(merge, by=OPERATOR)])

    with snapshot(database) as connection:
        found = load_card_records(connection, NUMBERS)
    assert {card.household for card in found.values()} == {third}


def test_all_cards_of_a_household_are_found_in_order(
    database: Database, cards: dict[CardNumber, CardRecord]
) -> None:
    home = cards[NUMBERS[1]].household

    with transaction(database) as connection:
        move_cards(connection, {cards[NUMBERS[0]].id: home})
        found = load_cards_of(connection, home)

    assert [card.number for card in found] == NUMBERS[:2]


def test_moving_nothing_is_nothing(database: Database, cards: dict[CardNumber, CardRecord]) -> None:
    with transaction(database) as connection:
        move_cards(connection, {})

    with snapshot(database) as connection:
        assert load_card_records(connection, list(cards)) == cards


def test_a_card_that_moved_while_one_waited_for_it_is_noticed(
    database: Database, cards: dict[CardNumber, CardRecord]
) -> None:
    """Hold a card in one transaction and move it; a second one waits for it all along."""
    card, other = cards[NUMBERS[0]], cards[NUMBERS[1]]
    tries: list[None] = []

    def wait_for_it(connection: Connection) -> HouseholdId:
        tries.append(None)
        return hold_cards(connection, [card.number])[card.number].household

    with ThreadPoolExecutor() as threads:
        with transaction(database) as connection:
            hold_cards(connection, [card.number, other.number])
            waiting = threads.submit(settle, database, wait_for_it)
            wait_until_blocked(database)
            move_cards(connection, {card.id: other.household})

        assert waiting.result() == other.household

    assert len(tries) == (1 if database.is_sqlite else 2)


def test_holding_gives_what_is_held(
    database: Database, cards: dict[CardNumber, CardRecord]
) -> None:
    with transaction(database) as connection:
        held = hold_cards(connection, [NUMBERS[0], NOBODYS_NUMBER], also=[HouseholdId(2)])

    assert held == {NUMBERS[0]: cards[NUMBERS[0]]}
