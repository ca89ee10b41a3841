"""What someone asks the book to do: one frozen value per kind of act.

Every operation carries the instant at which it happened (`occurred_at`, aware). A card is named by
a `CardRef`, never by its code, so an operation can be stored, logged and compared without holding
a credential.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime
from enum import StrEnum
from hashlib import sha256
from json import JSONEncoder
from typing import ClassVar, NamedTuple, NewType, get_args

from points.domain.ids import (
    ActivityKey,
    BoothKey,
    CredentialId,
    HouseholdId,
    LotId,
    OperationId,
    RewardKey,
)

CardRef = NewType("CardRef", str)
OperationKey = NewType("OperationKey", str)
SlipRef = NewType("SlipRef", str)

QUANTITY_MAX = 1_000_000
"""Most pieces, answers or grams that one operation may name."""

POINTS_MAX = 10_000_000
"""Most points that one operation may move."""

_CODE = "code:"


def card_by_code(fingerprint: bytes) -> CardRef:
    """Name a card by the fingerprint of its secret code."""
    return CardRef(_CODE + fingerprint.hex())


def is_by_code(card: CardRef) -> bool:
    """Tell whether the card was named by the fingerprint of its secret code."""
    return card.startswith(_CODE)


def card_by_number(number: str) -> CardRef:
    """Name a card by its spoken number. It names the card; it authorises nothing by itself."""
    return CardRef("number:" + number)


def is_by_number(card: CardRef) -> bool:
    """Tell whether the card was named by its spoken number."""
    return card.startswith("number:")


def slip_by_code(fingerprint: bytes) -> SlipRef:
    """Name a slip by the fingerprint of its secret code."""
    return SlipRef(fingerprint.hex())


class Kind(StrEnum):
    """The kinds of operation, as stored and hashed. Add, never rename."""

    EARN = "earn"
    REDEEM = "redeem"
    UNDO = "undo"
    ADJUST = "adjust"
    EXPIRE = "expire"
    MERGE = "merge"
    STOCK_RECEIVED = "stock_received"
    STOCK_MOVED = "stock_moved"
    STOCK_COUNTED = "stock_counted"
    STOCK_LEASED = "stock_leased"
    STOCK_RETURNED = "stock_returned"
    SLIP_ISSUED = "slip_issued"
    SLIP_CASHED = "slip_cashed"
    BUILDING_CLOSED = "building_closed"
    SHARE = "share"
    BUDGET_SET = "budget_set"
    GIVE = "give"
    GIFT_RECEIVED = "gift_received"


class Evidence(StrEnum):
    """How well an operation is proven, best first."""

    LIVE = "live"
    OFFLINE = "offline"
    SLIP = "slip"
    MANUAL = "manual"
    IMPORT = "import"


class Phase(StrEnum):
    """The two ends of a shift."""

    CHECK_IN = "check_in"
    CHECK_OUT = "check_out"


@dataclass(frozen=True, slots=True, kw_only=True)
class Earn:
    """A card held before a booth's phone."""

    kind: ClassVar[Kind] = Kind.EARN
    card: CardRef
    activity: ActivityKey
    occurred_at: datetime
    quantity: int | None = None
    """Correct answers; None where the rule counts nothing."""
    grams: Mapping[str, int] | None = None
    """Weight by material, where the rule weighs."""
    phase: Phase | None = None
    building: str | None = None
    is_offline: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Redeem:
    """Points for goods, handed over at the booth of whoever asks."""

    kind: ClassVar[Kind] = Kind.REDEEM
    card: CardRef
    reward: RewardKey
    quantity: int
    price_shown: int
    """Points for one piece, as the volunteer saw it."""
    occurred_at: datetime
    reserve: str = ""
    is_offline: bool = False
    is_timed_here: bool = False
    """Whether the instant is the service's own, because whoever asked named none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Undo:
    """Take an earlier operation back by a second one."""

    kind: ClassVar[Kind] = Kind.UNDO
    undoes: OperationKey
    occurred_at: datetime
    claws_back: bool = False
    """Whether points already spent are booked as owed instead of refusing."""
    is_offline: bool = False
    is_timed_here: bool = False
    """Whether the instant is the service's own, because whoever asked named none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjust:
    """Put a balance right by hand; two people answer for it."""

    kind: ClassVar[Kind] = Kind.ADJUST
    household: HouseholdId
    points: int
    """Above or below zero, never zero."""
    reason: str
    approver: str
    occurred_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Expire:
    """Take the rest of a lot whose time has come."""

    kind: ClassVar[Kind] = Kind.EXPIRE
    lot: LotId
    household: HouseholdId
    occurred_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Merge:
    """Two households are one: `source` goes up in `into`."""

    kind: ClassVar[Kind] = Kind.MERGE
    source: HouseholdId
    into: HouseholdId
    occurred_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiveStock:
    """Goods arrive at a booth."""

    kind: ClassVar[Kind] = Kind.STOCK_RECEIVED
    reward: RewardKey
    booth: BoothKey
    quantity: int
    occurred_at: datetime
    reserve: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveStock:
    """Goods go from one booth to another."""

    kind: ClassVar[Kind] = Kind.STOCK_MOVED
    reward: RewardKey
    source: BoothKey
    booth: BoothKey
    quantity: int
    occurred_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CountStock:
    """Somebody counted the shelf: the book follows what is really there."""

    kind: ClassVar[Kind] = Kind.STOCK_COUNTED
    reward: RewardKey
    booth: BoothKey
    counted: int
    reason: str
    occurred_at: datetime
    reserve: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaseStock:
    """Goods go from a booth's shelf to a phone, which may hand them out without a network."""

    kind: ClassVar[Kind] = Kind.STOCK_LEASED
    reward: RewardKey
    booth: BoothKey
    device: CredentialId
    quantity: int
    occurred_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnStock:
    """Goods that a phone had come back to the shelf that they came from."""

    kind: ClassVar[Kind] = Kind.STOCK_RETURNED
    reward: RewardKey
    booth: BoothKey
    device: CredentialId
    quantity: int
    occurred_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueSlip:
    """A one-time paper code worth points, perhaps in place of a scan that failed."""

    kind: ClassVar[Kind] = Kind.SLIP_ISSUED
    slip: SlipRef
    points: int
    last_day: date
    occurred_at: datetime
    attempt: OperationKey | None = None
    """The failed scan that this slip stands for: only one of the two ever pays."""
    attempt_by: CredentialId | None = None
    """Whose scan it was; None for that of whoever issues the slip."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CashSlip:
    """A slip's points go to a card, once."""

    kind: ClassVar[Kind] = Kind.SLIP_CASHED
    slip: SlipRef
    card: CardRef
    occurred_at: datetime
    is_offline: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseBuilding:
    """No more check-ins for a building's clean-up; from now on its shares are fixed."""

    kind: ClassVar[Kind] = Kind.BUILDING_CLOSED
    activity: ActivityKey
    building: str
    period: str
    occurred_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """Pay one participant's share of a closed building, named by the check-in that earned it."""

    kind: ClassVar[Kind] = Kind.SHARE
    activity: ActivityKey
    building: str
    period: str
    household: HouseholdId
    place: int
    """The participant's place in the order of check-in, from 1."""
    occurred_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SetBudget:
    """Say how many points an event or activity may award in all."""

    kind: ClassVar[Kind] = Kind.BUDGET_SET
    item: str
    points: int
    occurred_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Give:
    """A household's points go to another, at the moment when the service is asked."""

    kind: ClassVar[Kind] = Kind.GIVE
    card: CardRef
    to: CardRef
    """A card of the household that gets them."""
    points: int
    occurred_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiveGift:
    """The other side of a gift. Nobody asks for it: the book writes it with the gift."""

    kind: ClassVar[Kind] = Kind.GIFT_RECEIVED
    gift: OperationId
    household: HouseholdId
    points: int
    occurred_at: datetime


