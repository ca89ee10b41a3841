"""Read a phone's queue from the file that it was saved as: whole, or not at all.

Such a file is the last way for what a phone holds: no network will come, or its token is taken no
more. It travels by cable and chat, so whatever was cut off or changed on the way must show. Each
operation stands in the phone's journal by its digest, the journal is chained by hashes, and the
file ends with a digest of all of it.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from points.domain.ids import CredentialId
from points.domain.intake import read_entry
from points.domain.journals import GENESIS, Entry, digest_of, entry_hash

FORMAT = "points-queue"
VERSION = 1

_NAMED_BY = "operation"
_DIGEST = "digest"
_OFFLINE = "offline"
"""How an operation travels is no part of what it is, and of no digest."""


class FileReason(StrEnum):
    """What is wrong with a file. Codes are public: add, never rename."""

    NOT_JSON = "not_json"
    """It was cut off, or was never one."""
    NOT_A_QUEUE = "not_a_queue"
    VERSION_UNKNOWN = "version_unknown"
    FIELD_INVALID = "field_invalid"
    JOURNAL_UNREADABLE = "journal_unreadable"
    JOURNAL_BROKEN = "journal_broken"
    """A line does not follow the one before it."""
    OPERATION_UNREADABLE = "operation_unreadable"
    OPERATION_UNKNOWN = "operation_unknown"
    """The journal names no such operation."""
    OPERATION_CHANGED = "operation_changed"
    """The journal names another one of this id."""
    OPERATION_TWICE = "operation_twice"
    FILE_CHANGED = "file_changed"
    """Somewhere else in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileFault:
    """Why a file is not taken, and where it is wrong."""

    reason: FileReason
    line: int
    """In the file, from 1."""
    place: str = ""
    """Which part of it, such as `journal 12`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueFile:
    """What a phone held when it was saved."""

    device: CredentialId
    operations: tuple[Mapping[str, object], ...]
    """As they are sent, in the order in which they were done."""
    journal: tuple[Entry, ...]


class _Wrong(Exception):
    def __init__(self, reason: FileReason, place: str = "", shown: str = "") -> None:
        super().__init__(reason)
        self.reason, self.place, self.shown = reason, place, shown


def read_queue(text: str) -> QueueFile | FileFault:
    """Read a whole file, or tell the first thing that is wrong with it."""
    try:
        said = json.loads(text, object_pairs_hook=_object)
    except _Wrong as wrong:
        return FileFault(reason=wrong.reason, line=1)
    except json.JSONDecodeError as error:
        return FileFault(reason=FileReason.NOT_JSON, line=error.lineno)
    except (ValueError, RecursionError):
        return FileFault(reason=FileReason.NOT_JSON, line=1)
    try:
        return _queue(said)
    except _Wrong as wrong:
        line = 1 + text.count("\n", 0, max(0, text.find(wrong.shown)))
        return FileFault(reason=wrong.reason, line=line, place=wrong.place)


def _object(pairs: Sequence[tuple[str, object]]) -> dict[str, object]:
    if len(dict(pairs)) < len(pairs):
        raise _Wrong(FileReason.NOT_JSON)
    return dict(pairs)


def _queue(said: Any) -> QueueFile:  # noqa: ANN401 -- whatever stands in the file
    if not isinstance(said, dict) or said.get("format") != FORMAT:
        raise _Wrong(FileReason.NOT_A_QUEUE)
    if said.get("version") != VERSION:
        raise _Wrong(FileReason.VERSION_UNKNOWN, "version", '"version"')
    device = said.get("device")
    if not isinstance(device, str):
        raise _Wrong(FileReason.FIELD_INVALID, "device", '"device"')
    journal = tuple(_journal(_list(said, "journal")))
    digests = {entry.subject: entry.digest for entry in journal if entry.kind == _NAMED_BY}
    operations = tuple(_operations(_list(said, "operations"), digests))
    rest = {name: value for name, value in said.items() if name != _DIGEST}
    if said.get(_DIGEST) != _digest_of(rest):
        raise _Wrong(FileReason.FILE_CHANGED)
    return QueueFile(device=CredentialId(device), operations=operations, journal=journal)


def _list(said: Mapping[str, object], name: str) -> list[object]:
    found = said.get(name)
    if not isinstance(found, list):
        raise _Wrong(FileReason.FIELD_INVALID, name, f'"{name}"')
    return found


def _journal(lines: Sequence[object]) -> Iterator[Entry]:
    number, previous = 0, GENESIS
    for place, line in enumerate(lines, start=1):
        entry = read_entry(line) if isinstance(line, str) else None
        # As it stands in the file: one text inside another.
        shown = json.dumps(line, ensure_ascii=False)
        if entry is None:
            raise _Wrong(FileReason.JOURNAL_UNREADABLE, f"journal {place}", shown)
        if (entry.n, entry.previous) != (number + 1, previous):
            raise _Wrong(FileReason.JOURNAL_BROKEN, f"journal {place}", shown)
        number, previous = entry.n, entry_hash(entry)
        yield entry


def _operations(
    items: Sequence[object], digests: Mapping[str, str]
) -> Iterator[Mapping[str, object]]:
    seen: set[str] = set()
    for place, item in enumerate(items, start=1):
        name = item.get("id") if isinstance(item, dict) else None
        if not isinstance(item, dict) or not isinstance(name, str):
            raise _Wrong(FileReason.OPERATION_UNREADABLE, f"operations {place}", '"operations"')
        fault = _operation_fault(item, digests.get(name))
        if name in seen:
            fault = FileReason.OPERATION_TWICE
        if fault is not None:
            raise _Wrong(fault, f"operations {place}", json.dumps(name))
        seen.add(name)
        yield item


def _operation_fault(item: Mapping[str, object], digest: str | None) -> FileReason | None:
    if digest is None:
        return FileReason.OPERATION_UNKNOWN
    asked = {name: value for name, value in item.items() if name != _OFFLINE}
    return None if _digest_of(asked) == digest else FileReason.OPERATION_CHANGED


def _digest_of(done: object) -> str | None:
    try:
        return digest_of(done)
    except ValueError:
        return None  # what no phone would have written
