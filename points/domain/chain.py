"""Tamper evidence: every batch carries a hash over itself and the batch before it.

A record is written down field by field, each with its length before it, so that no two different
records read the same. This is the only encoder; `tests/vectors/chain.json` pins it.
Nothing personal is hashed: what a person may have erased is covered by the request's fingerprint
alone.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from json import JSONEncoder

from points.domain.facts import Posted
from points.domain.ledger import Entry

GENESIS = bytes(32)
"""What stands before the first batch of a chain."""

Plain = str | int | bytes | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One batch of a chain."""

    chain: int
    number: int
    """From 1, without gaps."""
    posted_at: datetime
    previous: bytes


def batch_hash(link: Link, operations: Sequence[Posted], *, notes: Sequence[bytes] = ()) -> bytes:
    """Hash a batch: its place, the hash before it, and each operation in order. 32 bytes.

    Args:
        link: Where it stands.
        operations: What it holds.
        notes: What is hashed of what it notes beside them, see `points.domain.notes`.
    """
    return seal(
        [*(operation_hash(operation) for operation in operations), *notes],
        chain=link.chain,
        number=link.number,
        posted_at=micros(link.posted_at),
        previous=link.previous,
    )


def seal(
    marks: Sequence[bytes], *, chain: int, number: int, posted_at: int, previous: bytes
) -> bytes:
    """Hash a batch whose operations' hashes are known; its instant in microseconds."""
    return sha256(encode((previous, chain, number, posted_at, len(marks), *marks))).digest()


def operation_hash(posted: Posted) -> bytes:
    """Hash an operation with its entries and the fingerprint of what was asked. 32 bytes."""
    return record_hash(_record(posted))


def record_hash(record: Iterable[Plain]) -> bytes:
    """Hash an operation given as plain values, in the order of `_record`. 32 bytes."""
    return sha256(encode(record)).digest()


def encode(values: Iterable[Plain]) -> bytes:
    """Write values one after another, each as a letter for its type, its length and its bytes."""
    # A book is hashed by the million, so this is one loop over texts in which each letter stands
    # for one byte, and small numbers are written once.
    parts: list[str] = []
    add = parts.append
    for value in values:
        if type(value) is int:
            add(_SMALL[value] if 0 <= value < _SMALL_END else _number(value))
        elif value is None:
            add("n0:")
        elif type(value) is bytes:
            add(f"b{len(value)}:{value.decode('latin-1')}")
        else:
            assert isinstance(value, str), "only plain values are hashed"
            written = value if value.isascii() else value.encode().decode("latin-1")
            add(f"s{len(written)}:{written}")
    return "".join(parts).encode("latin-1")


def _number(value: int) -> str:
    text = str(value)
    return f"i{len(text)}:{text}"


_SMALL_END = 256
_SMALL = [_number(value) for value in range(_SMALL_END)]


_write_details = JSONEncoder(ensure_ascii=False, sort_keys=True).encode


def _record(posted: Posted) -> list[Plain]:
    return [
        posted.id,
        posted.ref.scope,
        posted.ref.key,
        posted.kind.value,
        posted.fingerprint,
        posted.evidence.value,
        micros(posted.occurred_at),
        micros(posted.posted_at),
        posted.local_day.isoformat(),
        posted.household,
        posted.resident,
        posted.event,
        posted.booth,
        posted.item,
        posted.version,
        posted.quantity,
        posted.points,
        posted.expired,
        posted.balance_after,
        posted.reference,
        posted.reverses,
        _write_details(posted.details) if posted.details else "{}",
        *(value for entry in posted.entries for value in _entry(entry)),
    ]


def _entry(entry: Entry) -> tuple[Plain, ...]:
    return (
        entry.line,
        entry.debit,
        entry.credit,
        entry.amount,
        entry.lot,
        None if entry.expires_at is None else micros(entry.expires_at),
        entry.debit_seq,
        entry.credit_seq,
    )


def micros(moment: datetime) -> int:
    """Count the microseconds from 1970 in UTC to the instant, exactly."""
    span = moment - _EPOCH
    return (span.days * 86_400 + span.seconds) * 1_000_000 + span.microseconds


def instant_of(count: int) -> datetime:
    """Give the instant, in UTC, that is so many microseconds after 1970."""
    return _EPOCH + timedelta(microseconds=count)


_EPOCH = datetime.fromisoformat("1970-01-01T00:00:00+00:00")
