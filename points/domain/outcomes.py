"""Say no with a value: one closed list of reasons, shared by API, pages and phone."""

from enum import StrEnum


class Refusal(StrEnum):
    """Why an operation was not accepted. Codes are public: add, never rename."""

    NOT_ALLOWED = "not_allowed"
    CREDENTIAL_REVOKED = "credential_revoked"

    CARD_UNKNOWN = "card_unknown"
    CARD_FROZEN = "card_frozen"
    CARD_REPLACED = "card_replaced"
    CODE_EXPIRED = "code_expired"
    """A one-time code that is older than it lives, or never was."""
    CODE_USED = "code_used"
    ALLOWANCE_ENDED = "allowance_ended"
    """Its last day is over, or the household has ended it."""
    ALLOWANCE_SHORT = "allowance_short"
    """Less is left of it than was asked for."""
    GIFTS_OFF = "gifts_off"
    """The programme allows no gifts."""
    GIFT_LIMIT_REACHED = "gift_limit_reached"
    SECOND_FACTOR_NEEDED = "second_factor_needed"
    """More than the programme lets a card spend on a day without a PIN or a one-time code."""
    PIN_WRONG = "pin_wrong"
    PIN_LOCKED = "pin_locked"
    HOUSEHOLD_UNKNOWN = "household_unknown"
    OTHER_COMMUNITY = "other_community"
    SAME_HOUSEHOLD = "same_household"

    CLOCK_OFF = "clock_off"
    TOO_OLD = "too_old"
    NOT_OPEN_YET = "not_open_yet"
    CLOSED = "closed"

    ACTIVITY_UNKNOWN = "activity_unknown"
    QUANTITY_INVALID = "quantity_invalid"
    MATERIAL_UNKNOWN = "material_unknown"
    BUILDING_UNKNOWN = "building_unknown"
    LIMIT_REACHED = "limit_reached"
    DAILY_LIMIT_REACHED = "daily_limit_reached"
    COOLDOWN = "cooldown"
    BUDGET_EXHAUSTED = "budget_exhausted"
    NOT_CHECKED_IN = "not_checked_in"
    ALREADY_CHECKED_IN = "already_checked_in"
    ALREADY_SHARED_OUT = "already_shared_out"
    NOTHING_TO_SHARE = "nothing_to_share"
    PAID_BY_SLIP = "paid_by_slip"

    OFFLINE_LIMIT_REACHED = "offline_limit_reached"
    IN_REVIEW = "in_review"
    """Kept for a person to judge; see `points.domain.cases`."""
    REJECTED = "rejected"
    """A person has judged, and it is not booked."""

    REWARD_UNKNOWN = "reward_unknown"
    PRICE_CHANGED = "price_changed"
    POINTS_SHORT = "points_short"
    OUT_OF_STOCK = "out_of_stock"
    NOT_RELEASED_YET = "not_released_yet"
    RESERVE_UNKNOWN = "reserve_unknown"
    BOOTH_UNKNOWN = "booth_unknown"

    OPERATION_UNKNOWN = "operation_unknown"
    CANNOT_UNDO = "cannot_undo"
    ALREADY_UNDONE = "already_undone"
    TOO_LATE_TO_UNDO = "too_late_to_undo"
    ALREADY_SPENT = "already_spent"
    UNDO_NEWER_FIRST = "undo_newer_first"

    APPROVER_NEEDED = "approver_needed"
    NOT_DUE = "not_due"
    BUDGET_UNKNOWN = "budget_unknown"

    SLIP_UNKNOWN = "slip_unknown"
    SLIP_EXISTS = "slip_exists"
    SLIP_USED = "slip_used"
    SLIP_EXPIRED = "slip_expired"
    SLIP_TOO_LARGE = "slip_too_large"
    """More points than a booth's phone may put on a slip."""
    SLIP_TOO_LONG = "slip_too_long"
    """Good for longer than a booth's phone may let a slip be."""
    ATTEMPT_SETTLED = "attempt_settled"

    INTERNAL_INVARIANT = "internal_invariant"

    @property
    def is_final(self) -> bool:
        """Whether sending the same operation again can never succeed."""
        return self not in _MAY_CHANGE

    @property
    def is_remembered(self) -> bool:
        """Whether whoever asks again is told the same without being decided anew."""
        return self.is_final or self is Refusal.IN_REVIEW


_MAY_CHANGE = frozenset(
    {
        # What a revoked phone still holds is for a person to judge, not for ever lost.
        Refusal.CREDENTIAL_REVOKED,
        # A person may still let it count.
        Refusal.IN_REVIEW,
        # A card may be printed on another machine, and become known minutes later.
        Refusal.CARD_UNKNOWN,
        # A card that was reported lost may be found and thawed the same morning.
        Refusal.CARD_FROZEN,
        # The same may be asked for again, with the PIN.
        Refusal.SECOND_FACTOR_NEEDED,
        Refusal.PIN_WRONG,
        Refusal.PIN_LOCKED,
        Refusal.NOT_OPEN_YET,
        # Whoever sets the phone's clock right may send the same scan again.
        Refusal.CLOCK_OFF,
        # Another phone may still hold the operation that this one builds on.
        Refusal.NOT_CHECKED_IN,
        Refusal.OPERATION_UNKNOWN,
        Refusal.SLIP_UNKNOWN,
        # Only a matter of time, or of one more check-in.
        Refusal.NOT_DUE,
        Refusal.NOTHING_TO_SHARE,
        # Ours to mend: it must not cost anyone points for ever.
        Refusal.INTERNAL_INVARIANT,
    }
)
