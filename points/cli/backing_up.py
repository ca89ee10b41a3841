"""Back the book up and restore it: `points backup FILE`, `points restore FILE`."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from points.cli.door import DatabaseUrl, reached
from points.cli.trouble import fail_about
from points.cli.words import MISUSED, Both, fail, progress_by_stage, say
from points.service.backups import back_up
from points.service.backups import restore as restore_book
from points.storage.backups import BackupFault, NotCopied, Progress
from points.storage.engine import Database

app = typer.Typer(no_args_is_help=True)

WORDS: Mapping[BackupFault, Both] = {
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

_BY_POSTGRESQL = "pg_dump --format=custom --file=points.dump DATABASE"
_BACK_BY_POSTGRESQL = (
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
    with (
        _sqlite(database_url, makes=False, postgresql_command=_BY_POSTGRESQL) as database,
        _progress() as progress,
    ):
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
    with (
        _sqlite(database_url, makes=True, postgresql_command=_BACK_BY_POSTGRESQL) as database,
        _progress() as progress,
    ):
        restore_book(file, database, overwrites=force, progress=progress)
    say(
        "已恢复。备份之后的记录请从各设备重新上传，再运行 points verify",
        "Restored. Have every device send again what came after the backup, then run "
        "`points verify`.",
    )


@contextmanager
def _sqlite(
    database_url: str | None, *, makes: bool, postgresql_command: str
) -> Iterator[Database]:
    """Open a SQLite book without asking more of it, and turn faults into sentences."""
    with reached(database_url, makes=makes) as database:
        if not database.is_sqlite:
            fail(
                f"PostgreSQL 请用它自己的工具，见 docs/backup.md：\n  {postgresql_command}",
                f"PostgreSQL has tools of its own, see docs/backup.md:\n  {postgresql_command}",
                code=MISUSED,
            )
        try:
            yield database
        except NotCopied as error:
            if isinstance(error.__cause__, OSError):
                fail_about(error.path, error.__cause__)
            zh, en = WORDS[error.fault]
            said = f" ({error.said})" if error.said else ""
            fail(f"{error.path}：{zh}{said}", f"{error.path}: {en}{said}")


@contextmanager
def _progress() -> Iterator[Progress]:
    with progress_by_stage({"": ("复制", "Copying")}) as tell:
        yield lambda copied, total: tell(copied, total, "")
