import pytest

from points.domain.ids import (
    LINES_MAX,
    AccountKind,
    BudgetId,
    HouseholdId,
    OperationId,
    ShelfId,
    SystemAccount,
    account_id,
    account_kind,
    account_owner,
    budget,
    goods,
    lot_id,
    lot_operation,
    owed,
    system,
    wallet,
)

EXACT_IN_BROWSERS = 2**53


def test_an_account_number_tells_what_it_holds_and_whose_it_is() -> None:
    numbers = [
        system(SystemAccount.ISSUED),
        wallet(HouseholdId(7)),
        owed(HouseholdId(7)),
        budget(BudgetId(7)),
        goods(ShelfId(7)),
    ]

    assert [(account_kind(number), account_owner(number)) for number in numbers] == [
        (AccountKind.SYSTEM, 1),
        (AccountKind.WALLET, 7),
        (AccountKind.OWED, 7),
        (AccountKind.BUDGET, 7),
        (AccountKind.GOODS, 7),
    ]


def test_the_busiest_accounts_are_locked_last() -> None:
    largest_household, first_shelf = HouseholdId(2**48 - 1), ShelfId(1)

    assert wallet(largest_household) < owed(HouseholdId(1)) < budget(BudgetId(1))
    assert budget(BudgetId(2**48 - 1)) < goods(first_shelf)


def test_account_numbers_stay_exact_in_browsers() -> None:
    assert account_id(AccountKind.GOODS, 2**48 - 1) < EXACT_IN_BROWSERS


@pytest.mark.parametrize("owner", [0, -1, 2**48])
def test_an_owner_that_does_not_fit_beside_the_kind_has_no_account(owner: int) -> None:
    with pytest.raises(AssertionError):
        account_id(AccountKind.WALLET, owner)


def test_a_lot_is_numbered_by_the_operation_and_line_that_made_it() -> None:
    first, last = lot_id(OperationId(9), 0), lot_id(OperationId(9), LINES_MAX - 1)

    assert (lot_operation(first), lot_operation(last)) == (9, 9)
    assert first < last < lot_id(OperationId(10), 0)


def test_a_line_too_many_makes_no_lot() -> None:
    with pytest.raises(AssertionError):
        lot_id(OperationId(9), LINES_MAX)
