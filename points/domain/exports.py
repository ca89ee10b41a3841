"""What is kept of a household, written down for the household itself: for machines, for people."""

import csv
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

Cell = str | int | datetime | None

# What spreadsheets take for the beginning of a formula. Figures are figures, also below zero.
_FORMULA_STARTS = tuple("=+-@＝＋－＠\t\r")


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One kind of thing that is kept, with all that there is of it."""

    key: str
    title: str
    columns: Sequence[tuple[str, str]]
    """The key of each column, and what it is called."""
    rows: Sequence[Sequence[Cell]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """All that is kept of a household."""

    made_at: datetime
    sections: Sequence[Section]


def export_json(export: Export) -> str:
    """Write it for machines."""
    told: dict[str, object] = {"made_at": export.made_at.isoformat()}
    for section in export.sections:
        keys = [key for key, _ in section.columns]
        told[section.key] = [dict(zip(keys, map(_plain, row), strict=True)) for row in section.rows]
    return json.dumps(told, ensure_ascii=False, indent=2) + "\n"


def export_csv(export: Export) -> str:
    """Write it for people: one section below the other, as spreadsheets open it.

    It begins with the mark by which they know UTF-8, and no cell is a formula.
    """
    written = io.StringIO(newline="")
    csv.writer(written).writerows(_lines(export))
    return "\ufeff" + written.getvalue()


def _lines(export: Export) -> Iterator[Sequence[str | int]]:
    yield [f"{export.made_at:%Y-%m-%d %H:%M}"]
    for section in export.sections:
        yield []
        yield [section.title]
        yield [name for _, name in section.columns]
        for row in section.rows:
            yield [_cell(cell) for cell in row]


def _plain(cell: Cell) -> str | int | None:
    return cell.isoformat() if isinstance(cell, datetime) else cell


def _cell(cell: Cell) -> str | int:
    match cell:
        case None:
            return ""
        case datetime():
            return f"{cell:%Y-%m-%d %H:%M}"
        case int():
            return cell
        case str():
            return f"'{cell}" if cell.startswith(_FORMULA_STARTS) else cell
