"""Cards and households at the command line."""

import stat
from pathlib import Path

import zxingcpp
from PIL import Image

from points.domain.cards import read_card_code
from points.domain.checked_codes import CodeFault
from tests.cli.terminal import Desk

HOME = ("--community", "qingshuiwan", "--door", "64-101")


def test_a_lost_card_is_frozen_thawed_and_replaced(desk: Desk) -> None:
    lost, new = (card.number for card in desk.cards(2))
    desk.says("cards", "bind", lost, *HOME, "--name", "王·木拉提")

    frozen = desk.says("cards", "freeze", lost)
    thawed = desk.says("cards", "thaw", lost, language="zh")
    replaced = desk.says("cards", "replace", lost, "--by", new)
    old = desk.says("cards", "show", lost)

    assert ": frozen, household 1 (qingshuiwan 64-101 王*)" in frozen
    assert "：" in thawed
    assert ": active, household 1 (qingshuiwan 64-101" in replaced
    assert f": replaced by {new}, household 1" in old


def test_a_household_has_several_cards_and_takes_in_another(desk: Desk) -> None:
    first, second, third = (card.number for card in desk.cards(3))
    desk.says("cards", "bind", first, *HOME)

    desk.says("cards", "add", second, "--household", 1)
    merged = desk.says("households", "merge", 3, 1)

    assert merged == desk.says("households", "show", *HOME)
    assert merged.count(": active, household 1 ") == 3
    assert desk.refuses("households", "merge", 1, 1) == (
        1,
        "Both belong to one household already (same_household)\n",
    )
    assert desk.says("cards", "show", third).count("household 1") == 1


def test_a_number_that_cannot_be_one_is_told_before_anything_is_done(desk: Desk) -> None:
    assert desk.refuses("cards", "freeze", "123 456 789") == (
        2,
        "123 456 789: this is no card number; check its nine digits.\n",
    )


def test_cards_are_printed_on_a_sheet_and_one_by_one(desk: Desk, tmp_path: Path) -> None:
    sheet, images = tmp_path / "cards.html", tmp_path / "images"

    said = desk.says("cards", "print", "--count", 3, "--out", sheet, "--images", images)

    drawn = sorted(images.glob("*.png"))
    codes = [zxingcpp.read_barcodes(Image.open(path))[0].text for path in drawn]
    assert len(drawn) == len(list(images.glob("*.svg"))) == 3
    assert not any(isinstance(read_card_code(code), CodeFault) for code in codes)
    assert {stat.S_IMODE(path.stat().st_mode) for path in (sheet, *drawn)} == {0o600}
    assert not any(code in said for code in codes)


def test_a_list_is_imported_whole_or_not_at_all(desk: Desk, tmp_path: Path) -> None:
    rows = tmp_path / "households.csv"
    rows.write_text("community,door,name\nqingshuiwan,65-1,李\n")

    first, again = (desk.says("households", "import", rows) for _ in range(2))
    rows.write_text("community,door,name\nnowhere,65-2,李\nqingshuiwan,,赵\n")
    bad = desk.run("households", "import", rows)

    assert first == "✔ 1 rows: 1 added, 0 changed, 0 unchanged, 0 cards bound.\n"
    assert again == "✔ 1 rows: 0 added, 0 changed, 1 unchanged, 0 cards bound.\n"
    assert (bad.exit_code, bad.stderr) == (1, "✘ Faults: 2. Nothing was imported.\n")
    assert bad.stdout == (
        "row 2 community: the programme has no such community (community_unknown found=nowhere)\n"
        "row 3 door: no door is written (door_missing)\n"
    )


def test_a_household_gets_a_pin_at_the_desk_and_loses_it_again(desk: Desk) -> None:
    [card] = desk.cards(1)

    is_set = desk.run("cards", "pin", card.number, typed="271836\n271836\n").output
    taken = desk.says("cards", "pin", card.number, "--forget", language="zh")

    assert is_set.splitlines()[-1] == "✔ the PIN of household 1 is set."
    assert taken == "✔ 户 1 没有密码了\n"
    assert "271836" not in is_set


def test_a_pin_that_was_typed_in_two_ways_or_is_too_plain_is_not_taken(desk: Desk) -> None:
    [card] = desk.cards(1)

    differing = desk.run("cards", "pin", card.number, typed="271836\n271837\n")
    plain = desk.run("cards", "pin", card.number, typed="111111\n111111\n")

    assert (differing.exit_code, plain.exit_code) == (2, 1)
    assert "(pin_invalid fault=too_plain)" in plain.output
