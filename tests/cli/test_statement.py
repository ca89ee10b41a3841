"""A passbook at the command line, and the whole way of somebody who has no phone and no name."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import zxingcpp
from PIL import Image
from sqlalchemy import select

from points.domain.cards import CardCode, code_fingerprint
from points.service.transactions import snapshot
from points.storage.cards import numbers_by_code
from points.storage.columns import table_of
from points.storage.consents import ConsentRow
from points.storage.people import HouseholdRow, ResidentRow
from tests.cli.terminal import Desk, Stall

NUMBER = re.compile(r"\d{3} \d{3} \d{3}")


def printed(path: Path) -> list[str]:
    """Give what can be read on a printed page, piece by piece."""
    body = path.read_text("utf-8").partition("<body>")[2]
    return [piece.strip() for piece in re.split(r"<[^>]*>", body) if piece.strip()]


def lines_of(path: Path) -> list[list[str]]:
    """Give the cells of each printed line, with single blanks."""
    rows = re.findall(r"<tr[^>]*>(<td.*?)</tr>", path.read_text("utf-8"), re.DOTALL)
    cells = [re.findall(r"<td[^>]*>(.*?)</td>", row, re.DOTALL) for row in rows]
    return [[re.sub(r"(<[^>]*>)+", " ", it).strip() for it in row] for row in cells]


def test_a_card_earns_buys_and_is_told_on_paper_without_phone_or_personal_data(
    stall: Stall, tmp_path: Path
) -> None:
    code = stall.card(points=100)
    stall.says("redeem", "--reward", "soap", "--as", "booth-4", "--yes", code)
    number = NUMBER.findall(stall.desk.says("cards", "show", number_of(stall, code)))[0]
    passbook = tmp_path / "passbook.html"

    said = stall.desk.says("statement", "print", number, "--out", passbook)

    words = printed(passbook)
    assert said == f"✔ a passbook of 2 lines in {passbook}. Print it from a browser.\n"
    [earned, bought] = [line[1:] for line in lines_of(passbook)]
    assert earned == ["签到", "4\u00a0号 兑换", "+100", "100"]
    assert bought == ["换了肥皂 1\u00a0份", "4\u00a0号 兑换", "−30", "70"]
    assert words[words.index("现在有") + 1] == "70"
    assert number in words
    with snapshot(stall.desk.database) as connection:
        for table in (table_of(HouseholdRow), table_of(ResidentRow), table_of(ConsentRow)):
            for row in connection.execute(select(table)).mappings():
                told = {"community", "door", "building", "name", "version"} & set(row)
                assert {row[one] for one in told} <= {None}


def test_who_spent_for_a_household_is_told_in_the_words_of_its_page_but_not_named(
    stall: Stall, tmp_path: Path
) -> None:
    desk, code = stall.desk, stall.card(points=100)
    number, picture = number_of(stall, code), tmp_path / "allowance.png"
    terms = ("--for", "孙小梅", "--points", 50, "--until", _soon(), "--out", picture)
    desk.says("allowances", "make", number, *terms)
    with Image.open(picture) as opened:
        [carried] = zxingcpp.read_barcodes(opened)
    stall.says("redeem", "--reward", "soap", "--as", "booth-4", "--yes", carried.text)
    passbook = tmp_path / "passbook.html"

    desk.says("statement", "print", number, "--out", passbook)

    assert lines_of(passbook)[-1][1] == "换了肥皂 1\u00a0份 孙*代领"
    assert "孙小梅" not in passbook.read_text("utf-8")


def _soon() -> str:
    return (datetime.now(UTC) + timedelta(days=30)).date().isoformat()


def number_of(stall: Stall, code: str) -> str:
    """Read a card's number off it, as anybody does."""
    fingerprint = code_fingerprint(CardCode(code))
    with snapshot(stall.desk.database) as connection:
        return numbers_by_code(connection, [fingerprint])[fingerprint]


def test_a_household_is_named_by_a_card_or_by_its_number(sqlite_desk: Desk, tmp_path: Path) -> None:
    passbook = tmp_path / "p.html"

    said = sqlite_desk.says("statement", "print", sqlite_desk.number(), "--out", passbook)
    again = sqlite_desk.says(
        *("statement", "print", "--household", 1, "--out", passbook, "--force"), language="zh"
    )

    assert said.startswith("✔ a passbook of 0 lines")
    assert again == f"✔ 存折 0 行，在 {passbook}。请用浏览器打印\n"


def test_who_is_not_named_or_not_there_has_no_passbook(sqlite_desk: Desk, tmp_path: Path) -> None:
    out = ("--out", tmp_path / "p.html")

    found = [
        sqlite_desk.refuses("statement", "print", *out),
        sqlite_desk.refuses("statement", "print", "100000008", *out),
        sqlite_desk.refuses("statement", "print", "--household", 9, *out),
        sqlite_desk.refuses("statement", "print", sqlite_desk.number(), "--out", tmp_path / "p"),
    ]

    assert [code for code, _ in found] == [2, 2, 1, 2]
    assert not (tmp_path / "p.html").exists()
