"""A household's whole statement, for paper: every line from the first, and what is left."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from points.domain.cards import CardNumber
from points.domain.desk import NotDone
from points.domain.facts import CardState, Posted
from points.domain.ids import HouseholdId
from points.domain.outcomes import Refusal
from points.domain.passbooks import Line
from points.domain.programme import Catalog
from points.service.posting import Book
from points.service.reading import Ending
from points.service.telling import tell_lines
from points.service.transactions import snapshot
from points.storage.households import find_household
from points.storage.people import load_households
from points.storage.reading import Place, load_lines, load_purses

PART = 500
"""Lines that are read at a time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WholeStatement:
    """All that a household did, oldest line first. It names nobody."""

    household: HouseholdId
    numbers: tuple[CardNumber, ...]
    """Of the cards that it uses."""
    available: int
    owed: int
    endings: tuple[Ending, ...]
    """All that it has, by when it ends; soonest first."""
    lines: tuple[Line, ...]


def read_whole_statement(
    book: Book, household: HouseholdId, *, now: datetime
) -> WholeStatement | NotDone:
    """Read all that a household did and has, and those that went up in it."""
    with snapshot(book.database) as connection:
        found = find_household(connection, household)
        if found is None:
            return NotDone(reason=Refusal.HOUSEHOLD_UNKNOWN)
        purse = load_purses(connection, [found.id])[found.id]
        live = [Ending(at=ends, points=points) for ends, points in purse.endings if ends > now]
        return WholeStatement(
            household=found.id,
            numbers=tuple(one.number for one in found.cards if one.state is CardState.ACTIVE),
            available=sum(one.points for one in live),
            owed=purse.owed,
            endings=tuple(live),
            lines=_lines(connection, book.catalogs.current(connection), found.id),
        )


def _lines(connection: Connection, catalog: Catalog, household: HouseholdId) -> tuple[Line, ...]:
    members = load_households(connection, [household]).stands
    told: list[tuple[Posted, bool]] = []
    before: Place | None = None
    while True:
        page = load_lines(connection, members, before=before, limit=PART)
        told += ((one, one.id in page.undone_by) for one in page.posted)
        if not page.has_more:
            return tell_lines(connection, catalog, household, told[::-1])
        last = page.posted[-1]
        before = Place(last.posted_at, last.id)
