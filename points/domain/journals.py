"""What a phone did, line by line: numbered and chained by hashes, so that what is missing shows.

Each paired phone keeps one journal. A line names what happened and holds a digest of it, no card
codes; its hash is over its canonical JSON, and the next line repeats that hash. Nothing here proves
that a phone is honest: whoever owns it can write another journal from the start. But then it is
another, and what the service has seen of the first one no longer fits.

The twin of `points/scanner/src/journal.ts`, which writes it; `tests/vectors/journal.json` holds
both.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from hashlib import sha256
from itertools import pairwise

GENESIS = "0" * 64
"""What stands before the first line."""

WHOLE_MAX = 2**53 - 1
"""Beyond this a browser no longer keeps a whole number exactly."""

CLOCK_TOLERANCE_MS = 60_000
"""A clock that its phone sets right by itself moves by seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of a journal."""

    n: int
    """From 1, without gaps."""
    previous: str
    """The hash of the line before."""
    at: int
    """What the phone's clock said: milliseconds since 1970."""
    session: str
    """The run of the scanner in which it happened."""
    ticked: int
    """Milliseconds that this run had lasted, by a clock that nobody can set."""
    kind: str
    """What happened: `operation`, `start`."""
    subject: str
    """What it happened to: an operation's id; empty where there is none."""
    digest: str
    """The digest of what was done; empty where there is nothing to tell."""


@dataclass(frozen=True, slots=True)
class Head:
    """Where a journal ends, as its phone once said: the number and hash of its last line."""

    n: int
    hash: str


class Irregularity(StrEnum):
    """What may be wrong with a journal. Public: add, never rename."""

    MISSING = "missing"
    """Lines between others, or before the end that the phone told of, are not there."""
    BROKEN = "broken"
    """A line does not follow the one before it: one of the two was changed."""
    FORKED = "forked"
    """There is another line of the same number: the phone was wiped, or copied."""
    CLOCK_BACK = "clock_back"
    """The clock was set back: what happened later says that it happened earlier."""
    CLOCK_AHEAD = "clock_ahead"
    """A line says that it was written after it arrived."""


@dataclass(frozen=True, slots=True, order=True)
class Irregular:
    """One thing that a person must look at."""

    first: int
    """The first line that it is about."""
    last: int
    """The last line that it is about."""
    what: Irregularity
    milliseconds: int = 0
    """By how much the clock is off, where it is about the clock."""


def check_journal(
    entries: Iterable[Entry], *, received_at: int, told: Iterable[Head] = ()
) -> list[Irregular]:
    """Find all that is irregular in a phone's journal, by line.

    Args:
        entries: The whole journal as far as it is known, in any order. A line that came twice
            counts once.
        received_at: When the last of them arrived: milliseconds since 1970.
        told: Ends that the phone told of before, on other occasions.

    Returns:
        Nothing for a journal that is whole; never raises for one that is not.
    """
    lines, ends = _in_order(entries), list(told)
    firsts = [alike[0] for alike in lines]
    found = [
        *_missing(firsts, ends),
        *_broken(lines),
        *_forked(lines, ends),
        *_set_back(firsts),
        *_ahead(firsts, received_at),
    ]
    return sorted(found)


def head_of(entries: Iterable[Entry]) -> Head:
    """Give where the journal ends: its line of the highest number."""
    last = max(entries, key=lambda entry: entry.n, default=None)
    return Head(0, GENESIS) if last is None else Head(last.n, entry_hash(last))


def entry_hash(entry: Entry) -> str:
    """Hash a line, as the next one repeats it: 64 hexadecimal digits."""
    return digest_of(asdict(entry))


def digest_of(done: object) -> str:
    """Hash what was done: SHA-256 over its canonical JSON, as 64 hexadecimal digits.

    Raises:
        ValueError: See `canonical`.
    """
    return sha256(canonical(done).encode()).hexdigest()


def canonical(value: object) -> str:
    """Write JSON in the one way that hashes alike everywhere (RFC 8785, whole numbers only).

    Raises:
        ValueError: It holds what is not JSON, a number that is not whole or that a browser does
            not keep exactly, or half a character.
    """
    match value:
        case None | bool():
            return json.dumps(value)
        case int() if -WHOLE_MAX <= value <= WHOLE_MAX:
            return str(value)
        case str():
            value.encode()  # half a surrogate pair has no bytes
            return json.dumps(value, ensure_ascii=False)
        case dict():
            # By UTF-16, as browsers sort.
            names = sorted(value, key=lambda name: str(name).encode("utf-16-be"))
            inside = (f"{canonical(str(name))}:{canonical(value[name])}" for name in names)
            return f"{{{','.join(inside)}}}"
        case list():
            return f"[{','.join(canonical(one) for one in value)}]"
        case _:
            raise ValueError(f"{value!r} is not written alike everywhere")


def _in_order(entries: Iterable[Entry]) -> list[list[Entry]]:
    """Put lines in order of their numbers, those of one number together, each of them once."""
    by_number: dict[int, list[Entry]] = {}
    for entry in entries:
        alike = by_number.setdefault(entry.n, [])
        if entry not in alike:
            alike.append(entry)
    return [by_number[n] for n in sorted(by_number)]


def _missing(lines: Sequence[Entry], told: Sequence[Head]) -> Iterator[Irregular]:
    there = [entry.n for entry in lines]
    end = max([0, *there, *(head.n for head in told)])
    for before, after in pairwise([0, *there, end + 1]):
        if after > before + 1:
            yield Irregular(before + 1, after - 1, Irregularity.MISSING)


def _broken(lines: Sequence[Sequence[Entry]]) -> Iterator[Irregular]:
    hashes = {0: {GENESIS}} | {alike[0].n: {entry_hash(one) for one in alike} for alike in lines}
    for alike in lines:
        n = alike[0].n
        follows = hashes.get(n - 1)
        if follows is not None and any(entry.previous not in follows for entry in alike):
            yield Irregular(n, n, Irregularity.BROKEN)


def _forked(lines: Sequence[Sequence[Entry]], told: Sequence[Head]) -> Iterator[Irregular]:
    for alike in lines:
        n = alike[0].n
        hashes = {entry_hash(entry) for entry in alike}
        if len(hashes | {head.hash for head in told if head.n == n}) > 1:
            yield Irregular(n, n, Irregularity.FORKED)


def _set_back(lines: Sequence[Entry]) -> Iterator[Irregular]:
    """Find where the clock fell behind.

    Only back: while a phone sleeps its clock goes on and its count of milliseconds may not, so time
    that jumps ahead is what a phone in a pocket looks like.
    """
    for before, after in pairwise(lines):
        is_same_run = before.session == after.session
        ticked = after.ticked - before.ticked if is_same_run else 0
        behind = ticked - (after.at - before.at)
        if behind > CLOCK_TOLERANCE_MS:
            yield Irregular(before.n, after.n, Irregularity.CLOCK_BACK, behind)


def _ahead(lines: Sequence[Entry], received_at: int) -> Iterator[Irregular]:
    ahead = [entry for entry in lines if entry.at - received_at > CLOCK_TOLERANCE_MS]
    if ahead:
        most = max(entry.at - received_at for entry in ahead)
        yield Irregular(ahead[0].n, ahead[-1].n, Irregularity.CLOCK_AHEAD, most)
