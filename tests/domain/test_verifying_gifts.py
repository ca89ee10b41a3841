"""A check of gifts: both sides stand together, point for point and with the same ends."""

from typing import Any

import pytest

from points.domain.findings import Code, Findings
from points.domain.ids import owed, wallet
from points.domain.shapes import GIFTED
from points.domain.stored import GiftEntryLine, GiftLine
from points.domain.verifying_gifts import check_gifts
from tests.market import LI, WANG

GIVEN = GiftLine(10, "give", WANG, -50, 7, None, f'{{"to": {LI}}}')
GOT = GiftLine(11, "gift_received", LI, 50, 7, "gift:10", "{}")
OUT = [
    GiftEntryLine(10, 0, GIFTED, 40, None, 100),
    GiftEntryLine(10, 1, GIFTED, 10, None, 200),
]
INTO = [
    GiftEntryLine(11, 0, owed(LI), 15, None, None),
    GiftEntryLine(11, 1, wallet(LI), 25, 100, None),
    GiftEntryLine(11, 2, wallet(LI), 10, 200, None),
]


def check(operations: list[GiftLine], entries: list[GiftEntryLine]) -> list[Any]:
    findings = Findings()
    check_gifts(operations, entries, findings)
    assert {one.code for one in findings.items} <= {Code.GIFT_DIFFERS}
    return [one.about["operation"] for one in findings.items]


def test_a_gift_that_arrived_as_it_was_is_right_and_so_is_the_next() -> None:
    further = [GIVEN._replace(id=20), GOT._replace(id=21, reference="gift:20")]
    entries = [it._replace(operation=it.operation + 10) for it in (*OUT, *INTO)]

    assert check([GIVEN, GOT, *further], [*OUT, *INTO, *entries]) == []


@pytest.mark.parametrize(
    ("operations", "entries", "named"),
    [
        ([GIVEN], OUT, [10]),
        ([GOT], INTO, [11]),
        ([GIVEN, GIVEN._replace(id=12)], [*OUT], [10, 12]),
        ([GIVEN, GOT._replace(reference="gift:9")], [*OUT, *INTO], [11]),
        ([GIVEN, GOT._replace(points=49)], [*OUT, *INTO], [11]),
        ([GIVEN, GOT._replace(household=WANG)], [*OUT, *INTO], [11]),
        ([GIVEN, GOT._replace(posted_at=8)], [*OUT, *INTO], [11]),
        ([GIVEN._replace(details="{"), GOT], [*OUT, *INTO], [11]),
        ([GIVEN, GOT], [*OUT, INTO[0], INTO[1]._replace(expires_at=101), INTO[2]], [11]),
        ([GIVEN, GOT], [*OUT, *INTO[:2]], [11]),
        ([GIVEN, GOT], [*OUT, INTO[0]._replace(amount=60)], [11]),
    ],
)
def test_what_differs_is_named(
    operations: list[GiftLine], entries: list[GiftEntryLine], named: list[int]
) -> None:
    assert check(operations, entries) == named
