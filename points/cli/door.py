"""What the operator's commands share: settings, the database, the clock, chance and ids."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Annotated
from uuid import uuid4

import typer

from points.cli.words import fail
from points.domain.programme import Catalog
from points.service.posting import Book, make_book
from points.service.transactions import DatabaseUnavailable, snapshot
from points.settings import Settings, SettingsFault, read_settings
from points.storage.engine import (
    Database,
    UnknownDatabase,
    UnsafeDatabase,
    check_safety,
    open_database,
)
from points.storage.migrate import is_current

DatabaseUrl = Annotated[
    str | None,
    typer.Option("--database", envvar="POINTS_DATABASE_URL", help="The database's URL."),
]


def now() -> datetime:
    """Read the clock."""
    return datetime.now(UTC)


def random_bytes(count: int) -> bytes:
    """Draw bytes that nobody can guess."""
    return secrets.token_bytes(count)


def new_key() -> str:
    """Name something that never had a name before."""
    return str(uuid4())


def settings(database_url: str | None = None) -> Settings:
    """Read the settings, the command line's word before the environment's."""
    environment = dict(os.environ)
    if database_url:
        environment["POINTS_DATABASE_URL"] = database_url
    try:
        return read_settings(environment)
    except SettingsFault as fault:
        fail(str(fault), str(fault), code=2)


@contextmanager
def opened(database_url: str | None) -> Iterator[Database]:
    """Open the database for one command, and turn its troubles into sentences."""
    url = settings(database_url).database_url
    try:
        database = open_database(url)
    except UnknownDatabase as error:
        fail(f"数据库地址不对：{error}", f"The database URL is wrong: {error}", code=2)
    try:
        if not is_current(database):
            fail(
                "数据库还没有准备好，请先运行 points migrate",
                "The database is not ready. Run `points migrate` first.",
            )
        check_safety(database)
        yield database
    except UnsafeDatabase as error:
        fail(f"数据库的设置不安全：{error}", f"The database is set up unsafely: {error}", code=2)
    except DatabaseUnavailable as error:
        fail(f"数据库现在写不进去：{error}", f"The database cannot write now: {error}")
    finally:
        database.dispose()


def catalog_of(book: Book) -> Catalog:
    """Read what is set up."""
    with snapshot(book.database) as connection:
        return book.catalogs.current(connection)


@contextmanager
def book(database_url: str | None) -> Iterator[Book]:
    """Open the book for one command."""
    with opened(database_url) as database:
        yield make_book(database, now)
