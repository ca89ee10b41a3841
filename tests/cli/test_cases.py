"""Cases at the command line: on both engines, in both languages."""

import re
from pathlib import Path

import pytest

from points.domain.facts import Accepted, Refused
from tests.cli.lending import hand_out, let_in
from tests.cli.terminal import Desk

BY = ("--by", "Chen", "--note", "I was there")


@pytest.fixture
def lent(desk: Desk, tmp_path: Path) -> Desk:
    """A phone with five pieces of soap."""
    let_in(desk, tmp_path)
    desk.says("stock", "lease", "soap", "--device", "device:1", "--quantity", 5)
    return desk


def shape(said: str) -> str:
    """Leave out what the clock said."""
    return re.sub(r"\d\d-\d\d \d\d:\d\d", "NOW", said)


def test_a_case_is_listed_shown_and_settled(lent: Desk) -> None:
    assert isinstance(hand_out(lent, price=20, points=30), Refused)

    listed = lent.says("cases", "list")
    shown = lent.says("cases", "show", 1)
    settled = lent.says("cases", "settle", 1, "--decision", "approve", *BY)
    after = lent.says("cases", "show", 1)

    line = "1  review  NOW  fair/4  device:1  soap ×1 -20 points"
    assert shape(listed) == f"{line}  → approve\n1 cases.\n"
    assert "It is 30 points each now. Please confirm (price_changed)" in shown
    assert "approve, reject; suggested: approve" in shown
    assert settled == "✔ Case 1 is settled: approve\n"
    assert shape(after).splitlines()[0] == f"{line}  ✔ approve"
    assert shape(after).splitlines()[-1] == "NOW Chen: I was there"
    assert lent.says("cases", "list") == "0 cases.\n"
    assert len(lent.says("cases", "list", "--state", "settled").splitlines()) == 2


def test_several_are_settled_alike(lent: Desk) -> None:
    for number in range(3):
        assert isinstance(hand_out(lent, f"out {number}", points=10), Accepted)

    said = lent.says("cases", "settle", 1, 3, "--decision", "forgive", *BY)

    assert said.count("✔") == 2
    assert "overspent" in lent.says("cases", "list", "--event", "fair")
    assert lent.says("cases", "list", "--event", "corridors") == "0 cases.\n"


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "a case of this kind is not settled so (decision_unfit)\n"),
        ("zh", "这类事项不能这样处理（decision_unfit）\n"),
    ],
)
def test_what_does_not_fit_is_not_done(lent: Desk, language: str, said: str) -> None:
    hand_out(lent, price=20)

    unfit = ("cases", "settle", 1, "--decision", "forgive", *BY)

    assert lent.refuses(*unfit, language=language) == (1, said)


def test_a_case_that_somebody_settled_is_not_settled_again(lent: Desk) -> None:
    hand_out(lent, price=20)
    lent.says("cases", "settle", 1, "--decision", "reject", *BY)

    code, said = lent.refuses("cases", "settle", 1, "--decision", "approve", *BY)

    assert (code, said) == (1, "it is settled already (case_settled decision=reject)\n")


def test_there_is_no_case_of_a_number_that_was_never_given(lent: Desk) -> None:
    assert lent.refuses("cases", "show", 7) == (1, "there is no such case (case_unknown)\n")


def test_cases_are_told_in_chinese(lent: Desk) -> None:
    hand_out(lent, points=10)

    shown = lent.says("cases", "show", 1, language="zh")

    assert "没有网络时换出的，欠 20 分" in shown
    assert "可以：forgive, keep_owed；建议 forgive" in shown
