"""Print cards: one as a picture, or ten to an A4 sheet with crop marks.

A card carries its QR, its number, the programme's name and where to hand it in when found: nothing
of anybody, for whom it will belong to is not known yet.
"""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from PIL import Image, ImageDraw, ImageFont

from points.domain.cards import CardCode, CardNumber, read_card_code, spoken
from points.outside.paper import PAPER, name_lines, printable, sheet_parts
from points.outside.qr_images import QUIET_ZONE, qr_modules, qr_path, qr_picture

_QR_MM = 36
_BINS = (("可", "#1A5AA6"), ("害", "#C02A20"), ("湿", "#6B4326"), ("干", "#2A2D2C"))


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
    name = printable(programme_name)
    faces = (card_svg(card, name) for card in cards)
    return sheet_parts(faces, len(cards), f"{name} · 积分卡")


def card_svg(card: PrintedCard, programme_name: str) -> str:
    """Draw one card, 90 × 54 mm, as an SVG that stands alone or inside a page."""
    modules = qr_modules(card.text)
    return PAPER.get_template("card.svg").render(
        qr=qr_path(modules),
        qr_scale=round(_QR_MM / len(modules), 5),
        number=spoken(card.number),
        name_lines=name_lines(printable(programme_name)),
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
