"""The quick look: tell of an everyday operation that all of it is right.

Nearly all of a book is scans and redemptions of the plainest form. What `verifying_operations`
checks of them is checked here in one go, without asking what exactly is wrong. Whatever is not of
these forms, or not plainly right, is left to it: this only ever says that there is nothing to find.
"""

from collections.abc import Sequence
from hashlib import sha256

from points.domain.calendar import Calendar
from points.domain.operations import Kind
from points.domain.shapes import GOODS, HANDED_OUT, ISSUED, OWED, REDEEMED, WALLET
from points.domain.stored import EntryLine, OperationLine, RequestLine
from points.domain.verifying_operations import AMOUNT_MAX, Totals, body_fault, made_lot

_ACCEPTED = "accepted"
_EARN, _REDEEM = Kind.EARN.value, Kind.REDEEM.value
_GOODS_END = GOODS + WALLET
_NO_DETAILS = "{}"
_PAID, _SPENT, _HANDED = (ISSUED, WALLET), (WALLET, REDEEMED), (GOODS, HANDED_OUT)


def is_plainly_asked(operation: OperationLine, requests: Sequence[RequestLine]) -> bool:
    """Tell whether an operation is what its one request asked for."""
    if len(requests) != 1:
        return False
    number, scope, key, _, mark, _, _, posted_at = operation[:8]
    body = requests[0][5]
    return (
        body is not None
        and requests[0]
        == (number, scope, key, mark, _ACCEPTED, body, None, None, posted_at, None, None)
        and sha256(body.encode()).digest() == mark
        and body_fault(operation, body) is None
    )


def is_plain_earning(operation: OperationLine, entries: Sequence[EntryLine]) -> bool:
    """Tell whether an operation paid its household out of nothing but a rule, into one lot."""
    if len(entries) != 1:
        return False
    entry, number, points = entries[0], operation.id, operation.points
    wallet = _wallet_of(operation)
    return (
        entry[:6] == (number, 0, ISSUED, wallet, points, made_lot(number, 0))
        and entry.expires_at is not None
        and entry.debit_seq is None
        and entry.credit_seq is not None
        and 0 < points <= AMOUNT_MAX
        and operation.expired == 0
    )


def is_plain_spending(operation: OperationLine, entries: Sequence[EntryLine]) -> bool:
    """Tell whether an operation took lots of its household's, and pieces off shelves for them."""
    points = pieces = place = 0
    payer = _wallet_of(operation)
    for _, line, debit, credit, amount, lot, expires_at, debit_seq, credit_seq in entries:
        if line != place or not 0 < amount <= AMOUNT_MAX or debit_seq is None:
            return False
        if expires_at is not None or credit_seq is not None:
            return False
        if credit == REDEEMED and debit == payer and lot is not None:
            points -= amount
        elif credit == HANDED_OUT and GOODS <= debit < _GOODS_END and lot is None:
            pieces += amount
        else:
            return False
        place += 1
    return place > 0 and operation[15:18] == (pieces, points, 0)


def _wallet_of(operation: OperationLine) -> int | None:
    """Number the wallet of an operation's household, if it has one of those that there can be."""
    household = operation.household
    return WALLET + household if household is not None and 0 < household < WALLET else None


class PlainOperations:
    """Looks at operations as they pass by, and adds up those that are plainly right."""

    def __init__(self, calendar: Calendar, totals: Totals) -> None:
        """Add to these totals."""
        self._calendar = calendar
        self._totals = totals

    def is_right(
        self,
        operation: OperationLine,
        entries: Sequence[EntryLine],
        requests: Sequence[RequestLine],
    ) -> bool:
        """Tell whether an operation is plainly right, and so is added up already."""
        kind = operation.kind
        is_earning = kind == _EARN
        if not is_earning and kind != _REDEEM:
            return False
        is_plain = is_plain_earning if is_earning else is_plain_spending
        if (
            operation.details != _NO_DETAILS
            or not is_plain(operation, entries)
            or not is_plainly_asked(operation, requests)
            or not self._is_of_its_day(operation)
        ):
            return False
        totals = self._totals
        totals.operations += 1
        totals.entries += len(entries)
        if is_earning:
            totals.flows[_PAID] += operation.points
        else:
            totals.flows[_SPENT] -= operation.points
            totals.flows[_HANDED] += operation.quantity
            self._note_shelves(operation.posted_at, entries)
        return True

    def _is_of_its_day(self, operation: OperationLine) -> bool:
        day, household = operation.local_day, operation.household
        start = f"{operation.item}:{household}:{day}:"
        return (operation.reference or "").startswith(start) and (
            self._calendar.is_empty
            or self._calendar.is_day_of(day, operation.occurred_at, operation.posted_at)
        )

    def _note_shelves(self, posted_at: int, entries: Sequence[EntryLine]) -> None:
        last_at = self._totals.last_at
        for entry in entries:
            if entry.debit >= OWED:
                last_at[entry.debit] = max(last_at.get(entry.debit, 0), posted_at)
