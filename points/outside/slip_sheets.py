"""Print blank slips, ten to an A4 sheet: a volunteer writes the points on one by hand.

A slip carries its QR and the same code in groups, to be typed where no camera reads it. What it is
worth stands in the book alone, once a phone has given it out.
"""

from collections.abc import Iterator, Sequence

from points.domain.slip_codes import SlipCode, in_groups
from points.outside.paper import PAPER, name_lines, printable, sheet_parts
from points.outside.qr_images import qr_modules, qr_path

_QR_MM = 32
_FIELDS = (("积分", "points", 28), ("到期", "until", 33), ("摊位", "booth", 38))
"""What is written by hand: the words, and where the line is, in millimetres."""


def slip_sheet_parts(codes: Sequence[SlipCode], programme_name: str) -> Iterator[str]:
    """Make a complete page that prints the slips in order, piece by piece."""
    name = printable(programme_name)
    faces = (slip_svg(code, name) for code in codes)
    return sheet_parts(faces, len(codes), f"{name} · 积分条")


def slip_svg(code: SlipCode, programme_name: str) -> str:
    """Draw one slip, 90 × 54 mm, as an SVG that stands alone or inside a page."""
    modules = qr_modules(code)
    return PAPER.get_template("slip.svg").render(
        qr=qr_path(modules),
        qr_scale=round(_QR_MM / len(modules), 5),
        code=in_groups(code),
        name_lines=name_lines(printable(programme_name)),
        fields=_FIELDS,
    )
