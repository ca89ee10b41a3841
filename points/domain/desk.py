"""Say no at the desk: why something asked for outside the book was not done.

Cards, households, devices and partners are not operations, so their refusals stand apart from the
book's; where the reason is the same, the book's own word is used.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from points.domain.facts import Detail
from points.domain.outcomes import Refusal


class DeskFault(StrEnum):
    """Why the desk could not do it. Codes are public: add, never rename."""

    CARD_BOUND = "card_bound"
    """The card belongs to another household already."""
    CARD_USED = "card_used"
    """The new card has points or a history of its own; merge its household first."""
    SAME_CARD = "same_card"

    DOOR_INVALID = "door_invalid"
    NAME_INVALID = "name_invalid"
    NAME_DIFFERS = "name_differs"
    """Another name is known at this door."""
    COMMUNITY_UNKNOWN = "community_unknown"
    NOTICE_UNKNOWN = "notice_unknown"
    """No wording of the notice has this version."""
    CONSENT_NEEDED = "consent_needed"
    """Where a household lives is noted only once it has heard the notice and agreed."""
    KEY_REUSED = "idempotency_key_reused"
    """The name was used before, for something else."""
    CODE_UNKNOWN = "code_unknown"
    """No family code says this now: it was mistyped, used, or has ended."""
    CODE_LOCKED = "code_locked"
    """Too many codes were tried."""
    LAST_CARD = "last_card"
    """A household keeps at least one card."""
    INTO_ANONYMOUS = "into_anonymous"
    """A household with a door would go up in one without; merge them the other way round."""

    CHECK_INS_CHANGED = "check_ins_changed"
    """A check-in arrived in the very moment in which its building was closed."""

    EVENT_UNKNOWN = "event_unknown"
    BOOTH_NEEDED = "booth_needed"
    BOOTH_DOES_NOT_REDEEM = "booth_does_not_redeem"
    ROLE_INVALID = "role_invalid"
    CREDENTIAL_UNKNOWN = "credential_unknown"

    CASE_UNKNOWN = "case_unknown"
    CASE_SETTLED = "case_settled"
    """Somebody has settled it already."""
    DECISION_UNFIT = "decision_unfit"
    """A case of this kind is not settled like that."""
    FORGIVING_LIMITED = "forgiving_limited"
    """More is owed than one case may forgive."""
    NOTHING_OWED = "nothing_owed"
    REASON_NEEDED = "reason_needed"
    """Who answers for this, and why, must be said."""
    EVENT_NOT_CLOSED = "event_not_closed"

    ALLOWANCE_INVALID = "allowance_invalid"
    ALLOWANCE_UNKNOWN = "allowance_unknown"
    """The household has no such allowance."""
    TOO_MANY_ALLOWANCES = "too_many_allowances"
    PIN_INVALID = "pin_invalid"
    PIN_UNSET = "pin_unset"
    """The household has none yet; the first is set at the desk."""
    PIN_ALREADY_SET = "pin_already_set"
    """The household has one: another needs that one, or the lead's word."""
    TOO_MANY_CODES = "too_many_codes"
    """So many one-time codes wait to be used already."""

    INVITE_UNKNOWN = "invite_unknown"
    INVITE_EXPIRED = "invite_expired"
    INVITE_USED = "invite_used"
    """Another phone has claimed it."""
    INVITE_LOCKED = "invite_locked"
    """It was claimed wrongly too often."""
    TOKEN_TAKEN = "token_taken"  # noqa: S105 -- a code, no secret
    """A token is to be new, and this one is somebody's, or was."""
    TOKEN_REPLACED = "token_replaced"  # noqa: S105 -- the same
    """The phone has another token since."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotDone:
    """Nothing was changed, and here is why."""

    reason: DeskFault | Refusal
    details: Mapping[str, Detail] = field(default_factory=dict)
