"""Goods at the command line: on both engines, in both languages."""

from pathlib import Path

import pytest
from sqlalchemy import text

from tests.cli.lending import let_in
from tests.cli.terminal import Desk

ON_SHELVES = """
    SELECT shelf.booth, account.balance
      FROM shelf LEFT JOIN account ON account.id = 4 * 281474976710656 + shelf.id
     ORDER BY shelf.booth
"""


def on_shelves(desk: Desk) -> dict[str, int]:
    with desk.database.reader.connect() as connection:
        return {row.booth: row.balance or 0 for row in connection.execute(text(ON_SHELVES))}


def test_goods_arrive_move_and_are_counted(desk: Desk) -> None:
    soap = "fair/soap"

    said = [
        desk.says("stock", "receive", soap, "--booth", "fair/4", "--quantity", 5),
        desk.says("stock", "move", soap, "--from", "fair/4", "--to", "fair/16", "--quantity", 7),
        desk.says(
            *("stock", "count", soap, "--booth", "fair/16", "--counted", 6),
            *("--reason", "one fell"),
        ),
    ]

    assert all(line.startswith("✔ Booked") for line in said)
    assert on_shelves(desk) == {"fair/4": 38, "fair/16": 6}


def test_more_than_there_is_does_not_move(desk: Desk) -> None:
    too_much = ("--from", "fair/4", "--to", "fair/16", "--quantity", 700)

    code, said = desk.refuses("stock", "move", "fair/soap", *too_much)

    assert (code, said) == (1, "✘ There are 40 left here (out_of_stock left=40)\n")
    assert on_shelves(desk) == {"fair/4": 40, "fair/16": 0}


def test_a_phone_takes_goods_along_and_brings_them_back(desk: Desk, tmp_path: Path) -> None:
    let_in(desk, tmp_path)
    to_phone = ("stock", "lease", "soap", "--device", "device:1", "--quantity")

    leased = desk.says(*to_phone, 5)
    some = desk.says("stock", "return", "device:1", "--reward", "soap", "--quantity", 2)
    desk.says("devices", "revoke", "device:1")
    code, said = desk.refuses(*to_phone, 1)
    rest = desk.says("stock", "return", "device:1")

    assert leased.startswith("✔ Booked")
    assert (some, rest) == (
        "✔ device:1 has given back 2 pieces.\n",
        "✔ device:1 has given back 3 pieces.\n",
    )
    assert (code, "(credential_revoked)" in said) == (1, True)
    assert on_shelves(desk) == {"fair/4": 40, "fair/16": 0}
    assert desk.says("stock", "return", "device:1") == "✔ device:1 has given back 0 pieces.\n"


def test_a_phone_that_is_not_there_takes_nothing(desk: Desk) -> None:
    code, said = desk.refuses("stock", "lease", "soap", "--device", "device:9", "--quantity", 1)

    assert (code, said) == (1, "there is no such device or key (credential_unknown)\n")


def test_so_many_pieces_are_those_of_one_reward(desk: Desk, tmp_path: Path) -> None:
    let_in(desk, tmp_path)

    code, said = desk.refuses("stock", "return", "device:1", "--quantity", 2)

    assert (code, said) == (2, "Say --quantity together with --reward.\n")


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "There is no reward fair/none. There are: fair/soap\n"),
        ("zh", "没有奖品 fair/none。现有：fair/soap\n"),
    ],
)
def test_a_name_that_is_not_there_is_told_with_those_that_are(
    sqlite_desk: Desk, language: str, said: str
) -> None:
    arrived = ("stock", "receive", "fair/none", "--booth", "fair/4", "--quantity", 5)

    assert sqlite_desk.refuses(*arrived, language=language) == (2, said)
