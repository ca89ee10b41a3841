"""Count accounts and lots anew from their entries alone.

What a check compares with the stored balances, and what a rebuild puts in their place.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from points.domain.findings import Code, Findings
from points.domain.shapes import EXPIRED, OWED, side_of
from points.domain.stored import ActLine, SideLine
from points.domain.verifying_operations import made_lot


@dataclass(slots=True)
class Tally:
    """An account as its entries make it, taken one by one in the order of their numbers."""

    account: int
    balance: int = 0
    version: int = 0
    next_seq: int = 1

    def add(self, side: SideLine, findings: Findings) -> None:
        """Count an entry."""
        if side.seq != self.next_seq:
            findings.add(Code.SEQUENCE_BROKEN, _about(side), expected=self.next_seq, found=side.seq)
        self.next_seq = (side.seq or self.next_seq) + 1
        self.version += 1
        # What is owed counts upwards when debited, all else when credited.
        raises = bool(side.is_credit) is not (side_of(side.account) == OWED)
        self.balance += side.amount if raises else -side.amount
        if self.balance < 0:
            findings.add(Code.ACCOUNT_NEGATIVE, _about(side), found=self.balance)


@dataclass(slots=True)
class LotTally:
    """A lot as its entries make it."""

    id: int
    amount: int
    remaining: int
    expires_at: int | None
    made_by: ActLine | None
    """The operation that made it, where it is one of the household's own."""
    expired: int = 0


@dataclass(slots=True)
class WalletTally:
    """A wallet and its lots as their entries make them."""

    account: int
    findings: Findings
    tally: Tally = field(init=False)
    lots: dict[int, LotTally] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.tally = Tally(self.account)

    def add(self, side: SideLine, act: ActLine | None) -> None:
        """Count an entry; `act` is its operation, where it is one of the household's own."""
        self.tally.add(side, self.findings)
        if side.is_credit and side.lot == made_lot(side.operation, side.line):
            self.lots[side.lot or 0] = LotTally(
                id=side.lot or 0,
                amount=side.amount,
                remaining=side.amount,
                expires_at=side.expires_at,
                made_by=act,
            )
            return
        lot = self.lots.get(side.lot or 0)
        if lot is None:
            self.findings.add(Code.LOT_OVERDRAWN, _about(side) | {"lot": side.lot or 0})
            return
        lot.remaining += side.amount if side.is_credit else -side.amount
        if side.other == EXPIRED:
            lot.expired += side.amount
        if not 0 <= lot.remaining <= lot.amount:
            about = _about(side) | {"lot": lot.id}
            self.findings.add(Code.LOT_OVERDRAWN, about, found=lot.remaining)


def by_act(
    sides: Sequence[SideLine], acts: Sequence[ActLine]
) -> Iterator[tuple[ActLine | None, Sequence[SideLine]]]:
    """Give each operation with its entries, in order; at the end, entries that are of none of them.

    Args:
        sides: A wallet's entries by number.
        acts: The household's operations in the order of posting.
    """
    place = 0
    for act in acts:
        first = place
        while place < len(sides) and sides[place].operation == act.id:
            place += 1
        yield act, sides[first:place]
    if place < len(sides):
        yield None, sides[place:]


def _about(side: SideLine) -> dict[str, int | str]:
    return {"account": side.account, "operation": side.operation, "line": side.line}
