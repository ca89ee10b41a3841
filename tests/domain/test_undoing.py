from dataclasses import replace
from datetime import timedelta

import pytest

from points.domain.access import OPERATOR
from points.domain.facts import Accepted, Asked, Posted, Refused
from points.domain.ids import LotId, OperationId, SystemAccount, goods, lot_id, owed, system, wallet
from points.domain.ledger import Entry
from points.domain.operations import Adjust, Evidence, Expire, Kind, Merge, canonical, fingerprint
from points.domain.outcomes import Refusal
from points.domain.periods import DaysValid
from points.domain.programme import Shelf
from tests.build import ask, make_catalog, make_earn, make_facts, make_lot, make_redeem, make_undo
from tests.market import (
    BIN_BAGS,
    CHECK_IN,
    DAY,
    GAME,
    LI,
    LI_CARD,
    MARKET,
    NOW,
    POINTS_END,
    PROGRAMME,
    REDEEMING,
    TOWEL,
    WANG,
    WANG_SENIOR,
    at,
)
from tests.memory import Memory

BAGS = Shelf(reward=BIN_BAGS.key, booth=REDEEMING)
EARNED = ask(make_earn(), key="earned")
BOUGHT = ask(make_redeem(), key="bought")
REFUND_ENDS = at("00:00", on=DAY + timedelta(days=PROGRAMME.refund_days_valid + 1))


def adjust(points: int, *, key: str = "adjusted") -> Asked:
    change = Adjust(
        household=WANG, points=points, reason="miscounted", approver="Chen", occurred_at=NOW
    )
    return ask(change, key=key, by=OPERATOR)


def claw_back(key: str) -> Asked:
    return ask(make_undo(key, claws_back=True))


def merge() -> Asked:
    return ask(Merge(source=LI, into=WANG, occurred_at=NOW), by=OPERATOR)


def test_an_earning_is_taken_back_and_everything_about_it_is_written_down() -> None:
    book = Memory()
    book.tell(EARNED)
    asked = ask(make_undo("earned"), key="undone")

    outcome = book.tell(asked)

    details = {"undid": "earn"}
    number = OperationId(1001)
    assert outcome == Accepted(operation=number, points=-10, balance=0, details=details)
    body = canonical(asked.operation)
    taken = Entry(
        operation=number,
        line=0,
        debit=wallet(WANG),
        credit=system(SystemAccount.ISSUED),
        amount=10,
        lot=lot_id(OperationId(1000), 0),
        debit_seq=2,
        credit_seq=None,
    )
    assert book.posted[1] == Posted(
        id=number,
        ref=asked.ref,
        kind=Kind.UNDO,
        body=body,
        fingerprint=fingerprint(body),
        evidence=Evidence.LIVE,
        occurred_at=NOW,
        posted_at=book.posted[0].posted_at + timedelta(microseconds=1),
        local_day=DAY,
        household=WANG,
        resident=WANG_SENIOR,
        event=MARKET.key,
        booth=REDEEMING,
        item=CHECK_IN.key,
        quantity=1,
        points=-10,
        balance_after=0,
        reverses=OperationId(1000),
        details=details,
        entries=(taken,),
    )


def test_a_redemption_taken_back_refills_its_lots_and_its_shelf() -> None:
    soon = NOW + timedelta(days=1)
    lots = [make_lot(points=20, number=1, expires_at=soon), make_lot(points=20, number=2)]
    book = Memory(make_facts(lots=lots))
    book.tell(BOUGHT)

    outcome = book.tell(make_undo("bought"))

    assert outcome == Accepted(
        operation=OperationId(1001), points=30, balance=40, details={"undid": "redeem"}
    )
    assert book.lots(WANG) == [(20, soon), (20, POINTS_END)]
    assert book.pieces(BAGS) == 400
    assert [(it.debit, it.credit, it.amount, it.lot) for it in book.posted[1].entries] == [
        (system(SystemAccount.REDEEMED), wallet(WANG), 20, LotId(1)),
        (system(SystemAccount.REDEEMED), wallet(WANG), 10, LotId(2)),
        (
            system(SystemAccount.HANDED_OUT),
            goods(book.facts.catalog.shelves[BAGS]),
            1,
            None,
        ),
    ]


