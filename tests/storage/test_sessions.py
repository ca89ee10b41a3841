from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update

from points.domain.cards import CardNumber
from points.domain.facts import CardState
from points.domain.ids import CardId
from points.service.transactions import snapshot, transaction
from points.storage.columns import table_of
from points.storage.engine import Database
from points.storage.people import HouseholdRow
from points.storage.sessions import (
    SESSIONS_MAX,
    GuessRow,
    Holding,
    add_session,
    count_guesses,
    end_session,
    end_sessions,
    hold_card_state,
    load_holdings,
    note_guess,
)
from tests.market import LI, NOW, SHIJI, WANG
from tests.save import save_people

OF_WANG, OF_LI = CardId(WANG), CardId(LI)
ONE, OTHER = b"1" * 32, b"2" * 32
A_WHILE = timedelta(minutes=10)


@pytest.fixture
def people(database: Database) -> Database:
    with transaction(database) as connection:
        save_people(connection)
    return database


def add(database: Database, session: bytes, card: CardId = OF_WANG, at: datetime = NOW) -> None:
    with transaction(database) as connection:
        add_session(connection, session, card=card, at=at, sealed_code=b"sealed")


def held(database: Database, *sessions: bytes) -> dict[bytes, Holding]:
    with snapshot(database) as connection:
        return load_holdings(connection, sessions)


def test_a_session_says_whose_it_is_and_a_strange_one_nothing(people: Database) -> None:
    add(people, ONE)

    assert held(people, ONE, OTHER) == {
        ONE: Holding(
            card=OF_WANG,
            number=CardNumber("000000001"),
            state=CardState.ACTIVE,
            household=WANG,
            members=(WANG,),
            community=SHIJI.key,
            made_at=NOW,
            sealed_code=b"sealed",
        )
    }
    assert held(people) == {}


def test_a_household_that_went_up_in_another_is_read_as_that_one(people: Database) -> None:
    add(people, ONE, OF_LI)
    household = table_of(HouseholdRow)
    with transaction(people) as connection:
        connection.execute(update(household).where(household.c.id == LI).values(merged_into=WANG))

    holding = held(people, ONE)[ONE]

    assert (holding.household, holding.members) == (WANG, (WANG, LI))


def test_one_session_too_many_ends_the_oldest(people: Database) -> None:
    names = [bytes([number]) * 32 for number in range(SESSIONS_MAX + 1)]
    for place, name in enumerate(names):
        add(people, name, at=NOW + place * A_WHILE)
    add(people, ONE, OF_LI)

    assert set(held(people, *names, ONE)) == {*names[1:], ONE}


def test_sessions_end_one_by_one_or_with_their_card(people: Database) -> None:
    for name, card in ((ONE, OF_WANG), (OTHER, OF_WANG), (b"3" * 32, OF_LI)):
        add(people, name, card)

    with transaction(people) as connection:
        end_session(connection, ONE)
    left = set(held(people, ONE, OTHER))
    with transaction(people) as connection:
        end_sessions(connection, [OF_WANG])

    assert left == {OTHER}
    assert set(held(people, ONE, OTHER, b"3" * 32)) == {b"3" * 32}


def test_a_cards_state_is_read_to_be_held(people: Database) -> None:
    with transaction(people) as connection:
        assert hold_card_state(connection, OF_WANG) is CardState.ACTIVE


def test_guesses_add_up_by_source_and_are_forgotten(people: Database) -> None:
    later = NOW + A_WHILE
    counted = []
    for sources, began_at in (([ONE, OTHER], NOW), ([ONE], NOW), ([OTHER], later)):
        with transaction(people) as connection:
            note_guess(connection, sources, began_at=began_at)
            counted.append(count_guesses(connection, [ONE, OTHER, b"3" * 32], since=NOW))

    with snapshot(people) as connection:
        rows = connection.execute(select(table_of(GuessRow))).all()
        since_later = count_guesses(connection, [OTHER], since=later + A_WHILE)

    assert counted == [{ONE: 1, OTHER: 1}, {ONE: 2, OTHER: 1}, {OTHER: 1}]
    assert [tuple(row) for row in rows] == [(OTHER, later, 1)]
    assert since_later == {}
