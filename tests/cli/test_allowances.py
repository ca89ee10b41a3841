"""Allowances at the command line."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import zxingcpp
from PIL import Image

from points.domain.allowance_codes import read_allowance_code
from points.domain.checked_codes import CodeFault
from tests.cli.terminal import Desk


def test_what_cannot_be_allowed_is_told(sqlite_desk: Desk, tmp_path: Path) -> None:
    desk = sqlite_desk
    [card] = desk.cards(1)
    wanted = ("--for", "Xiao Wang", "--points", 50, "--until", "2999-01-01")

    told = desk.run("allowances", "make", card.number, *wanted, "--out", tmp_path / "a.png")

    assert told.exit_code == 1
    assert "allowance_invalid" in told.output
    assert not (tmp_path / "a.png").exists()


def test_its_picture_holds_its_code(sqlite_desk: Desk, tmp_path: Path) -> None:
    desk = sqlite_desk
    [card] = desk.cards(1)
    out = tmp_path / "allowance.png"
    wanted = ("--for", "Xiao Wang", "--points", 50, "--out", out)

    made = desk.says("allowances", "make", card.number, *wanted, "--until", _soon())
    listed = desk.says("allowances", "list", card.number)
    number = listed.split("allowance ")[1].split(":")[0]
    ended = desk.says("allowances", "end", number, "--card", card.number)
    chinese = desk.says("allowances", "list", card.number, language="zh")

    with Image.open(out) as picture:
        [found] = zxingcpp.read_barcodes(picture)
    assert not isinstance(read_allowance_code(found.text), CodeFault)
    assert ": Xiao Wang, 50 points left (of 50, until " in made
    assert listed in made
    assert ": Xiao Wang, ended (of 50, until " in ended
    assert "：Xiao Wang，已停用（共 50 分，到 " in chinese


def _soon() -> str:
    return (datetime.now(UTC) + timedelta(days=30)).date().isoformat()
