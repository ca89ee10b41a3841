"""What phones say of themselves, remembered."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import Connection, select

from points.domain.journals import Head
from points.service.transactions import transaction
from points.storage.access import add_credential
from points.storage.columns import table_of
from points.storage.engine import Database
from points.storage.reports import (
    ShiftRow,
    erase_holders,
    find_holder,
    find_report,
    keep_holder,
    keep_report,
)
from tests.build import make_device
from tests.market import CORRIDORS, MARKET, NOW
from tests.told import make_report

PHONE, OTHER = make_device(number=7), make_device(number=8, event=CORRIDORS.key, booth=None)
LATER = NOW + timedelta(minutes=1)


@pytest.fixture
def connection(database: Database) -> Iterator[Connection]:
    with transaction(database) as opened:
        for phone in (PHONE, OTHER):
            token_hash = phone.id.encode().ljust(32)
            add_credential(opened, phone, name="?", token_hash=token_hash, added_at=NOW)
        yield opened


def test_a_phone_is_known_by_the_last_that_it_said(connection: Connection) -> None:
    first = make_report(waiting=23, oldest_waiting_at=NOW, app=None, journal=Head(7, "ab" * 32))
    last = make_report(at=LATER, said_at=NOW)
    keep_report(connection, PHONE.id, first)
    before = find_report(connection, PHONE.id)

    keep_report(connection, PHONE.id, last)

    found = [find_report(connection, phone.id) for phone in (PHONE, OTHER)]
    assert (before, found) == (first, [last, None])


def test_who_holds_a_phone_is_noted_when_it_changes(connection: Connection) -> None:
    for volunteer in ("Chen", "Chen", "Wang", None, None, "Chen"):
        keep_holder(connection, PHONE.id, volunteer, at=NOW)

    shift = table_of(ShiftRow)
    noted = connection.execute(select(shift.c.volunteer).order_by(shift.c.id)).scalars().all()
    assert noted == ["Chen", "Wang", None, "Chen"]
    assert [find_holder(connection, phone.id) for phone in (PHONE, OTHER)] == ["Chen", None]


def test_a_phone_that_nobody_ever_held_is_not_noted(connection: Connection) -> None:
    keep_holder(connection, PHONE.id, None, at=NOW)

    assert connection.execute(select(table_of(ShiftRow))).all() == []


def test_holders_of_one_event_are_erased_and_no_others(connection: Connection) -> None:
    for phone in (PHONE, OTHER):
        for volunteer in ("Chen", "Wang"):
            keep_holder(connection, phone.id, volunteer, at=NOW)

    erased = [erase_holders(connection, MARKET.key) for _ in range(2)]

    assert erased == [2, 0]
    assert [find_holder(connection, phone.id) for phone in (PHONE, OTHER)] == [None, "Wang"]
