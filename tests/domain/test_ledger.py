from dataclasses import replace
from datetime import timedelta

import pytest

from points.domain.ids import (
    AccountId,
    LotId,
    OperationId,
    ShelfId,
    SystemAccount,
    goods,
    lot_id,
    owed,
    system,
    wallet,
)
from points.domain.ledger import Account, Book, Entry, Lot, side_sign, system_total
from tests.build import make_lot
from tests.market import LI, NOW, POINTS_END, WANG

ISSUED, REDEEMED = system(SystemAccount.ISSUED), system(SystemAccount.REDEEMED)
EXPIRED, MERGED = system(SystemAccount.EXPIRED), system(SystemAccount.MERGED)
OPERATION = OperationId(9)


def make_book(*lots: Lot, debt: int = 0) -> Book:
    balances: dict[AccountId, int] = {owed(WANG): debt}
    for lot in lots:
        balances[lot.account] = balances.get(lot.account, 0) + lot.remaining
    book = Book({account: Account(held, 5) for account, held in balances.items()}, lots)
    book.begin(OPERATION)
    return book


def moves(book: Book) -> list[tuple[AccountId, AccountId, int, LotId | None]]:
    return [(it.debit, it.credit, it.amount, it.lot) for it in book.entries()]


def soon(points: int, *, number: int = 1) -> Lot:
    return make_lot(points=points, number=number, expires_at=NOW + timedelta(days=1))


def late(points: int, *, number: int = 2) -> Lot:
    return make_lot(points=points, number=number, expires_at=NOW + timedelta(days=300))


def ended(points: int, *, number: int = 3) -> Lot:
    return make_lot(points=points, number=number, expires_at=NOW)


def test_an_entry_counts_each_account_on_from_its_last_one() -> None:
    book = make_book()

    book.add_lot(WANG, 10, source=ISSUED, expires_at=POINTS_END)
    book.add_lot(WANG, 5, source=ISSUED, expires_at=POINTS_END)

    first = Entry(
        operation=OPERATION,
        line=0,
        debit=ISSUED,
        credit=wallet(WANG),
        amount=10,
        lot=lot_id(OPERATION, 0),
        expires_at=POINTS_END,
        debit_seq=None,
        credit_seq=1,
    )
    second = replace(first, line=1, amount=5, lot=lot_id(OPERATION, 1), credit_seq=2)
    assert book.entries() == (first, second)
    assert book.changed_accounts() == {wallet(WANG): Account(15, 2)}


def test_what_is_owed_rises_when_debited_and_everything_else_when_credited() -> None:
    signs = {
        account: (side_sign(account, is_credit=False), side_sign(account, is_credit=True))
        for account in (wallet(WANG), owed(WANG), goods(ShelfId(1)))
    }

    assert signs == {wallet(WANG): (-1, 1), owed(WANG): (1, -1), goods(ShelfId(1)): (-1, 1)}


def test_the_soonest_to_expire_are_spent_first_whatever_was_earned_first() -> None:
    book = make_book(late(10, number=1), soon(10, number=2))

    book.spend(WANG, 15, to=REDEEMED, now=NOW)

    assert moves(book) == [
        (wallet(WANG), REDEEMED, 10, LotId(2)),
        (wallet(WANG), REDEEMED, 5, LotId(1)),
    ]
    assert [lot.remaining for lot in book.changed_lots()] == [5, 0]


def test_of_lots_that_end_together_the_older_is_spent_first() -> None:
    book = make_book(soon(10, number=7), soon(10, number=6))

    book.spend(WANG, 4, to=REDEEMED, now=NOW)

    assert book.changed_lots() == [replace(soon(10, number=6), remaining=6)]


def test_a_lot_that_has_ended_cannot_be_spent_though_nobody_swept_it() -> None:
    book = make_book(ended(10), late(3))

    assert book.available(WANG, NOW) == 3
    assert book.balance(wallet(WANG)) == 13
    assert book.available(WANG, NOW - timedelta(microseconds=1)) == 13


def test_spending_more_than_there_is_never_happens() -> None:
    with pytest.raises(AssertionError):
        make_book(ended(10), late(3)).spend(WANG, 4, to=REDEEMED, now=NOW)


def test_what_has_ended_expires_as_a_whole() -> None:
    book = make_book(ended(10), late(3))

    assert book.expire_due(WANG, NOW) == 10

    assert moves(book) == [(wallet(WANG), EXPIRED, 10, LotId(3))]
    assert book.changed_lots() == [replace(ended(10), remaining=0, expired=10)]
    assert book.expire_due(WANG, NOW) == 0


