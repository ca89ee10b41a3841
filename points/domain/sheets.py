"""Read a list of households: every row checked, every fault named, nothing decided half-way.

What a spreadsheet holds comes in as rows of cells; what the columns are called, and in which order
they stand, is the list's own business. A fault names the row as the spreadsheet counts it.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum, StrEnum
from itertools import chain, islice
from typing import assert_never

from points.domain.cards import CardNumber, read_card_number
from points.domain.facts import Detail
from points.domain.ids import CommunityKey
from points.domain.people import Home, TextFault, door_fault, name_fault, plain_door
from points.domain.programme import Community

CARDS_MAX = 20
"""Cards that one row may name."""

_HEADER_ROWS_MAX = 10  # a title and a date may stand above the header
_SHOWN_MAX = 60
_BETWEEN_CARDS = re.compile(r"[、,;/\n]+")
_WITHIN_CARDS = re.compile(r"[\s\-\u2010-\u2013]+")
_NUMBER_LENGTH = 9
_BLANKS = re.compile(r"[\s_]+")


class OddCell(Enum):
    """A cell that holds something else than text or a whole number."""

    FORMULA = "formula"
    DATE = "date"
    ERROR = "error"


Cell = str | OddCell


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a list. `number` counts from 1, empty rows included."""

    number: int
    cells: tuple[Cell, ...]


class Column(StrEnum):
    """What a column tells."""

    COMMUNITY = "community"
    DOOR = "door"
    NAME = "name"
    CARDS = "cards"


HEADINGS: Mapping[Column, tuple[str, ...]] = {
    Column.COMMUNITY: ("居民区", "居委", "居委会", "社区", "小区", "community"),
    Column.DOOR: ("门牌", "门牌号", "户号", "室号", "门牌室号", "door", "door number"),
    Column.NAME: ("姓名", "户主", "户主姓名", "name", "household", "householder"),
    Column.CARDS: (
        *("卡号", "积分卡号", "积分卡", "cards", "card", "number"),
        *("card number", "card numbers"),
    ),
}
"""What the columns may be called, in either language and in any order."""

_REQUIRED = (Column.COMMUNITY, Column.DOOR)


class RowReason(StrEnum):
    """What is wrong with a row. Codes are public: add, never rename."""

    NOT_A_TABLE = "not_a_table"
    """Neither text nor a workbook of today: an old .xls, one with a password, a picture."""
    ENCODING_UNKNOWN = "encoding_unknown"
    BROKEN_TABLE = "broken_table"
    TOO_LARGE = "too_large"
    EMPTY_LIST = "empty_list"
    COLUMN_MISSING = "column_missing"
    COLUMN_TWICE = "column_twice"
    TOO_MANY_CELLS = "too_many_cells"

    COMMUNITY_MISSING = "community_missing"
    COMMUNITY_UNKNOWN = "community_unknown"
    COMMUNITY_AMBIGUOUS = "community_ambiguous"
    DOOR_MISSING = "door_missing"
    TOO_LONG = "too_long"
    CONTROL_CHARACTER = "control_character"
    FORMULA = "formula"
    DATE = "date"
    """The spreadsheet turned what was typed, such as 2-11, into a date."""
    ERROR_VALUE = "error_value"

    NUMBER_INVALID = "number_invalid"
    TOO_MANY_CARDS = "too_many_cards"
    CARD_UNKNOWN = "card_unknown"
    CARD_STOPPED = "card_stopped"
    CARD_BOUND = "card_bound"

    DUPLICATE_IN_FILE = "duplicate_in_file"
    DIFFERS_FROM_DATABASE = "differs_from_database"


