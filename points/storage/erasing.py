"""Erase what names people, so that no byte of it is left; the book stays as it is.

SQLite overwrites what is deleted (`secure_delete`), but pages of before wait in the write-ahead
log: `rinse` empties that, in milliseconds. Should a page that was split have left anything in a
corner, `scrub` writes the whole file anew. PostgreSQL keeps old rows until it is vacuumed.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, exists, or_, select, update

from points.domain.ids import HouseholdId
from points.storage.allowances import AllowanceRow
from points.storage.columns import table_of
from points.storage.consents import ConsentRow, withdraw_consents
from points.storage.engine import Database
from points.storage.family import FamilyCodeRow, FamilyTryRow
from points.storage.ledger import OperationRow
from points.storage.one_time_codes import OneTimeCodeRow
from points.storage.people import CardRow, HouseholdRow, ResidentRow, members_of
from points.storage.pins import PinRow
from points.storage.reports import ShiftRow
from points.storage.sessions import end_sessions

_household, _resident, _card = table_of(HouseholdRow), table_of(ResidentRow), table_of(CardRow)
_consent, _operation, _shift = table_of(ConsentRow), table_of(OperationRow), table_of(ShiftRow)
_pin, _once = table_of(PinRow), table_of(OneTimeCodeRow)
_allowance = table_of(AllowanceRow)
_code, _try = table_of(FamilyCodeRow), table_of(FamilyTryRow)
_standing = _household.alias("standing")
_NAMELESS = {"community": None, "door": None, "building": None, "name": None}
_WAITS_MS_MAX = 250
"""How long booths may wait while somebody who reads keeps the log from being emptied."""

_VACUUMED = ("household", "resident", "consent", "shift", "pin", "allowance")


def erase_people(connection: Connection, household: HouseholdId, *, at: datetime) -> None:
    """Erase all that is known of the people of a household that stands, and how they came in.

    Also of those that went up in it. Its cards go on as cards of nobody.
    """
    ids = list(connection.execute(members_of(household)).scalars())
    connection.execute(update(_household).where(_household.c.id.in_(ids)).values(_NAMELESS))
    connection.execute(update(_resident).where(_resident.c.household.in_(ids)).values(name=None))
    withdraw_consents(connection, household, at=at)
    cards = select(_card.c.id).where(_card.c.household.in_(ids))
    connection.execute(delete(_pin).where(_pin.c.household.in_(ids)))
    connection.execute(delete(_try).where(_try.c.household.in_(ids)))
    connection.execute(delete(_code).where(_code.c.card.in_(cards)))
    end_sessions(connection, list(connection.execute(cards).scalars()))
    unlabelled = update(_allowance).where(_allowance.c.household.in_(ids))
    connection.execute(unlabelled.values(label=None))
    # What was used stays: an operation rests on it.
    unused = _once.c.card.in_(cards) & _once.c.used_by.is_(None)
    connection.execute(delete(_once).where(unused))


def idle_households(
    connection: Connection, *, since: datetime, after: HouseholdId, most: int
) -> list[HouseholdId]:
    """Find households of which something is known and that did nothing since an instant.

    In order of their numbers, behind one of them.
    """
    named = or_(*(_standing.c[name].is_not(None) for name in _NAMELESS))
    people = exists().where(_resident.c.household == _standing.c.id, _resident.c.name.is_not(None))
    is_it, went_up = _household.c.id == _standing.c.id, _household.c.merged_into == _standing.c.id
    members = select(_household.c.id).where(or_(is_it, went_up)).correlate(_standing)
    acted = exists().where(_operation.c.household.in_(members), _operation.c.posted_at >= since)
    agreed = exists().where(_consent.c.household.in_(members), _consent.c.agreed_at >= since)
    rows = connection.execute(
        select(_standing.c.id)
        .where(
            _standing.c.id > after,
            _standing.c.merged_into.is_(None),
            _standing.c.added_at < since,
            or_(named, people),
            ~acted,
            ~agreed,
        )
        .order_by(_standing.c.id)
        .limit(most)
    )
    return [HouseholdId(row.id) for row in rows]


def erase_old_holders(connection: Connection, *, before: datetime) -> int:
    """Forget who held which phone before an instant; tell how many notes that were."""
    done = connection.execute(
        update(_shift)
        .where(_shift.c.began_at < before, _shift.c.volunteer.is_not(None))
        .values(volunteer=None)
    )
    return done.rowcount


def rinse(database: Database) -> bool:
    """Empty SQLite's log of the pages of before, so that the file holds only what stands.

    Returns:
        Whether it is empty: somebody who reads meanwhile keeps it, until the next time or `scrub`.
    """
    if not database.is_sqlite:
        return True
    with database.turn(), database.writer.connect() as connection:
        driver: Any = connection.connection.driver_connection
        [waits] = driver.execute("PRAGMA busy_timeout").fetchone()
        driver.execute(f"PRAGMA busy_timeout={_WAITS_MS_MAX}")
        try:
            is_busy, *_ = driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        finally:
            driver.execute(f"PRAGMA busy_timeout={waits}")
        return not is_busy


def scrub(database: Database) -> bool:
    """Let no byte of what was erased be left in the database's own files.

    SQLite writes the whole file anew, while nobody else can write: seconds for a subdistrict,
    minutes for a city. Copies made before, backups above all, are not touched.

    Returns:
        Whether nothing is left: somebody who reads for long keeps the log of before.
    """
    with database.turn(), database.writer.connect() as connection:
        if not database.is_sqlite:
            alone = connection.execution_options(isolation_level="AUTOCOMMIT")
            for table in _VACUUMED:
                alone.exec_driver_sql(f"VACUUM {table}")
            return True
        # By the driver: SQLAlchemy would begin a transaction, and these stand outside of any.
        driver: Any = connection.connection.driver_connection
        driver.execute("VACUUM")
        is_busy, *_ = driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        return not is_busy
