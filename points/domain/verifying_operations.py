"""Check each operation against its entries and its request, one at a time.

What the hash of a batch proves is that nothing was changed since; this proves that it was right
when it was written, so that whoever forges an operation must forge all that hangs on it too.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from json import JSONDecodeError, loads

from points.domain.calendar import Calendar
from points.domain.facts import ANY_BODY
from points.domain.findings import Code, Findings, GapReason
from points.domain.ids import LINES_MAX, AccountId, OperationId, lessee, lot_id, shelf_behind
from points.domain.notes import NoteKind, is_noted
from points.domain.operations import Kind
from points.domain.outcomes import Refusal
from points.domain.shapes import (
    EXPIRED,
    LEASED,
    OWED,
    SHAPES,
    WALLET,
    Flow,
    Shape,
    owner_of,
    side_of,
)
from points.domain.stored import EntryLine, OperationLine, RequestLine
from points.domain.verifying_cases import leaves_something

STAGE = "operations"
AMOUNT_MAX = 10**12

_REASONS = frozenset(Refusal)
_STARTS: Mapping[str, str] = {
    Kind.SLIP_ISSUED: "slip:",
    Kind.SLIP_CASHED: "slip:",
    Kind.BUILDING_CLOSED: "clean-up:",
    Kind.GIFT_RECEIVED: "gift:",
}
_MOVES_OF_GOODS = frozenset(
    {Kind.STOCK_RECEIVED, Kind.STOCK_MOVED, Kind.STOCK_LEASED, Kind.STOCK_RETURNED}
)
_FINGERPRINT_BYTES = (len(ANY_BODY), 32)


@dataclass(slots=True)
class Totals:
    """What all operations together come to."""

    operations: int = 0
    entries: int = 0
    flows: Counter[Flow] = field(default_factory=Counter)
    """Points or pieces that went from one side to another."""
    last_at: dict[int, int] = field(default_factory=dict)
    """When each shelf, budget and debt was last moved. Wallets are left out: they are many."""
    due: dict[int, OperationLine] = field(default_factory=dict)
    """Operations that leave something for a person to settle, or that one has approved."""
    merges: dict[int, list[OperationLine]] = field(default_factory=dict)
    """Operations that merged households, by the household that went up in another."""

    def add(self, other: "Totals") -> None:
        """Add what operations further on come to."""
        self.operations += other.operations
        self.entries += other.entries
        self.flows.update(other.flows)
        for account, moment in other.last_at.items():
            self.last_at[account] = max(self.last_at.get(account, 0), moment)
        self.due |= other.due
        for household, merges in other.merges.items():
            self.merges.setdefault(household, []).extend(merges)

    def net(self, *sides: int) -> int:
        """Tell by how much more arrived at these sides than left them."""
        return sum(
            amount * ((flow[1] in sides) - (flow[0] in sides))
            for flow, amount in self.flows.items()
        )


class OperationCheck:
    """Checks operations as they pass by, and adds them up."""

    def __init__(
        self, calendar: Calendar, findings: Findings, totals: Totals | None = None
    ) -> None:
        """Add to these totals, or begin with nothing added up."""
        self.totals = totals if totals is not None else Totals()
        self._calendar = calendar
        self._findings = findings

    def check(
        self,
        operation: OperationLine,
        entries: Sequence[EntryLine],
        requests: Sequence[RequestLine],
    ) -> None:
        """Check one operation with its entries, in order of line, and its request."""
        self.totals.operations += 1
        self.totals.entries += len(entries)
        self._check_request(operation, requests)
        shape = SHAPES.get(operation.kind)
        if shape is None:
            self._findings.leave_out(GapReason.KIND_UNKNOWN, STAGE, operation.kind)
            return
        if operation.kind == Kind.MERGE:
            self._note_merge(operation)
        if leaves_something(operation):
            self.totals.due[operation.id] = operation
        self._check_day(operation)
        self._check_reference(operation)
        if entries:
            self._check_entries(operation, entries, shape)
        elif not shape.is_bare:
            self._found(Code.ENTRIES_MISSING, operation)
        elif operation.points or operation.expired:
            self._found(Code.OPERATION_POINTS, operation, 0, operation.points)

    def _found(
        self,
        code: Code,
        operation: OperationLine,
        expected: int | str | bytes | None = None,
        found: int | str | bytes | None = None,
    ) -> None:
        self._findings.add(code, {"operation": operation.id}, expected=expected, found=found)

    def _check_request(self, operation: OperationLine, requests: Sequence[RequestLine]) -> None:
        if not requests:
            self._found(Code.REQUEST_MISSING, operation)
            return
        request = requests[0]
        if len(requests) > 1 or not _is_answered(operation, request):
            self._found(Code.REQUEST_DIFFERS, operation)
        body = request.body
        if body is None or sha256(body.encode()).digest() != operation.fingerprint:
            self._found(Code.REQUEST_BODY, operation)
        elif fault := body_fault(operation, body):
            self._findings.add(Code.REQUEST_BODY, {"operation": operation.id, "column": fault})

    def _check_day(self, operation: OperationLine) -> None:
        calendar = self._calendar
        if not calendar.is_empty and not calendar.is_day_of(
            operation.local_day, operation.occurred_at, operation.posted_at
        ):
            self._found(Code.OPERATION_DAY, operation, None, operation.local_day)

    def _check_reference(self, operation: OperationLine) -> None:
        start = _reference_of(operation)
        if start is not None and not (operation.reference or "").startswith(start):
            self._found(Code.OPERATION_REFERENCE, operation, start, operation.reference)

    def _note_merge(self, operation: OperationLine) -> None:
        source = _source_of(operation)
        if source is not None:
            self.totals.merges.setdefault(source, []).append(operation)

    def _check_entries(
        self, operation: OperationLine, entries: Sequence[EntryLine], shape: Shape
    ) -> None:
        points = expired = pieces = 0
        for number, entry in enumerate(entries):
            flow = side_of(entry.debit), side_of(entry.credit)
            self._add_up(operation, entry, flow)
            if entry.line != number:
                self._found_at(Code.ENTRY_LINE, entry)
            if not 0 < entry.amount <= AMOUNT_MAX:
                self._found_at(Code.ACCOUNT_ABOVE_MAX, entry)
            if flow not in shape.points or not _is_right(operation, entry, flow):
                self._found_at(Code.ENTRY_NOT_ALLOWED, entry)
                continue
            points += shape.points[flow] * entry.amount
            pieces += shape.pieces.get(flow, 0) * entry.amount
            expired += entry.amount if flow[1] == EXPIRED else 0
        if points != operation.points:
            self._found(Code.OPERATION_POINTS, operation, points, operation.points)
        if expired != operation.expired:
            self._found(Code.OPERATION_EXPIRED, operation, expired, operation.expired)
        if shape.pieces and pieces != operation.quantity:
            self._found(Code.OPERATION_QUANTITY, operation, pieces, operation.quantity)

    def _add_up(self, operation: OperationLine, entry: EntryLine, flow: Flow) -> None:
        self.totals.flows[flow] += entry.amount
        last_at = self.totals.last_at
        for account in (entry.debit, entry.credit):
            if account >= OWED:
                last_at[account] = max(last_at.get(account, 0), operation.posted_at)

    def _found_at(self, code: Code, entry: EntryLine) -> None:
        self._findings.add(code, {"operation": entry.operation, "line": entry.line})


def is_refusal(request: RequestLine, notes: str | None) -> bool:
    """Tell whether a request without an operation is a refusal, as it was written.

    Args:
        request: The request.
        notes: Those of the batch that it names: what is not noted there was forged or changed.
    """
    noted = (request.scope, request.key, request.fingerprint, request.reason, request.details)
    return (
        request.status == "refused"
        and request.reason in _REASONS
        and request.body is None
        and len(request.fingerprint) in _FINGERPRINT_BYTES
        and is_noted(notes, NoteKind.REFUSAL, (*noted, request.answered_at))
    )


def body_fault(operation: OperationLine, body: str) -> str | None:
    """Name what of an operation is not what was asked for, None if all is."""
    # Quotes within a text are written \", so this can only be the kind itself.
    if f'"kind":"{operation.kind}"' not in body:
        return "kind"
    kind = operation.kind
    if kind == Kind.EARN:
        # The quick look suffices for every key without quotes or backslashes.
        if f'"activity":"{operation.item}"' in body:
            return None
        return None if _asked(body).get("activity") == operation.item else "item"
    if kind == Kind.REDEEM:
        asked = _asked(body)
        if (asked.get("reward"), asked.get("quantity")) != (operation.item, operation.quantity):
            return "item"
        price = asked.get("price_shown")
        is_paid = isinstance(price, int) and operation.points == -operation.quantity * price
        return None if is_paid else "points"
    if kind == Kind.GIVE:
        return None if _asked(body).get("points") == -operation.points else "points"
    if kind == Kind.GIFT_RECEIVED:
        asked = _asked(body)
        told = (asked.get("points"), asked.get("household"))
        return None if told == (operation.points, operation.household) else "points"
    if kind == Kind.ADJUST:
        return None if _asked(body).get("points") == operation.points else "points"
    if kind in _MOVES_OF_GOODS:
        return None if _asked(body).get("quantity") == operation.quantity else "quantity"
    return None


def _asked(body: str) -> dict[str, object]:
    try:
        found = loads(body)
    except JSONDecodeError:
        return {}
    return found if isinstance(found, dict) else {}


def _is_answered(operation: OperationLine, request: RequestLine) -> bool:
    return (
        request.status == "accepted"
        and request.scope == operation.scope
        and request.key == operation.key
        and request.fingerprint == operation.fingerprint
        and request.answered_at == operation.posted_at
        and request.reason is None
        and request.details is None
        and request.chain is None
        and request.batch is None
    )


def _reference_of(operation: OperationLine) -> str | None:
    """Say how the fact that an operation states must begin, None if it need not state any."""
    kind = operation.kind
    if kind in (Kind.EARN, Kind.REDEEM):
        return f"{operation.item}:{operation.household}:{operation.local_day}:"
    if kind == Kind.SHARE:
        return f"share:{operation.item}:"
    if kind == Kind.MERGE:
        return f"merged:{_source_of(operation)}"
    return _STARTS.get(kind)


def _source_of(operation: OperationLine) -> int | None:
    source = _asked(operation.details).get("merged")
    return source if isinstance(source, int) else None


def _is_right(operation: OperationLine, entry: EntryLine, flow: Flow) -> bool:
    """Tell whether an entry moves its own household's points, and names lots where it must."""
    return (
        _names_household(operation, entry.debit, flow[0])
        and _names_household(operation, entry.credit, flow[1])
        and _names_lot(operation, entry, flow)
        and _names_lessee(operation, entry, flow)
        and (entry.expires_at is None) is not _makes_lot(entry, flow)
        and (entry.debit_seq is None) is (flow[0] < WALLET)
        and (entry.credit_seq is None) is (flow[1] < WALLET)
    )