@dataclass(frozen=True, slots=True, kw_only=True)
class RowFault:
    """One thing wrong with one row."""

    row: int
    column: Column | None = None
    reason: RowReason
    details: Mapping[str, Detail] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A row that could be read."""

    row: int
    home: Home
    cards: tuple[CardNumber, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """All that a list says, and all that is wrong with it."""

    lines: tuple[Line, ...]
    faults: tuple[RowFault, ...]
    ignored: tuple[str, ...] = ()
    """Headings of columns that were left unread."""


def read_sheet(rows: Iterable[Row], communities: Iterable[Community]) -> Sheet:
    """Read every row, whatever is wrong with the ones before it.

    A community may be written by its key, either name or its estate. Empty rows are passed over.
    """
    filled = (row for row in rows if any(_is_filled(cell) for cell in row.cells))
    above = list(islice(filled, _HEADER_ROWS_MAX))
    header = max(map(_read_header, above), key=lambda one: len(one.places), default=None)
    if header is None:
        return Sheet(lines=(), faults=(RowFault(row=1, reason=RowReason.EMPTY_LIST),))
    if header.faults:
        return Sheet(lines=(), faults=header.faults)
    reader = _Reader(header, communities)
    for row in chain(above, filled):
        if row.number > header.row:
            reader.read(row)
    return Sheet(lines=tuple(reader.lines), faults=tuple(reader.faults), ignored=header.ignored)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Header:
    row: int
    places: Mapping[Column, int]
    width: int
    ignored: tuple[str, ...]
    faults: tuple[RowFault, ...]


_BY_HEADING = {
    _BLANKS.sub("", heading): column
    for column, headings in HEADINGS.items()
    for heading in headings
}


def _read_header(row: Row) -> _Header:
    """See a row as a header, with what it lacks as one."""
    headings = [cell if isinstance(cell, str) else "" for cell in row.cells]
    columns = [_BY_HEADING.get(_plain_heading(heading)) for heading in headings]
    named = list(zip(headings, columns, strict=True))
    missing = [column for column in _REQUIRED if column not in columns]
    twice = [column for column in Column if columns.count(column) > 1]
    wrong = [(column, RowReason.COLUMN_MISSING) for column in missing]
    wrong += [(column, RowReason.COLUMN_TWICE) for column in twice]
    return _Header(
        row=row.number,
        places={column: place for place, column in enumerate(columns) if column is not None},
        width=len(columns),
        ignored=tuple(_shown(text) for text, column in named if text.strip() and column is None),
        faults=tuple(
            RowFault(row=row.number, column=column, reason=reason) for column, reason in wrong
        ),
    )


def _plain_heading(heading: str) -> str:
    return _BLANKS.sub("", unicodedata.normalize("NFKC", heading)).lower()


class _Reader:
    """Reads row after row; remembers doors and cards, as each may stand in a list once."""

    def __init__(self, header: _Header, communities: Iterable[Community]) -> None:
        self.lines: list[Line] = []
        self.faults: list[RowFault] = []
        self._header = header
        self._communities = _by_name(communities)
        self._rows_of_places: dict[tuple[CommunityKey, str], int] = {}
        self._rows_of_cards: dict[CardNumber, int] = {}

    def read(self, row: Row) -> None:
        """Read one row: a line, or at least one fault."""
        before = len(self.faults)
        if any(_is_filled(cell) for cell in row.cells[self._header.width :]):
            self._fault(row, None, RowReason.TOO_MANY_CELLS)
        community = self._community(row, self._text(row, Column.COMMUNITY))
        door = self._door(row, self._text(row, Column.DOOR))
        name = self._name(row, self._text(row, Column.NAME))
        cards = self._cards(row, self._text(row, Column.CARDS))
        if community is not None and door is not None:
            self._once(row, community, door)
        if community is not None and door is not None and len(self.faults) == before:
            home = Home(community=community, door=door, name=name)
            self.lines.append(Line(row=row.number, home=home, cards=cards))

    def _fault(self, row: Row, column: Column | None, reason: RowReason, **details: Detail) -> None:
        fault = RowFault(row=row.number, column=column, reason=reason, details=details)
        self.faults.append(fault)

    def _text(self, row: Row, column: Column) -> str | None:
        """Give the cell's text; None where it could not be read and the fault is noted."""
        place = self._header.places.get(column)
        cell = row.cells[place] if place is not None and place < len(row.cells) else ""
        match cell:
            case str():
                return cell.strip()
            case OddCell.FORMULA:
                self._fault(row, column, RowReason.FORMULA)
            case OddCell.DATE:
                self._fault(row, column, RowReason.DATE)
            case OddCell.ERROR:
                self._fault(row, column, RowReason.ERROR_VALUE)
            case _:
                assert_never(cell)
        return None

    def _community(self, row: Row, text: str | None) -> CommunityKey | None:
        if text is None:
            return None
        if not text:
            self._fault(row, Column.COMMUNITY, RowReason.COMMUNITY_MISSING)
            return None
        found = self._communities.get(_plain_name(text), set())
        if len(found) == 1:
            return next(iter(found))
        unknown, ambiguous = RowReason.COMMUNITY_UNKNOWN, RowReason.COMMUNITY_AMBIGUOUS
        reason = ambiguous if found else unknown
        self._fault(row, Column.COMMUNITY, reason, found=_shown(text))
        return None

    def _door(self, row: Row, text: str | None) -> str | None:
        if text is None:
            return None
        door = plain_door(text)
        fault = door_fault(door)
        if fault is TextFault.MISSING:
            self._fault(row, Column.DOOR, RowReason.DOOR_MISSING)
        elif fault is not None:
            self._fault(row, Column.DOOR, _AS_ROW_REASON[fault], found=_shown(door))
        return door if fault is None else None

    def _name(self, row: Row, text: str | None) -> str | None:
        fault = name_fault(text) if text else None
        if fault is not None:
            self._fault(row, Column.NAME, _AS_ROW_REASON[fault], found=_shown(text or ""))
        return text or None

    def _cards(self, row: Row, text: str | None) -> tuple[CardNumber, ...]:
        written = list(_split_numbers(text or ""))
        if len(written) > CARDS_MAX:
            self._fault(row, Column.CARDS, RowReason.TOO_MANY_CARDS, most=CARDS_MAX)
            return ()
        numbers: list[CardNumber] = []
        for part in written:
            number = read_card_number(part)
            if number is None:
                self._fault(row, Column.CARDS, RowReason.NUMBER_INVALID, found=_shown(part))
            elif self._rows_of_cards.setdefault(number, row.number) != row.number:
                first = self._rows_of_cards[number]
                self._fault(
                    row, Column.CARDS, RowReason.DUPLICATE_IN_FILE, found=number, first_row=first
                )
            elif number not in numbers:
                numbers.append(number)
        return tuple(numbers)

    def _once(self, row: Row, community: CommunityKey, door: str) -> None:
        first = self._rows_of_places.setdefault((community, door), row.number)
        if first != row.number:
            self._fault(
                row,
                Column.DOOR,
                RowReason.DUPLICATE_IN_FILE,
                found=_shown(door),
                first_row=first,
            )