def test_a_reserve_gets_back_what_came_from_it() -> None:
    book = Memory(make_facts(points={WANG: 10_000}))
    towel = make_redeem(reward=TOWEL.key, quantity=5, price_shown=800, reserve="elders")

    book.post(ask(towel, key="towels"), make_undo("towels"))

    shelves = [Shelf(reward=TOWEL.key, booth=REDEEMING, reserve=name) for name in ("", "elders")]
    assert [book.pieces(shelf) for shelf in shelves] == [16, 4]


def test_points_whose_lot_ended_meanwhile_come_back_for_some_days() -> None:
    soon = at("10:10")
    book = Memory(make_facts(lots=[make_lot(points=30, expires_at=soon)]))
    book.tell(BOUGHT)
    book.set(soon)

    outcome = book.tell(make_undo("bought", occurred_at=soon))

    assert outcome == Accepted(
        operation=OperationId(1001), points=30, balance=30, details={"undid": "redeem"}
    )
    assert book.lots(WANG) == [(30, REFUND_ENDS)]
    assert book.facts.lots[1].origin == LotId(1)


def test_points_whose_household_merged_meanwhile_come_back_to_the_one_that_stands() -> None:
    book = Memory(make_facts(points={LI: 50}))
    book.tell(ask(make_redeem(card=LI_CARD), key="bought"))
    book.tell(merge())

    outcome = book.tell(make_undo("bought"))

    assert outcome == Accepted(
        operation=OperationId(1002), points=30, balance=50, details={"undid": "redeem"}
    )
    assert (book.lots(WANG), book.lots(LI)) == ([(20, POINTS_END), (30, POINTS_END)], [])


def test_an_earning_is_found_where_a_merge_has_moved_it() -> None:
    book = Memory(make_facts())
    book.tell(ask(make_earn(card=LI_CARD), key="earned"))
    book.tell(merge())

    outcome = book.tell(make_undo("earned"))

    assert outcome == Accepted(
        operation=OperationId(1002), points=-10, balance=0, details={"undid": "earn"}
    )
    assert (book.points(WANG), book.points(LI), book.owes(WANG)) == (0, 0, 0)


def test_in_the_batch_of_the_merge_an_undo_finds_the_household_as_well() -> None:
    book = Memory(make_facts(points={LI: 50}))

    book.post(ask(make_redeem(card=LI_CARD), key="bought"), merge(), make_undo("bought"))

    assert (book.points(WANG), book.points(LI)) == (50, 0)


def test_goods_and_budget_are_as_before() -> None:
    catalog = make_catalog(replace(CHECK_IN, points_budget=25), replace(MARKET, points_budget=40))
    book = Memory(make_facts(catalog=catalog))

    book.post(EARNED, make_undo("earned"))

    assert (book.left_to_award(CHECK_IN.key), book.left_to_award(MARKET.key)) == (25, 40)


def test_what_was_taken_back_may_be_done_again() -> None:
    book = Memory()

    outcomes = book.post(EARNED, make_undo("earned"), make_earn())

    assert outcomes[2] == Accepted(operation=OperationId(1002), points=10, balance=10)


def test_points_that_are_spent_cannot_be_taken_back() -> None:
    book = Memory(make_facts(points={WANG: 25}))
    book.post(ask(make_earn(), key="earned"), adjust(-27))

    outcome = book.tell(make_undo("earned"))

    assert outcome == Refused(reason=Refusal.ALREADY_SPENT, details={"spent": 2})


def spent_and_clawed_back() -> Memory:
    book = Memory(make_facts(points={WANG: 25}))
    book.post(EARNED, adjust(-32))
    book.tell(claw_back("earned"))
    return book


