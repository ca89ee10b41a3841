"""Take an operation back by a second one that mirrors its entries.

What came out of a lot goes back into that lot, with its old expiry; goods return to their shelf;
limits count as if it had not happened. A lot that has ended or moved meanwhile is replaced by one
that lets the household use its points.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from points.domain.access import Role, oversees
from points.domain.earning import check_out_of, clean_up_reference
from points.domain.facts import Asked, Original, PastAct, Refused, is_in_review
from points.domain.ids import (
    AccountKind,
    HouseholdId,
    LotId,
    SystemAccount,
    account_kind,
    account_owner,
    lot_id,
    owed,
    system,
    wallet,
)
from points.domain.ledger import Entry, Lot
from points.domain.operations import Kind, Phase, RequestKey, Undo
from points.domain.outcomes import Refusal
from points.domain.periods import midnight
from points.domain.state import Draft, State

_CAN_BE_UNDONE = frozenset(
    {Kind.EARN, Kind.REDEEM, Kind.ADJUST, Kind.SLIP_CASHED, Kind.SHARE, Kind.STOCK_LEASED}
)


def decide_undo(state: State, asked: Asked, undo: Undo) -> Draft | Refused:
    """Decide whether an earlier operation is taken back."""
    fault = state.time_fault(undo.occurred_at, is_offline=undo.is_offline)
    if fault is not None:
        return fault
    original = state.original(asked.credential, undo.undoes)
    if original is None:
        return _unknown(state, asked, undo)
    fault = (
        _right_fault(state, asked, undo, original)
        or _order_fault(state, original)
        or _goods_fault(state, original)
    )
    if fault is not None:
        return fault
    if not undo.claws_back and (spent := _points_spent(state, original)):
        return Refused(reason=Refusal.ALREADY_SPENT, details={"spent": spent})
    return _write(state, original)


def _unknown(state: State, asked: Asked, undo: Undo) -> Refused:
    before = state.settled.get(RequestKey(asked.credential.id, undo.undoes))
    # What was refused for good has nothing to take back, and never will; what a person still has
    # to look at may yet be booked.
    is_refused = before is not None and not is_in_review(before.verdict)
    return Refused(reason=Refusal.CANNOT_UNDO if is_refused else Refusal.OPERATION_UNKNOWN)


def _right_fault(state: State, asked: Asked, undo: Undo, original: Original) -> Refused | None:
    credential = asked.credential
    is_overseer = oversees(credential, original.act.event)
    is_own = original.ref.scope == credential.id
    if not (is_own or is_overseer):
        return Refused(reason=Refusal.OPERATION_UNKNOWN)
    if undo.claws_back and not is_overseer:
        return Refused(reason=Refusal.NOT_ALLOWED)
    if original.act.kind not in _CAN_BE_UNDONE:
        return Refused(reason=Refusal.CANNOT_UNDO)
    if original.act.operation in state.undone:
        return Refused(reason=Refusal.ALREADY_UNDONE)
    minutes = state.programme.undo_minutes
    is_late = undo.occurred_at - original.act.occurred_at > timedelta(minutes=minutes)
    if is_late and not is_overseer and credential.role is not Role.PARTNER:
        return Refused(reason=Refusal.TOO_LATE_TO_UNDO, details={"minutes": minutes})
    return None


def _order_fault(state: State, original: Original) -> Refused | None:
    """Say whether something later stands on this operation, such as a check-out on a check-in."""
    act, household = original.act, original.household
    if household is None:
        return None
    # A share stands on a closed building by its nature; only a check-in is held by it.
    if act.kind is Kind.EARN and act.building is not None and _is_closed(state, act):
        return Refused(reason=Refusal.ALREADY_SHARED_OUT)
    if act.phase is Phase.CHECK_IN:
        earned = state.acts(state.household(household), Kind.EARN)
        same = [it for it in earned if (it.item, it.resident) == (act.item, act.resident)]
        if check_out_of(act, same) is not None:
            return Refused(reason=Refusal.UNDO_NEWER_FIRST)
    return None


def _goods_fault(state: State, original: Original) -> Refused | None:
    """Say whether a phone has less with it than it leased: what was handed out cannot come back."""
    if original.act.kind is not Kind.STOCK_LEASED:
        return None
    held = [(state.book.balance(entry.credit), entry.amount) for entry in original.entries]
    short = [left for left, amount in held if left < amount]
    return Refused(reason=Refusal.OUT_OF_STOCK, details={"left": short[0]}) if short else None


def _is_closed(state: State, act: PastAct) -> bool:
    event = state.event(act.event, act.occurred_at) if act.event else None
    if event is None or act.building is None or act.period is None:
        return False
    return clean_up_reference(event, act.building, act.period) in state.references


def _earned_lots(original: Original) -> list[LotId]:
    """Give the lots that the operation made."""
    return [
        lot_id(entry.operation, entry.line)
        for entry in original.entries
        if account_kind(entry.credit) is AccountKind.WALLET
    ]


def _points_spent(state: State, original: Original) -> int:
    return sum(_spent(state.book.family(lot), lot) for lot in _earned_lots(original))


def _spent(family: list[Lot], first: LotId) -> int:
    """Count a lot's points that were spent: neither left anywhere nor ended unspent."""
    amount = next(lot.amount for lot in family if lot.id == first)
    return amount - sum(lot.remaining + lot.expired for lot in family)


