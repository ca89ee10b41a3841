"""Slips at the command line: blank paper for booths, for when all else fails."""

from pathlib import Path
from typing import Annotated

import typer

from points.cli.door import DatabaseUrl, book, catalog_of, now, random_bytes
from points.cli.files import Force, check_called_a_page, new_file
from points.cli.words import progress_by_stage, say
from points.domain.slip_codes import SlipCode
from points.outside.slip_sheets import slip_sheet_parts
from points.service.slips import print_slips
from points.storage.engine import Database

app = typer.Typer(no_args_is_help=True, help="Points slips: paper for when nothing can be scanned.")


@app.callback()
def _group() -> None:
    """Keep `print` a command of its own: typer folds a group of one into its only command."""


@app.command("print")
def print_blank(
    *,
    count: Annotated[int, typer.Option(min=1, max=100_000, help="How many.")],
    out: Annotated[Path, typer.Option(help="A new file for the A4 sheets: an HTML page to print.")],
    force: Force = False,
    database_url: DatabaseUrl = None,
) -> None:
    """Make blank slips and sheets to print; only this file knows their codes."""
    check_called_a_page(out)
    with book(database_url) as opened_book, new_file(out, overwrites=force) as file:
        name = catalog_of(opened_book).programme_at(now()).name
        for part in slip_sheet_parts(_make(opened_book.database, count), name):
            file.write(part.encode())
    say(
        f"✔ {count} 张积分条在 {out}。请用浏览器打印，印好后删掉这个文件",
        f"✔ {count} slips in {out}. Print it from a browser, then delete the file.",
    )


def _make(database: Database, count: int) -> list[SlipCode]:
    printed: list[SlipCode] = []
    with progress_by_stage({"": ("制条", "slips")}) as tell:
        for part in print_slips(database, count, now=now(), random_bytes=random_bytes):
            printed += part
            tell(len(printed), count, "")
    return printed
