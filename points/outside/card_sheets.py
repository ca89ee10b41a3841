"""Print cards: one as a picture, or ten to an A4 sheet with crop marks.

A card carries its QR, its number, the programme's name and where to hand it in when found: nothing
of anybody, for whom it will belong to is not known yet. Lines are broken and widths set here, for
SVG wraps nothing by itself, and the fonts are those of whatever machine prints.
"""

import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import count, islice
from math import ceil
from pathlib import Path
from unicodedata import east_asian_width

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from PIL import Image, ImageDraw, ImageFont

from points.domain.cards import CardCode, CardNumber, read_card_code, spoken
from points.outside.qr_images import QUIET_ZONE, qr_modules, qr_path, qr_picture

CARDS_PER_SHEET = 10

_QR_MM = 36
_BINS = (("可", "#1A5AA6"), ("害", "#C02A20"), ("湿", "#6B4326"), ("干", "#2A2D2C"))

_PAPER = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    auto_reload=False,  # else it looks at the file again for every card
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
class PrintedCard:
    """A card as it leaves the printer.

    Raises:
        ValueError: A scanner would not find `code` in `text`; paper cannot be recalled.
    """

    code: CardCode = field(repr=False)
    number: CardNumber
    text: str = field(repr=False)
    """What its QR holds: see `card_text`."""

    def __post_init__(self) -> None:
        if read_card_code(self.text) != self.code:
            raise ValueError(f"the QR of card {self.number} would not read back as its code")


def card_sheet_html(cards: Sequence[PrintedCard], programme_name: str) -> str:
    """Make a complete page that prints the cards in order, ten to an A4 sheet.

    It asks nothing of the network, and prints from any browser at 100 %.
    """
    return "".join(card_sheet_parts(cards, programme_name))


def card_sheet_parts(cards: Sequence[PrintedCard], programme_name: str) -> Iterator[str]:
    """Make the same page piece by piece, so that ten thousand cards never stand in memory."""
    name = _printable(programme_name)
    faces = (card_svg(card, name) for card in cards)
    return _PAPER.get_template("card_sheet.html").generate(
        programme_name=name,
        pages=_by_sheet(faces),
        pages_total=ceil(len(cards) / CARDS_PER_SHEET),
    )


def card_svg(card: PrintedCard, programme_name: str) -> str:
    """Draw one card, 90 × 54 mm, as an SVG that stands alone or inside a page."""
    modules = qr_modules(card.text)
    return _PAPER.get_template("card.svg").render(
        qr=qr_path(modules),
        qr_scale=round(_QR_MM / len(modules), 5),
        number=spoken(card.number),
        name_lines=_name_lines(_printable(programme_name)),
        bins=_BINS,
    )


def card_png(card: PrintedCard, *, pixels_per_module: int = 16) -> bytes:
    """Draw a card's QR with its number below, for a label printer or a chat.

    Without the words: a picture carries its letters drawn, and a Chinese font to draw them with is
    not on every machine that prints cards. The digits come with Pillow.
    """
    qr = qr_picture(card.text, pixels_per_module=pixels_per_module).convert("L")
    quiet = QUIET_ZONE * pixels_per_module
    digits = ImageFont.load_default((qr.width - 2 * quiet) / 6)
    picture = Image.new("L", (qr.width, qr.height + 2 * quiet), 255)
    picture.paste(qr)
    ImageDraw.Draw(picture).text(
        (qr.width / 2, qr.height + quiet / 2), spoken(card.number), 0, digits, anchor="mm"
    )
    dots_per_inch = 25.4 * (qr.width - 2 * quiet) / _QR_MM
    written = io.BytesIO()
    picture.save(written, "PNG", optimize=True, dpi=(dots_per_inch, dots_per_inch))
    return written.getvalue()


@dataclass(frozen=True, slots=True, kw_only=True)
class _NameLine:
    text: str
    size: float
    baseline: float


def _by_sheet(faces: Iterable[str]) -> Iterator[list[str]]:
    waiting = iter(faces)
    while sheet := list(islice(waiting, CARDS_PER_SHEET)):
        yield sheet


def _printable(name: str) -> str:
    return " ".join(_NOT_IN_XML.sub("", name).split())


@lru_cache(maxsize=8)  # one name on ten thousand cards
def _name_lines(name: str) -> list[_NameLine]:
    """Set the name as large as it fits beside the mark; what is longer than that ends in …."""
    for size, lines_max in _NAME_SIZES:
        pieces = list(_pieces(name, _NAME_WIDTH / size))
        lines = _wrap(pieces, _NAME_WIDTH / size)
        if len(lines) <= lines_max:
            return _place(_balance(pieces, len(lines)), size)
    size, lines_max = _NAME_SIZES[-1]
    lines = _wrap(list(_pieces(name, _NAME_WIDTH / size)), _NAME_WIDTH / size)[:lines_max]
    return _place([*lines[:-1], lines[-1][:-1] + "…"], size)


def _pieces(name: str, ems: float) -> Iterator[str]:
    """Split the name where a line may break; inside a word only if it fills more than a line."""
    for piece in _PIECES.findall(name):
        if _ems(piece.rstrip()) > ems:
            yield from piece
        else:
            yield piece


def _wrap(pieces: Sequence[str], ems: float) -> list[str]:
    """Fill lines that are at most so many ems wide, or one piece."""
    lines: list[str] = []
    line = ""
    for piece in pieces:
        if line and _ems((line + piece).rstrip()) > ems:
            lines.append(line.rstrip())
            line = ""
        line += piece
    return [*lines, line.rstrip()] if line else lines


def _balance(pieces: Sequence[str], lines_count: int) -> list[str]:
    """Fill so many lines to about one length: 长风新村街道 / 垃圾分类积分."""
    shortest = sum(map(_ems, pieces)) / max(lines_count, 1)
    tries = (_wrap(pieces, shortest + step / 4) for step in count())
    return next(lines for lines in tries if len(lines) <= lines_count)


def _place(lines: list[str], size: float) -> list[_NameLine]:
    height = size * _NAME_LINE_HEIGHT
    first = _NAME_MIDDLE - height * (len(lines) - 1) / 2 + size * 0.36
    return [
        _NameLine(text=line, size=size, baseline=round(first + height * index, 2))
        for index, line in enumerate(lines)
    ]


def _ems(text: str) -> float:
    """Estimate a bold line's width, rather too wide than too narrow."""
    return sum(_character_ems(character) for character in text)


def _character_ems(character: str) -> float:
    # Ambiguous ones, like the dot in a name, are full width in Chinese fonts.
    if east_asian_width(character) in "WFA" or character in "mwMW@%":
        return 1.0
    return 0.8 if character.isupper() else 0.3 if character == " " else 0.65
