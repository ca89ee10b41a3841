import pytest

from points.domain.findings import (
    GAP_SENTENCES,
    KEPT_PER_CODE,
    NAMES,
    SENTENCES,
    Code,
    Finding,
    Findings,
    Gap,
    GapReason,
    Language,
)


def test_every_code_and_every_reason_has_a_sentence_in_both_languages() -> None:
    assert SENTENCES.keys() == set(Code)
    assert GAP_SENTENCES.keys() == set(GapReason)
    for chinese, english in [*SENTENCES.values(), *GAP_SENTENCES.values(), *NAMES.values()]:
        assert not chinese.isascii()
        assert english.isascii()


def test_a_finding_says_where_what_should_be_and_what_is() -> None:
    finding = Finding(code=Code.ACCOUNT_BALANCE, about={"account": 7}, expected=10, found=11)

    assert finding.sentence() == "账户余额与分录不符 [账户 7] 应为 10 实为 11"
    assert finding.sentence(Language.EN) == (
        "an account's balance differs from its entries [account 7] expected 10 found 11"
    )


def test_instants_are_told_so_that_people_can_read_them() -> None:
    late = Finding(
        code=Code.LOT_EXPIRY, about={"lot": 7}, expected=1_577_836_800_000_000, found=2**62
    )

    assert late.sentence(Language.EN) == (
        "a lot ends at another instant than it must [lot 7]"
        f" expected 2020-01-01T00:00:00+00:00 found {2**62}"
    )


def test_a_gap_says_what_was_not_checked() -> None:
    gap = Gap(reason=GapReason.INTERRUPTED, stage="accounts")

    assert gap.sentence() == "检查被中断 [accounts]"
    assert gap.sentence(Language.EN) == "the check was interrupted [accounts]"


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
