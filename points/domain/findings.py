"""What a check of the book may find: one closed list of codes; `finding_words` says them.

A finding names one disagreement between what the book holds and what follows from it. A warning
disagrees with nothing but should be seen to. A gap is a check that was not made: whoever reads
"clean" may rely on there being none.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

KEPT_PER_CODE = 100
"""Findings of one code that are kept in full; the rest are only counted."""

About = int | str


class Code(StrEnum):
    """What is wrong. Codes are public: add, never rename."""

    BATCH_MISSING = "batch_missing"
    BATCH_UNLINKED = "batch_unlinked"
    BATCH_CHANGED = "batch_changed"
    BATCH_TIME = "batch_time"
    CHAIN_HEAD = "chain_head"
    CHAIN_MISSING = "chain_missing"
    OPERATION_MISSING = "operation_missing"
    OPERATION_UNSEALED = "operation_unsealed"
    OPERATION_MISPLACED = "operation_misplaced"
    HEAD_LOST = "head_lost"
    ANCHOR_INVALID = "anchor_invalid"

    REQUEST_MISSING = "request_missing"
    REQUEST_STRAY = "request_stray"
    REQUEST_DIFFERS = "request_differs"
    REQUEST_BODY = "request_body"
    REFUSAL_INVALID = "refusal_invalid"

    ENTRY_STRAY = "entry_stray"
    ENTRY_LINE = "entry_line"
    ENTRY_NOT_ALLOWED = "entry_not_allowed"
    ENTRIES_MISSING = "entries_missing"
    OPERATION_POINTS = "operation_points"
    OPERATION_EXPIRED = "operation_expired"
    OPERATION_QUANTITY = "operation_quantity"
    OPERATION_BALANCE = "operation_balance"
    OPERATION_DAY = "operation_day"
    OPERATION_REFERENCE = "operation_reference"
    REFERENCE_REPEATED = "reference_repeated"
    LIMIT_EXCEEDED = "limit_exceeded"

    SEQUENCE_BROKEN = "sequence_broken"
    ACCOUNT_BALANCE = "account_balance"
    ACCOUNT_VERSION = "account_version"
    ACCOUNT_TIME = "account_time"
    ACCOUNT_MISSING = "account_missing"
    ACCOUNT_UNKNOWN = "account_unknown"
    ACCOUNT_NEGATIVE = "account_negative"
    ACCOUNT_ABOVE_MAX = "account_above_max"
    CONSERVATION = "conservation"

    LOT_MISSING = "lot_missing"
    LOT_UNKNOWN = "lot_unknown"
    LOT_OVERDRAWN = "lot_overdrawn"
    LOT_ACCOUNT = "lot_account"
    LOT_AMOUNT = "lot_amount"
    LOT_REMAINING = "lot_remaining"
    LOT_EXPIRED = "lot_expired"
    LOT_ORIGIN = "lot_origin"
    LOT_EXPIRY = "lot_expiry"
    LOT_SUM = "lot_sum"
    SPENT_AFTER_EXPIRY = "spent_after_expiry"
    EXPIRED_TOO_EARLY = "expired_too_early"

    UNDO_UNKNOWN = "undo_unknown"
    UNDO_TWICE = "undo_twice"
    UNDO_OF_UNDO = "undo_of_undo"
    UNDO_BEFORE = "undo_before"
    UNDO_HOUSEHOLD = "undo_household"
    UNDO_NOT_MIRRORED = "undo_not_mirrored"
    MERGE_NOT_MIRRORED = "merge_not_mirrored"
    HOUSEHOLD_MERGED = "household_merged"

    SLIP_MISSING = "slip_missing"
    SLIP_UNKNOWN = "slip_unknown"
    SLIP_DIFFERS = "slip_differs"

    CODE_DIFFERS = "code_differs"
    PIN_DIFFERS = "pin_differs"
    GIFT_DIFFERS = "gift_differs"
    ALLOWANCE_DIFFERS = "allowance_differs"

    CASE_MISSING = "case_missing"
    CASE_DIFFERS = "case_differs"
    SETTLEMENT_DIFFERS = "settlement_differs"

    NOT_A_NUMBER = "not_a_number"
    KEY_BROKEN = "key_broken"
    TRIGGER_MISSING = "trigger_missing"
    DATABASE_DAMAGED = "database_damaged"
    DATABASE_UNSAFE = "database_unsafe"

    LOTS_OVERDUE = "lots_overdue"
    CLOCK_BEHIND = "clock_behind"
    DATABASE_OLD = "database_old"
    CHECKSUMS_OFF = "checksums_off"

    @property
    def is_warning(self) -> bool:
        """Whether this contradicts nothing in the book and only should be seen to."""
        return self in _WARNINGS


_WARNINGS = frozenset({Code.LOTS_OVERDUE, Code.CLOCK_BEHIND, Code.DATABASE_OLD, Code.CHECKSUMS_OFF})


class GapReason(StrEnum):
    """Why a check was not made, or not to its end. Codes are public: add, never rename."""

    DATABASE_FAILED = "database_failed"
    UNREADABLE = "unreadable"
    KIND_UNKNOWN = "kind_unknown"
    SCHEMA_UNKNOWN = "schema_unknown"
    INTERRUPTED = "interrupted"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One disagreement: what it is about, by name and number, what follows and what is there."""

    code: Code
    about: Mapping[str, About]
    expected: About | None = None
    found: About | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A check that was not made, or not to its end."""

    reason: GapReason
    stage: str
    details: str = ""


@dataclass(slots=True)
class Findings:
    """Collects what checks find. Of each code the first hundred are kept, all are counted."""

    items: list[Finding] = field(default_factory=list)
    counts: Counter[Code] = field(default_factory=Counter)
    gaps: list[Gap] = field(default_factory=list)

    def add(
        self,
        code: Code,
        about: Mapping[str, About],
        *,
        expected: About | bytes | None = None,
        found: About | bytes | None = None,
    ) -> None:
        """Note a disagreement."""
        self.counts[code] += 1
        if self.counts[code] <= KEPT_PER_CODE:
            self.items.append(
                Finding(code=code, about=about, expected=_shown(expected), found=_shown(found))
            )

    @property
    def is_empty(self) -> bool:
        """Whether nothing was found, and nothing left out."""
        return not self.items and not self.gaps

    def leave_out(self, reason: GapReason, stage: str, details: str = "") -> None:
        """Note a check that was not made; the same one is noted once."""
        gap = Gap(reason=reason, stage=stage, details=details)
        if gap not in self.gaps and len(self.gaps) < KEPT_PER_CODE:
            self.gaps.append(gap)


def _shown(value: About | bytes | None) -> About | None:
    return value.hex() if isinstance(value, bytes) else value
