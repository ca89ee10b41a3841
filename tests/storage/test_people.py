from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Connection, bindparam, insert, text
from sqlalchemy.exc import IntegrityError

from points.domain.facts import CardState
from points.domain.ids import HouseholdId
from points.domain.operations import card_by_code, card_by_number
from points.service.transactions import transaction
from points.storage.columns import table_of
from points.storage.engine import Database
from points.storage.people import (
    CardRow,
    Households,
    load_cards,
    load_households,
    mark_merged,
)
from tests.build import make_card
from tests.market import (
    LI,
    LI_CARD,
    LI_SENIOR,
    NOW,
    QINGSHUI,
    SHIJI,
    WANG,
    WANG_CARD,
    ZHAO,
)
from tests.save import card_row, save_household, save_people

STRANGER = HouseholdId(4)


@pytest.fixture
def connection(database: Database) -> Iterator[Connection]:
    with transaction(database) as opened:
        save_people(opened)
        save_household(opened, STRANGER, fingerprint=bytes([4]) * 32)
        yield opened


def test_a_card_is_found_by_its_code_and_by_its_number(connection: Connection) -> None:
    by_number = card_by_number("000000001")
    wangs, lis = make_card(WANG), make_card(LI, resident=LI_SENIOR)

    assert load_cards(connection, [WANG_CARD, by_number, LI_CARD]) == {
        WANG_CARD: wangs,
        by_number: wangs,
        LI_CARD: lis,
    }


@pytest.mark.parametrize(
    "ref", [card_by_code(bytes(32)), card_by_number("000000009"), card_by_number("")]
)
def test_what_nobody_printed_is_not_found(connection: Connection, ref: Any) -> None:
    assert load_cards(connection, [ref]) == {}


def test_no_name_finds_no_card(connection: Connection) -> None:
    assert load_cards(connection, []) == {}


def test_a_blank_card_has_a_household_and_no_resident(connection: Connection) -> None:
    blank = card_by_code(bytes([4]) * 32)

    assert load_cards(connection, [blank]) == {blank: make_card(STRANGER, resident=None)}


def test_a_stopped_card_says_since_when(connection: Connection) -> None:
    stop = text("UPDATE card SET state = 'frozen', stopped_at = :at WHERE household = :owner")
    since = table_of(CardRow).c.stopped_at.type
    connection.execute(stop.bindparams(bindparam("at", type_=since)), {"at": NOW, "owner": WANG})

    frozen = make_card(WANG, state=CardState.FROZEN, stopped_at=NOW)
    assert load_cards(connection, [WANG_CARD]) == {WANG_CARD: frozen}


def test_households_are_found_with_their_communities(connection: Connection) -> None:
    assert load_households(connection, [WANG, ZHAO, STRANGER, HouseholdId(404)]) == Households(
        stands={WANG: WANG, ZHAO: ZHAO, STRANGER: STRANGER},
        communities={WANG: SHIJI.key, ZHAO: QINGSHUI.key, STRANGER: None},
    )


def test_no_household_is_found_where_none_is_named(connection: Connection) -> None:
    assert load_households(connection, []) == Households(stands={}, communities={})


def test_who_went_up_in_another_stands_in_the_last_of_them(connection: Connection) -> None:
    mark_merged(connection, {STRANGER: LI})
    mark_merged(connection, {LI: WANG})

    everyone = Households(
        stands={WANG: WANG, LI: WANG, STRANGER: WANG}, communities={WANG: SHIJI.key}
    )
    assert [load_households(connection, [one]) for one in (WANG, LI, STRANGER)] == [everyone] * 3
    found = load_cards(connection, [LI_CARD])
    assert [(card.household, card.resident) for card in found.values()] == [(WANG, LI_SENIOR)]


def test_those_who_merge_in_one_batch_all_stand_in_the_last(connection: Connection) -> None:
    mark_merged(connection, {STRANGER: LI, LI: WANG})

    assert load_households(connection, [STRANGER]).stands == {WANG: WANG, LI: WANG, STRANGER: WANG}


@pytest.mark.parametrize(
    "wrong",
    [
        {"state": "lost"},
        {"state": "frozen"},
        {"stopped_at": NOW},
        {"household": 404},
        {"resident": 404},
        {"number": "000000001"},
        {"fingerprint": bytes([1]) * 32},
    ],
    ids=str,
)
def test_a_card_that_cannot_be_is_refused(database: Database, wrong: dict[str, Any]) -> None:
    row = card_row(WANG, fingerprint=bytes([9]) * 32) | {"id": 9, "number": "9"} | wrong
    with transaction(database) as connection:
        save_people(connection)

    with pytest.raises(IntegrityError), transaction(database) as connection:
        connection.execute(insert(table_of(CardRow)), row)


def test_one_door_has_one_household(database: Database) -> None:
    at_the_door = text("INSERT INTO household (community, door, added_at) VALUES ('shiji', '2', 0)")
    with transaction(database) as connection:
        connection.execute(at_the_door)

    with pytest.raises(IntegrityError), transaction(database) as connection:
        connection.execute(at_the_door)
