"""Names for the things that have a number or a key, and the numbering of accounts.

An account's number tells its kind and whose it is, so no table is asked to find it. Numbers stay
below 2**53, the largest whole number that JSON readers in browsers keep exact.
"""

import re
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
AllowanceId = NewType("AllowanceId", int)
CredentialId = NewType("CredentialId", str)  # "device:7", "partner:3", "operator:cli"

AccountId = NewType("AccountId", int)
OperationId = NewType("OperationId", int)
LotId = NewType("LotId", int)

_OWNER_BITS = 48
_SHELF_BITS = 24
_SHELVES_END = _DEVICES_END = 1 << _SHELF_BITS
_DEVICE = re.compile(r"device:([1-9][0-9]{0,7})")
_LINE_BITS = 15
LINES_MAX = 1 << _LINE_BITS
"""Lines one operation may have; a lot is numbered by its operation and line."""


class AccountKind(IntEnum):
    """What an account holds. The order is the order of locking: the busy rows come last."""

    SYSTEM = 0
    WALLET = 1
    OWED = 2
    BUDGET = 3
    GOODS = 4
    LEASED = 5


_OWNERS_END = 1 << _OWNER_BITS
# Numbers of accounts are made many times for every operation: with plain numbers, not by name.
_WALLETS, _OWED = (int(kind) << _OWNER_BITS for kind in (AccountKind.WALLET, AccountKind.OWED))
_KINDS = tuple(AccountKind)  # in order: to call the enumeration costs ten times as much


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
    GIFTED = 12


def account_id(kind: AccountKind, owner: int) -> AccountId:
    """Number the account of `owner` (a household, shelf, budget or system side) of this kind."""
    assert 0 < owner < _OWNERS_END, "an owner's number must fit beside the kind"
    return AccountId(kind << _OWNER_BITS | owner)


def account_kind(account: AccountId) -> AccountKind:
    """Tell what the account holds."""
    return _KINDS[account >> _OWNER_BITS]


def account_owner(account: AccountId) -> int:
    """Tell whose account it is: the number of the household, shelf, budget or system side."""
    return account & ((1 << _OWNER_BITS) - 1)


def system(side: SystemAccount) -> AccountId:
    """Number a system side."""
    return account_id(AccountKind.SYSTEM, int(side))


def wallet(household: HouseholdId) -> AccountId:
    """Number the account of points that a household may spend."""
    assert 0 < household < _OWNERS_END, "an owner's number must fit beside the kind"
    return AccountId(_WALLETS | household)


def owed(household: HouseholdId) -> AccountId:
    """Number the account of points that a household must give back."""
    assert 0 < household < _OWNERS_END, "an owner's number must fit beside the kind"
    return AccountId(_OWED | household)


def budget(number: BudgetId) -> AccountId:
    """Number the account of points that an event or activity may still award."""
    return account_id(AccountKind.BUDGET, number)


def goods(shelf: ShelfId) -> AccountId:
    """Number the account of pieces of one reward at one booth."""
    return account_id(AccountKind.GOODS, shelf)


def device_number(credential: CredentialId) -> int | None:
    """Give a phone's number, 7 for "device:7"; None where it is no phone."""
    found = _DEVICE.fullmatch(credential)
    number = int(found[1]) if found else _DEVICES_END
    return number if number < _DEVICES_END else None


def leased(device: int, shelf: ShelfId) -> AccountId:
    """Number the account of pieces that a phone has of those that stood on a booth's shelf.

    The number itself says both: a phone's account needs no row before there is anything on it, and
    all that one phone has stands together.
    """
    assert 0 < device < _DEVICES_END, "a phone's number must fit beside the shelf's"
    assert 0 <= shelf < _SHELVES_END, "a shelf's number must fit beside the phone's"
    return account_id(AccountKind.LEASED, device << _SHELF_BITS | shelf)


def leases_of(device: int) -> tuple[AccountId, AccountId]:
    """Give the first and the last number that an account of this phone's can have."""
    return leased(device, ShelfId(0)), leased(device, ShelfId(_SHELVES_END - 1))


def lessee(account: AccountId) -> int:
    """Give the number of the phone whose account of leased pieces this is."""
    return account_owner(account) >> _SHELF_BITS


def shelf_behind(account: AccountId) -> ShelfId:
    """Give the shelf that the pieces of this account stand on, or came from when leased."""
    return ShelfId(account_owner(account) & (_SHELVES_END - 1))


def lot_id(operation: OperationId, line: int) -> LotId:
    """Number the lot made by this line (from 0) of the operation."""
    assert 0 <= line < LINES_MAX, "an operation has too many lines"
    return LotId(operation << _LINE_BITS | line)


def lot_operation(lot: LotId) -> OperationId:
    """Tell which operation made the lot."""
    return OperationId(lot >> _LINE_BITS)
