from points.domain.finding_words import (
    GAP_SENTENCES,
    NAMES,
    SENTENCES,
    Language,
    say_finding,
    say_gap,
)
from points.domain.findings import Code, Finding, Gap, GapReason


def test_every_code_and_every_reason_has_a_sentence_in_both_languages() -> None:
    assert SENTENCES.keys() == set(Code)
    assert GAP_SENTENCES.keys() == set(GapReason)
    for chinese, english in [*SENTENCES.values(), *GAP_SENTENCES.values(), *NAMES.values()]:
        assert not chinese.isascii()
        assert english.isascii()


def test_a_finding_says_where_what_should_be_and_what_is() -> None:
    finding = Finding(code=Code.ACCOUNT_BALANCE, about={"account": 7}, expected=10, found=11)

    assert say_finding(finding) == "账户余额与分录不符 [账户 7] 应为 10 实为 11"
    assert say_finding(finding, Language.EN) == (
        "an account's balance differs from its entries [account 7] expected 10 found 11"
    )


def test_instants_are_told_so_that_people_can_read_them() -> None:
    late = Finding(
        code=Code.LOT_EXPIRY, about={"lot": 7}, expected=1_577_836_800_000_000, found=2**62
    )

    assert say_finding(late, Language.EN) == (
        "a lot ends at another instant than it must [lot 7]"
        f" expected 2020-01-01T00:00:00+00:00 found {2**62}"
    )


def test_a_gap_says_what_was_not_checked() -> None:
    gap = Gap(reason=GapReason.INTERRUPTED, stage="accounts")

    assert say_gap(gap) == "检查被中断 [accounts]"
    assert say_gap(gap, Language.EN) == "the check was interrupted [accounts]"
