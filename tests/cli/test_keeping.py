"""Keeping the book at the command line: adjust, take back, share out, sweep, slips."""

import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from points.cli import door, keeping
from points.domain.cards import CardNumber
from points.domain.facts import CardState
from points.domain.periods import spelled
from points.service.cards import find_by_number
from tests.cli.terminal import Desk
from tests.desk import everything

BY_TWO = ("--reason", "paper ledger", "--approver", "office")


def household(desk: Desk, number: CardNumber) -> int:
    card = find_by_number(desk.database, number)
    assert card is not None
    return card.household


def test_an_adjustment_is_booked_once_under_its_key_and_can_be_taken_back(desk: Desk) -> None:
    one = household(desk, desk.number())

    booked = desk.says("adjust", one, "--points", 50, *BY_TWO, "--key", "paper-1")
    again = desk.refuses("adjust", one, "--points", 50, *BY_TWO, "--key", "paper-1")
    back = desk.says("take-back", "paper-1")
    twice = desk.refuses("take-back", "paper-1")

    assert booked == "✔ Booked: +50 points, 50 in all    id paper-1\n"
    assert again == (1, "✘ The id paper-1 is in the book already; nothing was booked again.\n")
    assert back.startswith("✔ Booked: -50 points, 0 in all    id ")
    assert twice == (1, "✘ This one was undone already (already_undone)\n")


def test_nobody_is_adjusted_below_nothing(desk: Desk) -> None:
    one = household(desk, desk.number())

    code, said = desk.refuses("adjust", one, "--points", -5, *BY_TWO)

    assert (code, said) == (1, "✘ 5 points short (points_short short=5 available=0)\n")


def test_what_was_never_booked_cannot_be_taken_back(desk: Desk) -> None:
    assert desk.refuses("take-back", "nothing", language="zh")[0] == 1


def test_a_building_where_nobody_was_pays_nobody(desk: Desk) -> None:
    code, said = desk.refuses("share-out", "corridors/corridor-clean-up", 64)

    assert code == 1
    assert said == "Nobody has checked in at this building yet (nothing_to_share)\n"


def test_a_sweep_with_nothing_due_says_so(desk: Desk) -> None:
    assert desk.says("sweep") == "✔ 0 lots expired, 0 points.\n"


@pytest.fixture
def year_ahead(monkeypatch: pytest.MonkeyPatch) -> datetime:
    """Let the machine's clock be a year ahead of everything."""
    ahead = datetime.now(UTC) + timedelta(days=365)
    for module in (door, keeping):
        monkeypatch.setattr(module, "now", lambda: ahead)
    return ahead


def test_a_clock_that_the_book_bears_out_is_gone_by(desk: Desk) -> None:
    assert desk.says("clock").startswith("✔ This machine's clock shows ")


def test_by_a_clock_a_year_ahead_nothing_is_done(desk: Desk, year_ahead: datetime) -> None:
    before = everything(desk.database)

    refused = [
        desk.refuses(*command)
        for command in [
            ("clock",),
            ("sweep",),
            ("adjust", 1, "--points", 5, *BY_TWO),
            ("households", "merge", 1, 2),
        ]
    ]

    assert {code for code, _ in refused} == {1}
    assert all(f"clock shows {spelled(year_ahead)}" in said for _, said in refused)
    assert all("points clock --accept" in said for _, said in refused)
    assert everything(desk.database) == before


def test_even_then_a_lost_card_is_frozen(desk: Desk, year_ahead: datetime) -> None:
    number = desk.number()

    desk.says("cards", "freeze", number)

    card = find_by_number(desk.database, number)
    assert card is not None
    assert card.state is CardState.FROZEN


def test_an_operator_may_accept_a_clock(desk: Desk, year_ahead: datetime) -> None:
    one = household(desk, desk.number())

    accepted = desk.says("clock", "--accept")

    assert spelled(year_ahead) in accepted
    assert desk.says("adjust", one, "--points", 5, *BY_TWO).startswith("✔ Booked: +5 points")
    assert desk.says("sweep") == "✔ 0 lots expired, 0 points.\n"


def test_an_operator_may_say_yes_to_a_sweep(desk: Desk, year_ahead: datetime) -> None:
    assert desk.refuses("sweep")[0] == 1
    assert desk.says("sweep", "--yes") == "✔ 0 lots expired, 0 points.\n"
    assert spelled(year_ahead) in desk.says("clock")


def test_slips_are_in_a_file_that_only_its_owner_reads(desk: Desk, tmp_path: Path) -> None:
    out = tmp_path / "slips"

    said = desk.says("slip", "--points", 10, "--count", 3, "--out", out)

    codes = out.read_text().split()
    assert len(set(codes)) == 3
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert said.startswith("✔ 3 slips of 10 points")
    assert not any(code in said for code in codes)
