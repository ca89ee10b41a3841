"""How the lesser things that are kept of a household stand in its copy: names of columns, rows."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, tzinfo
from types import MappingProxyType
from typing import Any

from sqlalchemy import Row

from points.domain.exports import Cell, Section

_CARD = ("card", "卡号")
_FORMS: Mapping[str, tuple[str, Sequence[tuple[str, str]]]] = MappingProxyType(
    {
        "residents": ("家人", (("name", "姓名"), ("added_at", "登记时间"))),
        "visits": ("打开着的页面", (_CARD, ("made_at", "打开时间"))),
        "pin": ("密码", (("set_at", "哪天设的"), ("tries", "错了几次"), ("locked_until", "锁到"))),
        "allowances": (
            "代领",
            (
                *(
                    ("label", "谁来领"),
                    ("number", "号"),
                    ("points_max", "最多花"),
                    ("spent", "花了"),
                ),
                *(("last_day", "用到"), ("is_confirmed", "输过密码")),
                *(("made_at", "开的时间"), ("ended_at", "停的时间")),
            ),
        ),
        "one_time_codes": (
            "一次性码",
            (_CARD, ("made_at", "时间"), ("is_confirmed", "输过密码"), ("is_used", "用过")),
        ),
        "family_codes": ("展位给的码", (_CARD, ("by", "在哪里"), ("ends_at", "用到"))),
        "family_tries": ("输错的码", (("at", "时间"),)),
        "cases": (
            "请人看过的事",
            (
                *(("opened_at", "时间"), ("kind", "种类"), ("settled_at", "办好时间")),
                *(("decision", "怎么办的"), ("note", "说明")),
            ),
        ),
    }
)


def sections_of(kept: Mapping[str, Sequence[Row[Any]]], zone: tzinfo) -> list[Section]:
    """Write each kind as a section, also where there is nothing of it."""
    return [_section(kind, rows, zone) for kind, rows in kept.items()]


def _section(kind: str, rows: Sequence[Row[Any]], zone: tzinfo) -> Section:
    title, columns = _FORMS[kind]
    cells = tuple(tuple(_cell(value, zone) for value in row) for row in rows)
    return Section(key=kind, title=title, columns=columns, rows=cells)


def _cell(value: object, zone: tzinfo) -> Cell:
    match value:
        case datetime():
            return value.astimezone(zone)
        case date():
            return value.isoformat()
        case bool():
            return int(value)
        case str() | int() | None:
            return value
    raise AssertionError(f"{type(value).__name__} is nothing that a copy can hold")
