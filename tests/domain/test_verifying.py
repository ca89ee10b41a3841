import pytest

from points.domain.findings import Code, Findings, GapReason
from points.domain.verifying import Mode, Report, Result, report_of
from tests.market import NOW


def report(findings: Findings) -> Report:
    return report_of(findings, mode=Mode.FULL, checked_at=NOW, counts={"operations": 3})


@pytest.mark.parametrize(
    ("has_finding", "has_gap", "result", "exit_code"),
    [
        (False, False, Result.CLEAN, 0),
        (True, False, Result.FINDINGS, 1),
        (False, True, Result.INCOMPLETE, 2),
        (True, True, Result.INCOMPLETE, 3),
    ],
)
def test_only_what_was_checked_to_the_end_without_a_finding_is_clean(
    has_finding: bool,  # noqa: FBT001 -- a column of the table above
    has_gap: bool,  # noqa: FBT001 -- another
    result: Result,
    exit_code: int,
) -> None:
    findings = Findings()
    if has_finding:
        findings.add(Code.LOT_MISSING, {"lot": 1})
    if has_gap:
        findings.leave_out(GapReason.INTERRUPTED, "chains")

    assert (report(findings).result, report(findings).exit_code) == (result, exit_code)


def test_a_warning_is_no_finding() -> None:
    findings = Findings()
    findings.add(Code.LOTS_OVERDUE, {"lots": 2})
    findings.add(Code.LOT_MISSING, {"lot": 1})

    told = report(findings)

    assert [one.code for one in told.warnings] == [Code.LOTS_OVERDUE]
    assert [one.code for one in told.findings] == [Code.LOT_MISSING]
    assert told.totals == {Code.LOT_MISSING: 1}
