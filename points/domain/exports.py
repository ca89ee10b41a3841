"""What is kept of a household, written down for the household itself: for machines, for people."""

import csv
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """Something with a name for people; machines read its code."""

    code: str
    name: str
    name_en: str = ""


Cell = str | int | datetime | Named | None
"""A member of a `StrEnum` is a code, which people read as a word."""

# What spreadsheets take for the beginning of a formula. Figures are figures, also below zero.
_FORMULA_STARTS = tuple("=+-@＝＋－＠\t\r")


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One kind of thing that is kept, with all that there is of it."""

    key: str
    columns: Sequence[str]
    """The key of each column; `is_…` holds 1 or 0, and `by` the credential that did it."""
    rows: Sequence[Sequence[Cell]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """All that is kept of a household."""

    made_at: datetime
    sections: Sequence[Section]


class Words(Protocol):
    """How people are told of a copy, in the language of whoever reads it."""

    def heading(self, section: str) -> str:
        """Name a section."""
        ...

    def column(self, section: str, key: str) -> str:
        """Name a column of a section."""
        ...

    def code(self, code: StrEnum) -> str:
        """Say a code."""
        ...

    def answer(self, *, yes: bool) -> str:
        """Say yes or no."""
        ...

    def name(self, named: Named) -> str:
        """Name what has a name."""
        ...

    def place(self, by: str) -> str:
        """Say where something was done."""
        ...


def export_json(export: Export) -> str:
    """Write it for machines."""
    told: dict[str, object] = {"made_at": export.made_at.isoformat()}
    for section in export.sections:
        keys, rows = section.columns, section.rows
        told[section.key] = [dict(zip(keys, map(_plain, row), strict=True)) for row in rows]
    return json.dumps(told, ensure_ascii=False, indent=2) + "\n"


def export_csv(export: Export, words: Words) -> str:
    """Write it for people, in words: one section below the other, as spreadsheets open it.

    It begins with the mark by which they know UTF-8, and no cell is a formula.
    """
    written = io.StringIO(newline="")
    csv.writer(written).writerows(_lines(export, words))
    return "\ufeff" + written.getvalue()


def _lines(export: Export, words: Words) -> Iterator[Sequence[str | int]]:
    yield [f"{export.made_at:%Y-%m-%d %H:%M}"]
    for section in export.sections:
        yield []
        yield [words.heading(section.key)]
        yield [words.column(section.key, key) for key in section.columns]
        for row in section.rows:
            cells = zip(section.columns, row, strict=True)
            yield [_safe(_said(key, cell, words)) for key, cell in cells]


def _plain(cell: Cell) -> str | int | None:
    match cell:
        case datetime():
            return cell.isoformat()
        case Named():
            return cell.code
        case _:
            return cell


def _said(key: str, cell: Cell, words: Words) -> str | int:
    match cell:
        case None:
            return ""
        case datetime():
            return f"{cell:%Y-%m-%d %H:%M}"
        case int():
            return words.answer(yes=bool(cell)) if key.startswith("is_") else cell
        case Named():
            return words.name(cell)
        case StrEnum():
            return words.code(cell)
        case str():
            return words.place(cell) if key == "by" else cell


def _safe(said: str | int) -> str | int:
    return f"'{said}" if isinstance(said, str) and said.startswith(_FORMULA_STARTS) else said
