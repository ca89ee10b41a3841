"""The sorting quiz: household things, each with its bin, as an organiser lists them.

What a spreadsheet holds comes in as rows of cells. Every row is checked and every fault named, by
the row as the spreadsheet counts it; a list with a fault is no list. Phones choose from it and
count right answers; what those pay is an activity's rule like any other.
"""

import json
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import astuple, dataclass, field
from enum import StrEnum
from hashlib import sha256
from itertools import chain, islice

from points.domain.facts import Detail
from points.domain.people import TextFault, text_fault
from points.domain.sheets import Cell, OddCell, Row, RowReason

ASKED = 8
"""Things in one game: a shorter list is none."""

ITEMS_MAX = 500
_NAME_LENGTH_MAX = 24  # what stands on a phone in big letters
_WORDS_LENGTH_MAX = 120
_HEADER_ROWS_MAX = 10  # a title and a date may stand above the header
_VERSION_LENGTH = 16


class Bin(StrEnum):
    """Where something goes, by Shanghai's four names. Public: add, never rename."""

    RECYCLABLE = "recyclable"
    HAZARDOUS = "hazardous"
    WET = "wet"
    DRY = "dry"


BIN_NAMES: Mapping[Bin, tuple[str, ...]] = {
    Bin.RECYCLABLE: ("可回收物", "可回收", "可回收垃圾", "可"),
    Bin.HAZARDOUS: ("有害垃圾", "有害", "害"),
    Bin.WET: ("湿垃圾", "湿", "厨余垃圾"),
    Bin.DRY: ("干垃圾", "干", "其他垃圾"),
}
"""What an organiser may write, beside the names in English."""


class QuizColumn(StrEnum):
    """What a column tells."""

    NAME = "name"
    NAME_EN = "name_en"
    CATEGORY = "category"
    HINT = "hint"
    HINT_EN = "hint_en"


QUIZ_HEADINGS: Mapping[QuizColumn, tuple[str, ...]] = {
    QuizColumn.NAME: ("name", "名称", "物品", "垃圾"),
    QuizColumn.NAME_EN: ("name_en", "英文", "英文名", "英文名称"),
    QuizColumn.CATEGORY: ("category", "类别", "分类", "种类", "bin"),
    QuizColumn.HINT: ("hint", "提示", "说明", "为什么"),
    QuizColumn.HINT_EN: ("hint_en", "英文提示", "英文说明"),
}
"""What the columns may be called, in any order."""

_REQUIRED = (QuizColumn.NAME, QuizColumn.CATEGORY)


class QuizReason(StrEnum):
    """What is wrong with a row, beside what may be wrong with any. Public: add, never rename."""

    NAME_MISSING = "name_missing"
    CATEGORY_MISSING = "category_missing"
    CATEGORY_UNKNOWN = "category_unknown"
    TOO_FEW_ITEMS = "too_few_items"
    TOO_MANY_ITEMS = "too_many_items"


@dataclass(frozen=True, slots=True, kw_only=True)
class QuizItem:
    """Something to sort. Words that are not given are empty."""

    name: str
    name_en: str = ""
    bin: Bin
    hint: str = ""
    """Why it goes there, or how to prepare it."""
    hint_en: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quiz:
    """A list that can be played."""

    items: tuple[QuizItem, ...]

    @property
    def version(self) -> str:
        """Name the list: another has another name."""
        text = json.dumps([astuple(item) for item in self.items], ensure_ascii=False)
        return sha256(text.encode()).hexdigest()[:_VERSION_LENGTH]


@dataclass(frozen=True, slots=True, kw_only=True)
class QuizFault:
    """One thing wrong with one row."""

    row: int
    column: QuizColumn | None = None
    reason: RowReason | QuizReason
    details: Mapping[str, Detail] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class QuizSheet:
    """All that a list says, and all that is wrong with it."""

    items: tuple[QuizItem, ...]
    faults: tuple[QuizFault, ...]
    ignored: tuple[str, ...] = ()
    """Headings of columns that were left unread."""


def read_quiz(rows: Iterable[Row]) -> QuizSheet:
    """Read every row, whatever is wrong with the ones before it. Empty rows are passed over."""
    filled = (row for row in rows if any(_is_filled(cell) for cell in row.cells))
    above = list(islice(filled, _HEADER_ROWS_MAX))
    header = max(above, key=lambda row: len(_places(row)), default=None)
    if header is None:
        return QuizSheet(items=(), faults=(QuizFault(row=1, reason=RowReason.EMPTY_LIST),))
    faults = list(_header_faults(header))
    if faults:
        return QuizSheet(items=(), faults=tuple(faults))
    reader = _Reader(header)
    last = header.number
    for row in chain(above, filled):
        last = max(last, row.number)
        if row.number > header.number:
            reader.read(row)
    reader.count(last)
    return QuizSheet(
        items=tuple(reader.items), faults=tuple(reader.faults), ignored=_ignored(header)
    )


