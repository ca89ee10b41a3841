"""Rows as the tables hold them, for whoever must read millions: plain tuples.

Instants are microseconds since 1970 in UTC, days and details the very text that is stored.
"""

from typing import NamedTuple


class OperationLine(NamedTuple):
    """A row of `operation`. The first `HASHED` values are hashed, in this order."""

    id: int
    scope: str
    key: str
    kind: str
    fingerprint: bytes
    evidence: str
    occurred_at: int
    posted_at: int
    local_day: str
    household: int | None
    resident: int | None
    event: str | None
    booth: str | None
    item: str | None
    version: int | None
    quantity: int
    points: int
    expired: int
    balance_after: int | None
    reference: str | None
    reverses: int | None
    details: str
    chain: int
    batch: int


HASHED = 22


class EntryLine(NamedTuple):
    """A row of `entry`. All but the operation's number is hashed with the operation."""

    operation: int
    line: int
    debit: int
    credit: int
    amount: int
    lot: int | None
    expires_at: int | None
    debit_seq: int | None
    credit_seq: int | None


class RequestLine(NamedTuple):
    """A row of `request`."""

    operation: int | None
    scope: str
    key: str
    fingerprint: bytes
    status: str
    body: str | None
    reason: str | None
    details: str | None
    answered_at: int
    chain: int | None = None
    batch: int | None = None


class BatchLine(NamedTuple):
    """A row of `batch`."""

    chain: int
    number: int
    first_operation: int
    operations: int
    posted_at: int
    previous: bytes
    hash: bytes
    notes: str | None = None


class ChainLine(NamedTuple):
    """A row of `chain`."""

    id: int
    number: int
    next_operation: int
    head: bytes
    last_at: int


class SideLine(NamedTuple):
    """An entry as seen from one of its two accounts; `seq` is its place among that account's."""

    account: int
    seq: int | None
    operation: int
    line: int
    is_credit: int
    amount: int
    lot: int | None
    other: int
    expires_at: int | None = None


class AccountLine(NamedTuple):
    """A row of `account`."""

    id: int
    balance: int
    version: int
    last_at: int


class LotLine(NamedTuple):
    """A row of `lot`."""

    account: int
    id: int
    amount: int
    remaining: int
    expired: int
    origin: int | None
    expires_at: int


class ActLine(NamedTuple):
    """A row of `operation` as its household's history needs it, with what took it back, if any."""

    household: int
    id: int
    kind: str
    occurred_at: int
    posted_at: int
    local_day: str
    event: str | None
    booth: str | None
    item: str | None
    resident: int | None
    version: int | None
    quantity: int
    points: int
    balance_after: int | None
    details: str
    undone_by: int | None


def act_of(line: OperationLine) -> ActLine:
    """See an operation as its household's history does."""
    return ActLine(
        household=line.household or 0,
        id=line.id,
        kind=line.kind,
        occurred_at=line.occurred_at,
        posted_at=line.posted_at,
        local_day=line.local_day,
        event=line.event,
        booth=line.booth,
        item=line.item,
        resident=line.resident,
        version=line.version,
        quantity=line.quantity,
        points=line.points,
        balance_after=line.balance_after,
        details=line.details,
        undone_by=None,
    )


class SlipLine(NamedTuple):
    """A row of `slip`."""

    ref: str
    points: int
    valid_until: int
    is_cashed: int
    times_cashed: int


class CaseLine(NamedTuple):
    """A row of `cases`."""

    id: int
    kind: str
    reference: str
    opened_at: int
    device: str
    event: str | None
    booth: str | None
    household: int | None
    key: str | None
    operation: int | None
    body: str | None
    is_offline: int
    details: str
    seal: bytes

    def sealed(self) -> tuple[str | int | bytes | None, ...]:
        """Give what the seal is of: all but the number, which the row gets last of all."""
        return self[1:-1]


class SettlementLine(NamedTuple):
    """A row of `settlement`, numbered by its case."""

    id: int
    key: str
    decision: str
    settled_by: str
    settled_at: int
    operation: int | None
    seal: bytes

    def sealed(self) -> tuple[str | int | bytes | None, ...]:
        """Give what the seal is of. Who it was by name, and their note, may have to be erased."""
        return self[:-1]


class CodeLine(NamedTuple):
    """A row of `one_time_code`."""

    hash: bytes
    card: int
    made_at: int
    is_confirmed: int
    seal: bytes
    used_by: int | None

    def sealed(self) -> tuple[str | int | bytes | None, ...]:
        """Give what the seal is of: all that stands for good."""
        return self[:4]


class PinLine(NamedTuple):
    """A row of `pin`."""

    household: int
    salt: bytes
    hash: bytes
    set_at: int
    tries: int
    locked_until: int | None
    seal: bytes

    def sealed(self) -> tuple[str | int | bytes | None, ...]:
        """Give what the seal is of: all else."""
        return self[:-1]


class AllowanceLine(NamedTuple):
    """A row of `allowance`: all but its label, which may have to be forgotten."""

    id: int
    number: str
    fingerprint: bytes
    household: int
    points_max: int
    last_day: str
    is_confirmed: int
    made_at: int
    ended_at: int | None
    spent: int

    def terms(self) -> tuple[str | int | bytes | None, ...]:
        """Give what is noted of it."""
        return self[:-1]


class NotesLine(NamedTuple):
    """What a batch notes."""

    chain: int
    number: int
    notes: str


class AllowanceActLine(NamedTuple):
    """A redemption that names an allowance, with what took it back, if anything did."""

    id: int
    points: int
    details: str
    undone_by: int | None


class GiftLine(NamedTuple):
    """A gift, or what was received."""

    id: int
    kind: str
    household: int
    points: int
    posted_at: int
    reference: str | None
    details: str


class GiftEntryLine(NamedTuple):
    """An entry that passes from one household to another, with the end of the lot that it left."""

    operation: int
    line: int
    credit: int
    amount: int
    expires_at: int | None
    ends: int | None


class CodeActLine(NamedTuple):
    """A redemption that names a one-time code."""

    id: int
    details: str


class SlipActLine(NamedTuple):
    """An operation on a slip, with what was asked, and with what took it back, if any."""

    slip: str
    id: int
    kind: str
    posted_at: int
    quantity: int
    body: str | None
    undone_by: int | None
