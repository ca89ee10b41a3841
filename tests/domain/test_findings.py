import pytest

from points.domain.findings import KEPT_PER_CODE, Code, Findings, Gap, GapReason


def test_hashes_are_told_in_hexadecimal() -> None:
    findings = Findings()

    findings.add(Code.BATCH_CHANGED, {"batch": 1}, expected=b"\x00\xff", found=None)

    assert findings.items[0].expected == "00ff"


def test_of_each_code_only_the_first_are_kept_and_all_are_counted() -> None:
    findings = Findings()

    for number in range(KEPT_PER_CODE + 5):
        findings.add(Code.LOT_MISSING, {"lot": number})
    findings.add(Code.LOT_UNKNOWN, {"lot": 1})

    assert len(findings.items) == KEPT_PER_CODE + 1
    assert findings.counts == {Code.LOT_MISSING: KEPT_PER_CODE + 5, Code.LOT_UNKNOWN: 1}


def test_the_same_gap_is_told_once() -> None:
    findings = Findings()

    for _ in range(3):
        findings.leave_out(GapReason.KIND_UNKNOWN, "operations", "gift")

    assert findings.gaps == [Gap(reason=GapReason.KIND_UNKNOWN, stage="operations", details="gift")]


@pytest.mark.parametrize("code", Code)
def test_what_only_should_be_seen_to_is_a_warning(code: Code) -> None:
    warnings = {"lots_overdue", "clock_behind", "database_old", "checksums_off"}

    assert code.is_warning is (code.value in warnings)
