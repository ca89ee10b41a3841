"""Tables of a programme file, each read through the shape that lists its keys.

Reading notes every unknown key, every value that does not fit and every missing key at once, in
the order of the file, and goes on with stand-ins: so one fault never hides another.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any, Generic, TypeVar, cast

from points.domain.programme_faults import FaultCode, Spot, Words, plain, same, show_value
from points.domain.programme_forms import Form, flag, notes
from points.domain.programme_lists import Part

Value = TypeVar("Value")
Value_co = TypeVar("Value_co", covariant=True)

_COMPARED_MAX = 64
_LISTED_MAX = 40


@dataclass(frozen=True, slots=True)
class Key(Generic[Value_co]):
    """A key of a table, its Chinese name, and the form of its value."""

    name: str
    zh: str
    form: Form[Value_co]
    default: Value_co | None = None
    is_required: bool = field(default=False, kw_only=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """A table's keys; `title` is its heading in a file and in the documentation."""

    title: str
    keys: tuple[Key[Any], ...]
    named_by: str = "id"
    """The key that tells tables of this shape apart."""

    def key(self, name: str) -> Key[Any] | None:
        """Find a key by its name."""
        return next((key for key in self.keys if key.name == name), None)


NOTES: tuple[Key[Any], ...] = (
    Key("assumed", "本项为设定", flag()),
    Key("reported", "报道所载", notes()),
)
"""Keys that any table may have; they are for readers and change nothing."""


class Table:
    """One table of a file, read through its shape."""

    def __init__(self, raw: Mapping[str, object], spot: Spot, shape: Shape) -> None:
        """Read every key, noting what is wrong."""
        self._raw = raw
        self._shape = shape
        self.spot = spot.about(_id_of(raw, spot, shape))
        self._values = {name: self._read(name, written) for name, written in raw.items()}
        for key in shape.keys:
            if key.is_required:
                self.require(key)

    def _read(self, name: str, written: object) -> object:
        key = self._shape.key(name)
        if key is not None:
            return key.form.read(written, self.spot.at(name))
        known = _listed(name, [key.name for key in self._shape.keys])
        self.spot.at(name).fault(FaultCode.UNKNOWN_KEY, same(plain(name)), known)
        return None

    def has(self, key: Key[Any]) -> bool:
        """Tell whether the key is written, be its value sound or not."""
        return key.name in self._raw

    def is_faulty(self, key: Key[Any]) -> bool:
        """Tell whether the key is written and its value could not be read."""
        return self.has(key) and self.get(key) is None

    def get(self, key: Key[Value]) -> Value | None:
        """Give what is written, if it is there and sound."""
        return cast("Value | None", self._values.get(key.name))

    def value(self, key: Key[Value]) -> Value:
        """Give what is written, else the default, else the stand-in."""
        written = self.get(key)
        if written is not None:
            return written
        return key.form.stand_in if key.default is None else key.default

    def require(self, key: Key[Any]) -> None:
        """Note that the key is missing, if it is."""
        if not self.has(key):
            self.fault(key, FaultCode.MISSING, same(key.name), key.form.allowed)

    def at(self, key: Key[Any]) -> Spot:
        """Give the place of the key."""
        return self.spot.at(key.name)

    def fault(self, key: Key[Any], code: FaultCode, found: Words, allowed: Words) -> None:
        """Note a fault at the key."""
        self.at(key).fault(code, found, allowed)

    def table(self, key: Key[Mapping[str, object]], shape: Shape) -> "Table | None":
        """Read the table under the key, if it is there."""
        raw = self.get(key)
        return None if raw is None else Table(raw, self.at(key), shape)

    def tables(self, key: Key[list[Part]], shape: Shape) -> list["Table"]:
        """Read the tables under the key, and note each that is named like one before it."""
        parts = self.get(key) or []
        read = [Table(raw, self.at(key).at(place), shape) for place, raw in parts]
        note_twins((table.spot.at(shape.named_by), table.name) for table in read)
        return read

    @property
    def name(self) -> str | None:
        """What tells this table from others, as it is written."""
        name = self._raw.get(self._shape.named_by)
        return str(name) if type(name) in (str, int) else None


def note_twins(named: Iterable[tuple[Spot, object]]) -> None:
    """Note every name that was there before; None is no name."""
    first: dict[object, Spot] = {}
    for spot, name in named:
        before = first.setdefault(name, spot)
        if before is spot or name is None:
            continue
        place = before.show()
        allowed = Words(f"未用过的名称（{place} 已用）", f"a name not yet used ({place} has it)")
        spot.fault(FaultCode.DUPLICATE, show_value(name), allowed)


def note_unknown(spot: Spot, name: str, known: Iterable[str], what: Words) -> None:
    """Note a name that stands for nothing in this file, and what it may have been meant to be."""
    listed = _listed(name, list(known))
    allowed = Words(f"{what.zh}：{listed.zh}", f"{what.en}: {listed.en}")
    spot.fault(FaultCode.UNKNOWN_REFERENCE, show_value(name), allowed)


def _id_of(raw: Mapping[str, object], spot: Spot, shape: Shape) -> str:
    name = raw.get(shape.named_by)
    if type(name) not in (str, int):
        return spot.id
    own = same(plain(name)).en if isinstance(name, str) else show_value(name).en
    return f"{spot.id}/{own}" if spot.id else own


def _listed(name: str, known: list[str]) -> Words:
    near = get_close_matches(name[:_COMPARED_MAX], known, n=1)
    others = [plain(other) for other in known if other not in near]
    listed = ", ".join(others[:_LISTED_MAX]) + (", …" if len(others) > _LISTED_MAX else "")
    if near:
        nearest, rest = plain(near[0]), f"; {listed}" if listed else ""
        return Words(f"也许是 {nearest}{rest}", f"perhaps {nearest}{rest}")
    return Words(listed or "本文件中没有", listed or "none in this file")
