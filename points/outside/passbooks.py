"""Print a passbook 存折: a household's statement on A4, for those who have no phone.

It carries card numbers, points and places, and nothing of anybody: who finds it learns no name.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from points.outside.paper import PAPER, printable

LINES_FIRST = 24
LINES_MORE = 30
"""Lines on the first sheet, which has the figures above them, and on each that follows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PassbookLine:
    """A line as it is printed."""

    day: str
    time: str
    what: str
    where: str
    points: int
    """What came (+) or went (-)."""
    balance: int | None
    is_undone: bool


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
    """The day on which points end, and how many; soonest first."""
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


def signed(points: int) -> str:
    """Write what came or went: a real minus, and nothing where nothing moved."""
    if points == 0:
        return ""
    return f"+{points}" if points > 0 else f"−{-points}"


PAPER.filters["signed"] = signed


def _sheets(lines: Sequence[PassbookLine]) -> Iterator[Sequence[PassbookLine]]:
    yield lines[:LINES_FIRST]
    for start in range(LINES_FIRST, len(lines), LINES_MORE):
        yield lines[start : start + LINES_MORE]
