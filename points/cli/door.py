"""What the operator's commands share: settings, the database, the clock, chance and ids."""

import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, NoReturn
from uuid import uuid4

import typer
from sqlalchemy.exc import DatabaseError, OperationalError, SQLAlchemyError

from points.cli.words import MISUSED, fail
from points.domain.periods import spelled
from points.domain.programme import Catalog
from points.service.posting import Book, make_book
from points.service.timekeeping import ClockInDoubt, check_clock
from points.service.transactions import DatabaseUnavailable, snapshot
from points.settings import Settings, SettingsFault, read_settings
from points.storage.engine import (
    Database,
    NoTurn,
    UnknownDatabase,
    UnsafeDatabase,
    check_safety,
    open_database,
)
from points.storage.migrate import NewerDatabase, is_current

DatabaseUrl = Annotated[
    str | None,
    typer.Option(
        "--database",
        envvar="POINTS_DATABASE_URL",
        show_envvar=False,
        help="The database's URL, by default sqlite:///var/points.db; one with a password is "
        "better kept in POINTS_DATABASE_URL.",
    ),
]


def now() -> datetime:
    """Read the clock."""
    return datetime.now(UTC)


def seconds() -> float:
    """Count seconds, also while the machine sleeps; to set its clock changes nothing."""
    # Where it is not named like this, the plain one goes on in sleep.
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


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
        fail(f"设置不对：{fault.zh}", str(fault), code=MISUSED)


@contextmanager
def reached(database_url: str | None, *, makes: bool = False) -> Iterator[Database]:
    """Open the database as it is for one command, and turn its troubles into sentences.

    Args:
        database_url: What the command line says, if it says anything.
        makes: Whether a SQLite file that is not there is made.
    """
    database = _open(settings(database_url).database_url)
    try:
        with trouble_told():
            file = database.writer.url.database
            folder = Path(file or "").parent
            if database.is_sqlite and not folder.is_dir():
                fail(
                    f"没有文件夹 {folder}，数据库 {Path(file or '').name} 没有地方放。"
                    "请先建这个文件夹，或改正数据库地址",
                    f"There is no folder {folder} for the database {Path(file or '').name}. "
                    "Make the folder, or put the database's URL right.",
                )
            if database.is_sqlite and not makes and not Path(file or "").is_file():
                fail(
                    f"没有数据库文件 {file}；points migrate 会建一个",
                    f"There is no database file {file}; `points migrate` makes one.",
                )
            yield database
    finally:
        database.reader.dispose()
        database.writer.dispose()


@contextmanager
def opened(database_url: str | None) -> Iterator[Database]:
    """Open a database that is ready and safe to use."""
    with reached(database_url) as database:
        check(database)
        yield database


def check(database: Database) -> None:
    """Make sure that a database is ready and safe to use; where it is not, say why and end."""
    with trouble_told(SQLAlchemyError):
        if not is_current(database):
            fail(
                "数据库还没有准备好，请先运行 points migrate",
                "The database is not ready. Run `points migrate` first.",
            )
        check_safety(database)


@contextmanager
def book(database_url: str | None) -> Iterator[Book]:
    """Open the book for one command, unless the clock may be wrong."""
    with opened(database_url) as database:
        with doubt_told():
            check_clock(database, now())
        yield make_book(database, now)


@contextmanager
def doubt_told() -> Iterator[None]:
    """Say so where the clock may be wrong, and how to go on if it is not."""
    try:
        yield
    except ClockInDoubt as doubt:
        known, shown = spelled(doubt.newest), spelled(doubt.now)
        fail(
            f"✘ 已知最近的时刻是 {known}，而这台机器的时钟是 {shown}，可能不准，什么也没有做。"
            "请核对时钟；确实无误，请运行 points clock --accept",
            f"✘ The newest time known here is {known}, and this machine's clock shows {shown}. "
            "It may be wrong, so nothing was done. Set it; if it is right, run "
            "`points clock --accept`.",
        )


def catalog_of(book: Book) -> Catalog:
    """Read what is set up; where nothing is, say how and end."""
    with snapshot(book.database) as connection:
        catalog = book.catalogs.current(connection)
    if not catalog.programme.all:
        fail(
            "还没有方案，请先运行 points programme load 方案.toml",
            "There is no programme yet. Run `points programme load FILE.toml` first.",
        )
    return catalog


@contextmanager
def trouble_told(*more: type[SQLAlchemyError]) -> Iterator[None]:
    """Turn a database's troubles into sentences; faults of ours stay what they are.

    Args:
        more: What else is the database's trouble, where nothing of ours is asked of it yet.
    """
    trouble: tuple[type[Exception], ...] = (DatabaseUnavailable, OperationalError, NoTurn, *more)
    try:
        yield
    except UnsafeDatabase as error:
        fail(
            f"数据库的设置不安全：{_unsafe_in_chinese(error)}",
            f"The database is set up unsafely: {error}",
            code=MISUSED,
        )
    except NewerDatabase as error:
        fail(
            f"数据库属于更新版本的 points：里面有步骤 {error.steps}",
            f"The database belongs to a newer release of points: {error}",
            code=MISUSED,
        )
    except trouble as error:
        _give_up(error)
    except DatabaseError as error:
        if type(error) is not DatabaseError:  # that one alone: the file is damaged, or none of ours
            raise
        _give_up(error)


def _open(url: str) -> Database:
    try:
        return open_database(url)
    except UnknownDatabase as error:
        chinese = f"{error.kind}：只支持 sqlite 文件和 postgresql" if error.kind else "看不懂"
        fail(f"数据库地址不对：{chinese}", f"The database URL is wrong: {error}", code=MISUSED)
    except ValueError as error:
        fail(f"数据库地址不对：{error}", f"The database URL is wrong: {error}", code=MISUSED)


def _unsafe_in_chinese(error: UnsafeDatabase) -> str:
    wanted = f"{error.wanted} 或更新" if error.is_least else error.wanted
    stands = f"{error.setting} 是 {error.found}" if error.found else error.setting
    return f"{stands}，应该是 {wanted}"


def _give_up(error: Exception) -> NoReturn:
    reason = _innermost(error)
    fail(f"数据库现在不能用：{reason}", f"The database cannot be used now: {reason}")


def _innermost(error: BaseException) -> str:
    """Tell what the database itself said, in one line; the statement is nobody's business."""
    while error.__cause__ is not None:
        error = error.__cause__
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__
