"""Names for the things that have a number or a key, and the numbering of accounts.

An account's number tells its kind and whose it is, so no table is asked to find it. Numbers stay
below 2**53, the largest whole number that JSON readers in browsers keep exact.
"""

from enum import IntEnum
from typing import NewType

CommunityKey = NewType("CommunityKey", str)
EventKey = NewType("EventKey", str)
BoothKey = NewType("BoothKey", str)  # "<event>/<number>"
ActivityKey = NewType("ActivityKey", str)  # "<event>/<activity>"
RewardKey = NewType("RewardKey", str)  # "<event>/<reward>"

HouseholdId = NewType("HouseholdId", int)
ResidentId = NewType("ResidentId", int)
CardId = NewType("CardId", int)
ShelfId = NewType("ShelfId", int)
BudgetId = NewType("BudgetId", int)
CredentialId = NewType("CredentialId", str)  # "device:7", "partner:3", "operator:cli"

AccountId = NewType("AccountId", int)
OperationId = NewType("OperationId", int)
LotId = NewType("LotId", int)

_OWNER_BITS = 48
_LINE_BITS = 15
LINES_MAX = 1 << _LINE_BITS
"""Lines one operation may have; a lot is numbered by its operation and line."""


class AccountKind(IntEnum):
    """What an account holds. The order is the order of locking: the busiest rows come last."""

    SYSTEM = 0
    WALLET = 1
    OWED = 2
    BUDGET = 3
    GOODS = 4


class SystemAccount(IntEnum):
    """The far side of an entry. These have no row and no balance: nothing ever waits for them."""

    ISSUED = 1
    REDEEMED = 2
    EXPIRED = 3
    ADJUSTED = 4
    SLIPS = 5
    SUPPLIED = 6
    HANDED_OUT = 7
    MISCOUNTED = 8
    GRANTED = 9
    MERGED = 10
    BUDGETED = 11


def account_id(kind: AccountKind, owner: int) -> AccountId:
    """Number the account of `owner` (a household, shelf, budget or system side) of this kind."""
    assert 0 < owner < 1 << _OWNER_BITS, "an owner's number must fit beside the kind"
    return AccountId(int(kind) << _OWNER_BITS | owner)


def account_kind(account: AccountId) -> AccountKind:
    """Tell what the account holds."""
    return AccountKind(account >> _OWNER_BITS)


def account_owner(account: AccountId) -> int:
    """Tell whose account it is: the number of the household, shelf, budget or system side."""
    return account & ((1 << _OWNER_BITS) - 1)


def system(side: SystemAccount) -> AccountId:
    """Number a system side."""
    return account_id(AccountKind.SYSTEM, int(side))


def wallet(household: HouseholdId) -> AccountId:
    """Number the account of points that a household may spend."""
    return account_id(AccountKind.WALLET, household)


def owed(household: HouseholdId) -> AccountId:
    """Number the account of points that a household must give back."""
    return account_id(AccountKind.OWED, household)


def budget(number: BudgetId) -> AccountId:
    """Number the account of points that an event or activity may still award."""
    return account_id(AccountKind.BUDGET, number)


def goods(shelf: ShelfId) -> AccountId:
    """Number the account of pieces of one reward at one booth."""
    return account_id(AccountKind.GOODS, shelf)


def lot_id(operation: OperationId, line: int) -> LotId:
    """Number the lot made by this line (from 0) of the operation."""
    assert 0 <= line < LINES_MAX, "an operation has too many lines"
    return LotId(operation << _LINE_BITS | line)


def lot_operation(lot: LotId) -> OperationId:
    """Tell which operation made the lot."""
    return OperationId(lot >> _LINE_BITS)
