"""Parts that were walked through by others count only if all are right, and join."""

from dataclasses import replace

import pytest

from points.domain.verifying_chains import End
from points.domain.verifying_operations import Totals
from points.service.verifying_parts import Walked, join
from points.service.verifying_run import Run
from tests.books import LATER

FIRST = End(number=2, hash=bytes(32), next_operation=5, posted_at=1)
SECOND = End(number=4, hash=bytes([1]) * 32, next_operation=9, posted_at=2)
WALKED = [
    Walked(is_right=True, totals=Totals(operations=4, entries=5), starts={}, ends={0: FIRST}),
    Walked(
        is_right=True,
        totals=Totals(operations=4, entries=6),
        starts={0: FIRST},
        ends={0: SECOND, 1: FIRST},
    ),
]


def test_parts_that_join_are_added_up() -> None:
    run = Run(now=LATER)

    ends = join(run, WALKED)

    assert ends == {0: SECOND, 1: FIRST}
    assert run.totals == Totals(operations=8, entries=11)


@pytest.mark.parametrize(
    "second",
    [
        replace(WALKED[1], is_right=False),
        replace(WALKED[1], starts={0: SECOND}),
        replace(WALKED[1], starts={7: FIRST}),
    ],
)
def test_nothing_is_added_up_where_a_part_is_wrong_or_does_not_join(second: Walked) -> None:
    run = Run(now=LATER)

    assert join(run, [WALKED[0], second]) is None
    assert run.totals == Totals()
