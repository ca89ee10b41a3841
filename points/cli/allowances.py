"""Allowances 代领 at the desk: for households that have no page to make one on."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from points.cli.door import DatabaseUrl, book, now, random_bytes
from points.cli.files import Force, new_file
from points.cli.people import Number, read_number, typed_pin
from points.cli.reasons import done
from points.cli.words import fail, say
from points.domain.allowances import AllowanceRecord, Terms
from points.domain.cards import spoken
from points.domain.ids import HouseholdId
from points.outside.qr_images import qr_png
from points.service.allowances import end_allowance, make_allowance, read_allowances
from points.service.cards import find_by_number
from points.service.confirming import Giver
from points.storage.engine import Database

app = typer.Typer(
    no_args_is_help=True, help="Allowances: let somebody spend some of a household's points."
)

Card = Annotated[str, typer.Option(help="The number of one of the household's cards.")]


@app.command()
def make(
    number: Number,
    *,
    label: Annotated[str, typer.Option("--for", help="Who spends, such as 孙女.")],
    points: Annotated[int, typer.Option(min=1, help="At most so many.")],
    until: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="The last day.")],
    out: Annotated[Path, typer.Option(help="A new .png file: the QR to print or to send.")],
    pin: Annotated[bool, typer.Option("--pin", help="Ask for the household's PIN.")] = False,
    force: Force = False,
    database_url: DatabaseUrl = None,
) -> None:
    """Let somebody spend some of a household's points, until a day."""
    typed = typed_pin() if pin else None
    terms = Terms(label=label, points_max=points, last_day=until.date())
    with book(database_url) as opened_book, new_file(out, overwrites=force) as file:
        giver = Giver(household=_household(opened_book.database, number), pin=typed)
        made = done(make_allowance(opened_book, giver, terms, now=now(), random_bytes=random_bytes))
        file.write(qr_png(made.code))
    _tell(made.record)
    say(f"✔ 二维码在 {out}", f"✔ its QR is in {out}")


@app.command("list")
def list_all(number: Number, database_url: DatabaseUrl = None) -> None:
    """List what the household of a card lets others spend."""
    with book(database_url) as opened_book:
        household = _household(opened_book.database, number)
        for record in read_allowances(opened_book, household):
            _tell(record)


@app.command()
def end(number: Number, *, card: Card, database_url: DatabaseUrl = None) -> None:
    """End an allowance at once; it is named by its own number."""
    with book(database_url) as opened_book:
        household = _household(opened_book.database, [card])
        _tell(done(end_allowance(opened_book, household, read_number(number), now=now())))


def _household(database: Database, number: Sequence[str]) -> HouseholdId:
    card = find_by_number(database, read_number(number))
    if card is None:
        fail("没有这张卡", "There is no such card.")
    return card.household


def _tell(record: AllowanceRecord) -> None:
    terms, number = record.terms, spoken(record.number)
    ended = record.ended_at is not None
    say(
        f"代领 {number}：{terms.label}，{'已停用' if ended else f'还剩 {record.left} 分'}"
        f"（共 {terms.points_max} 分，到 {terms.last_day}）",
        f"allowance {number}: {terms.label}, {'ended' if ended else f'{record.left} points left'}"
        f" (of {terms.points_max}, until {terms.last_day})",
    )
