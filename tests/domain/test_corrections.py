from dataclasses import replace
from datetime import timedelta

import pytest

from points.domain.access import OPERATOR
from points.domain.facts import Accepted, Facts, Outcome, Refused
from points.domain.ids import (
    HouseholdId,
    LotId,
    OperationId,
    SystemAccount,
    budget,
    owed,
    system,
    wallet,
)
from points.domain.ledger import Account
from points.domain.operations import (
    POINTS_MAX,
    Adjust,
    Evidence,
    Expire,
    Merge,
    Operation,
    SetBudget,
)
from points.domain.outcomes import Refusal
from tests.build import ask, make_catalog, make_earn, make_facts, make_lot
from tests.market import CHECK_IN, LI, LI_CARD, NOW, POINTS_END, SORTING, WANG, ZHAO
from tests.memory import Memory

FIRST = OperationId(1000)
NOBODY = HouseholdId(99)
ADJUSTED, EXPIRED = system(SystemAccount.ADJUSTED), system(SystemAccount.EXPIRED)
SOON = NOW + timedelta(days=1)
ADJUST = Adjust(
    household=WANG, points=10, reason="the quiz was counted twice", approver="Chen", occurred_at=NOW
)
MERGE = Merge(source=LI, into=WANG, occurred_at=NOW)


def tell(book: Memory, operation: Operation) -> Outcome:
    return book.tell(ask(operation, by=OPERATOR))


def moves(book: Memory) -> list[tuple[int, int, int]]:
    return [(it.debit, it.credit, it.amount) for posted in book.posted for it in posted.entries]


def test_a_balance_is_put_right_upwards_by_a_lot_of_its_own() -> None:
    book = Memory(make_facts(points={WANG: 5}))

    assert tell(book, ADJUST) == Accepted(operation=FIRST, points=10, balance=15)
    assert moves(book) == [(ADJUSTED, wallet(WANG), 10)]
    assert book.lots(WANG) == [(5, POINTS_END), (10, POINTS_END)]
    assert book.posted[0].evidence is Evidence.MANUAL


def test_a_balance_is_put_right_downwards_from_what_ends_soonest() -> None:
    book = Memory(
        make_facts(lots=[make_lot(points=5), make_lot(points=5, number=2, expires_at=SOON)])
    )

    assert tell(book, replace(ADJUST, points=-7)) == Accepted(operation=FIRST, points=-7, balance=3)
    assert moves(book) == [(wallet(WANG), ADJUSTED, 5), (wallet(WANG), ADJUSTED, 2)]
    assert book.lots(WANG) == [(3, POINTS_END)]


def test_an_adjustment_upwards_pays_what_is_owed() -> None:
    facts = make_facts()
    book = Memory(replace(facts, accounts={**facts.accounts, owed(WANG): Account(4, 1)}))

    tell(book, ADJUST)

    assert (book.points(WANG), book.owes(WANG)) == (6, 0)


def test_a_balance_may_be_put_right_to_nothing() -> None:
    book = Memory(make_facts(points={WANG: 5}))

    outcome = tell(book, replace(ADJUST, points=-5))

    assert outcome == Accepted(operation=FIRST, points=-5, balance=0)


@pytest.mark.parametrize("points", [1, POINTS_MAX])
def test_a_balance_is_put_right_by_a_point_or_as_much_as_an_operation_may_move(points: int) -> None:
    book = Memory()

    tell(book, replace(ADJUST, points=points))

    assert book.points(WANG) == points


def test_nobody_is_adjusted_below_zero() -> None:
    lots = [make_lot(points=5), make_lot(points=5, number=2, expires_at=NOW)]

    outcome = tell(Memory(make_facts(lots=lots)), replace(ADJUST, points=-7))

    assert outcome == Refused(reason=Refusal.POINTS_SHORT, details={"short": 2, "available": 5})


@pytest.mark.parametrize(
    ("adjust", "reason"),
    [
        (replace(ADJUST, approver=OPERATOR.id), Refusal.APPROVER_NEEDED),
        (replace(ADJUST, approver=" "), Refusal.APPROVER_NEEDED),
        (replace(ADJUST, reason=""), Refusal.APPROVER_NEEDED),
        (replace(ADJUST, points=0), Refusal.QUANTITY_INVALID),
        (replace(ADJUST, points=POINTS_MAX + 1), Refusal.QUANTITY_INVALID),
        (replace(ADJUST, points=-POINTS_MAX - 1), Refusal.QUANTITY_INVALID),
        (replace(ADJUST, household=NOBODY), Refusal.HOUSEHOLD_UNKNOWN),
    ],
)
def test_an_adjustment_names_a_household_a_reason_and_another_person(
    adjust: Adjust, reason: Refusal
) -> None:
    assert tell(Memory(), adjust) == Refused(reason=reason)


