from datetime import timedelta
from typing import Any

import pytest

from points.domain.calendar import Calendar
from points.domain.chain import micros
from points.domain.findings import Code, Findings
from points.domain.periods import NEVER
from points.domain.stored import SlipActLine, SlipLine
from points.domain.verifying_slips import check_slips, recount_slips
from tests.build import make_catalog
from tests.market import DAY, NOW, at

CALENDAR = Calendar(make_catalog().programme)
ENDS = micros(at("00:00", on=DAY + timedelta(days=1)))
BODY = f'{{"kind":"slip_issued","last_day":"{DAY.isoformat()}"}}'

ISSUED = SlipActLine("aa", 1, "slip_issued", micros(NOW), 5, BODY, None)
CASHED = SlipActLine("aa", 2, "slip_cashed", micros(NOW), 1, "{}", None)
UNDONE = CASHED._replace(undone_by=3)
AGAIN = CASHED._replace(id=4)
FREE = SlipLine("aa", 5, ENDS, 0, 0)


def check(acts: list[SlipActLine], *rows: SlipLine) -> tuple[int, list[tuple[Code, object]]]:
    findings = Findings()
    left = check_slips(recount_slips(acts, CALENDAR), rows, findings)
    return left, [(one.code, one.about.get("column")) for one in findings.items]


@pytest.mark.parametrize(
    ("acts", "row", "left"),
    [
        ([ISSUED], FREE, 5),
        ([ISSUED, CASHED], FREE._replace(is_cashed=1, times_cashed=1), 0),
        ([ISSUED, UNDONE], FREE._replace(times_cashed=1), 5),
        ([ISSUED, UNDONE, AGAIN], FREE._replace(is_cashed=1, times_cashed=2), 0),
    ],
)
def test_a_slip_is_what_was_done_with_it(acts: list[SlipActLine], row: SlipLine, left: int) -> None:
    assert check(acts, row) == (left, [])


@pytest.mark.parametrize(
    ("column", "value"),
    [("points", 6), ("valid_until", 1), ("is_cashed", 1), ("times_cashed", 1)],
)
def test_a_slip_that_differs_is_named(column: str, value: int) -> None:
    forged: dict[str, Any] = {column: value}

    assert check([ISSUED], FREE._replace(**forged)) == (5, [(Code.SLIP_DIFFERS, column)])


def test_slips_missing_and_slips_never_issued_are_named() -> None:
    other = FREE._replace(ref="bb")

    assert check([ISSUED], other) == (5, [(Code.SLIP_MISSING, None), (Code.SLIP_UNKNOWN, None)])


def test_a_slip_without_an_end_is_good_for_ever() -> None:
    issued = ISSUED._replace(body='{"last_day":"9999-12-31"}')

    assert check([issued], FREE._replace(valid_until=micros(NEVER))) == (5, [])


@pytest.mark.parametrize("body", [None, "", "[]", "{}", '{"last_day":7}', '{"last_day":"7"}'])
def test_where_the_end_cannot_be_told_none_is_wrong(body: str | None) -> None:
    assert check([ISSUED._replace(body=body)], FREE._replace(valid_until=1)) == (5, [])


def test_a_slip_cashed_but_never_issued_is_worth_nothing() -> None:
    left, found = check([CASHED], FREE._replace(is_cashed=1, times_cashed=1))

    assert (left, found) == (0, [(Code.SLIP_DIFFERS, "points")])
