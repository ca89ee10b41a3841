"""Print a passbook 存折: a household's statement on A4, for those who have no phone.

It carries card numbers, points and places, and nothing of anybody: who finds it learns no name.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil

from points.outside.paper import PAPER, ems_of, printable

LINES_FIRST = 24
LINES_MORE = 30
"""Plain lines on the first sheet, which has the figures above them, and on each that follows."""

_ROW_MM, _TEXT_MM, _NOTE_MM = 8.0, 6.0, 4.8
"""How high a plain row is at least, and what each further line of text, or of small type, adds."""

_WHAT_EMS, _WHERE_EMS = 14.0, 8.5
"""How wide the columns are, in characters of theirs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PassbookLine:
    """A line as it is printed."""

    day: str
    time: str
    what: str
    where: str
    change: str
    """What came (+) or went (−)."""
    left: str
    is_undone: bool
    notes: Sequence[str] = ()
    """What else is to be said of it; stands under it in small type."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Passbook:
    """A statement as it is printed."""

    programme: str
    printed_on: str
    numbers: Sequence[str]
    """Of its cards, in groups as they are said aloud."""
    available: int
    owed: int
    endings: Sequence[tuple[str, int]]
    """Until when points can be used, in words, and how many; soonest first."""
    lines: Sequence[PassbookLine]
    """Oldest first."""


def passbook_parts(book: Passbook) -> Iterator[str]:
    """Make a complete page that prints the passbook, piece by piece.

    It asks nothing of the network, and prints from any browser at 100 %.
    """
    sheets = list(_sheets(book.lines))
    return PAPER.get_template("passbook.html").generate(
        book=book, title=printable(book.programme), sheets=sheets
    )


def _sheets(lines: Sequence[PassbookLine]) -> Iterator[Sequence[PassbookLine]]:
    """Fill sheets; a line with more to say takes more room, so that none runs off its sheet."""
    sheet: list[PassbookLine] = []
    room = LINES_FIRST * _ROW_MM
    for line in lines:
        height = _height(line)
        if sheet and height > room:
            yield sheet
            sheet, room = [], LINES_MORE * _ROW_MM
        sheet.append(line)
        room -= height
    yield sheet


def _height(line: PassbookLine) -> float:
    """Estimate how high a line is on paper, in millimetres."""
    notes = len(line.notes) + line.is_undone
    what = ceil(ems_of(line.what) / _WHAT_EMS) * _TEXT_MM + notes * _NOTE_MM
    where = ceil(ems_of(line.where) / _WHERE_EMS) * _TEXT_MM
    return max(_ROW_MM, what + 1, where + 1)