_AS_ROW_REASON = {
    TextFault.TOO_LONG: RowReason.TOO_LONG,
    TextFault.CONTROL_CHARACTER: RowReason.CONTROL_CHARACTER,
    TextFault.FORMULA: RowReason.FORMULA,
}


def _by_name(communities: Iterable[Community]) -> dict[str, set[CommunityKey]]:
    found: dict[str, set[CommunityKey]] = {}
    for community in communities:
        for name in (community.key, community.name, community.name_en, community.estate):
            if name:
                found.setdefault(_plain_name(name), set()).add(community.key)
    return found


def _plain_name(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def _is_filled(cell: Cell) -> bool:
    return not isinstance(cell, str) or bool(cell.strip())


def _shown(text: str) -> str:
    """Cut a cell to a length one can read, without what would upset a terminal."""
    printable = "".join(letter if letter.isprintable() else "�" for letter in text)
    return printable if len(printable) <= _SHOWN_MAX else printable[:_SHOWN_MAX] + "…"


def _split_numbers(text: str) -> Iterator[str]:
    """Take several numbers apart, though each may itself be written in groups of three."""
    for part in _BETWEEN_CARDS.split(unicodedata.normalize("NFKC", text)):
        digits = _WITHIN_CARDS.sub("", part)
        if digits.isdecimal() and len(digits) % _NUMBER_LENGTH == 0:
            starts = range(0, len(digits), _NUMBER_LENGTH)
            yield from (digits[start : start + _NUMBER_LENGTH] for start in starts)
        elif part.strip():
            yield part.strip()
