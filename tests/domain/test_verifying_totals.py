from collections import Counter

import pytest

from points.domain.findings import Code, Findings
from points.domain.shapes import BUDGET, GOODS, OWED, WALLET, side_of
from points.domain.stored import OperationLine
from points.domain.verifying_operations import Totals
from points.domain.verifying_totals import check_merged, check_totals, stands_for
from tests.build import make_earn
from tests.lines import operation_line
from tests.memory import Memory
from tests.walk import Walk, facts_before


def walked() -> tuple[Totals, Counter[int], int]:
    """Give the sums of a book in which everything happened but an end of points."""
    book = Memory(facts_before())
    walk = Walk(3, book)
    for _ in range(200):
        book.set(max(walk.now, book.facts.now))
        book.post(*walk.batch())
    totals, balances = Totals(), Counter[int]()
    for posted in book.posted:
        for entry in posted.entries:
            totals.flows[side_of(entry.debit), side_of(entry.credit)] += entry.amount
    for account, one in book.facts.accounts.items():
        balances[side_of(account)] += one.balance
    slips = sum(slip.points for slip in book.facts.slips.values() if not slip.is_cashed)
    return totals, balances, slips


def unequal(totals: Totals, balances: Counter[int], slips: int) -> list[object]:
    findings = Findings()
    check_totals(totals, balances, findings, slips=slips)
    assert {one.code for one in findings.items} <= {Code.CONSERVATION}
    return [one.about["side"] for one in findings.items]


def test_nothing_comes_from_nowhere_and_nothing_goes_there() -> None:
    totals, balances, slips = walked()

    assert unequal(totals, balances, slips) == []
    assert balances[WALLET] > 0


@pytest.mark.parametrize(
    ("side", "name"),
    [(WALLET, "points"), (OWED, "points"), (GOODS, "goods"), (BUDGET, "budgets")],
)
def test_one_piece_too_many_is_named(side: int, name: str) -> None:
    totals, balances, slips = walked()

    balances[side] += 1

    assert unequal(totals, balances, slips) == [name]


def test_a_slip_too_many_is_named() -> None:
    totals, balances, slips = walked()

    assert unequal(totals, balances, slips + 1) == ["slips"]


def merge(into: int) -> list[OperationLine]:
    book = Memory()
    book.tell(make_earn())
    return [operation_line(book.posted[0])._replace(household=into)]


MERGES = {1: merge(2), 2: merge(3), 7: merge(3)}


def test_a_household_stands_in_the_last_that_it_went_up_in() -> None:
    assert [stands_for(one, MERGES) for one in (1, 2, 3, 7)] == [3, 3, 3, 3]
    assert stands_for(1, {1: merge(2), 2: merge(1)}) == 2  # never round in circles


@pytest.mark.parametrize(
    ("stored", "found"),
    [
        ([(1, 3), (2, 3), (7, 3)], []),
        ([(1, 2), (2, 3), (7, 3)], [1]),
        ([(2, 3), (7, 3)], [1]),
        ([(1, 3), (2, 3), (7, 3), (9, 3)], [9]),
    ],
)
def test_each_household_names_the_one_that_stands(
    stored: list[tuple[int, int]], found: list[int]
) -> None:
    findings = Findings()

    check_merged(MERGES, stored, findings)

    assert [(one.code, one.about["household"]) for one in findings.items] == [
        (Code.HOUSEHOLD_MERGED, household) for household in found
    ]
