"""How the lesser things that are kept of a household stand in its copy: columns and rows."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, tzinfo
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from sqlalchemy import Row

from points.domain.cases import CaseKind, Decision
from points.domain.exports import Cell, Section

_COLUMNS: Mapping[str, Sequence[str]] = MappingProxyType(
    {
        "residents": ("name", "added_at"),
        "visits": ("card", "made_at"),
        "pin": ("set_at", "tries", "locked_until"),
        "allowances": (
            *("label", "number", "points_max", "spent", "last_day", "is_confirmed"),
            *("made_at", "ended_at"),
        ),
        "one_time_codes": ("card", "made_at", "is_confirmed", "is_used"),
        "family_codes": ("card", "by", "ends_at"),
        "family_tries": ("at",),
        "cases": ("opened_at", "kind", "settled_at", "decision", "note"),
    }
)
_CODES: Mapping[str, type[StrEnum]] = MappingProxyType({"kind": CaseKind, "decision": Decision})


def sections_of(kept: Mapping[str, Sequence[Row[Any]]], zone: tzinfo) -> list[Section]:
    """Write each kind as a section, also where there is nothing of it."""
    return [_section(kind, rows, zone) for kind, rows in kept.items()]


def _section(kind: str, rows: Sequence[Row[Any]], zone: tzinfo) -> Section:
    keys = _COLUMNS[kind]
    cells = tuple(
        tuple(_cell(key, value, zone) for key, value in zip(keys, row, strict=True)) for row in rows
    )
    return Section(key=kind, columns=keys, rows=cells)


def _cell(key: str, value: object, zone: tzinfo) -> Cell:
    match value:
        case datetime():
            return value.astimezone(zone)
        case date():
            return value.isoformat()
        case bool():
            return int(value)
        case str():
            return _CODES[key](value) if key in _CODES else value
        case int() | None:
            return value
    raise AssertionError(f"{type(value).__name__} is nothing that a copy can hold")
