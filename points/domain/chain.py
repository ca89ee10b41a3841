"""Tamper evidence: every batch carries a hash over itself and the batch before it.

A record is written down field by field, each with its length before it, so that no two different
records read the same. This is the only encoder; `tests/vectors/chain.json` pins it.
Nothing personal is hashed: what a person may have erased is covered by the request's fingerprint
alone.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from hashlib import sha256
from json import dumps

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


def batch_hash(link: Link, operations: Sequence[Posted]) -> bytes:
    """Hash a batch: its place, the hash before it, and each operation in order. 32 bytes."""
    head = encode([link.previous, link.chain, link.number, _instant(link.posted_at)])
    marks = [operation_hash(operation) for operation in operations]
    return sha256(head + encode([len(marks), *marks])).digest()


def operation_hash(posted: Posted) -> bytes:
    """Hash an operation with its entries and the fingerprint of what was asked. 32 bytes."""
    details = dumps(dict(posted.details), ensure_ascii=False, sort_keys=True)
    content: list[Plain] = [
        posted.id,
        posted.ref.scope,
        posted.ref.key,
        _text(posted.kind),
        posted.fingerprint,
        _text(posted.evidence),
        _instant(posted.occurred_at),
        _instant(posted.posted_at),
        _day(posted.local_day),
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
        details,
    ]
    for entry in posted.entries:
        content.extend(_entry(entry))
    return sha256(encode(content)).digest()


def encode(values: Iterable[Plain]) -> bytes:
    """Write values one after another, each as a letter for its type, its length and its bytes."""
    return b"".join(_field(value) for value in values)


def _field(value: Plain) -> bytes:
    if value is None:
        return b"n0:"
    if isinstance(value, bytes):
        return b"b%d:%b" % (len(value), value)
    letter, text = (b"i", str(value)) if isinstance(value, int) else (b"s", value)
    written = text.encode()
    return b"%b%d:%b" % (letter, len(written), written)


def _entry(entry: Entry) -> list[Plain]:
    return [
        entry.line,
        entry.debit,
        entry.credit,
        entry.amount,
        entry.lot,
        entry.debit_seq,
        entry.credit_seq,
    ]


def _instant(moment: datetime) -> int:
    return micros(moment)


def micros(moment: datetime) -> int:
    """Count the microseconds from 1970 in UTC to the instant, exactly."""
    span = moment - _EPOCH
    return (span.days * 86_400 + span.seconds) * 1_000_000 + span.microseconds


def _day(day: date) -> str:
    return day.isoformat()


def _text(value: Enum) -> str:
    return str(value.value)


_EPOCH = datetime.fromisoformat("1970-01-01T00:00:00+00:00")