def _write(state: State, original: Original) -> Draft:
    household = state.household(original.household) if original.household else None
    state.begin()
    for entry in original.entries:
        _mirror(state, entry, household)
    state.undone.add(original.act.operation)
    _free_slip(state, original)
    if original.allowance is not None:
        state.spend_allowance(original.allowance, original.act.points)
    expired = 0
    if household is not None:
        expired = state.book.expire_due(household, state.now)
        state.book.settle(household, state.now)
    return Draft(
        household=household,
        resident=original.act.resident,
        event=original.act.event,
        booth=original.act.booth,
        item=original.act.item,
        quantity=original.act.quantity,
        points=_points_moved(state, household),
        expired=expired,
        reverses=original.act.operation,
        details={"undid": original.act.kind},
    )


def _mirror(state: State, entry: Entry, household: HouseholdId | None) -> None:
    """Write the entry the other way round, as far as the lots still allow it."""
    if account_kind(entry.credit) is AccountKind.WALLET:
        assert household is not None, "points belong to a household"
        _take_back(state, entry, household)
    elif account_kind(entry.debit) is AccountKind.WALLET:
        if entry.credit != system(SystemAccount.EXPIRED):
            assert household is not None, "points belong to a household"
            _give_back(state, entry, household)
    elif account_kind(entry.debit) is AccountKind.OWED:
        assert household is not None, "debt belongs to a household"
        _forget_debt(state, entry, household)
    elif account_kind(entry.credit) is AccountKind.OWED:
        assert household is not None, "debt belongs to a household"
        state.book.move(owed(household), entry.debit, entry.amount)
    else:
        state.book.move(entry.credit, entry.debit, entry.amount)


def _take_back(state: State, entry: Entry, household: HouseholdId) -> None:
    first = lot_id(entry.operation, entry.line)
    family = state.book.family(first)
    spent = _spent(family, first)
    for lot in family:
        if lot.remaining:
            state.book.take(lot.id, lot.remaining, to=entry.debit)
    if spent:
        state.book.move(owed(household), entry.debit, spent)


def _give_back(state: State, entry: Entry, household: HouseholdId) -> None:
    assert entry.lot is not None, "points leave a household from a lot"
    lot = state.book.lot(entry.lot)
    is_live = lot.expires_at > state.now
    if is_live and account_owner(lot.account) == household:
        state.book.refill(lot.id, entry.amount, source=entry.credit)
        return
    state.book.add_lot(
        household,
        entry.amount,
        source=entry.credit,
        expires_at=lot.expires_at if is_live else _refund_end(state),
        origin=lot.origin or lot.id,
    )


def _forget_debt(state: State, entry: Entry, household: HouseholdId) -> None:
    """Owe what was short no longer; what was paid of it since comes back as points."""
    still_owed = min(entry.amount, state.book.balance(owed(household)))
    if still_owed:
        state.book.move(entry.credit, owed(household), still_owed)
    if entry.amount > still_owed:
        state.book.add_lot(
            household,
            entry.amount - still_owed,
            source=entry.credit,
            expires_at=_refund_end(state),
        )


def _refund_end(state: State) -> datetime:
    """Tell when points end that come back after the end of their own lot, or were in none."""
    programme = state.programme
    last_day = state.day(state.now) + timedelta(days=programme.refund_days_valid + 1)
    return midnight(last_day, programme.zone)


def _free_slip(state: State, original: Original) -> None:
    if original.slip is not None and original.act.kind is Kind.SLIP_CASHED:
        state.add_slip(replace(state.slips[original.slip], is_cashed=False))


def _points_moved(state: State, household: HouseholdId | None) -> int:
    if household is None:
        return 0
    account = wallet(household)
    return sum(
        entry.amount * ((entry.credit == account) - (entry.debit == account))
        for entry in state.book.entries()
        if entry.credit != system(SystemAccount.EXPIRED)
    )