def with_lots() -> Facts:
    return make_facts(
        lots=[make_lot(points=5, number=1, expires_at=NOW), make_lot(points=7, number=2)]
    )


def expire(lot: int, household: HouseholdId = WANG) -> Expire:
    return Expire(lot=LotId(lot), household=household, occurred_at=NOW)


def test_a_lot_whose_time_has_come_expires_as_a_whole() -> None:
    book = Memory(with_lots())

    assert tell(book, expire(1)) == Accepted(
        operation=FIRST, points=0, balance=7, details={"earned_by": 0}
    )
    assert moves(book) == [(wallet(WANG), EXPIRED, 5)]
    assert (book.posted[0].expired, book.lots(WANG)) == (5, [(7, POINTS_END)])


@pytest.mark.parametrize("early", [expire(2), expire(3), expire(1, LI)])
def test_a_lot_that_is_not_due_or_not_there_stays(early: Expire) -> None:
    book = Memory(with_lots())

    assert tell(book, early) == Refused(reason=Refusal.NOT_DUE)
    assert book.points(WANG) == 12


def test_a_lot_expires_once() -> None:
    book = Memory(with_lots())
    tell(book, expire(1))

    assert tell(book, expire(1)) == Refused(reason=Refusal.NOT_DUE)


def test_a_lot_that_was_not_due_expires_under_the_same_name_when_it_is() -> None:
    book = Memory(with_lots())
    sweep = ask(expire(2), key="expire:2", by=OPERATOR)

    early = book.tell(sweep)
    book.set(POINTS_END)

    assert early == Refused(reason=Refusal.NOT_DUE)
    assert isinstance(book.tell(sweep), Accepted)


def test_two_households_become_one_with_the_points_of_both() -> None:
    lots = [make_lot(LI, 5, number=1, expires_at=SOON), make_lot(WANG, 7, number=2)]
    book = Memory(make_facts(lots=lots))

    assert tell(book, MERGE) == Accepted(
        operation=FIRST, points=5, balance=12, details={"merged": LI}
    )
    assert book.lots(WANG) == [(5, SOON), (7, POINTS_END)]
    assert (book.points(LI), book.facts.stands) == (0, {LI: WANG})
    assert book.posted[0].reference == "merged:2"


def test_the_only_two_households_there_are_may_merge() -> None:
    book = Memory(replace(make_facts(), communities={WANG: None, LI: None}))

    assert isinstance(tell(book, MERGE), Accepted)


def test_a_merge_expires_what_has_ended_on_both_sides() -> None:
    lots = [make_lot(owner, 5, number=owner, expires_at=NOW) for owner in (WANG, LI)]
    book = Memory(make_facts(lots=lots))

    assert tell(book, MERGE) == Accepted(
        operation=FIRST, points=0, balance=0, details={"merged": LI}
    )
    assert book.posted[0].expired == 10


@pytest.mark.parametrize(("debtor", "rich"), [(WANG, LI), (LI, WANG)])
def test_the_debt_of_one_is_paid_by_the_points_of_the_other(
    debtor: HouseholdId, rich: HouseholdId
) -> None:
    facts = make_facts(points={rich: 10})
    book = Memory(replace(facts, accounts={**facts.accounts, owed(debtor): Account(4, 1)}))

    tell(book, MERGE)

    assert (book.points(WANG), book.owes(WANG), book.owes(LI)) == (6, 0, 0)


def test_the_cards_of_both_earn_for_the_one() -> None:
    book = Memory()
    tell(book, MERGE)

    book.tell(make_earn(card=LI_CARD))

    assert (book.points(WANG), book.posted[1].household) == (10, WANG)


def test_in_one_batch_a_card_follows_the_merge_at_once() -> None:
    book = Memory()

    book.post(ask(MERGE, by=OPERATOR), make_earn(card=LI_CARD), make_earn())

    assert (book.points(WANG), book.points(LI)) == (10, 0)


