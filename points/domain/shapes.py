"""Which entries an operation of each kind may have, and what they say of its points and pieces.

This is written down apart from the decisions that make the entries, so that one proves the other.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from points.domain.ids import AccountKind, SystemAccount, account_id
from points.domain.operations import Kind

Side = int
"""A system side's number, or for every other account the number of its kind's first."""

WALLET, OWED, BUDGET, GOODS, LEASED = (
    account_id(kind, 1) - 1
    for kind in (
        AccountKind.WALLET,
        AccountKind.OWED,
        AccountKind.BUDGET,
        AccountKind.GOODS,
        AccountKind.LEASED,
    )
)
(
    ISSUED,
    REDEEMED,
    EXPIRED,
    ADJUSTED,
    SLIPS,
    SUPPLIED,
    HANDED_OUT,
    MISCOUNTED,
    GRANTED,
    MERGED,
    BUDGETED,
    GIFTED,
) = (int(account_id(AccountKind.SYSTEM, side)) for side in SystemAccount)

_OWNER = WALLET - 1

Flow = tuple[Side, Side]
"""From which side to which."""


def side_of(account: int) -> Side:
    """Tell which side of the book an account is on."""
    return account if account < WALLET else account & ~_OWNER


def owner_of(account: int) -> int:
    """Tell whose account it is."""
    return account & _OWNER


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What entries of one kind of operation look like."""

    points: Mapping[Flow, int]
    """The flows that it may have, and how each counts in the operation's points: 1, -1 or 0."""
    pieces: Mapping[Flow, int] = field(default_factory=dict)
    """How each flow counts in the operation's quantity; empty where they say nothing of it."""
    is_bare: bool = False
    """Whether it may have no entry at all."""


_ENDED: dict[Flow, int] = {(WALLET, EXPIRED): 0}
_PAID: dict[Flow, int] = {(ISSUED, WALLET): 1, (ISSUED, OWED): 1, (BUDGET, GRANTED): 0} | _ENDED

SHAPES: Mapping[str, Shape] = {
    Kind.EARN: Shape(points=_PAID, is_bare=True),
    Kind.SHARE: Shape(points=_PAID, is_bare=True),
    Kind.REDEEM: Shape(
        points={
            (WALLET, REDEEMED): -1,
            (OWED, REDEEMED): -1,
            (GOODS, HANDED_OUT): 0,
            (LEASED, HANDED_OUT): 0,
        }
        | _ENDED,
        pieces={(GOODS, HANDED_OUT): 1, (LEASED, HANDED_OUT): 1},
    ),
    Kind.UNDO: Shape(
        points={
            (WALLET, ISSUED): -1,
            (WALLET, SLIPS): -1,
            (WALLET, ADJUSTED): -1,
            (WALLET, OWED): -1,
            (REDEEMED, WALLET): 1,
            (REDEEMED, OWED): 0,
            (ADJUSTED, WALLET): 1,
            (OWED, ISSUED): 0,
            (OWED, SLIPS): 0,
            (OWED, ADJUSTED): 0,
            (HANDED_OUT, GOODS): 0,
            (HANDED_OUT, LEASED): 0,
            (LEASED, GOODS): 0,
            (GRANTED, BUDGET): 0,
        }
        | _ENDED,
        is_bare=True,
    ),
    Kind.ADJUST: Shape(
        points={(ADJUSTED, WALLET): 1, (ADJUSTED, OWED): 1, (WALLET, ADJUSTED): -1} | _ENDED,
    ),
    Kind.EXPIRE: Shape(points=_ENDED),
    Kind.MERGE: Shape(
        points={
            (WALLET, MERGED): 0,
            (MERGED, WALLET): 1,
            (MERGED, OWED): 0,
            (OWED, MERGED): 0,
            (WALLET, OWED): 0,
        }
        | _ENDED,
        is_bare=True,
    ),
    Kind.STOCK_RECEIVED: Shape(points={(SUPPLIED, GOODS): 0}, pieces={(SUPPLIED, GOODS): 1}),
    Kind.STOCK_MOVED: Shape(points={(GOODS, GOODS): 0}, pieces={(GOODS, GOODS): 1}),
    Kind.STOCK_COUNTED: Shape(
        points={(GOODS, MISCOUNTED): 0, (MISCOUNTED, GOODS): 0},
        pieces={(GOODS, MISCOUNTED): -1, (MISCOUNTED, GOODS): 1},
        is_bare=True,
    ),
    Kind.STOCK_LEASED: Shape(points={(GOODS, LEASED): 0}, pieces={(GOODS, LEASED): 1}),
    Kind.STOCK_RETURNED: Shape(points={(LEASED, GOODS): 0}, pieces={(LEASED, GOODS): 1}),
    Kind.SLIP_ISSUED: Shape(points={(ISSUED, SLIPS): 0}, pieces={(ISSUED, SLIPS): 1}),
    Kind.SLIP_CASHED: Shape(points={(SLIPS, WALLET): 1, (SLIPS, OWED): 1} | _ENDED),
    Kind.GIVE: Shape(points={(WALLET, GIFTED): -1} | _ENDED),
    Kind.GIFT_RECEIVED: Shape(points={(GIFTED, WALLET): 1, (GIFTED, OWED): 1} | _ENDED),
    Kind.BUILDING_CLOSED: Shape(points={}, is_bare=True),
    Kind.BUDGET_SET: Shape(
        points={(BUDGETED, BUDGET): 0, (BUDGET, BUDGETED): 0},
        pieces={(BUDGETED, BUDGET): 1, (BUDGET, BUDGETED): -1},
        is_bare=True,
    ),
}
