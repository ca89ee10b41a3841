"""Draw QR codes: for paper (SVG), for chats and label printers (PNG), for a terminal (text).

`qrcode` works out the modules; they are drawn here, since its own drawers give every module an
element of its own, or leave the quiet zone to chance. Error correction M: a card lives in a purse,
and a higher level would only make its modules smaller. The quiet zone is four modules on each side,
as ISO/IEC 18004 asks.
"""

import io
from html import escape
from itertools import groupby

from PIL import Image
from qrcode.constants import ERROR_CORRECT_M
from qrcode.main import QRCode

QUIET_ZONE = 4
"""Light modules on each side; without them phones take the table for a part of the code."""

TERMINAL_BLOCKS = "▀▄█"
"""What `qr_text` draws with, if the terminal has such letters."""

_BLACK_ON_WHITE = "\x1b[38;5;16;48;5;231m"
_ALL_BLACK = "\x1b[38;5;16;48;5;16m"
_PLAIN = "\x1b[0m"


def qr_modules(text: str) -> list[list[bool]]:
    """Give the rows of modules, dark ones true, with no quiet zone around them.

    Raises:
        ValueError: The text is longer than any QR holds.
    """
    # The border is added by whoever draws, once, where it is seen.
    code = QRCode(error_correction=ERROR_CORRECT_M, border=0)
    code.add_data(text)
    return [[bool(module) for module in row] for row in code.get_matrix()]


def qr_path(modules: list[list[bool]]) -> str:
    """Trace the dark modules as one SVG path, one unit a module, from 0,0.

    One path, because separate shapes leave hairlines between them where edges are smoothed.
    """
    return "".join(
        f"M{column} {row}h{length}v1h-{length}z"
        for row, line in enumerate(modules)
        for column, length in _dark_runs(line)
    )


def qr_svg(text: str, *, label: str) -> str:
    """Draw the code with its quiet zone as an SVG that fills the place it is put in.

    Args:
        text: What the code holds.
        label: What is read out in its place; for a card, its number.
    """
    modules = qr_modules(text)
    size = len(modules) + 2 * QUIET_ZONE
    view_box = f"-{QUIET_ZONE} -{QUIET_ZONE} {size} {size}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{view_box}" role="img"'
        f' aria-label="{escape(label)}" shape-rendering="crispEdges">'
        f'<path d="M-{QUIET_ZONE}-{QUIET_ZONE}h{size}v{size}h-{size}z" fill="#fff"/>'
        f'<path d="{qr_path(modules)}"/></svg>'
    )


def qr_png(text: str, *, pixels_per_module: int = 8) -> bytes:
    """Draw the code with its quiet zone as a black and white PNG."""
    picture = io.BytesIO()
    qr_picture(text, pixels_per_module=pixels_per_module).save(picture, "PNG", optimize=True)
    return picture.getvalue()


def qr_picture(text: str, *, pixels_per_module: int) -> Image.Image:
    """Draw the code with its quiet zone in pixels, to be put into a larger picture."""
    rows = _with_quiet_zone(qr_modules(text))
    size = len(rows)
    dots = bytes(0 if dark else 255 for row in rows for dark in row)
    small = Image.frombytes("L", (size, size), dots)
    # Whole pixels only: a smoothed edge is one more thing for a cheap camera to guess.
    side = size * pixels_per_module
    return small.resize((side, side), Image.Resampling.NEAREST).convert("1")


def qr_text(text: str, *, has_blocks: bool = True) -> str:
    """Draw the code with its quiet zone for a terminal: two modules to a character, no line end.

    Colours are set, for on a dark terminal the code would be light on dark, which some phones do
    not read. Without them (`typer.echo` takes them off for files) ink still stands for dark.

    Args:
        text: What the code holds.
        has_blocks: Whether the terminal has `TERMINAL_BLOCKS`; without them every module takes two
            characters of ASCII.
    """
    rows = _with_quiet_zone(qr_modules(text))
    return _in_blocks(rows) if has_blocks else "\n".join(map(_in_ascii, rows))


def _in_blocks(rows: list[list[bool]]) -> str:
    blank = [False] * len(rows)
    halves = {(False, False): " ", (True, False): "▀", (False, True): "▄", (True, True): "█"}
    lines = (
        "".join(halves[pair] for pair in zip(upper, lower, strict=True))
        for upper, lower in zip(rows[::2], [*rows[1::2], blank], strict=True)
    )
    return "\n".join(f"{_BLACK_ON_WHITE}{line}{_PLAIN}" for line in lines)


def _in_ascii(line: list[bool]) -> str:
    drawn = [
        _ALL_BLACK + "##" * len(list(run)) if dark else _BLACK_ON_WHITE + "  " * len(list(run))
        for dark, run in groupby(line)
    ]
    return "".join([*drawn, _PLAIN])


def _dark_runs(line: list[bool]) -> list[tuple[int, int]]:
    """Find the runs of dark modules in a line: where each starts and how long it is."""
    runs = [list(run) for _, run in groupby(enumerate(line), key=lambda module: module[1])]
    return [(run[0][0], len(run)) for run in runs if run[0][1]]


def _with_quiet_zone(modules: list[list[bool]]) -> list[list[bool]]:
    side = [False] * QUIET_ZONE
    # A QR has an odd number of modules, so rows come in pairs and one.
    blank = [[False] * (len(modules) + 2 * QUIET_ZONE)] * QUIET_ZONE
    return [*blank, *([*side, *line, *side] for line in modules), *blank]