Operation = (
    Earn
    | Redeem
    | Undo
    | Adjust
    | Expire
    | Merge
    | ReceiveStock
    | MoveStock
    | CountStock
    | LeaseStock
    | ReturnStock
    | IssueSlip
    | CashSlip
    | CloseBuilding
    | Share
    | SetBudget
    | Give
    | ReceiveGift
)


class RequestKey(NamedTuple):
    """Who named the operation, and the name: the idempotency key."""

    scope: CredentialId
    key: OperationKey


# How a scan travelled is not what it says: a live call that timed out is sent again as offline
# under the same key, and must be answered as the same operation.
_NOT_CONTENT = frozenset({"is_offline", "is_timed_here"})


def canonical(operation: Operation) -> str:
    """Write the operation as one line of JSON: same content, same text, on every machine."""
    content = {name: _plain(getattr(operation, name)) for name in _CONTENT[type(operation)]}
    content["kind"] = operation.kind
    if isinstance(operation, IssueSlip) and operation.attempt_by is None:
        del content["attempt_by"]  # it was not asked for when the first slips were written down
    is_timed_here = isinstance(operation, Redeem | Undo) and operation.is_timed_here
    if is_timed_here or isinstance(operation, Give):
        # What was asked names no instant: asked again a minute later, it is the same request.
        content["occurred_at"] = None
    return _write_line(content)


def fingerprint(body: str) -> bytes:
    """Give the SHA-256 of a canonical operation: 32 bytes that bind an idempotency key to it."""
    return sha256(body.encode()).digest()


_write_line = JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


_CONTENT = {
    kind: tuple(item.name for item in fields(kind) if item.name not in _NOT_CONTENT)
    for kind in get_args(Operation)
}


def _plain(value: object) -> object:
    if value is None or type(value) is str or type(value) is int:
        return value
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): value[key] for key in sorted(value)}
    return value
