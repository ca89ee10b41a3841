"""Erase what names people, so that no byte of it is left; the book stays as it is.

The transaction takes the names out of the tables. What it left behind in the database's own files
is another matter, and may have to wait for somebody who reads: until then the erasure is due.

SQLite overwrites what is deleted (`secure_delete`), but pages of before wait in the write-ahead
log: `rinse` empties that, in milliseconds. Should a page that was split have left anything in a
corner, `scrub` writes the whole file anew. PostgreSQL keeps old rows: `rinse` lets it clear them
away, so that nobody can ask for them, and `scrub` writes their tables anew.
"""

import sqlite3
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, exists, insert, or_, select, text, update
from sqlalchemy.exc import OperationalError
from sqlmodel import Field, SQLModel

from points.domain.ids import HouseholdId
from points.storage.allowances import AllowanceRow
from points.storage.columns import BIG, Moment, table_of
from points.storage.consents import ConsentRow, withdraw_consents
from points.storage.engine import Database
from points.storage.family import FamilyCodeRow, FamilyTryRow
from points.storage.ledger import OperationRow
from points.storage.one_time_codes import OneTimeCodeRow
from points.storage.people import CardRow, HouseholdRow, ResidentRow, members_of
from points.storage.pins import PinRow
from points.storage.postgresql import be_patient
from points.storage.reports import ShiftRow
from points.storage.sessions import end_sessions


class ErasureRow(SQLModel, table=True):
    """An erasure of which something may be left in the database's own files. It names nobody."""

    __tablename__ = "erasure"
    __table_args__ = {"sqlite_strict": True}

    id: int | None = Field(default=None, primary_key=True, sa_type=BIG)
    at: datetime = Field(sa_type=Moment)


_erasure = table_of(ErasureRow)
_household, _resident, _card = table_of(HouseholdRow), table_of(ResidentRow), table_of(CardRow)
_consent, _operation, _shift = table_of(ConsentRow), table_of(OperationRow), table_of(ShiftRow)
_pin, _once = table_of(PinRow), table_of(OneTimeCodeRow)
_allowance = table_of(AllowanceRow)
_code, _try = table_of(FamilyCodeRow), table_of(FamilyTryRow)
_standing = _household.alias("standing")
_NAMELESS = {"community": None, "door": None, "building": None, "name": None}
_WAITS_MS_MAX = 250
"""How long booths may wait while somebody who reads keeps the log from being emptied."""

_PERSONAL = (
    *("household", "resident", "consent", "shift", "pin", "allowance"),
    *("resident_session", "one_time_code", "family_code", "family_try"),
)
"""Tables that something is erased from."""

# A row is cleared away once nobody can see it any more: neither whoever began to read or write
# before it was erased, nor a copy or a standby that asked to be waited for.
_HELD = text("""
    SELECT coalesce(max(age), 0) FROM (
        SELECT greatest(age(backend_xmin), age(backend_xid)) FROM pg_stat_activity
        WHERE pid <> pg_backend_pid() AND coalesce(datname, current_database()) = current_database()
        UNION ALL SELECT age(xmin) FROM pg_replication_slots
        UNION ALL SELECT age(transaction) FROM pg_prepared_xacts
    ) AS holding (age)
""")
_AGES = text("SELECT id, age(xmin) AS age FROM erasure")
_LOCK_NOT_HAD = "55P03"


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
    _note(connection, at)


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


def erase_old_holders(connection: Connection, *, before: datetime, at: datetime) -> int:
    """Forget who held which phone before an instant; tell how many notes that were."""
    done = connection.execute(
        update(_shift)
        .where(_shift.c.began_at < before, _shift.c.volunteer.is_not(None))
        .values(volunteer=None)
    )
    if done.rowcount:
        _note(connection, at)
    return done.rowcount


def due_erasures(connection: Connection) -> frozenset[int]:
    """Name the erasures of which something may be left in the database's own files."""
    return frozenset(connection.execute(select(_erasure.c.id)).scalars())


def note_done(connection: Connection, erasures: frozenset[int]) -> None:
    """Note that nothing is left of these."""
    connection.execute(delete(_erasure).where(_erasure.c.id.in_(sorted(erasures))))


def rinse(database: Database) -> frozenset[int]:
    """Let go what erasures left behind, as far as nobody who reads can see it still.

    On SQLite booths wait for that a quarter of a second at most, on PostgreSQL not at all.

    Returns:
        The erasures that were due before and of which nothing can be read any more.
    """
    with database.turn(), database.writer.connect() as connection:
        if database.is_sqlite:
            return _rinse_sqlite(connection)
        return _vacuum(connection)


def scrub(database: Database) -> frozenset[int]:
    """Let no byte of what was erased be left in the database's own files.

    The file, or on PostgreSQL the tables that name people, are written anew, while nobody else can
    write there: seconds for a subdistrict, minutes for a city. Copies made before, backups and
    PostgreSQL's log above all, are not touched.

    Returns:
        As `rinse`: somebody who reads for long keeps what was.
    """
    with database.turn(), database.writer.connect() as connection:
        if not database.is_sqlite:
            return _vacuum(connection, anew=True)
        due = _due(connection)
        # By the driver: SQLAlchemy would begin a transaction, and these stand outside of any.
        driver: Any = connection.connection.driver_connection
        driver.execute("VACUUM")
        is_busy, *_ = driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        return frozenset() if is_busy else due


def _note(connection: Connection, at: datetime) -> None:
    connection.execute(insert(_erasure).values(at=at))


def _due(connection: Connection) -> frozenset[int]:
    driver: Any = connection.connection.driver_connection
    return frozenset(number for (number,) in driver.execute("SELECT id FROM erasure"))


def _rinse_sqlite(connection: Connection) -> frozenset[int]:
    driver: Any = connection.connection.driver_connection
    due = _due(connection)
    [waits] = driver.execute("PRAGMA busy_timeout").fetchone()
    driver.execute(f"PRAGMA busy_timeout={_WAITS_MS_MAX}")
    try:
        is_busy, *_ = driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    except sqlite3.OperationalError:  # another process holds the file
        return frozenset()
    finally:
        driver.execute(f"PRAGMA busy_timeout={waits}")
    return frozenset() if is_busy else due


def _vacuum(connection: Connection, *, anew: bool = False) -> frozenset[int]:
    """Clear old rows away on PostgreSQL, and tell which erasures that was soon enough for."""
    alone = connection.execution_options(isolation_level="AUTOCOMMIT")
    be_patient(alone)
    alone.exec_driver_sql("SET statement_timeout = 0")
    try:
        held = alone.execute(_HELD).scalar_one()
        over = frozenset(row.id for row in alone.execute(_AGES) if row.age > held)
        for table in _PERSONAL if over or anew else ():
            # Rows that were cleared away leave bytes behind where nothing was written since.
            alone.exec_driver_sql(f"VACUUM (FULL) {table}" if anew else f"VACUUM {table}")
    except OperationalError as error:
        if getattr(error.orig, "sqlstate", None) != _LOCK_NOT_HAD:
            raise
        return frozenset()
    finally:
        alone.exec_driver_sql("RESET statement_timeout")
    return over
