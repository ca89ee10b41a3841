"""Statements at the command line: a paper passbook for those who have no phone."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from typing import Annotated

import typer

from points.cli.door import DatabaseUrl, book, catalog_of, now
from points.cli.files import Force, check_called_a_page, new_file
from points.cli.people import read_number
from points.cli.reasons import done
from points.cli.words import MISUSED, fail, say
from points.domain.cards import spoken
from points.domain.desk import NotDone
from points.domain.ids import HouseholdId
from points.domain.outcomes import Refusal
from points.domain.passbooks import Line
from points.domain.periods import NEVER
from points.domain.privacy import masked_name
from points.outside.passbooks import Passbook, PassbookLine, passbook_parts
from points.service.cards import find_by_number
from points.service.statements import WholeStatement, read_whole_statement
from points.storage.engine import Database
from points.web.pages.passbook import rows_of
from points.web.pages.words import Words
from points.web.wording import Language, Tongue

_MOMENT = timedelta(microseconds=1)

app = typer.Typer(no_args_is_help=True, help="Statements on paper.")


@app.callback()
def _group() -> None:
    """Keep `print` a command of its own: typer folds a group of one into its only command."""


@app.command("print")
def print_statement(
    number: Annotated[
        list[str] | None, typer.Argument(help="The number of any of its cards.")
    ] = None,
    *,
    out: Annotated[Path, typer.Option(help="A new file for the passbook: an HTML page to print.")],
    household: Annotated[
        int | None, typer.Option(min=1, help="The household's number, in place of a card's.")
    ] = None,
    force: Force = False,
    database_url: DatabaseUrl = None,
) -> None:
    """Print a household's statement as a passbook. It names nobody."""
    check_called_a_page(out)
    with book(database_url) as opened_book:
        programme = catalog_of(opened_book).programme_at(now())
        owner = find_owner(opened_book.database, number, household)
        found = done(read_whole_statement(opened_book, owner, now=now()))
        with new_file(out, overwrites=force) as file:
            for part in passbook_parts(_passbook(found, programme.name, programme.zone)):
                file.write(part.encode())
    say(
        f"✔ 存折 {len(found.lines)} 行，在 {out}。请用浏览器打印",
        f"✔ a passbook of {len(found.lines)} lines in {out}. Print it from a browser.",
    )


def find_owner(
    database: Database, number: Sequence[str] | None, household: int | None
) -> HouseholdId:
    """Tell whose number was typed: a card's, or the household's own; else say so and end."""
    if bool(number) is (household is not None):
        fail("请写卡号，或者户号", "Name a card by its number, or a household.", code=MISUSED)
    if household is not None:
        return HouseholdId(household)
    card = find_by_number(database, read_number(number or ()))
    return done(card.household if card else NotDone(reason=Refusal.CARD_UNKNOWN))


def _passbook(found: WholeStatement, programme: str, zone: tzinfo) -> Passbook:
    return Passbook(
        programme=programme,
        printed_on=f"{now().astimezone(zone):%Y-%m-%d}",
        numbers=[spoken(number) for number in found.numbers],
        available=found.available,
        owed=found.owed,
        endings=[(_until(it.at, zone), it.points) for it in found.endings],
        lines=[_line(one, zone) for one in found.lines],
    )


def _until(ends: datetime, zone: tzinfo) -> str:
    """Tell the last day on which points can be used."""
    if ends >= NEVER:
        return "不会到期"
    return f"用到 {(ends - _MOMENT).astimezone(zone):%Y-%m-%d}"


def _line(line: Line, zone: tzinfo) -> PassbookLine:
    """Say a line in the words of the household's own page, but name nobody on paper."""
    carrier = line.carrier
    if carrier is not None:
        line = replace(line, carrier=replace(carrier, name=masked_name(carrier.name)))
    at = line.posted.occurred_at.astimezone(zone)
    [row] = rows_of([line], Words(Tongue(Language.CHINESE, zone, now())))
    return PassbookLine(
        day=f"{at:%Y-%m-%d}",
        time=f"{at:%H:%M}",
        what=row.what,
        where=row.where,
        notes=row.notes,
        change=row.change,
        left=row.left,
        is_undone=row.is_undone,
    )
