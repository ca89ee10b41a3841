"""Decide which lines of a phone's journal are taken, and what about them is for a person to see.

A phone sends what is not here yet; what is here already is skipped. Where it tells another story
from some line on, both are kept: the phone then lives another life. What was taken never changes.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from points.domain.access import Credential
from points.domain.cases import CaseKind, NewCase
from points.domain.closing import Report
from points.domain.journals import (
    GENESIS,
    WHOLE_MAX,
    Entry,
    Head,
    Irregularity,
    canonical,
    check_journal,
    entry_hash,
)

EMPTY = Head(0, GENESIS)

STALE = timedelta(minutes=1)
"""How much older than a line a report may say it is, and only have travelled more slowly."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_MINUTE = timedelta(minutes=1)
_CLOCKS_SHOWN = 30 * _MINUTE
_CLOCKS = frozenset({Irregularity.CLOCK_BACK, Irregularity.CLOCK_AHEAD})
_SUBJECT_LENGTH_MAX = 64
_LINE_LENGTH_MAX = 1024
_HASH = re.compile(r"[0-9a-f]{64}", re.ASCII)
_DIGEST = re.compile(r"(?:[0-9a-f]{64})?", re.ASCII)
_NAME = re.compile(r"[a-z0-9_-]{1,64}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A line as it is kept: the phone's first life has the number 1."""

    life: int
    entry: Entry
    hash: str

    @property
    def head(self) -> Head:
        """Give the place where the journal ends with this line."""
        return Head(self.entry.n, self.hash)


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What is here of a phone's journal."""

    last: Kept | None = None
    """The newest line of its newest life."""
    near: tuple[Kept, ...] = ()
    """What is here, in whichever life, under the numbers asked for."""

    @property
    def head(self) -> Head:
        """Give the place where the newest life ends."""
        return EMPTY if self.last is None else self.last.head


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """What is taken of what was sent."""

    taken: tuple[Kept, ...]
    cases: tuple[NewCase, ...]
    head: Head
    """The last line that is here now, on the way that the phone tells."""
    wanted: int
    """The number to send next."""


def read_entry(text: str) -> Entry | None:
    """Read a line as a phone writes it; None where it is written in any other way."""
    try:
        said = json.loads(text) if len(text) <= _LINE_LENGTH_MAX else None
        entry = Entry(**said) if isinstance(said, dict) else None
        is_ours = entry is not None and _is_well_formed(entry) and canonical(said) == text
    except (ValueError, TypeError, RecursionError):
        return None
    return entry if is_ours else None


def take_lines(
    phone: Credential, held: Held, lines: Sequence[Entry], *, now: datetime, ahead_max: timedelta
) -> Intake:
    """Take what is new, as far as it follows from what is here.

    Args:
        phone: Whose journal it is.
        held: What is here of it: the last line, and all under the numbers sent or just before.
        lines: What was sent, in the order of their numbers.
        now: When it arrived.
        ahead_max: How far a phone's clock may be ahead of ours.
    """
    reading = _Reading(phone, held)
    for entry in lines:
        line = Head(entry.n, entry_hash(entry))
        if reading.skips(line):
            continue
        before = reading.before(entry)
        if before is None and (entry.n > 1 or entry.previous != GENESIS):
            return reading.stopped(entry)
        life = reading.take(entry, line, before)
        follows = [entry] if before is None else [before.entry, entry]
        reading.cases += _clock_cases(phone, life, follows, latest=now + ahead_max)
    return reading.intake()


def is_overtaken(report: Report, before: Report | None) -> bool:
    """Tell whether a report only travelled more slowly than one that was made after it."""
    return (
        before is not None
        and report.journal.n < before.journal.n
        and max(report.said_at - before.said_at, report.arrived_at - before.arrived_at) <= STALE
    )


def report_cases(
    phone: Credential, report: Report, held: Held, *, before: Report | None, off_max: timedelta
) -> Iterator[NewCase]:
    """Tell what a phone's report gives a person to see.

    Args:
        phone: Which phone.
        report: What it says of itself.
        held: What is here of its journal: the last line, and all under the number that it names or
            just after.
        before: What it said of itself last. It may name lines that never arrived, and whoever
            loses those shows nothing else.
        off_max: How far a phone's clock may be off ours.
    """
    off = report.said_at - report.arrived_at
    if abs(off) > off_max:
        # One case for each clock that it shows, not for each minute in which it does.
        cause = f"clock_off:{phone.id}:{round(off / _CLOCKS_SHOWN)}"
        yield _case(phone, CaseKind.CLOCK_JUMP, cause, {"minutes_off": round(off / _MINUTE)})
    life = 1 if held.last is None else held.last.life
    known = _known_before(report, held, before)
    if known is not None:
        cause = f"phone_wiped:{phone.id}:{life}"
        figures = {"number": report.journal.n, "known": known}
        yield _case(phone, CaseKind.PHONE_WIPED, cause, figures)
    elif before is not None and _is_another(report.journal, before.journal):
        number = report.journal.n
        cause = f"journal_forked:{phone.id}:{life}:{number}"
        yield _case(phone, CaseKind.JOURNAL_FORKED, cause, {"number": number})


class _Reading:
    """Lines being read, in order."""

    def __init__(self, phone: Credential, held: Held) -> None:
        self.cases: list[NewCase] = []
        self._phone = phone
        self._known = {kept.head: kept for kept in held.near}
        self._last = held.last
        self._at: Kept | None = None
        self._taken: list[Kept] = []

    @property
    def _life(self) -> int:
        return 1 if self._last is None else self._last.life

    def skips(self, line: Head) -> bool:
        """Tell whether a line is here already."""
        found = self._known.get(line)
        self._at = found or self._at
        return found is not None

    def before(self, entry: Entry) -> Kept | None:
        """Give the line that this one names as the one before."""
        return self._known.get(Head(entry.n - 1, entry.previous))

    def take(self, entry: Entry, line: Head, before: Kept | None) -> int:
        """Take a line; where it tells another story than the newest, that is another life."""
        life = self._life
        if before != self._last:
            life += 1
            self._open_other_life(entry)
        kept = Kept(life=life, entry=entry, hash=line.hash)
        self._at = self._last = self._known[line] = kept
        self._taken.append(kept)
        return life

    def stopped(self, entry: Entry) -> Intake:
        """Stop before a line that does not follow."""
        at = self._at or self._last
        number = 0 if at is None else at.entry.n
        if entry.n > number + 1:
            self._open(CaseKind.JOURNAL_GAP, f":{number + 1}", wanted=number + 1, found=entry.n)
            return self.intake()
        self._open(CaseKind.JOURNAL_FORKED, f":{entry.n}", number=entry.n)
        # Only from its beginning can it be told where the two stories part.
        return replace(self.intake(), wanted=1)

    def intake(self) -> Intake:
        """Give what was taken."""
        at = self._at or self._last
        head = EMPTY if at is None else at.head
        return Intake(
            taken=tuple(self._taken), cases=tuple(self.cases), head=head, wanted=head.n + 1
        )

    def _open_other_life(self, entry: Entry) -> None:
        if entry.n == 1:
            known = 0 if self._last is None else self._last.entry.n
            self._open(CaseKind.PHONE_WIPED, "", number=0, known=known)
        else:
            self._open(CaseKind.JOURNAL_FORKED, f":{entry.n}", number=entry.n)

    def _open(self, kind: CaseKind, place: str, **figures: int) -> None:
        cause = f"{kind}:{self._phone.id}:{self._life}{place}"
        self.cases.append(_case(self._phone, kind, cause, figures))


def _clock_cases(
    phone: Credential, life: int, follows: Sequence[Entry], *, latest: datetime
) -> Iterator[NewCase]:
    """Tell where a line's clock is behind that of the line before, or ahead of ours."""
    entry = follows[-1]
    received_at = (latest - _EPOCH) // _MILLISECOND
    for found in check_journal(follows, received_at=received_at):
        if found.what in _CLOCKS and found.last == entry.n:
            is_ahead = found.what is Irregularity.CLOCK_AHEAD
            # A clock that is ahead is so until the scanner starts again, or somebody sets it.
            place = entry.session if is_ahead else f"{life}:{entry.n}"
            minutes = timedelta(milliseconds=found.milliseconds) // _MINUTE
            figures = {"number": entry.n, "minutes_ahead" if is_ahead else "minutes_back": minutes}
            yield _case(phone, CaseKind.CLOCK_JUMP, f"{found.what}:{phone.id}:{place}", figures)


def _known_before(report: Report, held: Held, before: Report | None) -> int | None:
    """Give the last line that a phone has forgotten, as far as it was told of; None for none."""
    forgotten = []
    if held.last is not None and _knows_less(report, held.last, held):
        forgotten.append(held.last.entry.n)
    if before is not None and report.said_at - before.said_at > STALE:
        forgotten += [before.journal.n] if report.journal.n < before.journal.n else []
    return max(forgotten, default=None)


def _is_another(head: Head, before: Head) -> bool:
    """Tell whether a line that was told of has become another one."""
    return head.n == before.n and head.hash != before.hash


def _knows_less(report: Report, last: Kept, held: Held) -> bool:
    """Tell whether a phone has forgotten what it told before."""
    head = report.journal
    if head.n >= last.entry.n:
        return False
    if head.n and head not in {kept.head for kept in held.near}:
        return True
    said_at = (report.said_at - STALE - _EPOCH) // _MILLISECOND
    # A report that only travelled more slowly than the lines after it was made before them.
    return all(kept.entry.at < said_at for kept in held.near if kept.entry.n == head.n + 1)


def _is_well_formed(entry: Entry) -> bool:
    numbers = (entry.n, entry.at, entry.ticked)
    return (
        all(type(number) is int and 0 <= number <= WHOLE_MAX for number in numbers)
        and entry.n > 0
        and _HASH.fullmatch(entry.previous) is not None
        and _NAME.fullmatch(entry.session) is not None
        and _NAME.fullmatch(entry.kind) is not None
        and _DIGEST.fullmatch(entry.digest) is not None
        and len(entry.subject) <= _SUBJECT_LENGTH_MAX
        and entry.subject.isprintable()
    )


def _case(phone: Credential, kind: CaseKind, cause: str, figures: Mapping[str, int]) -> NewCase:
    return NewCase(
        kind=kind,
        reference=cause,
        device=phone.id,
        event=phone.event,
        booth=phone.booth,
        details=figures,
    )
