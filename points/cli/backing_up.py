"""Back the book up and restore it: `points backup FILE`, `points restore FILE`."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from points.cli.door import DatabaseUrl, settings
from points.cli.words import fail, progress_bar, say, words
from points.service.backups import back_up
from points.service.backups import restore as restore_book
from points.service.transactions import DatabaseUnavailable
from points.storage.backups import BackupFault, NotCopied, Progress
from points.storage.engine import Database, UnknownDatabase, open_database

app = typer.Typer(no_args_is_help=True)

WORDS: Mapping[BackupFault, tuple[str, str]] = {
    BackupFault.EXISTS: (
        "已经有这个文件；确实要替换请加 --force",
        "it is there already; to replace it, say --force",
    ),
    BackupFault.MISSING: ("没有这个文件", "there is no such file"),
    BackupFault.NOT_A_FILE: ("这不是普通文件", "this is not a plain file"),
    BackupFault.ITSELF: ("这就是账本自己", "this is the book itself"),
    BackupFault.IN_USE: (
        "正在使用；请先停下服务和其他 points 命令",
        "it is in use; stop the service and other points commands first",
    ),
    BackupFault.DAMAGED: ("文件坏了", "it is damaged"),
    BackupFault.NOT_POINTS: ("这不是 points 的账本", "this is no book of points"),
    BackupFault.NEWER: (
        "出自更新版本的 points，请用那个版本",
        "a newer release of points made it; use that one",
    ),
    BackupFault.FAILED: ("没有成功", "it failed"),
}

_POSTGRESQL_BACKUP = "pg_dump --format=custom --file=points.dump DATABASE"
_POSTGRESQL_RESTORE = (
    "pg_restore --dbname=DATABASE --single-transaction --exit-on-error points.dump"
)

Force = Annotated[bool, typer.Option("--force", help="Replace what is there.")]


@app.command()
def backup(
    file: Annotated[Path, typer.Argument(help="Where to write the backup.")],
    *,
    force: Force = False,
    database_url: DatabaseUrl = None,
) -> None:
    """Copy a SQLite book into a file, checked and whole, while the service goes on."""
    with _sqlite(database_url, _POSTGRESQL_BACKUP) as database, _progress() as progress:
        back_up(database, file, overwrites=force, progress=progress)
    say(f"备份在 {file}", f"The backup is {file}.")


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(help="What `points backup` wrote.")],
    *,
    force: Force = False,
    database_url: DatabaseUrl = None,
) -> None:
    """Make a backup the book again. Stop the service first; run `points verify` afterwards."""
    with _sqlite(database_url, _POSTGRESQL_RESTORE) as database, _progress() as progress:
        restore_book(file, database, overwrites=force, progress=progress)
    say(
        "已恢复。备份之后的记录请从各设备重新上传，再运行 points verify",
        "Restored. Have every device send again what came after the backup, then run "
        "`points verify`.",
    )


@contextmanager
def _sqlite(database_url: str | None, postgresql_command: str) -> Iterator[Database]:
    """Open a SQLite book without asking more of it, and turn faults into sentences."""
    url = settings(database_url).database_url
    try:
        database = open_database(url)
    except UnknownDatabase as error:
        fail(f"数据库地址不对：{error}", f"The database URL is wrong: {error}", code=2)
    try:
        if not database.is_sqlite:
            fail(
                f"PostgreSQL 请用它自己的工具，见 docs/backup.md：\n  {postgresql_command}",
                f"PostgreSQL has tools of its own, see docs/backup.md:\n  {postgresql_command}",
                code=2,
            )
        yield database
    except NotCopied as error:
        zh, en = WORDS[error.fault]
        said = f" ({error.said})" if error.said else ""
        fail(f"{error.path}：{zh}{said}", f"{error.path}: {en}{said}")
    except DatabaseUnavailable as error:
        fail(f"数据库现在读不了：{error}", f"The database cannot be read now: {error}")
    finally:
        database.reader.dispose()


@contextmanager
def _progress() -> Iterator[Progress]:
    with progress_bar() as bar:
        task = bar.add_task(words("复制", "Copying"), total=None)

        def tell(copied: int, total: int) -> None:
            bar.update(task, completed=copied, total=total)

        yield tell
