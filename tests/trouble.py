"""A database in trouble: each is real as far as one can be had for the asking, and ends well."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, make_url, text

from points.service.transactions import transaction
from points.storage.engine import Database, open_database
from tests.elsewhere import held

Trouble = Callable[[Database], AbstractContextManager[None]]


def open_impatiently(url: str) -> Database:
    """Open a database that waits for locks a tenth of a second only."""
    parsed = make_url(url)
    is_sqlite = parsed.get_backend_name() == "sqlite"
    patience = {"timeout": "0.1"} if is_sqlite else {"options": "-c lock_timeout=100"}
    return open_database(parsed.update_query_dict(patience).render_as_string(hide_password=False))


@contextmanager
def locked(database: Database) -> Iterator[None]:
    """Let somebody else hold what is to be written."""
    if database.is_sqlite:
        with held(file_of(database)):
            yield
    else:
        with transaction(database) as connection:
            connection.execute(text("LOCK TABLE account IN EXCLUSIVE MODE"))
            yield


@contextmanager
def read_only(database: Database) -> Iterator[None]:
    """Let nothing be written, as on a disk mounted so, or on a server that was demoted."""
    if database.is_sqlite:
        _on_writer(database, "PRAGMA query_only=ON")
        yield
        _on_writer(database, "PRAGMA query_only=OFF")
    else:
        _at_server(database, "ALTER DATABASE {} SET default_transaction_read_only = on")
        database.dispose()
        yield
        _at_server(database, "ALTER DATABASE {} RESET default_transaction_read_only")


@contextmanager
def full(database: Database) -> Iterator[None]:
    """Let there be no room: a batch of some size does not fit any more."""
    if database.is_sqlite:
        _on_writer(database, "PRAGMA max_page_count=1")
        yield
        _on_writer(database, "PRAGMA max_page_count=1073741823")
    else:  # told by the server, without filling a disk
        with transaction(database) as connection:
            connection.execute(text(_FULL))
        yield
        with transaction(database) as connection:
            connection.execute(text("DROP FUNCTION full_disk CASCADE"))


@contextmanager
def gone(database: Database) -> Iterator[None]:
    """Let it be out of reach: its folder moved away, or its server closed to everybody."""
    if database.is_sqlite:
        folder = file_of(database).parent
        away = folder.rename(folder.with_name("away"))
        yield
        away.rename(folder)
    else:
        _at_server(database, "ALTER DATABASE {} ALLOW_CONNECTIONS false")
        _at_server(
            database,
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{}'",
        )
        yield
        _at_server(database, "ALTER DATABASE {} ALLOW_CONNECTIONS true")


TROUBLES: tuple[Trouble, ...] = (locked, read_only, full, gone)

_FULL = """
CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'No space left on device' USING ERRCODE = 'disk_full'; END $$;
CREATE TRIGGER full_disk BEFORE INSERT ON entry FOR EACH ROW EXECUTE FUNCTION full_disk()
"""


def file_of(database: Database) -> Path:
    """Give the file of a SQLite database."""
    return Path(str(database.writer.url.database))


def _on_writer(database: Database, statement: str) -> None:
    with database.writer.connect() as connection:
        driver: Any = connection.connection.dbapi_connection
        driver.execute(statement)


def _at_server(database: Database, statement: str) -> None:
    """Do something to a PostgreSQL database from beside it."""
    url = database.writer.url
    server = create_engine(url.set(database="postgres"), isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.exec_driver_sql(statement.format(url.database))
    server.dispose()