def test_points_that_arrive_pay_what_is_owed_and_the_rest_is_a_lot() -> None:
    book = make_book(debt=4)

    book.credit(WANG, 10, source=ISSUED, expires_at=POINTS_END)

    assert moves(book) == [
        (ISSUED, owed(WANG), 4, None),
        (ISSUED, wallet(WANG), 6, lot_id(OPERATION, 1)),
    ]
    assert (book.balance(owed(WANG)), book.available(WANG, NOW)) == (0, 6)


def test_points_that_do_not_cover_what_is_owed_make_no_lot() -> None:
    book = make_book(debt=40)

    book.credit(WANG, 10, source=ISSUED, expires_at=POINTS_END)

    assert moves(book) == [(ISSUED, owed(WANG), 10, None)]
    assert book.changed_lots() == []


def test_whoever_owes_pays_from_what_is_there_and_owes_the_rest() -> None:
    book = make_book(soon(3), late(4), ended(5), debt=10)

    book.settle(WANG, NOW)

    assert moves(book) == [
        (wallet(WANG), owed(WANG), 3, LotId(1)),
        (wallet(WANG), owed(WANG), 4, LotId(2)),
    ]
    assert book.balance(owed(WANG)) == 3


def test_nothing_moves_where_nothing_is_owed_or_nothing_is_there() -> None:
    rich, poor = make_book(late(3)), make_book(debt=3)

    rich.settle(WANG, NOW)
    poor.settle(WANG, NOW)

    assert (rich.entries(), poor.entries()) == ((), ())


def test_points_go_back_into_the_lot_that_they_came_from() -> None:
    book = make_book(soon(10))

    book.take(LotId(1), 10, to=REDEEMED)
    book.refill(LotId(1), 4, source=REDEEMED)

    assert moves(book)[1:] == [(REDEEMED, wallet(WANG), 4, LotId(1))]
    assert book.lot(LotId(1)) == replace(soon(10), remaining=4)


def test_a_lot_never_holds_more_than_was_put_in() -> None:
    with pytest.raises(AssertionError):
        make_book(soon(10)).refill(LotId(1), 1, source=REDEEMED)


def test_a_lot_never_gives_more_than_is_left() -> None:
    with pytest.raises(AssertionError):
        make_book(soon(10)).take(LotId(1), 11, to=REDEEMED)


@pytest.mark.parametrize("amount", [0, -1])
def test_an_entry_moves_at_least_one(amount: int) -> None:
    with pytest.raises(AssertionError):
        make_book().move(ISSUED, wallet(WANG), amount)


def test_no_balance_goes_below_zero() -> None:
    book = make_book()

    with pytest.raises(AssertionError):
        book.move(goods(ShelfId(1)), system(SystemAccount.HANDED_OUT), 1)


def test_lots_move_to_another_household_with_their_expiry() -> None:
    book = make_book(soon(3), late(4))

    book.move_lots(WANG, LI)

    moved = [lot for lot in book.changed_lots() if lot.account == wallet(LI)]
    assert moved == [
        Lot(
            id=lot_id(OPERATION, line),
            account=wallet(LI),
            amount=before.amount,
            remaining=before.amount,
            expires_at=before.expires_at,
            origin=before.id,
        )
        for line, before in ((1, soon(3)), (3, late(4)))
    ]
    assert (book.balance(wallet(WANG)), book.balance(wallet(LI))) == (0, 7)


def test_what_is_owed_moves_as_well() -> None:
    book = make_book(debt=6)

    book.move_lots(WANG, LI)

    assert moves(book) == [(MERGED, owed(WANG), 6, None), (owed(LI), MERGED, 6, None)]
    assert (book.balance(owed(WANG)), book.balance(owed(LI))) == (0, 6)


def test_a_lot_is_found_with_all_that_its_points_moved_to() -> None:
    book = make_book(soon(3), late(4))
    book.move_lots(WANG, LI)
    book.begin(OperationId(10))
    book.move_lots(LI, WANG)

    family = book.family(LotId(1))

    assert [(lot.account, lot.remaining) for lot in family] == [
        (wallet(WANG), 0),
        (wallet(LI), 0),
        (wallet(WANG), 3),
    ]
    assert {lot.origin for lot in family} == {None, LotId(1)}


def test_what_was_handed_in_is_never_changed() -> None:
    accounts = {wallet(WANG): Account(10, 1)}
    lots = (soon(10),)

    Book(accounts, lots).spend(WANG, 10, to=REDEEMED, now=NOW)

    assert accounts == {wallet(WANG): Account(10, 1)}
    assert lots == (soon(10),)


def test_a_system_side_is_the_sum_of_what_came_and_went() -> None:
    book = make_book(late(10))
    book.spend(WANG, 7, to=REDEEMED, now=NOW)
    book.refill(LotId(2), 2, source=REDEEMED)

    assert system_total(book.entries(), SystemAccount.REDEEMED) == 5
    assert system_total(book.entries(), SystemAccount.ISSUED) == 0
