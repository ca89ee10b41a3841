"""What a check of the book comes to."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from points.domain.findings import Code, Finding, Findings, Gap


class Mode(StrEnum):
    """How much of the book is checked."""

    FULL = "full"
    TAIL = "tail"
    """What was posted since heads were last published: operations, entries, requests and chains,
    but no balances."""


class Stage(StrEnum):
    """What is being checked, in order."""

    DATABASE = "database"
    CHAINS = "chains"
    REQUESTS = "requests"
    ACCOUNTS = "accounts"
    SEQUELS = "sequels"
    SLIPS = "slips"
    CODES = "codes"
    ALLOWANCES = "allowances"
    GIFTS = "gifts"
    CASES = "cases"
    TOTALS = "totals"
    ANCHORS = "anchors"


class Result(StrEnum):
    """What a check comes to."""

    CLEAN = "clean"
    FINDINGS = "findings"
    INCOMPLETE = "incomplete"
    """Something was not checked. There may be findings as well, and there may be more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A finished check."""

    mode: Mode
    checked_at: datetime
    counts: Mapping[str, int]
    """How many operations, entries, accounts, lots and so on were looked at."""
    findings: tuple[Finding, ...] = ()
    """At most a hundred of each code."""
    warnings: tuple[Finding, ...] = ()
    totals: Mapping[Code, int] = field(default_factory=dict)
    """How many there are of each code; warnings are none of them."""
    gaps: tuple[Gap, ...] = ()

    @property
    def result(self) -> Result:
        """Say what it comes to."""
        if self.gaps:
            return Result.INCOMPLETE
        return Result.FINDINGS if self.findings else Result.CLEAN

    @property
    def exit_code(self) -> int:
        """Give the exit code of a command: 1 for findings, 2 for gaps, 3 for both, 0 if clean."""
        return bool(self.findings) + 2 * bool(self.gaps)


def report_of(
    findings: Findings, *, mode: Mode, checked_at: datetime, counts: Mapping[str, int]
) -> Report:
    """Sum up what was found."""
    return Report(
        mode=mode,
        checked_at=checked_at,
        counts=counts,
        findings=tuple(one for one in findings.items if not one.code.is_warning),
        warnings=tuple(one for one in findings.items if one.code.is_warning),
        totals={code: n for code, n in findings.counts.items() if not code.is_warning},
        gaps=tuple(findings.gaps),
    )