class _Reader:
    """Reads row after row; remembers names, as each may stand in a list once."""

    def __init__(self, header: Row) -> None:
        self.items: list[QuizItem] = []
        self.faults: list[QuizFault] = []
        self._places = _places(header)
        self._width = len(header.cells)
        self._rows_of_names: dict[str, int] = {}
        self._read = 0

    def read(self, row: Row) -> None:
        """Read one row: a thing, or at least one fault."""
        self._read += 1
        before = len(self.faults)
        if any(_is_filled(cell) for cell in row.cells[self._width :]):
            self._fault(row, None, RowReason.TOO_MANY_CELLS)
        name = self._name(row)
        category = self._category(row)
        words = {
            column.value: self._words(row, column, _WORDS_LENGTH_MAX)
            for column in (QuizColumn.NAME_EN, QuizColumn.HINT, QuizColumn.HINT_EN)
        }
        if category is not None and len(self.faults) == before:
            self.items.append(QuizItem(name=name, bin=category, **words))

    def count(self, last: int) -> None:
        """Note a list that is too short or too long, at its last row."""
        if self._read < ASKED:
            fault = QuizReason.TOO_FEW_ITEMS
            self.faults.append(QuizFault(row=last, reason=fault, details={"least": ASKED}))
        if self._read > ITEMS_MAX:
            fault = QuizReason.TOO_MANY_ITEMS
            self.faults.append(QuizFault(row=last, reason=fault, details={"most": ITEMS_MAX}))

    def _fault(
        self,
        row: Row,
        column: QuizColumn | None,
        reason: RowReason | QuizReason,
        **details: Detail,
    ) -> None:
        self.faults.append(QuizFault(row=row.number, column=column, reason=reason, details=details))

    def _name(self, row: Row) -> str:
        before = len(self.faults)
        name = self._words(row, QuizColumn.NAME, _NAME_LENGTH_MAX)
        if not name:
            if len(self.faults) == before:
                self._fault(row, QuizColumn.NAME, QuizReason.NAME_MISSING)
            return name
        first = self._rows_of_names.setdefault(_plain(name), row.number)
        if first != row.number:
            reason = RowReason.DUPLICATE_IN_FILE
            self._fault(row, QuizColumn.NAME, reason, found=name, first_row=first)
        return name

    def _category(self, row: Row) -> Bin | None:
        before = len(self.faults)
        text = self._words(row, QuizColumn.CATEGORY, _WORDS_LENGTH_MAX)
        if len(self.faults) > before:
            return None
        if not text:
            self._fault(row, QuizColumn.CATEGORY, QuizReason.CATEGORY_MISSING)
            return None
        found = _BY_NAME.get(_plain(text))
        if found is None:
            self._fault(row, QuizColumn.CATEGORY, QuizReason.CATEGORY_UNKNOWN, found=text)
        return found

    def _words(self, row: Row, column: QuizColumn, most: int) -> str:
        """Give the cell's text; empty where it could not be read and the fault is noted."""
        place = self._places.get(column)
        cell = row.cells[place] if place is not None and place < len(row.cells) else ""
        if isinstance(cell, OddCell):
            self._fault(row, column, _AS_ODD[cell])
            return ""
        text = cell.strip()
        fault = text_fault(text, most) if text else None
        if fault is not None:
            self._fault(row, column, _AS_ROW_REASON[fault])
            return ""
        return text


_AS_ODD = {
    OddCell.FORMULA: RowReason.FORMULA,
    OddCell.DATE: RowReason.DATE,
    OddCell.ERROR: RowReason.ERROR_VALUE,
}
_AS_ROW_REASON = {
    TextFault.TOO_LONG: RowReason.TOO_LONG,
    TextFault.CONTROL_CHARACTER: RowReason.CONTROL_CHARACTER,
    TextFault.FORMULA: RowReason.FORMULA,
}


def _header_faults(header: Row) -> Iterator[QuizFault]:
    columns = _columns(header)
    for column in QuizColumn:
        if column in _REQUIRED and column not in columns:
            missing = RowReason.COLUMN_MISSING
            yield QuizFault(row=header.number, column=column, reason=missing)
        if columns.count(column) > 1:
            twice = RowReason.COLUMN_TWICE
            yield QuizFault(row=header.number, column=column, reason=twice)


def _ignored(header: Row) -> tuple[str, ...]:
    named = zip(header.cells, _columns(header), strict=True)
    return tuple(
        cell for cell, column in named if column is None and isinstance(cell, str) and cell.strip()
    )


def _places(header: Row) -> dict[QuizColumn, int]:
    columns = _columns(header)
    return {column: place for place, column in enumerate(columns) if column is not None}


def _columns(header: Row) -> list[QuizColumn | None]:
    return [
        _BY_HEADING.get(_plain(cell)) if isinstance(cell, str) else None for cell in header.cells
    ]


def _is_filled(cell: Cell) -> bool:
    return not isinstance(cell, str) or bool(cell.strip())


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


_BY_HEADING = {
    _plain(heading): column for column, headings in QUIZ_HEADINGS.items() for heading in headings
}
_BY_NAME = {_plain(name): bin_ for bin_, names in BIN_NAMES.items() for name in (bin_, *names)}
