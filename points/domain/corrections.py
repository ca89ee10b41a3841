"""Decide on what is not a booth's business: adjustments, expiry, merged households, budgets."""

from points.domain.facts import Asked, Detail, Refused
from points.domain.ids import HouseholdId, SystemAccount, budget, lot_operation, system
from points.domain.operations import POINTS_MAX, Adjust, Expire, Merge, SetBudget
from points.domain.outcomes import Refusal
from points.domain.state import Draft, State


def decide_adjustment(state: State, asked: Asked, adjust: Adjust) -> Draft | Refused:
    """Decide on a balance put right by hand. One who asks cannot approve it too."""
    household = state.household(adjust.household)
    if household not in state.facts.communities:
        return Refused(reason=Refusal.HOUSEHOLD_UNKNOWN)
    if not adjust.reason.strip() or not adjust.approver.strip():
        return Refused(reason=Refusal.APPROVER_NEEDED)
    if adjust.approver == asked.credential.id:
        return Refused(reason=Refusal.APPROVER_NEEDED)
    if not 0 < abs(adjust.points) <= POINTS_MAX:
        return Refused(reason=Refusal.QUANTITY_INVALID)
    available = state.book.available(household, state.now)
    if adjust.points + available < 0:
        short = -adjust.points - available
        return Refused(
            reason=Refusal.POINTS_SHORT, details={"short": short, "available": available}
        )
    state.begin()
    adjusted = system(SystemAccount.ADJUSTED)
    if adjust.points > 0:
        ends = state.expiry(adjust.occurred_at)
        state.book.credit(household, adjust.points, source=adjusted, expires_at=ends)
    else:
        state.book.spend(household, -adjust.points, to=adjusted, now=state.now)
    expired = state.book.expire_due(household, state.now)
    return Draft(household=household, points=adjust.points, expired=expired, quantity=1)


def decide_expiry(state: State, expire: Expire) -> Draft | Refused:
    """Decide on the rest of a lot whose time has come."""
    household = state.household(expire.household)
    due = [
        lot
        for lot in state.book.lots_with_points(household)
        if lot.id == expire.lot and lot.expires_at <= state.now
    ]
    if not due:
        return Refused(reason=Refusal.NOT_DUE)
    state.begin()
    state.book.expire(expire.lot)
    details: dict[str, Detail] = {"earned_by": lot_operation(expire.lot)}
    return Draft(household=household, expired=sum(lot.remaining for lot in due), details=details)


def decide_merge(state: State, merge: Merge) -> Draft | Refused:
    """Decide on two households that are one: lots and debts move, both histories stay."""
    source, into = state.household(merge.source), state.household(merge.into)
    if not {source, into} <= state.facts.communities.keys():
        return Refused(reason=Refusal.HOUSEHOLD_UNKNOWN)
    if source == into:
        return Refused(reason=Refusal.SAME_HOUSEHOLD)
    if communities_differ(state, source, into):
        return Refused(reason=Refusal.OTHER_COMMUNITY)
    state.begin()
    expired = sum(state.book.expire_due(one, state.now) for one in (source, into))
    moved = state.book.available(source, state.now)
    state.book.move_lots(source, into)
    state.book.settle(into, state.now)
    state.join(source, into)
    return Draft(
        household=into,
        points=moved,
        expired=expired,
        reference=f"merged:{source}",
        details={"merged": source},
    )


def communities_differ(state: State, source: HouseholdId, into: HouseholdId) -> bool:
    """Tell whether two households are known to belong to different communities."""
    mine, theirs = (state.facts.communities[one] for one in (source, into))
    return mine is not None and theirs is not None and mine != theirs


def decide_budget(state: State, change: SetBudget) -> Draft | Refused:
    """Decide on a budget: what was awarded already stays awarded and counts."""
    number = state.catalog.budgets.get(change.item)
    if number is None:
        return Refused(reason=Refusal.BUDGET_UNKNOWN)
    if not 0 <= change.points <= POINTS_MAX:
        return Refused(reason=Refusal.QUANTITY_INVALID)
    granted = state.granted.get(change.item, 0)
    difference = change.points - granted
    left = state.book.balance(budget(number))
    if left + difference < 0:
        awarded = granted - left
        return Refused(reason=Refusal.BUDGET_EXHAUSTED, details={"awarded": awarded})
    state.begin()
    side = system(SystemAccount.BUDGETED)
    if difference > 0:
        state.book.move(side, budget(number), difference)
    elif difference < 0:
        state.book.move(budget(number), side, -difference)
    state.granted[change.item] = change.points
    return Draft(item=change.item, quantity=difference)
