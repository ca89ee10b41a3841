"""Erasing what names people, and finding whom nobody has seen for long."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from sqlalchemy import Connection, select, update

from points.domain.consents import PAGE, Consent
from points.domain.ids import CardId, CredentialId, HouseholdId
from points.service.transactions import snapshot, transaction
from points.storage.access import add_credential
from points.storage.columns import table_of
from points.storage.consents import add_consent, load_consents
from points.storage.engine import Database
from points.storage.erasing import (
    due_erasures,
    erase_old_holders,
    erase_people,
    idle_households,
    note_done,
    rinse,
    scrub,
)
from points.storage.family import add_family_code, add_try, count_tries, find_family_code
from points.storage.people import HouseholdRow, ResidentRow, mark_merged
from points.storage.pins import PinRow, set_pin
from points.storage.reports import ShiftRow, find_holder, keep_holder
from tests.build import make_device
from tests.engines import ON_POSTGRESQL
from tests.market import HOUSEHOLDS, LI, NOW, SINCE_EVER, WANG, WANG_SENIOR, ZHAO
from tests.save import save_people

BEFORE, LATER = SINCE_EVER + timedelta(days=1), NOW + timedelta(hours=1)
NONE = HouseholdId(0)
_household, _resident = table_of(HouseholdRow), table_of(ResidentRow)


@pytest.fixture
def connection(database: Database) -> Iterator[Connection]:
    with transaction(database) as opened:
        save_people(opened)
        for household in HOUSEHOLDS:
            opened.execute(
                update(_household)
                .where(_household.c.id == household)
                .values(door=f"2-30{household}", building="2", name="王伟")
            )
        opened.execute(update(_resident).where(_resident.c.id == WANG_SENIOR).values(name="王老太"))
        yield opened


def told(connection: Connection) -> dict[int, tuple[object, ...]]:
    columns = [_household.c[one] for one in ("id", "community", "door", "building", "name")]
    return {row[0]: tuple(row[1:]) for row in connection.execute(select(*columns))}


def test_all_that_names_a_household_goes_and_of_those_that_went_up_in_it(
    connection: Connection,
) -> None:
    mark_merged(connection, {LI: WANG})

    erase_people(connection, WANG, at=NOW)

    found = told(connection)
    assert (found[WANG], found[LI]) == ((None,) * 4, (None,) * 4)
    assert found[ZHAO] == ("qingshui", "2-303", "2", "王伟")
    names = connection.execute(select(_resident.c.name)).scalars()
    assert set(names) == {None}


def test_consents_are_taken_back_and_the_ways_in_are_shut(connection: Connection) -> None:
    for household in (WANG, LI):
        add_consent(connection, Consent(household=household, version="ab", agreed_at=NOW, by=PAGE))
        set_pin(connection, household, salt=b"s", hashed=b"h", at=NOW)
        code = bytes([household])
        add_family_code(connection, code, CardId(household), by=PAGE, ends_at=LATER)
        add_try(connection, household, at=NOW)

    erase_people(connection, WANG, at=LATER)

    stand = [load_consents(connection, one)[0].stands for one in (WANG, LI)]
    assert stand == [False, True]
    pins = connection.execute(select(table_of(PinRow).c.household)).scalars().all()
    assert pins == [LI]
    codes = [find_family_code(connection, bytes([one]), now=NOW) for one in (WANG, LI)]
    assert codes == [None, CardId(LI)]
    assert count_tries(connection, WANG, since=BEFORE) == (0, 1)


def idle(connection: Connection, **given: HouseholdId) -> list[HouseholdId]:
    after = given.get("after", NONE)
    return idle_households(connection, since=BEFORE, after=after, most=2)


def test_who_is_named_and_did_nothing_is_found_in_order(connection: Connection) -> None:
    assert (idle(connection), idle(connection, after=LI)) == ([WANG, LI], [ZHAO])


def test_who_came_lately_agreed_lately_or_is_not_named_is_left_alone(
    connection: Connection,
) -> None:
    connection.execute(update(_household).where(_household.c.id == WANG).values(added_at=BEFORE))
    add_consent(connection, Consent(household=LI, version="ab", agreed_at=BEFORE, by=PAGE))

    assert idle(connection) == [ZHAO]

    erase_people(connection, ZHAO, at=NOW)
    assert idle(connection) == []


def test_a_household_that_went_up_in_another_is_looked_at_with_it(connection: Connection) -> None:
    mark_merged(connection, {LI: WANG})
    add_consent(connection, Consent(household=LI, version="ab", agreed_at=BEFORE, by=PAGE))

    assert idle(connection) == [ZHAO]


def test_who_held_a_phone_long_ago_is_forgotten(database: Database) -> None:
    phone = CredentialId("device:1")
    with transaction(database) as connection:
        add_credential(
            connection, make_device(number=1), name="?", token_hash=b"x" * 32, added_at=NOW
        )
        keep_holder(connection, phone, "Chen", at=SINCE_EVER)
        keep_holder(connection, phone, "Wang", at=NOW)

        counts = [erase_old_holders(connection, before=BEFORE, at=NOW) for _ in range(2)]

        shift = table_of(ShiftRow)
        names = connection.execute(select(shift.c.volunteer).order_by(shift.c.id)).scalars().all()
        assert (counts, names) == ([1, 0], [None, "Wang"])
        assert find_holder(connection, phone) == "Wang"


def due(database: Database) -> frozenset[int]:
    with snapshot(database) as connection:
        return due_erasures(connection)


@pytest.fixture
def peopled(database: Database) -> Database:
    """A database in which there are people to erase."""
    with transaction(database) as connection:
        save_people(connection)
    return database


@pytest.mark.parametrize("let_go", [rinse, scrub])
def test_an_erasure_is_due_while_somebody_reads_who_can_see_what_was(
    peopled: Database, let_go: Callable[[Database], frozenset[int]]
) -> None:
    with snapshot(peopled) as reader:
        reader.execute(select(_household.c.id)).all()
        with transaction(peopled) as connection:
            erase_people(connection, WANG, at=NOW)
        while_read = let_go(peopled) if let_go is rinse else frozenset()

    noted = due(peopled)
    afterwards = let_go(peopled)

    assert (while_read, len(noted), afterwards) == (frozenset(), 1, noted)
    with transaction(peopled) as connection:
        note_done(connection, afterwards)
        assert len(told(connection)) == len(HOUSEHOLDS)
    assert due(peopled) == frozenset()


@ON_POSTGRESQL  # any reader holds on to SQLite's log
def test_who_reads_only_what_is_left_keeps_nothing_waiting(peopled: Database) -> None:
    with transaction(peopled) as connection:
        erase_people(connection, WANG, at=NOW)

    with snapshot(peopled) as reader:
        reader.execute(select(_household.c.id)).all()
        over = rinse(peopled)

    assert (len(over), over) == (1, due(peopled))