def test_a_household_may_go_up_in_one_that_goes_up_in_another() -> None:
    facts = replace(
        make_facts(points={WANG: 1, LI: 2, ZHAO: 4}), communities={WANG: None, LI: None, ZHAO: None}
    )
    book = Memory(facts)

    book.post(
        ask(MERGE, by=OPERATOR),
        ask(Merge(source=WANG, into=ZHAO, occurred_at=NOW), by=OPERATOR),
        ask(
            Adjust(household=LI, points=8, reason="gift", approver="Chen", occurred_at=NOW),
            by=OPERATOR,
        ),
    )

    assert [book.points(one) for one in (WANG, LI, ZHAO)] == [0, 0, 15]
    assert book.facts.stands == {LI: ZHAO, WANG: ZHAO}


@pytest.mark.parametrize(
    ("merge", "reason"),
    [
        (replace(MERGE, source=WANG), Refusal.SAME_HOUSEHOLD),
        (replace(MERGE, source=NOBODY), Refusal.HOUSEHOLD_UNKNOWN),
        (replace(MERGE, into=NOBODY), Refusal.HOUSEHOLD_UNKNOWN),
        (replace(MERGE, source=ZHAO), Refusal.OTHER_COMMUNITY),
    ],
)
def test_only_two_different_households_of_one_community_merge(
    merge: Merge, reason: Refusal
) -> None:
    assert tell(Memory(), merge) == Refused(reason=reason)


def test_households_that_are_one_already_do_not_merge_again() -> None:
    book = Memory()
    tell(book, MERGE)

    again = [tell(book, MERGE), tell(book, Merge(source=WANG, into=LI, occurred_at=NOW))]

    assert again == [Refused(reason=Refusal.SAME_HOUSEHOLD)] * 2


LIMITED = replace(SORTING, points_budget=25)


def set_budget(points: int, item: str = SORTING.key) -> SetBudget:
    return SetBudget(item=item, points=points, occurred_at=NOW)


@pytest.mark.parametrize(
    ("size", "left"),
    [(40, 30), (26, 16), (25, 15), (24, 14), (10, 0), (POINTS_MAX, POINTS_MAX - 10)],
)
def test_a_budget_is_set_and_what_was_awarded_counts(size: int, left: int) -> None:
    book = Memory(make_facts(catalog=make_catalog(LIMITED)))
    book.tell(make_earn(activity=SORTING.key))

    outcome = tell(book, set_budget(size))

    assert outcome == Accepted(operation=OperationId(1001))
    assert (book.left_to_award(SORTING.key), book.facts.granted) == (left, {SORTING.key: size})


def test_the_difference_is_what_is_written_down() -> None:
    book = Memory(make_facts(catalog=make_catalog(LIMITED)))

    book.post(ask(set_budget(40), by=OPERATOR), ask(set_budget(30), by=OPERATOR))

    side = system(SystemAccount.BUDGETED)
    account = budget(book.facts.catalog.budgets[SORTING.key])
    assert moves(book) == [(side, account, 15), (account, side, 10)]
    assert [posted.quantity for posted in book.posted] == [15, -10]


def test_a_budget_that_was_never_set_is_set_from_nothing() -> None:
    facts = make_facts(catalog=make_catalog(replace(LIMITED, points_budget=0)))
    book = Memory(replace(facts, granted={}))

    tell(book, set_budget(7))

    assert (book.left_to_award(SORTING.key), book.facts.granted) == (7, {SORTING.key: 7})


def test_a_budget_may_be_nothing() -> None:
    book = Memory(make_facts(catalog=make_catalog(LIMITED)))

    tell(book, set_budget(0))

    assert book.tell(make_earn(activity=SORTING.key)) == Refused(reason=Refusal.BUDGET_EXHAUSTED)


def test_a_budget_is_not_cut_below_what_was_awarded() -> None:
    book = Memory(make_facts(catalog=make_catalog(LIMITED)))
    book.tell(make_earn(activity=SORTING.key))

    outcome = tell(book, set_budget(9))

    assert outcome == Refused(reason=Refusal.BUDGET_EXHAUSTED, details={"awarded": 10})


@pytest.mark.parametrize("points", [-1, POINTS_MAX + 1])
def test_a_budget_has_a_size(points: int) -> None:
    book = Memory(make_facts(catalog=make_catalog(LIMITED)))

    assert tell(book, set_budget(points)) == Refused(reason=Refusal.QUANTITY_INVALID)


def test_what_has_no_budget_gets_none() -> None:
    outcome = tell(Memory(), set_budget(10, CHECK_IN.key))

    assert outcome == Refused(reason=Refusal.BUDGET_UNKNOWN)
