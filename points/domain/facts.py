"""What is known before a batch is decided, and what has been decided: plain frozen values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import TypeGuard

from points.domain.access import Credential
from points.domain.cases import CaseId, NewCase
from points.domain.ids import (
    AccountId,
    AllowanceId,
    BoothKey,
    CardId,
    CommunityKey,
    CredentialId,
    EventKey,
    HouseholdId,
    OperationId,
    ResidentId,
)
from points.domain.ledger import Account, Entry, Lot
from points.domain.one_time_codes import Lifetime
from points.domain.operations import (
    CardRef,
    Evidence,
    Kind,
    Operation,
    OperationKey,
    Phase,
    RequestKey,
    SlipRef,
)
from points.domain.outcomes import Refusal
from points.domain.programme import Catalog

Detail = int | str
"""What an answer says beside its code: counts, points, keys, instants in ISO 8601."""


@dataclass(frozen=True, slots=True)
class PinChecked:
    """What came of the PIN that was typed for an operation. The PIN itself gets no further."""

    is_right: bool
    again_at: datetime | None = None
    """When another may be tried, where too many were wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """An operation as it was asked for: by whom, and under which name."""

    credential: Credential
    key: OperationKey
    operation: Operation
    evidence: Evidence = Evidence.LIVE
    waived: frozenset[Refusal] | None = None
    """What was in doubt and a person has let pass; None where nobody was asked."""
    pin: PinChecked | None = None
    """What came of the household's PIN, where one was typed."""

    @property
    def is_approved(self) -> bool:
        """Whether a person has judged that it happened."""
        return self.waived is not None

    @property
    def ref(self) -> RequestKey:
        """Give the idempotency key."""
        return RequestKey(self.credential.id, self.key)


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """The operation is in the book."""

    operation: OperationId
    points: int = 0
    """Points that the household gained (+) or gave (-)."""
    balance: int | None = None
    """Points that the household can spend afterwards; None where no household is touched."""
    details: Mapping[str, Detail] = field(default_factory=dict)
    case: CaseId | None = None
    """What it leaves for a person to settle, if anything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """The book did not move, and here is why."""

    reason: Refusal
    details: Mapping[str, Detail] = field(default_factory=dict)
    case: CaseId | None = None
    """Where a person judges, if one does."""


Verdict = Accepted | Refused


@dataclass(frozen=True, slots=True)
class Replayed:
    """The operation was decided before; here is the first answer again."""

    first: Verdict


@dataclass(frozen=True, slots=True)
class Conflict:
    """The same name was used before for something else."""


Outcome = Verdict | Replayed | Conflict


def is_in_review(outcome: Outcome) -> TypeGuard[Refused]:
    """Tell whether a person still has to look at the operation, and may yet let it be booked."""
    return isinstance(outcome, Refused) and outcome.reason is Refusal.IN_REVIEW


class CardState(StrEnum):
    """What became of a card."""

    ACTIVE = "active"
    FROZEN = "frozen"
    REPLACED = "replaced"


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A card as the fold sees it. `household` is the one that stands today, after merges."""

    id: CardId
    household: HouseholdId
    resident: ResidentId | None
    state: CardState
    stopped_at: datetime | None
    """Since when it is frozen or replaced; what happened before still counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownCode:
    """A one-time code, and the card that it stands for."""

    card: Card
    lifetime: Lifetime
    is_confirmed: bool
    """Whether the household's PIN was typed when it was made."""
    used_by: OperationId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """A card that spends some of a household's points, until a day."""

    id: AllowanceId
    card: Card
    """As whose card it counts; frozen since the household ended it."""
    points_max: int
    last_day: date
    is_confirmed: bool
    """Whether the household's PIN was typed when it was made."""
    spent: int = 0
    """Points of redemptions that still count."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PastAct:
    """An operation that limits look back at."""

    operation: OperationId
    kind: Kind
    event: EventKey | None
    booth: BoothKey | None
    item: str | None
    resident: ResidentId | None
    day: date
    occurred_at: datetime
    points: int
    quantity: int
    phase: Phase | None = None
    building: str | None = None
    period: str | None = None
    bonus: int = 0
    is_confirmed: bool = False
    """Whether more than a card was shown for it, such as the household's PIN."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Original:
    """An operation that an undo names, with everything needed to mirror it."""

    ref: RequestKey
    act: PastAct
    household: HouseholdId | None
    entries: tuple[Entry, ...]
    is_undone: bool
    slip: SlipRef | None = None
    allowance: AllowanceId | None = None
    """What spent its points, where it was not the household itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slip:
    """A paper code worth points."""

    ref: SlipRef
    points: int
    valid_until: datetime
    is_cashed: bool = False
    times_cashed: int = 0


ALLOWANCE = "allowance"
"""The figure of a redemption that numbers the allowance that it was made with."""

ALLOWANCE_LEFT = "allowance_left"
"""What is left of that: whoever spends it is told nothing of what else the household has."""

CONFIRMED = "confirmed"
"""The figure of an operation that says by what it was confirmed, where it was."""

ANY_BODY = b""
"""Stands for a fingerprint where the answer does not depend on what is asked."""


@dataclass(frozen=True, slots=True)
class Settled:
    """A request that has its final answer, for the body with this fingerprint or for any."""

    fingerprint: bytes
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class CleanUpKey:
    """One building's clean-up at one event, in one period."""

    activity: str
    building: str
    period: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckIn:
    """A participant of a clean-up; the earliest come first."""

    occurred_at: datetime
    operation: OperationId
    household: HouseholdId


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Everything stored that can change an answer, read once, after locking."""

    now: datetime
    """The batch's instant: the clock's, but later than all that the batch follows."""
    clock: datetime | None = None
    """What the clock shows, where that is earlier."""
    next_operation: OperationId
    catalog: Catalog
    revoked: Mapping[CredentialId, datetime] = field(default_factory=dict)
    """Since when credentials are revoked."""
    closed_events: frozenset[EventKey] = frozenset()
    """Events that were closed for good: what phones still bring is for a person to judge."""
    cards: Mapping[CardRef, Card] = field(default_factory=dict)
    codes: Mapping[CardRef, ShownCode] = field(default_factory=dict)
    """One-time codes, by the names that they give to cards."""
    allowances: Mapping[CardRef, Allowance] = field(default_factory=dict)
    communities: Mapping[HouseholdId, CommunityKey | None] = field(default_factory=dict)
    """The households that stand today, each with its community if it has one."""
    stands: Mapping[HouseholdId, HouseholdId] = field(default_factory=dict)
    """The household that stands today, for those that went up in another before this batch."""
    accounts: Mapping[AccountId, Account] = field(default_factory=dict)
    lots: tuple[Lot, ...] = ()
    history: Mapping[HouseholdId, tuple[PastAct, ...]] = field(default_factory=dict)
    """Earlier acts by household, undone ones included, in no order."""
    undone: frozenset[OperationId] = frozenset()
    originals: Mapping[OperationKey, tuple[Original, ...]] = field(default_factory=dict)
    settled: Mapping[RequestKey, Settled] = field(default_factory=dict)
    slips: Mapping[SlipRef, Slip] = field(default_factory=dict)
    clean_ups: Mapping[CleanUpKey, tuple[CheckIn, ...]] = field(default_factory=dict)
    """Who checked in, undone check-ins included."""
    papers: frozenset[SlipRef] = frozenset()
    """Slips that were printed blank, of those that booths give out in this batch."""
    granted: Mapping[str, int] = field(default_factory=dict)
    """The size of each budget that this batch sets, as set so far."""
    handed_out_by: Mapping[OperationId, CredentialId] = field(default_factory=dict)
    """Which phone handed goods out without a network, for the acts in which one did."""
    references: frozenset[str] = frozenset()
    """References already in the book, of those that this batch may want to write."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """An operation as the book will hold it. Nothing in it names a person."""

    id: OperationId
    ref: RequestKey
    kind: Kind
    body: str
    fingerprint: bytes
    evidence: Evidence
    occurred_at: datetime
    posted_at: datetime
    local_day: date
    household: HouseholdId | None = None
    resident: ResidentId | None = None
    event: EventKey | None = None
    booth: BoothKey | None = None
    item: str | None = None
    version: int | None = None
    quantity: int = 0
    points: int = 0
    expired: int = 0
    balance_after: int | None = None
    reference: str | None = None
    """The fact that this operation states; the book holds each fact once."""
    reverses: OperationId | None = None
    details: Mapping[str, Detail] = field(default_factory=dict)
    entries: tuple[Entry, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """What a batch comes to: an outcome for each operation asked, and what must be written."""

    outcomes: tuple[Outcome, ...]
    posted: tuple[Posted, ...]
    frozen: Mapping[RequestKey, Settled]
    """Refusals that are remembered."""
    accounts: Mapping[AccountId, Account]
    lots: tuple[Lot, ...]
    slips: tuple[Slip, ...]
    merged: Mapping[HouseholdId, HouseholdId]
    """Households that went up in another in this batch."""
    cases: tuple[NewCase, ...] = ()
    """What is left for a person to settle."""
    used_codes: Mapping[CardRef, OperationId] = field(default_factory=dict)
    """One-time codes that were used, each by one operation."""
    spent: Mapping[AllowanceId, int] = field(default_factory=dict)
    """By how many points more, or fewer, allowances were spent."""
    has_replays: bool
