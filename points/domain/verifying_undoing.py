"""Check what depends on another operation: an undo on its original, a merge's lots on theirs.

An undo gives back to each side what that side gave, as far as the lots allowed: points that had
ended unspent are not issued again. Points that come back after their lot has ended, or after it has
moved to another household, make a lot of their own.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from points.domain.calendar import Calendar
from points.domain.findings import Code, Findings
from points.domain.operations import Kind
from points.domain.shapes import EXPIRED, MERGED, OWED, REDEEMED, WALLET, owner_of, side_of
from points.domain.stored import EntryLine, LotLine, OperationLine
from points.domain.verifying_operations import made_lot

_CAN_BE_UNDONE = frozenset(
    {Kind.EARN, Kind.REDEEM, Kind.ADJUST, Kind.SLIP_CASHED, Kind.SHARE, Kind.STOCK_LEASED}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sequel:
    """An undo or a merge with all that it depends on."""

    operation: OperationLine
    entries: Sequence[EntryLine]
    original: OperationLine | None = None
    """What was undone, if it is in the book."""
    original_entries: Sequence[EntryLine] = ()
    lots: Mapping[int, LotLine] = field(default_factory=dict)
    """The lots that any of these entries name, and those that hold their points since."""


@dataclass(frozen=True, slots=True)
class Move:
    """Points that went back from the book to a household, and the lot that they left before."""

    entry: EntryLine
    left: int | None
    points: int


def moves_of(sequel: Sequel) -> list[Move] | None:
    """Pair each entry that gives points back with the lot that they left; None if some have none.

    Both stand in the same order, one for one: a merge's line by line, an undo's as the original's.
    What was paid of a debt that is forgotten was in no lot; it comes back last.
    """
    back = [entry for entry in sequel.entries if side_of(entry.credit) == WALLET]
    if sequel.operation.kind == Kind.MERGE:
        out = [entry for entry in sequel.entries if entry.credit == MERGED]
    else:
        out = [entry for entry in sequel.original_entries if entry.credit != EXPIRED]
    left = [(entry.lot, entry.amount) for entry in out if side_of(entry.debit) == WALLET]
    paid = _paid_since(sequel)
    left += [(None, paid)] if paid else []
    if len(back) != len(left):
        return None
    return [Move(entry, lot, amount) for entry, (lot, amount) in zip(back, left, strict=True)]


def _paid_since(sequel: Sequel) -> int:
    """Tell how much was paid of what the original left the household owing."""
    short = sum(
        entry.amount
        for entry in sequel.original_entries
        if (side_of(entry.debit), entry.credit) == (OWED, REDEEMED)
    )
    return short - sum(
        entry.amount
        for entry in sequel.entries
        if (entry.debit, side_of(entry.credit)) == (REDEEMED, OWED)
    )


def origin_of(parent: LotLine) -> int:
    """Tell the origin of a lot whose points lay in another."""
    return parent.origin or parent.id


def ends_of(operation: OperationLine, parent: LotLine, calendar: Calendar) -> Sequence[int]:
    """Tell when a lot may end whose points lay in another."""
    if operation.kind == Kind.MERGE or parent.expires_at > operation.posted_at:
        return [parent.expires_at]
    return calendar.refund_ends(operation.posted_at)


class SequelCheck:
    """Checks undos and merges."""

    def __init__(
        self, calendar: Calendar, findings: Findings, merges: Mapping[int, Sequence[OperationLine]]
    ) -> None:
        """Know which households went up in which, by the operations that merged them."""
        self.kept: Counter[int] = Counter()
        """What sides did not get back of what was undone, because it had ended unspent."""
        self._calendar = calendar
        self._findings = findings
        self._merges = merges

    def check(self, sequel: Sequel) -> None:
        """Check one undo or merge."""
        if sequel.operation.kind == Kind.MERGE:
            self._check_merge(sequel)
        else:
            self._check_undo(sequel)

    def _check_undo(self, sequel: Sequel) -> None:
        undo, original = sequel.operation, sequel.original
        if original is None:
            self._found(Code.UNDO_UNKNOWN, sequel, found=undo.reverses)
            return
        if undo.kind != Kind.UNDO or original.kind not in _CAN_BE_UNDONE:
            self._found(Code.UNDO_OF_UNDO, sequel, found=original.kind)
            return
        if (original.posted_at, original.id) >= (undo.posted_at, undo.id):
            self._found(Code.UNDO_BEFORE, sequel)
        if undo.household not in self._successors(original.household):
            self._found(
                Code.UNDO_HOUSEHOLD, sequel, expected=original.household, found=undo.household
            )
        kept = kept_by(sequel)
        if kept is None or undo.quantity != original.quantity:
            self._found(Code.UNDO_NOT_MIRRORED, sequel)
        self.kept.update(kept or {})
        self._check_moves(sequel, Code.UNDO_NOT_MIRRORED)

    def _check_merge(self, sequel: Sequel) -> None:
        if any(_net(sequel.entries, MERGED).values()):
            self._found(Code.MERGE_NOT_MIRRORED, sequel)
        self._check_moves(sequel, Code.MERGE_NOT_MIRRORED)

    def _check_moves(self, sequel: Sequel, fault: Code) -> None:
        moves = moves_of(sequel)
        if moves is None or any(move.points != move.entry.amount for move in moves):
            self._found(fault, sequel)
            return
        for move in moves:
            if move.left is None:
                self._check_repaid(sequel, move)
                continue
            parent = sequel.lots.get(move.left)
            lot = sequel.lots.get(move.entry.lot or 0)
            if parent is None or lot is None:
                missing = move.left if parent is None else move.entry.lot
                self._findings.add(Code.LOT_MISSING, {"lot": missing or 0})
                continue
            is_new = lot.id == made_lot(move.entry.operation, move.entry.line)
            goes_back = self._goes_back(sequel.operation, parent)
            if (lot.id == parent.id, is_new) == (goes_back, not goes_back):
                self._check_terms(sequel.operation, parent, lot)
            else:
                self._found(fault, sequel)

    def _check_repaid(self, sequel: Sequel, move: Move) -> None:
        """Check the lot of points that come back after they had paid a debt."""
        lot = sequel.lots.get(move.entry.lot or 0)
        if lot is None:
            self._findings.add(Code.LOT_MISSING, {"lot": move.entry.lot or 0})
            return
        if lot.id != made_lot(move.entry.operation, move.entry.line):
            self._found(Code.UNDO_NOT_MIRRORED, sequel)
        if lot.origin is not None:
            self._findings.add(Code.LOT_ORIGIN, {"lot": lot.id}, found=lot.origin)
        ends = self._calendar.refund_ends(sequel.operation.posted_at)
        if not self._calendar.is_empty and lot.expires_at not in ends:
            about = {"lot": lot.id}
            self._findings.add(Code.LOT_EXPIRY, about, expected=ends[0], found=lot.expires_at)

    def _goes_back(self, operation: OperationLine, parent: LotLine) -> bool:
        """Tell whether points must go back into their own lot."""
        return (
            operation.kind == Kind.UNDO
            and parent.expires_at > operation.posted_at
            and owner_of(parent.account) == operation.household
        )

    def _check_terms(self, operation: OperationLine, parent: LotLine, lot: LotLine) -> None:
        if lot.id == parent.id or self._calendar.is_empty:
            return
        origin, ends = origin_of(parent), ends_of(operation, parent, self._calendar)
        if lot.origin != origin:
            self._findings.add(Code.LOT_ORIGIN, {"lot": lot.id}, expected=origin, found=lot.origin)
        if lot.expires_at not in ends:
            self._findings.add(
                Code.LOT_EXPIRY, {"lot": lot.id}, expected=ends[0], found=lot.expires_at
            )

    def _successors(self, household: int | None) -> set[int | None]:
        """Give the households that may stand for this one: itself, and what it went up in.

        For none, as where goods were leased, only none may stand.
        """
        found: set[int | None] = set()
        while household is not None and household not in found:
            found.add(household)
            merged = self._merges.get(household, ())
            household = merged[0].household if merged else None
        return found or {None}

    def _found(
        self,
        code: Code,
        sequel: Sequel,
        *,
        expected: int | str | None = None,
        found: int | str | None = None,
    ) -> None:
        about: dict[str, int | str] = {"operation": sequel.operation.id}
        if sequel.operation.reverses is not None:
            about["original"] = sequel.operation.reverses
        self._findings.add(code, about, expected=expected, found=found)


def kept_by(sequel: Sequel) -> Counter[int] | None:
    """Tell what each side did not get back, None if it is not what the lots allow.

    The book's sides, shelves and budgets are looked at; what the household gave or got then
    follows, for an entry has two sides. A side that issued points gets back all but those that had
    ended unspent.
    """
    given, back = _net(sequel.original_entries), _net(sequel.entries)
    ended = _ended(sequel)
    accounts = given.keys() | back.keys()
    kept = Counter({account: -given[account] - back[account] for account in accounts})
    return kept if all(0 <= kept[account] <= ended[account] for account in kept) else None


def _net(entries: Sequence[EntryLine], *only: int) -> Counter[int]:
    """Tell by how much more arrived at each account than left it; not those of households."""
    net: Counter[int] = Counter()
    for entry in entries:
        net[entry.credit] += entry.amount
        net[entry.debit] -= entry.amount
    for account in list(net):
        is_household = side_of(account) in (WALLET, OWED) or account == EXPIRED
        if is_household or (only and account not in only):
            del net[account]
    return net


def _ended(sequel: Sequel) -> Counter[int]:
    """Count, by the side that issued them, the points that ended unspent, whatever their lot."""
    ended: Counter[int] = Counter()
    for entry in sequel.original_entries:
        if side_of(entry.credit) == WALLET:
            first = made_lot(entry.operation, entry.line)
            ended[entry.debit] += sum(
                lot.expired for lot in sequel.lots.values() if first in (lot.id, lot.origin)
            )
    return ended
