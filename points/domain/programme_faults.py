"""What is wrong in a programme file, said in the words of whoever wrote it.

Faults are values with public codes. Each names the file, the key and its id, what is written there
and what may be, in Chinese and in English. One fault never hides another.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

Path = tuple[str | int, ...]
"""The way to a value: ("event", 0, "activity", 3, "points")."""

_SHOWN_MAX = 60
_DEPTH_MAX = 8
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")


@dataclass(frozen=True, slots=True)
class Words:
    """The same in both languages."""

    zh: str
    en: str


class FaultCode(StrEnum):
    """What kind of fault it is. Codes are public: add, never rename."""

    BAD_TOML = "bad_toml"
    UNKNOWN_KEY = "unknown_key"
    WRONG_TYPE = "wrong_type"
    MISSING = "missing"
    OUT_OF_RANGE = "out_of_range"
    NOT_ALLOWED_VALUE = "not_allowed_value"
    DUPLICATE = "duplicate"
    UNKNOWN_REFERENCE = "unknown_reference"
    CANNOT_COMBINE = "cannot_combine"


_SENTENCES = {
    FaultCode.BAD_TOML: Words(
        "这里不合 TOML 的写法（{found}）。应为：{allowed}。",
        "this cannot be read as TOML ({found}). Expected {allowed}.",
    ),
    FaultCode.UNKNOWN_KEY: Words(
        "这里没有名为 {found} 的键。可用的键：{allowed}。",
        "there is no key {found} here. Keys that may be used: {allowed}.",
    ),
    FaultCode.WRONG_TYPE: Words(
        "写的是 {found}，应为：{allowed}。", "this is {found}. Expected {allowed}."
    ),
    FaultCode.MISSING: Words("还没有写。应为：{allowed}。", "this is missing. Expected {allowed}."),
    FaultCode.OUT_OF_RANGE: Words(
        "{found} 超出范围，应为：{allowed}。", "{found} is out of range. Expected {allowed}."
    ),
    FaultCode.NOT_ALLOWED_VALUE: Words(
        "不能用 {found}，应为：{allowed}。", "{found} cannot be used here. Expected {allowed}."
    ),
    FaultCode.DUPLICATE: Words(
        "{found} 出现了不止一次，应为：{allowed}。",
        "{found} is here more than once. Expected {allowed}.",
    ),
    FaultCode.UNKNOWN_REFERENCE: Words(
        "没有找到 {found}，应为：{allowed}。", "{found} was not found. Expected {allowed}."
    ),
    FaultCode.CANNOT_COMBINE: Words(
        "不能与 {found} 同时写，应为：{allowed}。",
        "this cannot stand beside {found}. Expected {allowed}.",
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing in a programme file that keeps it from being loaded."""

    file: str
    key: str
    """The way to the value, for example `event[0].reward[3].price`; empty for the whole file."""
    code: FaultCode
    id: str = ""
    """The id of what it is about, for example `volunteer-day-2019/towel`."""
    line: int | None = None
    """Counted from 1; only known where the file cannot be read as TOML."""
    found: Words
    allowed: Words

    @property
    def message(self) -> Words:
        """Give the whole sentence, file and key in front."""
        sentence = _SENTENCES[self.code]
        zh, en = f"{self.file}：", f"{self.file}: "
        if self.line is not None:
            zh, en = f"{zh}第 {self.line} 行：", f"{en}line {self.line}: "
        if self.key:
            zh_id, en_id = (f"（{self.id}）", f" ({self.id})") if self.id else ("", "")
            zh, en = f"{zh}{self.key}{zh_id}：", f"{en}{self.key}{en_id}: "
        return Words(
            zh + sentence.zh.format(found=self.found.zh, allowed=self.allowed.zh),
            en + sentence.en.format(found=self.found.en, allowed=self.allowed.en),
        )


@dataclass(slots=True)
class FaultLog:
    """Gathers the faults of one file."""

    file: str
    faults: list[Fault] = field(default_factory=list)
    places: list[Path] = field(default_factory=list)

    def add(self, fault: Fault, place: Path) -> None:
        """Note a fault and where in the file it is."""
        self.faults.append(fault)
        self.places.append(place)

    def in_file_order(self, document: Mapping[str, object]) -> list[Fault]:
        """Give all faults in the order of the document; what is missing, where its table begins."""
        rank: dict[Path, int] = {}
        _number(document, (), rank)
        ranks = [_rank(place, rank) for place in self.places]
        order = sorted(range(len(ranks)), key=lambda number: ranks[number])
        return [self.faults[number] for number in order]


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in the file, at which a fault can be noted."""

    log: FaultLog
    path: Path = ()
    id: str = ""

    def at(self, *steps: str | int) -> "Spot":
        """Give a place below this one."""
        return replace(self, path=self.path + steps)

    def about(self, name: str) -> "Spot":
        """Give this place, known to be about what has this id."""
        return replace(self, id=name)

    def show(self) -> str:
        """Write the way here as TOML would: `event[0].activity[3].points`."""
        return show_path(self.path)

    def fault(self, code: FaultCode, found: Words, allowed: Words) -> None:
        """Note a fault here."""
        fault = Fault(
            file=self.log.file,
            key=self.show(),
            id=self.id,
            code=code,
            found=found,
            allowed=allowed,
        )
        self.log.add(fault, self.path)


def show_path(path: Path) -> str:
    """Write the way to a value as TOML would: `event[0].activity[3].points`."""
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        else:
            name = step if _BARE_KEY.fullmatch(step) else _quoted(step)
            text += f".{_shortened(name)}" if text else _shortened(name)
    return text


def show_value(value: object) -> Words:
    """Write what stands in the file, short, and with nothing that would upset a terminal."""
    match value:
        case dict():
            return Words("一个表", "a table")
        case list():
            return Words("一个列表", "a list")
        case bool():
            return same(str(value).lower())
        case int():
            # A huge number in decimal is work without end, and Python refuses it; in hex it is not.
            return same(f"{value:d}" if abs(value) < 10**_SHOWN_MAX else f"{value:#x}")
        case _:
            return same(_quoted(value) if type(value) is str else str(value))


def same(text: str) -> Words:
    """Give text that is the same in both languages, cut to a length one can read."""
    return Words(_shortened(text), _shortened(text))


def plain(text: str) -> str:
    """Replace what cannot be printed, so that a name cannot move the cursor or colour the line."""
    return "".join(
        letter if letter.isprintable() else f"\\u{ord(letter):04x}"
        for letter in text[: _SHOWN_MAX + 1]
    )


def _quoted(text: str) -> str:
    return plain(json.dumps(text[: _SHOWN_MAX + 1], ensure_ascii=False))


def _shortened(text: str) -> str:
    return text if len(text) <= _SHOWN_MAX else f"{text[:_SHOWN_MAX]}…"


def _number(value: object, path: Path, rank: dict[Path, int]) -> None:
    rank[path] = len(rank)
    # No key of ours lies deeper; dotted keys in a hostile file may.
    if len(path) == _DEPTH_MAX:
        return
    if isinstance(value, dict):
        for key, inner in value.items():
            _number(inner, (*path, key), rank)
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            _number(inner, (*path, number), rank)


def _rank(place: Path, rank: Mapping[Path, int]) -> int:
    while place not in rank:
        place = place[:-1]
    return rank[place]
