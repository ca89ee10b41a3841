"""What the drill `scripts/drill failover` makes of its figures; it is too long to be run here."""

import io

import pytest
from rich.console import Console

from tests.drills.auditing import Audit
from tests.drills.failover import Sync, Tally, figures, longest_silence
from tests.drills.phones import AskedAgain


@pytest.mark.parametrize(
    ("moments", "longest"), [([], 0), ([7], 0), ([1, 2, 5, 6], 3), ([1, 1, 9], 8)]
)
def test_the_longest_silence_lies_between_two_answers_that_follow_each_other(
    moments: list[float], longest: float
) -> None:
    assert longest_silence(moments) == longest


def test_both_modes_are_run_where_none_is_chosen() -> None:
    assert Sync.BOTH.modes == [Sync.ON, Sync.OFF]
    assert Sync.OFF.modes == [Sync.OFF]


def test_where_commits_wait_nothing_may_be_wrong() -> None:
    assert Tally(mode=Sync.ON).faults() == []


@pytest.mark.parametrize(
    ("found", "fault"),
    [
        (Audit(lost=["a", "b"]), "2 acknowledged and lost"),
        (Audit(doubled=["a"]), "1 doubled"),
        (Audit(changed=["a"]), "1 in the book with another result"),
        (Audit(invented=["a"]), "1 in the book and never sent"),
        (Audit(unsettled=["a"]), "1 without an answer"),
        (Audit(balances=[1]), "1 households with a wrong balance"),  # type: ignore[list-item]
        (Audit(findings=["1 hash_wrong"]), "points verify: 1 hash_wrong"),
    ],
    ids=lambda it: it if isinstance(it, str) else "",
)
def test_whatever_is_wrong_where_commits_wait_fails_the_drill(found: Audit, fault: str) -> None:
    assert Tally(mode=Sync.ON, audit=found).faults() == [fault]


def test_an_answer_that_changed_fails_the_drill_where_commits_wait() -> None:
    tally = Tally(mode=Sync.ON, asked_again=AskedAgain(200, ["a"]))

    assert tally.faults() == ["1 answered otherwise when sent once more"]


def test_where_commits_wait_for_nobody_something_must_be_lost() -> None:
    assert Tally(mode=Sync.OFF).faults() == ["nothing was lost, so the drill proves nothing"]


def test_what_is_lost_with_the_primary_is_no_fault_where_commits_wait_for_nobody() -> None:
    lost = Audit(lost=["a"], changed=["b"], balances=[1])  # type: ignore[list-item]

    assert Tally(mode=Sync.OFF, audit=lost, asked_again=AskedAgain(9, ["c"])).faults() == []


@pytest.mark.parametrize(
    "wrong",
    [{"doubled": ["b"]}, {"invented": ["b"]}, {"unsettled": ["b"]}, {"findings": ["b"]}],
    ids=lambda it: next(iter(it)),
)
def test_a_book_that_is_wrong_fails_the_drill_also_where_some_of_it_was_lost(
    wrong: dict[str, list[str]],
) -> None:
    assert len(Tally(mode=Sync.OFF, audit=Audit(lost=["a"], **wrong)).faults()) == 1  # type: ignore[arg-type]


def test_the_figures_of_both_modes_stand_beside_each_other() -> None:
    kept = Tally(
        mode=Sync.ON,
        without_writes=[20.04, 21.5],
        until_rejoined=[4, 5],
        sent=5,
        acknowledged=5,
        asked_again=AskedAgain(3, []),
    )
    wrong = Audit(
        lost=["a", "b"],
        doubled=["c"],
        changed=["d"] * 3,
        invented=["e"] * 4,
        unsettled=["f"] * 5,
        balances=[1] * 6,  # type: ignore[list-item]
        findings=["hash_wrong"],
    )
    lossy = Tally(
        mode=Sync.OFF,
        without_writes=[19.0],
        told_to_the_deaf=7,
        unsure={"g"},
        sent=9,
        acknowledged=8,
        audit=wrong,
        asked_again=AskedAgain(9, ["h", "i"]),
    )
    console = Console(file=io.StringIO(), width=100)

    console.print(figures([kept, lossy]))

    assert isinstance(console.file, io.StringIO)
    assert [
        [cell.strip() for cell in line.strip("│┃").replace("┃", "│").split("│")]
        for line in console.file.getvalue().splitlines()
        if line[0] in "│┃"
    ] == [
        ["synchronous mode", "on", "off"],
        ["failovers", "2", "1"],
        ["seconds without writes", "20.0, 21.5", "19.0"],
        ["seconds until the old primary followed", "4.0, 5.0", ""],
        ["operations sent", "5", "9"],
        ["left without an answer by a failover", "0", "1"],
        ["acknowledged", "5", "8"],
        ["of these while no follower listened", "0", "7"],
        ["acknowledged and lost", "0", "2"],
        ["doubled", "0", "1"],
        ["in the book with another result", "0", "3"],
        ["in the book and never sent", "0", "4"],
        ["without an answer", "0", "5"],
        ["households with a wrong balance", "0", "6"],
        ["points verify", "clean", "FINDINGS"],
        ["sent once more", "3", "9"],
        ["answered otherwise then", "0", "2"],
    ]
