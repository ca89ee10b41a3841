"""What is kept of a household, as machines and as people read it."""

import csv
import json

from points.domain.exports import Export, Section, export_csv, export_json
from tests.market import NOW

EXPORT = Export(
    made_at=NOW,
    sections=(
        Section(
            key="household",
            title="住户",
            columns=(("number", "户号"), ("name", "姓名")),
            rows=((1, "王伟"),),
        ),
        Section(
            key="statement",
            title="明细",
            columns=(("at", "时间"), ("item", "项目"), ("points", "加减")),
            rows=((NOW, "=1+1", -30), (NOW, None, 10)),
        ),
    ),
)


def test_machines_read_json() -> None:
    assert json.loads(export_json(EXPORT)) == {
        "made_at": NOW.isoformat(),
        "household": [{"number": 1, "name": "王伟"}],
        "statement": [
            {"at": NOW.isoformat(), "item": "=1+1", "points": -30},
            {"at": NOW.isoformat(), "item": None, "points": 10},
        ],
    }


def test_people_read_a_table_in_which_no_cell_is_a_formula() -> None:
    text = export_csv(EXPORT)

    assert text.startswith("\ufeff")
    assert list(csv.reader(text.removeprefix("\ufeff").splitlines())) == [
        ["2019-12-05 10:00"],
        [],
        ["住户"],
        ["户号", "姓名"],
        ["1", "王伟"],
        [],
        ["明细"],
        ["时间", "项目", "加减"],
        ["2019-12-05 10:00", "'=1+1", "-30"],
        ["2019-12-05 10:00", "", "10"],
    ]
