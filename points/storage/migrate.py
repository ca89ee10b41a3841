"""Bring a database's tables to those of this release."""

from collections.abc import Iterable

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from points.storage.engine import Database
from points.storage.postgresql import be_patient

_POSTGRESQL_LOCK = 7_067_321_501


class NewerDatabase(Exception):
    """The database belongs to a newer release of points."""

    def __init__(self, steps: Iterable[str]) -> None:
        """Keep which steps it holds that this release does not know."""
        self.steps = ", ".join(sorted(steps))
        super().__init__(f"it holds step {self.steps}")


def migrate(database: Database) -> None:
    """Take every step that is missing, all or none. Several processes may ask at once.

    Raises:
        NewerDatabase: It holds a step that this release does not know.
    """
    with database.turn(), database.writer.connect() as connection:
        _enforce_references(connection, is_on=False)
        try:
            with connection.begin():
                _wait_for_others(connection)
                _upgrade(connection)
        finally:
            _enforce_references(connection, is_on=True)


def is_current(database: Database) -> bool:
    """Tell whether the database has exactly the tables of this release."""
    with database.reader.connect() as connection:
        return _steps_taken(connection) == set(ScriptDirectory.from_config(_config()).get_heads())


def _wait_for_others(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        return
    # The limits are for posting: here it is right to wait for as long as another one migrates.
    connection.execute(text("SET LOCAL lock_timeout = 0"))
    connection.execute(text("SET LOCAL statement_timeout = 0"))
    be_patient(connection)
    connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _POSTGRESQL_LOCK})


def _upgrade(connection: Connection) -> None:
    config = _config()
    script = ScriptDirectory.from_config(config)
    known = {step.revision for step in script.walk_revisions()}
    taken = _steps_taken(connection)
    if not taken <= known:
        raise NewerDatabase(taken - known)
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
    if connection.dialect.name == "sqlite":
        broken = connection.execute(text("PRAGMA foreign_key_check")).all()
        assert not broken, f"rows that name others which are not there: {broken[:5]}"


def _steps_taken(connection: Connection) -> set[str]:
    return set(MigrationContext.configure(connection).get_current_heads())


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", "points.storage:migrations")
    return config


def _enforce_references(connection: Connection, *, is_on: bool) -> None:
    # SQLite alters a table by filling a new one and removing the old, which other rows still name.
    # It heeds this switch only outside transactions, so it is set behind SQLAlchemy's back.
    if connection.dialect.name == "sqlite":
        driver = connection.connection.dbapi_connection
        assert driver is not None, "a connection that was just opened"
        driver.execute(f"PRAGMA foreign_keys={'ON' if is_on else 'OFF'}")
