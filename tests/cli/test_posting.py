"""How the command line posts: through the one door, under a key that can be repeated."""

import pytest
import typer

from points.cli.posting import post_all, post_one
from points.domain.ids import HouseholdId
from points.domain.operations import Adjust, ReceiveStock
from points.domain.programme import Shelf
from tests.cli.terminal import Desk
from tests.market import NOW


def receipt(desk: Desk, quantity: int) -> ReceiveStock:
    with desk.database.reader.connect() as connection:
        shelf: Shelf = next(iter(desk.book.catalogs.current(connection).shelves))
    return ReceiveStock(reward=shelf.reward, booth=shelf.booth, quantity=quantity, occurred_at=NOW)


def test_the_same_key_and_content_is_booked_once_and_answered_alike(desk: Desk) -> None:
    [first] = post_all(desk.book, {"delivery": receipt(desk, 3)})
    [again] = post_all(desk.book, {"delivery": receipt(desk, 3)})

    assert first == again


def test_the_same_key_for_something_else_is_told_and_ends(
    desk: Desk, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("POINTS_LANGUAGE", "en")
    post_one(desk.book, receipt(desk, 3), key="delivery")

    with pytest.raises(typer.Exit) as ended:
        post_one(desk.book, receipt(desk, 4), key="delivery")

    told = capsys.readouterr()
    assert ended.value.exit_code == 1
    assert told.out == "✔ Booked    id delivery\n"
    assert told.err == "✘ The id delivery is in the book already; nothing was booked again.\n"


def test_a_refusal_is_told_with_its_code(
    desk: Desk, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("POINTS_LANGUAGE", "zh")
    stranger = Adjust(
        household=HouseholdId(999), points=1, reason="r", approver="a", occurred_at=NOW
    )

    with pytest.raises(typer.Exit):
        post_one(desk.book, stranger, key="k")

    assert capsys.readouterr().err == "✘ 找不到这一户（household_unknown）\n"
