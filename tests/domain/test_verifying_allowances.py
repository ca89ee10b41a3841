"""A check of allowances: what redemptions say was spent of them, and no more than was allowed."""

import pytest

from points.domain.findings import Code, Findings
from points.domain.stored import AllowanceActLine, AllowanceLine
from points.domain.verifying_allowances import check_allowances, recount_allowances

FULL = AllowanceLine(5, 100, 90)
ACTS = [
    AllowanceActLine(1, -60, '{"allowance": 5}', None),
    AllowanceActLine(2, -30, '{"allowance": 5}', None),
    AllowanceActLine(3, -30, '{"allowance": 5}', 4),
]


def check(acts: list[AllowanceActLine], *rows: AllowanceLine) -> list[tuple[Code, object, object]]:
    findings = Findings()
    check_allowances(acts, rows, findings)
    return [(one.code, one.about["allowance"], one.found) for one in findings.items]


def test_what_was_spent_is_what_redemptions_say_less_what_was_taken_back() -> None:
    assert check(ACTS, FULL, AllowanceLine(6, 1, 0)) == []
    assert dict(recount_allowances(ACTS)) == {5: 90}


@pytest.mark.parametrize(
    ("acts", "row", "due"),
    [
        (ACTS, FULL._replace(spent=60), (Code.ALLOWANCE_DIFFERS, 5, 60)),
        (ACTS, FULL._replace(points_max=80), (Code.LIMIT_EXCEEDED, 5, 90)),
        (ACTS, FULL._replace(id=6, spent=0), (Code.ALLOWANCE_DIFFERS, 5, None)),
        ([], FULL, (Code.ALLOWANCE_DIFFERS, 5, 90)),
        ([ACTS[0]._replace(details="{")], FULL._replace(spent=1), (Code.ALLOWANCE_DIFFERS, 5, 1)),
    ],
)
def test_what_differs_is_named(
    acts: list[AllowanceActLine], row: AllowanceLine, due: tuple[Code, object, object]
) -> None:
    assert check(acts, row) == [due]


def test_what_a_person_let_pass_may_be_more_than_was_allowed() -> None:
    let_pass = AllowanceActLine(9, -50, '{"allowance": 5, "approved": 1}', None)

    assert check([*ACTS, let_pass], FULL._replace(spent=140)) == []
