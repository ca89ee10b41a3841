"""What a person must settle: goods given beyond what was there, acts in doubt, phones that lie.

A case is opened once, however often its cause is seen, and settled once, whoever comes second.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NewType

from points.domain.ids import BoothKey, CredentialId, EventKey, HouseholdId, OperationId
from points.domain.operations import OperationKey
from points.domain.outcomes import Refusal

CaseId = NewType("CaseId", int)

NOTE_LENGTH_MAX = 500


class CaseKind(StrEnum):
    """What is to be settled, as stored. Codes are public: add, never rename."""

    OVERSPENT = "overspent"
    """Goods were handed out without a network for more points than the household had."""
    LIMIT_EXCEEDED = "limit_exceeded"
    """Goods were handed out without a network beyond what a household may have."""
    REVIEW = "review"
    """An operation is in doubt: it is kept, and not in the book."""
    JOURNAL_GAP = "journal_gap"
    JOURNAL_FORKED = "journal_forked"
    CLOCK_JUMP = "clock_jump"
    PHONE_WIPED = "phone_wiped"
    WRITTEN_OFF = "written_off"
    """A phone's queue was given up, so that its event could close."""
    GUESSING = "guessing"
    """So many codes were guessed that nobody's was taken for a while; of no event."""


class Decision(StrEnum):
    """How a case may be settled, as stored. Codes are public: add, never rename."""

    APPROVE = "approve"
    """The operation is posted after all, whatever was in doubt."""
    REJECT = "reject"
    """The operation never is."""
    FORGIVE = "forgive"
    """What is still owed is owed no longer."""
    KEEP_OWED = "keep_owed"
    """The next points that come in pay it."""
    NOTED = "noted"
    """Somebody has seen to it."""


_DECISIONS: Mapping[CaseKind, tuple[Decision, ...]] = {
    CaseKind.REVIEW: (Decision.APPROVE, Decision.REJECT),
    CaseKind.OVERSPENT: (Decision.FORGIVE, Decision.KEEP_OWED),
}

DOUBTS = "doubts"
"""Names, among a case's figures, the reasons why its operation is in doubt."""

OWED = "owed"
"""Names, among an operation's figures, the points that it left a household owing."""

OVER_LIMIT = "over_limit"
"""Names, among an operation's figures, the pieces that a household got beyond its limit."""

APPROVED = "approved"
"""Stands among the figures of an operation that was in doubt and let pass by a person."""

_NOT_THE_HOLDERS = frozenset({Refusal.CARD_FROZEN, Refusal.CARD_REPLACED})
"""A stopped card may have been in anybody's hands: its household should not pay unasked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCase:
    """Something to settle, as it is found."""

    kind: CaseKind
    reference: str
    """Names the cause; the same cause opens no second case."""
    device: CredentialId
    """The phone that it is about."""
    event: EventKey | None = None
    booth: BoothKey | None = None
    household: HouseholdId | None = None
    key: OperationKey | None = None
    """The name under which that phone asked for the operation."""
    operation: OperationId | None = None
    """The operation, where it is in the book."""
    body: str | None = None
    """What was asked, where it is not."""
    is_offline: bool = False
    """Whether what was asked is said to have happened without a network."""
    details: Mapping[str, int | str] = field(default_factory=dict)
    """Figures, such as the points owed or the line that is missing. They name no one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """How a case was settled, and by whom."""

    key: str
    """Names the settling: whoever asks again under this name is told the same."""
    decision: Decision
    settled_by: CredentialId
    name: str
    """Who that was, where no phone says so."""
    note: str
    settled_at: datetime
    operation: OperationId | None = None
    """What was posted because of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Something to settle, or settled."""

    id: CaseId
    opened_at: datetime
    about: NewCase
    settlement: Settlement | None = None

    @property
    def owed(self) -> int:
        """Give the points that the operation left the household owing."""
        return int(self.about.details.get(OWED, 0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """Which cases to list, the newest first."""

    event: EventKey | None = None
    """One event's; of all events if not told."""
    is_open: bool | None = None
    """Only those that are open, or only those that are settled."""
    before: CaseId | None = None
    """Only those opened before this one."""
    limit: int = 100


def operation_reference(device: CredentialId, key: OperationKey) -> str:
    """Name an operation as the cause of a case; it has one case at most."""
    return f"operation:{device}:{key}"


def doubts_of(details: Mapping[str, int | str]) -> tuple[Refusal, ...]:
    """Give the reasons why an operation is in doubt, the first found first."""
    named = str(details.get(DOUBTS, ""))
    return tuple(Refusal(doubt) for doubt in named.split(",") if doubt)


def decisions_for(kind: CaseKind) -> tuple[Decision, ...]:
    """Give the ways to settle a case of this kind."""
    return _DECISIONS.get(kind, (Decision.NOTED,))


def suggested(case: Case, *, forgive_points_max: int) -> Decision:
    """Suggest how to settle a case; whoever settles it knows more than we do."""
    match case.about.kind:
        case CaseKind.REVIEW:
            is_theirs = _NOT_THE_HOLDERS.isdisjoint(doubts_of(case.about.details))
            return Decision.APPROVE if is_theirs else Decision.REJECT
        case CaseKind.OVERSPENT:
            is_little = case.owed <= forgive_points_max
            return Decision.FORGIVE if is_little else Decision.KEEP_OWED
        case _:
            return Decision.NOTED
