"""Gifts at the command line."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from points.service.posting import make_book
from points.service.programmes import load_programme
from tests.cli.terminal import Desk, fair, run
from tests.programme_texts import read


def allow_gifts(desk: Desk, pool: str = "") -> None:
    """Let households give, and name a pool."""
    file = read(fair())
    changed = replace(file.programme, gift_points_per_day_max=50, pool_card=pool)
    book = make_book(desk.database, lambda: datetime.now(UTC))
    load_programme(book, replace(file, programme=changed), now=datetime.now(UTC))


def test_points_are_given_to_another_or_to_the_pool_once_under_a_name(sqlite_desk: Desk) -> None:
    desk = sqlite_desk
    giver, other, pool = (card.number for card in desk.cards(3))
    off = desk.run("give", giver, other, "--points", 20)
    allow_gifts(desk, pool)
    desk.says(*("adjust", 1, "--points", 100, "--reason", "brought", "--approver", "Li"))

    first, again = (
        desk.says("give", giver, other, "--points", 20, "--key", "one") for _ in range(2)
    )
    to_pool = desk.says("give", giver, "--points", 20, language="zh")
    too_much = desk.run("give", giver, other, "--points", 11)

    assert (off.exit_code, "(gifts_off)" in off.output) == (1, True)
    assert first == again == "✔ 20 points given, 80 left.\n"
    assert to_pool == "✔ 送出 20 分，还剩 60 分\n"
    assert "(gift_limit_reached limit=50 left=10)" in too_much.output


def test_without_a_pool_somebody_must_be_named(sqlite_desk: Desk) -> None:
    [card] = sqlite_desk.cards(1)

    told = sqlite_desk.run("give", card.number, "--points", 5)

    assert (told.exit_code, told.output) == (1, "The programme has no pool.\n")


def test_without_a_programme_nothing_can_be_given_and_that_is_said(
    migrated_sqlite: Path,
) -> None:
    said = run("give", "271836501", "--points", 5, "--database", f"sqlite:///{migrated_sqlite}")

    assert (said.exit_code, said.stderr) == (
        1,
        "There is no programme yet. Run `points programme load FILE.toml` first.\n",
    )