def _names_household(operation: OperationLine, account: int, side: int) -> bool:
    if side not in (WALLET, OWED) or owner_of(account) == operation.household:
        return True
    return operation.kind == Kind.MERGE and owner_of(account) == _source_of(operation)


def _names_lessee(operation: OperationLine, entry: EntryLine, flow: Flow) -> bool:
    """Tell whether what a phone gets, gives back or hands out is its own, from one shelf."""
    if LEASED not in flow:
        return True
    debit, credit = AccountId(entry.debit), AccountId(entry.credit)
    if operation.kind == Kind.REDEEM:
        return operation.scope == f"device:{lessee(debit)}"
    return operation.kind == Kind.UNDO or shelf_behind(debit) == shelf_behind(credit)


def _names_lot(operation: OperationLine, entry: EntryLine, flow: Flow) -> bool:
    if flow[1] == WALLET:
        # Only what is undone goes back to where it was.
        return entry.lot is not None and (operation.kind == Kind.UNDO or _makes_lot(entry, flow))
    return (entry.lot is not None) is (flow[0] == WALLET)


def _makes_lot(entry: EntryLine, flow: Flow) -> bool:
    return flow[1] == WALLET and entry.lot == made_lot(entry.operation, entry.line)


def made_lot(operation: int, line: int) -> int | None:
    """Number the lot that an entry makes if it makes one."""
    return lot_id(OperationId(operation), line) if 0 <= line < LINES_MAX else None
