"""A check of allowances: what redemptions say was spent of them, and no more than was allowed."""

import pytest

from points.domain.findings import Code, Findings
from points.domain.notes import Noted, NoteKind, note, write_notes
from points.domain.stored import AllowanceActLine, AllowanceLine, NotesLine
from points.domain.verifying_allowances import (
    check_allowances,
    read_noted,
    recount_allowances,
)

FULL = AllowanceLine(5, "000000005", bytes(32), 1, 100, "2019-12-08", 1, 1000, None, 90)
ENDED = FULL._replace(ended_at=2000)
OTHER = FULL._replace(id=6, points_max=1, spent=0)
ACTS = [
    AllowanceActLine(1, -60, '{"allowance": 5}', None),
    AllowanceActLine(2, -30, '{"allowance": 5}', None),
    AllowanceActLine(3, -30, '{"allowance": 5}', 4),
]


def noted(*rows: AllowanceLine) -> Noted:
    """Give what batches note of these allowances as they were made, and as they ended."""
    every = [(NoteKind.ALLOWANCE, row._replace(ended_at=None)) for row in rows]
    every += [(NoteKind.ALLOWANCE_ENDED, row) for row in rows if row.ended_at is not None]
    notes = [note(kind, row.terms(), subject=row.id) for kind, row in every]
    return read_noted(NotesLine(0, at, write_notes([one]) or "") for at, one in enumerate(notes))


def check(
    acts: list[AllowanceActLine], *rows: AllowanceLine, of: Noted | None = None
) -> list[tuple[Code, object, object]]:
    findings = Findings()
    check_allowances(acts, rows, noted=noted(*rows) if of is None else of, findings=findings)
    return [(one.code, one.about["allowance"], one.found) for one in findings.items]


def test_what_was_spent_is_what_redemptions_say_less_what_was_taken_back() -> None:
    assert check(ACTS, FULL, OTHER) == []
    assert dict(recount_allowances(ACTS)) == {5: 90}


@pytest.mark.parametrize(
    ("acts", "row", "due"),
    [
        (ACTS, FULL._replace(spent=60), (Code.ALLOWANCE_DIFFERS, 5, 60)),
        (ACTS, FULL._replace(points_max=80), (Code.LIMIT_EXCEEDED, 5, 90)),
        (ACTS, OTHER, (Code.ALLOWANCE_DIFFERS, 5, None)),
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


def test_one_that_was_ended_is_noted_twice() -> None:
    assert check(ACTS, ENDED) == []
    assert len(noted(ENDED)[5]) == 2


@pytest.mark.parametrize(
    "changed",
    [
        FULL._replace(number="000000006"),
        FULL._replace(fingerprint=bytes([1]) * 32),
        FULL._replace(household=2),
        FULL._replace(points_max=1000),
        FULL._replace(last_day="2020-12-08"),
        FULL._replace(is_confirmed=0),
        FULL._replace(made_at=1001),
        ENDED,
    ],
)
def test_other_terms_than_were_noted_are_named(changed: AllowanceLine) -> None:
    assert check(ACTS, changed, of=noted(FULL)) == [(Code.ALLOWANCE_DIFFERS, 5, None)]


def test_one_that_lives_again_or_ended_at_another_time_is_named() -> None:
    for row in (FULL, ENDED._replace(ended_at=2001)):
        assert check(ACTS, row, of=noted(ENDED)) == [(Code.ALLOWANCE_DIFFERS, 5, None)]


def test_one_that_nobody_made_and_one_that_is_gone_are_named() -> None:
    assert check([], OTHER, of={}) == [(Code.ALLOWANCE_DIFFERS, 6, None)]
    assert check([], of=noted(OTHER)) == [(Code.ALLOWANCE_DIFFERS, 6, None)]
