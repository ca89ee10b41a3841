"""Import a list of households: all of it, or nothing and every reason why not."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeVar

from sqlalchemy import Connection

from points.domain.cards import CardNumber
from points.domain.imports import Known, KnownDoor, Place, Plan, plan_import
from points.domain.operations import Evidence
from points.domain.people import CardRecord
from points.domain.programme import Catalog, Community
from points.domain.sheets import Line, Row, RowFault, Sheet, read_sheet
from points.outside.tables import UnreadableTable, read_table
from points.service.desk import post_all
from points.service.households import asked_to_merge
from points.service.posting import Book
from points.service.transactions import settle, snapshot
from points.storage.cards import hold_households, load_card_records, move_cards
from points.storage.facts import HouseholdsMoved
from points.storage.households import (
    add_households,
    load_doors,
    name_households,
    settle_households,
    used_among,
)
from points.storage.locks import lock_chain

Item = TypeVar("Item")

_PART = 5_000


class Stage(StrEnum):
    """What an import is doing."""

    READING = "reading"
    CHECKING = "checking"
    WRITING = "writing"


Progress = Callable[[int, int | None, Stage], None]
"""Is told how much of a stage is done and, where that is known, of how much."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """The list is in the database, now or already."""

    rows: int
    added: int
    changed: int
    unchanged: int
    cards_bound: int
    ignored: tuple[str, ...]
    """Headings of columns that were left unread."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportRefused:
    """Nothing was imported; here is everything that is wrong, in order of row."""

    faults: tuple[RowFault, ...]


def _say_nothing(done: int, total: int | None, stage: Stage) -> None:
    del done, total, stage


def import_households(
    book: Book, content: bytes, *, now: datetime, on_progress: Progress = _say_nothing
) -> Imported | ImportRefused:
    """Add and name the households of a .csv or .xlsx file, and bind the cards that it names.

    Every row is checked before anything is written, and everything is written in one transaction.
    The same file again changes nothing. Cards that earned already bring their points and past.
    """
    with snapshot(book.database) as connection:
        communities = _communities(book.catalogs.current(connection))
    try:
        rows = _told(read_table(content), Stage.READING, on_progress)
        sheet = read_sheet(rows, communities)
    except UnreadableTable as fault:
        return ImportRefused(faults=(RowFault(row=fault.row, reason=fault.reason),))
    with snapshot(book.database) as connection:
        plan = plan_import(sheet.lines, _load_known(connection, sheet.lines, on_progress))
    faults = (*sheet.faults, *(plan if isinstance(plan, list) else ()))
    if faults or isinstance(plan, list):
        return ImportRefused(faults=tuple(sorted(faults, key=lambda fault: fault.row)))
    if plan.is_empty():
        return _imported(sheet, plan)
    return _write_whole(book, sheet, plan, now, on_progress)


def _write_whole(
    book: Book, sheet: Sheet, plan: Plan, now: datetime, on_progress: Progress
) -> Imported | ImportRefused:
    held = plan.touched()

    def act(connection: Connection) -> Imported | ImportRefused:
        nonlocal held
        lock_chain(connection)  # before any wallet: cards may bring a past, and that is posted
        hold_households(connection, held)
        # What was read before is only a guess; decided is by what stands while nobody can scan.
        decided = plan_import(sheet.lines, _load_known(connection, sheet.lines))
        if isinstance(decided, list):
            return ImportRefused(faults=tuple(decided))
        if not decided.touched() <= held:
            held = decided.touched()
            raise HouseholdsMoved
        _write(connection, book, decided, now, on_progress)
        return _imported(sheet, decided)

    return settle(book.database, act)


def _communities(catalog: Catalog) -> list[Community]:
    newest = (versions.latest.item for versions in catalog.communities.values())
    return [community for community in newest if community is not None]


def _told(rows: Iterable[Row], stage: Stage, on_progress: Progress) -> Iterator[Row]:
    number = 0
    for number, row in enumerate(rows, start=1):
        yield row
        if number % _PART == 0:
            on_progress(number, None, stage)
    on_progress(number, number, stage)


def _parts(items: Sequence[Item], stage: Stage, on_progress: Progress) -> Iterator[Sequence[Item]]:
    for start in range(0, len(items), _PART):
        part = items[start : start + _PART]
        yield part
        on_progress(start + len(part), len(items), stage)


def _load_known(
    connection: Connection, lines: Sequence[Line], on_progress: Progress = _say_nothing
) -> Known:
    doors: dict[Place, KnownDoor] = {}
    cards: dict[CardNumber, CardRecord] = {}
    for part in _parts(lines, Stage.CHECKING, on_progress):
        doors |= load_doors(connection, [line.home.place for line in part])
        numbers = [number for line in part for number in line.cards]
        cards |= load_card_records(connection, numbers)
    blank = {card.household for card in cards.values() if not card.has_door}
    return Known(doors=doors, cards=cards, used=used_among(connection, blank))


def _write(
    connection: Connection, book: Book, plan: Plan, now: datetime, on_progress: Progress
) -> None:
    for part in _parts(plan.added, Stage.WRITING, on_progress):
        add_households(connection, part, at=now)
    for settled in _parts(list(plan.settled.items()), Stage.WRITING, on_progress):
        settle_households(connection, dict(settled))
    name_households(connection, plan.named)
    move_cards(connection, plan.moved)
    merges = [
        asked_to_merge(source, into, now, evidence=Evidence.IMPORT)
        for source, into in plan.merged.items()
    ]
    for asked in _parts(merges, Stage.WRITING, on_progress):
        post_all(connection, book, asked)


def _imported(sheet: Sheet, plan: Plan) -> Imported:
    return Imported(
        rows=len(sheet.lines),
        added=len(plan.added) + len(plan.settled),
        changed=plan.changed,
        unchanged=plan.unchanged,
        cards_bound=plan.cards_bound,
        ignored=sheet.ignored,
    )
