"""Check gifts: what one household gave another got, point for point and with the same ends.

Both sides stand one after the other in the book, each an operation of its own household.
"""

from collections.abc import Iterable, Sequence
from json import JSONDecodeError, loads

from points.domain.findings import Code, Findings
from points.domain.gifts import TO, gift_reference
from points.domain.ids import OperationId
from points.domain.operations import Kind
from points.domain.shapes import GIFTED, OWED, side_of
from points.domain.stored import GiftEntryLine, GiftLine
from points.domain.walking import Followers


def check_gifts(
    operations: Iterable[GiftLine], entries: Iterable[GiftEntryLine], findings: Findings
) -> None:
    """Check every gift against what was received.

    Args:
        operations: Gifts and what was received, in order of number.
        entries: Those of their entries that pass from one household to the other, in order.
        findings: Told of every disagreement.
    """
    by_operation = Followers(entries, lambda entry: entry.operation)
    given: tuple[GiftLine, Sequence[GiftEntryLine]] | None = None
    for operation in operations:
        moved = by_operation.of(operation.id)
        if operation.kind == Kind.GIVE:
            _stray(given, findings)
            given = (operation, moved)
        elif given is None or not _fits(*given, operation, moved):
            findings.add(Code.GIFT_DIFFERS, {"operation": operation.id})
            given = None
        else:
            given = None
    _stray(given, findings)


def _stray(given: tuple[GiftLine, Sequence[GiftEntryLine]] | None, findings: Findings) -> None:
    """Tell of a gift that nobody received."""
    if given is not None:
        findings.add(Code.GIFT_DIFFERS, {"operation": given[0].id})


def _fits(
    gift: GiftLine,
    out: Sequence[GiftEntryLine],
    received: GiftLine,
    into: Sequence[GiftEntryLine],
) -> bool:
    return (
        received.reference == gift_reference(OperationId(gift.id))
        and received.points == -gift.points > 0
        and received.posted_at == gift.posted_at
        and _to(gift) == received.household != gift.household
        and _arrived(out, into)
    )


def _arrived(out: Sequence[GiftEntryLine], into: Sequence[GiftEntryLine]) -> bool:
    """Tell whether what came in is what went out: debts paid from the front, the rest as it was."""
    paid = sum(entry.amount for entry in into if side_of(entry.credit) == OWED)
    due: list[tuple[int, int | None]] = []
    for entry in out:
        if entry.credit == GIFTED:
            to_debt = min(paid, entry.amount)
            paid -= to_debt
            if entry.amount > to_debt:
                due.append((entry.amount - to_debt, entry.ends))
    made = [(it.amount, it.expires_at) for it in into if side_of(it.credit) != OWED]
    return paid == 0 and made == due


def _to(gift: GiftLine) -> object:
    try:
        found = loads(gift.details)
    except JSONDecodeError:
        return None
    return found.get(TO) if isinstance(found, dict) else None
