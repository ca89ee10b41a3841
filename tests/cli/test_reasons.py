"""Every reason has its words in both languages."""

import pytest
import typer

from points.cli.reasons import DESK, ROW, done
from points.domain.desk import DeskFault, NotDone
from points.domain.outcomes import Refusal
from points.domain.sheets import RowReason


def test_every_reason_of_the_desk_and_of_a_list_is_worded_in_both_languages() -> None:
    assert (set(DESK), set(ROW)) == (set(DeskFault), set(RowReason))
    for zh, en in [*DESK.values(), *ROW.values()]:
        assert zh.strip()
        assert en.strip()
        assert zh != en


@pytest.mark.parametrize(
    ("reason", "language", "said"),
    [
        (DeskFault.SAME_CARD, "en", "this is the same card (same_card)\n"),
        (DeskFault.SAME_CARD, "zh", "这是同一张卡（same_card）\n"),
        (Refusal.HOUSEHOLD_UNKNOWN, "zh", "找不到这一户（household_unknown）\n"),
    ],
)
def test_what_was_not_done_is_told_and_ends(
    reason: DeskFault | Refusal,
    language: str,
    said: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("POINTS_LANGUAGE", language)

    with pytest.raises(typer.Exit) as ended:
        done(NotDone(reason=reason))

    assert (ended.value.exit_code, capsys.readouterr().err) == (1, said)


def test_what_was_done_is_given_back() -> None:
    assert done("done") == "done"
