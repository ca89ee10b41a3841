"""Statements at the command line: a paper passbook for those who have no phone."""

from collections.abc import Sequence
from datetime import tzinfo
from pathlib import Path
from typing import Annotated

import typer

from points.cli.door import DatabaseUrl, book, catalog_of, now
from points.cli.events import KINDS
from points.cli.files import Force, check_called_a_page, new_file
from points.cli.people import read_number
from points.cli.reasons import done
from points.cli.words import MISUSED, fail, say
from points.domain.cards import spoken
from points.domain.desk import NotDone
from points.domain.ids import HouseholdId
from points.domain.outcomes import Refusal
from points.outside.passbooks import Passbook, PassbookLine, passbook_parts
from points.service.cards import find_by_number
from points.service.statements import StatementLine, WholeStatement, read_whole_statement
from points.storage.engine import Database

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
        endings=[(f"{it.at.astimezone(zone):%Y-%m-%d}", it.points) for it in found.endings],
        lines=[_line(one, zone) for one in found.lines],
    )


def _line(line: StatementLine, zone: tzinfo) -> PassbookLine:
    posted = line.posted
    at = posted.occurred_at.astimezone(zone)
    name = KINDS[posted.kind][0] if line.item is None else line.item.name
    pieces = f" × {posted.quantity}" if posted.points < 0 and posted.quantity > 1 else ""
    ended = f"，另有 {posted.expired} 分到期" if posted.points and posted.expired else ""
    return PassbookLine(
        day=f"{at:%Y-%m-%d}",
        time=f"{at:%H:%M}",
        what=f"{name}{pieces}{ended}",
        where="" if line.booth is None else f"{line.booth.number} 号 {line.booth.name}",
        points=posted.points or -posted.expired,
        balance=posted.balance_after,
        is_undone=line.is_undone,
    )
