"""What is kept of a household, as machines and as people read it."""

import csv
import json
from enum import StrEnum

from points.domain.exports import Export, Named, Section, export_csv, export_json
from points.domain.operations import Kind
from tests.market import NOW

EXPORT = Export(
    made_at=NOW,
    sections=(
        Section(key="household", columns=("number", "name"), rows=((1, "王伟"),)),
        Section(
            key="statement",
            columns=("at", "kind", "item", "points", "is_undone", "by"),
            rows=(
                (NOW, Kind.REDEEM, Named(code="soap", name="=1+1"), -30, 1, "page"),
                (NOW, Kind.EARN, None, 10, 0, None),
            ),
        ),
    ),
)


class Shouted:
    """Words that tell what they were asked for."""

    def heading(self, section: str) -> str:
        return section.upper()

    def column(self, section: str, key: str) -> str:
        return f"{section[0]}.{key}".upper()

    def code(self, code: StrEnum) -> str:
        return code.upper()

    def answer(self, *, yes: bool) -> str:
        return "YES" if yes else "NO"

    def name(self, named: Named) -> str:
        return named.name

    def place(self, by: str) -> str:
        return f"+{by}".upper()


def test_machines_read_keys_and_codes() -> None:
    redeemed = {"kind": "redeem", "item": "soap", "points": -30, "is_undone": 1, "by": "page"}
    earned = {"kind": "earn", "item": None, "points": 10, "is_undone": 0, "by": None}

    assert json.loads(export_json(EXPORT)) == {
        "made_at": NOW.isoformat(),
        "household": [{"number": 1, "name": "王伟"}],
        "statement": [{"at": NOW.isoformat(), **line} for line in (redeemed, earned)],
    }


def test_people_read_a_table_in_words_in_which_no_cell_is_a_formula() -> None:
    text = export_csv(EXPORT, Shouted())

    assert text.startswith("\ufeff")
    assert list(csv.reader(text.removeprefix("\ufeff").splitlines())) == [
        ["2019-12-05 10:00"],
        [],
        ["HOUSEHOLD"],
        ["H.NUMBER", "H.NAME"],
        ["1", "王伟"],
        [],
        ["STATEMENT"],
        ["S.AT", "S.KIND", "S.ITEM", "S.POINTS", "S.IS_UNDONE", "S.BY"],
        ["2019-12-05 10:00", "REDEEM", "'=1+1", "-30", "YES", "'+PAGE"],
        ["2019-12-05 10:00", "EARN", "", "10", "NO", ""],
    ]
