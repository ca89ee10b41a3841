"""What is printed for many hands: faces of 90 × 54 mm, ten to an A4 sheet with crop marks.

Lines are broken and widths set here, for SVG wraps nothing by itself, and the fonts are those of
whatever machine prints.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import count, islice
from math import ceil
from pathlib import Path
from unicodedata import east_asian_width

from jinja2 import Environment, FileSystemLoader, StrictUndefined

FACES_PER_SHEET = 10

PAPER = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    auto_reload=False,  # else it looks at the file again for every face
)

_NAME_WIDTH = 29.6
_NAME_MIDDLE = 11.7
_NAME_LINE_HEIGHT = 1.2
# The first that holds the name is used: size in millimetres, and lines of that size.
_NAME_SIZES = ((4.06, 2), (3.4, 2), (2.8, 3), (2.2, 4))
# A word stays whole, and what may not begin a line stays with what it follows.
_PIECES = re.compile(r"(?:[!-~]+|.)[ ·，、。；：！？）》」』”’…]*")
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class NameLine:
    """A line of the programme's name, and where it stands on a face, in millimetres."""

    text: str
    size: float
    baseline: float


def sheet_parts(faces: Iterable[str], count: int, title: str) -> Iterator[str]:
    """Make a page that prints these faces, piece by piece: ten thousand never stand in memory.

    It asks nothing of the network, and prints from any browser at 100 %.

    Args:
        faces: Each an SVG of 90 × 54 mm.
        count: How many there are.
        title: The page's.
    """
    return PAPER.get_template("sheet.html").generate(
        title=title, pages=_by_sheet(faces), pages_total=ceil(count / FACES_PER_SHEET)
    )


def printable(name: str) -> str:
    """Give a name as it can stand in a drawing: on one line, without control characters."""
    return " ".join(_NOT_IN_XML.sub("", name).split())


@lru_cache(maxsize=8)  # one name on ten thousand cards
def name_lines(name: str) -> list[NameLine]:
    """Set the name as large as it fits beside the mark; what is longer than that ends in …."""
    for size, lines_max in _NAME_SIZES:
        pieces = list(_pieces(name, _NAME_WIDTH / size))
        lines = _wrap(pieces, _NAME_WIDTH / size)
        if len(lines) <= lines_max:
            return _place(_balance(pieces, len(lines)), size)
    size, lines_max = _NAME_SIZES[-1]
    lines = _wrap(list(_pieces(name, _NAME_WIDTH / size)), _NAME_WIDTH / size)[:lines_max]
    return _place([*lines[:-1], lines[-1][:-1] + "…"], size)


def _by_sheet(faces: Iterable[str]) -> Iterator[list[str]]:
    waiting = iter(faces)
    while sheet := list(islice(waiting, FACES_PER_SHEET)):
        yield sheet


def _pieces(name: str, ems: float) -> Iterator[str]:
    """Split the name where a line may break; inside a word only if it fills more than a line."""
    for piece in _PIECES.findall(name):
        if ems_of(piece.rstrip()) > ems:
            yield from piece
        else:
            yield piece


def _wrap(pieces: Sequence[str], ems: float) -> list[str]:
    """Fill lines that are at most so many ems wide, or one piece."""
    lines: list[str] = []
    line = ""
    for piece in pieces:
        if line and ems_of((line + piece).rstrip()) > ems:
            lines.append(line.rstrip())
            line = ""
        line += piece
    return [*lines, line.rstrip()] if line else lines


def _balance(pieces: Sequence[str], lines_count: int) -> list[str]:
    """Fill so many lines to about one length: 长风新村街道 / 垃圾分类积分."""
    shortest = sum(map(ems_of, pieces)) / max(lines_count, 1)
    tries = (_wrap(pieces, shortest + step / 4) for step in count())
    return next(lines for lines in tries if len(lines) <= lines_count)


def _place(lines: list[str], size: float) -> list[NameLine]:
    height = size * _NAME_LINE_HEIGHT
    first = _NAME_MIDDLE - height * (len(lines) - 1) / 2 + size * 0.36
    return [
        NameLine(text=line, size=size, baseline=round(first + height * index, 2))
        for index, line in enumerate(lines)
    ]


def ems_of(text: str) -> float:
    """Estimate a bold line's width, rather too wide than too narrow."""
    return sum(_character_ems(character) for character in text)


def _character_ems(character: str) -> float:
    # Ambiguous ones, like the dot in a name, are full width in Chinese fonts.
    if east_asian_width(character) in "WFA" or character in "mwMW@%":
        return 1.0
    return 0.8 if character.isupper() else 0.3 if character == " " else 0.65