def test_a_supervisor_claws_back_what_is_left_and_the_rest_is_owed() -> None:
    book = spent_and_clawed_back()

    assert (book.points(WANG), book.owes(WANG)) == (0, 7)
    assert [(it.debit, it.credit, it.amount) for it in book.posted[2].entries] == [
        (wallet(WANG), system(SystemAccount.ISSUED), 3),
        (owed(WANG), system(SystemAccount.ISSUED), 7),
    ]
    assert (book.posted[2].points, book.posted[2].balance_after) == (-3, 0)


def test_the_next_earnings_pay_what_is_owed() -> None:
    book = spent_and_clawed_back()

    outcomes = book.post(make_earn(activity=GAME.key), make_earn())

    assert outcomes == [
        Accepted(operation=OperationId(1003), points=5, balance=0),
        Accepted(operation=OperationId(1004), points=10, balance=8),
    ]
    assert (book.points(WANG), book.owes(WANG)) == (8, 0)


def test_taking_back_an_earning_that_paid_a_debt_brings_the_debt_back() -> None:
    book = spent_and_clawed_back()

    book.post(ask(make_earn(activity=GAME.key), key="game"), make_undo("game"))

    assert (book.points(WANG), book.owes(WANG)) == (0, 7)


def test_what_is_owed_is_taken_from_other_points_at_once() -> None:
    book = Memory(make_facts(points={WANG: 20}))
    book.post(EARNED, adjust(-25), ask(make_earn(activity=GAME.key), key="game"))

    outcome = book.tell(claw_back("earned"))

    assert outcome == Accepted(
        operation=OperationId(1003), points=-10, balance=0, details={"undid": "earn"}
    )
    assert (book.points(WANG), book.owes(WANG)) == (0, 0)


def test_points_that_come_back_pay_what_is_owed() -> None:
    book = Memory(make_facts(points={WANG: 20}))
    book.post(EARNED, BOUGHT, claw_back("earned"))

    assert (book.points(WANG), book.owes(WANG)) == (0, 10)
    book.tell(make_undo("bought"))

    assert (book.points(WANG), book.owes(WANG)) == (20, 0)


def test_points_that_expired_unspent_are_not_owed() -> None:
    catalog = make_catalog(replace(PROGRAMME, expires=DaysValid(0)))
    book = Memory(make_facts(catalog=catalog))
    book.tell(EARNED)
    tomorrow = at("00:00", on=DAY + timedelta(days=1))
    book.set(tomorrow)
    lot = book.facts.lots[0].id
    book.tell(ask(Expire(lot=lot, household=WANG, occurred_at=tomorrow), by=OPERATOR))

    outcome = book.tell(ask(make_undo("earned", occurred_at=tomorrow)))

    assert outcome == Accepted(
        operation=OperationId(1002), points=0, balance=0, details={"undid": "earn"}
    )
    assert book.owes(WANG) == 0


def test_points_that_ended_and_were_not_swept_are_taken_back_all_the_same() -> None:
    catalog = make_catalog(replace(PROGRAMME, expires=DaysValid(0)))
    book = Memory(make_facts(catalog=catalog))
    book.tell(EARNED)
    tomorrow = at("00:00", on=DAY + timedelta(days=1))
    book.set(tomorrow)

    book.tell(make_undo("earned", occurred_at=tomorrow))

    assert (book.points(WANG), book.posted[1].points, book.posted[1].expired) == (0, -10, 0)


@pytest.mark.parametrize("points", [10, -10])
def test_an_adjustment_is_taken_back(points: int) -> None:
    book = Memory(make_facts(points={WANG: 25}))

    outcomes = book.post(adjust(points), ask(make_undo("adjusted"), by=OPERATOR))

    assert outcomes[1] == Accepted(
        operation=OperationId(1001), points=-points, balance=25, details={"undid": "adjust"}
    )
