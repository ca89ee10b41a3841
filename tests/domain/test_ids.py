import pytest

from points.domain.ids import (
    LINES_MAX,
    AccountKind,
    BudgetId,
    CredentialId,
    HouseholdId,
    OperationId,
    ShelfId,
    SystemAccount,
    account_id,
    account_kind,
    account_owner,
    budget,
    device_number,
    goods,
    leased,
    leases_of,
    lessee,
    lot_id,
    lot_operation,
    owed,
    shelf_behind,
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
        leased(1, ShelfId(7)),
    ]

    assert [(account_kind(number), account_owner(number)) for number in numbers] == [
        (AccountKind.SYSTEM, 1),
        (AccountKind.WALLET, 7),
        (AccountKind.OWED, 7),
        (AccountKind.BUDGET, 7),
        (AccountKind.GOODS, 7),
        (AccountKind.LEASED, 2**24 + 7),
    ]


def test_the_busiest_accounts_are_locked_last() -> None:
    largest_household, first_shelf = HouseholdId(2**48 - 1), ShelfId(1)

    assert wallet(largest_household) < owed(HouseholdId(1)) < budget(BudgetId(1))
    assert budget(BudgetId(2**48 - 1)) < goods(first_shelf)


def test_account_numbers_stay_exact_in_browsers() -> None:
    assert account_id(AccountKind.LEASED, 2**48 - 1) < EXACT_IN_BROWSERS


def test_a_phones_account_tells_the_phone_and_the_shelf_that_its_pieces_came_from() -> None:
    account = leased(7, ShelfId(9))

    assert (lessee(account), shelf_behind(account)) == (7, 9)
    assert shelf_behind(goods(ShelfId(9))) == 9


def test_all_that_one_phone_has_stands_together() -> None:
    first, last = leases_of(7)

    assert first < leased(7, ShelfId(1)) < leased(7, ShelfId(2**24 - 2)) < last
    assert last + 1 == leases_of(8)[0]
    assert last == leased(7, ShelfId(2**24 - 1))


@pytest.mark.parametrize(("device", "shelf"), [(0, 1), (2**24, 1), (1, 2**24), (1, -1)])
def test_a_phone_or_shelf_that_does_not_fit_into_a_number_has_no_account(
    device: int, shelf: int
) -> None:
    with pytest.raises(AssertionError):
        leased(device, ShelfId(shelf))


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("device:7", 7),
        ("device:16777215", 2**24 - 1),
        ("device:16777216", None),
        ("device:0", None),
        ("device:07", None),
        ("device:", None),
        ("partner:7", None),
        ("operator:cli", None),
    ],
)
def test_a_phone_is_told_by_its_number_and_nobody_else_has_one(
    name: str, number: int | None
) -> None:
    assert device_number(CredentialId(name)) == number


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
