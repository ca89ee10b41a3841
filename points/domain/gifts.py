"""Decide on gifts: points of one household that another gets, as they are.

A gift renews nothing: what is given ends when it would have ended, and goes soonest to expire first
like anything else that is spent. It is two lines of the book, one for each household, written
together. It is not taken back by an undo, for by then it may be spent by people who did nothing
wrong: whoever got it gives it back, or two people at the desk adjust both balances.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from points.domain.access import Role
from points.domain.confirming import Confirmation, Shown, confirmation, confirming_fault
from points.domain.corrections import communities_differ
from points.domain.facts import CONFIRMED, Asked, Card, Detail, Refused
from points.domain.ids import HouseholdId, OperationId, SystemAccount, system
from points.domain.operations import POINTS_MAX, Give, Kind, ReceiveGift
from points.domain.outcomes import Refusal
from points.domain.state import Draft, Gift, State


@dataclass(frozen=True, slots=True, kw_only=True)
class _Giving:
    """A gift with the households that its cards stand for."""

    card: Card
    source: HouseholdId
    into: HouseholdId


def decide_gift(state: State, asked: Asked, give: Give) -> Draft | Refused:
    """Decide whether a household gives points to another, and write its side of it."""
    programme = state.catalog.programme_at(give.occurred_at)
    if not programme.gift_points_per_day_max:
        return Refused(reason=Refusal.GIFTS_OFF)
    if not 0 < give.points <= POINTS_MAX:
        return Refused(reason=Refusal.QUANTITY_INVALID)
    giving = _understand(state, give)
    if isinstance(giving, Refused):
        return giving
    fault = _day_fault(state, give, giving.source, programme.gift_points_per_day_max)
    fault = fault or _points_fault(state, giving.source, give.points)
    confirmed_by = _confirmed_by(state, asked, giving, give)
    if fault is not None or isinstance(confirmed_by, Refused):
        return fault or _refused(confirmed_by)
    return _write(state, give, giving, confirmed_by)


def receive_gift(state: State, receive: ReceiveGift, lots: Sequence[tuple[int, datetime]]) -> Draft:
    """Write the other household's side: what it owes is paid first, the rest is lots of its own.

    Args:
        state: In which the gift was written just now.
        receive: What the book says of it.
        lots: The points of each lot that was given from, and when they end.
    """
    household = receive.household
    state.begin()
    gifts = system(SystemAccount.GIFTED)
    expired = state.book.expire_due(household, state.now)
    for points, ends in lots:
        state.book.credit(household, points, source=gifts, expires_at=ends)
    return Draft(
        household=household,
        points=receive.points,
        expired=expired,
        reference=gift_reference(receive.gift),
        details={GIFT: receive.gift},
    )


GIFT = "gift"
"""The figure of a gift that was received that numbers the operation that gave it."""

TO = "to"
"""The figure of a gift that numbers the household that gets it."""


def gift_reference(gift: OperationId) -> str:
    """Name the fact that a gift was received: that happens once."""
    return f"gift:{gift}"


def _understand(state: State, give: Give) -> _Giving | Refused:
    card = state.card(give.card, give.occurred_at, is_offline=False)
    if isinstance(card, Refused):
        return card
    other = state.facts.cards.get(give.to)
    if other is None:
        return Refused(reason=Refusal.HOUSEHOLD_UNKNOWN)
    source, into = state.household(card.household), state.household(other.household)
    if source == into:
        return Refused(reason=Refusal.SAME_HOUSEHOLD)
    if communities_differ(state, source, into):
        return Refused(reason=Refusal.OTHER_COMMUNITY)
    return _Giving(card=card, source=source, into=into)


def _day_fault(state: State, give: Give, source: HouseholdId, most: int) -> Refused | None:
    day = state.day(give.occurred_at)
    given = -sum(act.points for act in state.acts(source, Kind.GIVE) if act.day == day)
    if given + give.points <= most:
        return None
    details: dict[str, Detail] = {"limit": most, "left": max(0, most - given)}
    return Refused(reason=Refusal.GIFT_LIMIT_REACHED, details=details)


def _points_fault(state: State, source: HouseholdId, points: int) -> Refused | None:
    # Whoever owes points has none to spend: what comes in pays first.
    available = state.book.available(source, state.now)
    if points <= available:
        return None
    details: dict[str, Detail] = {"short": points - available, "available": available}
    return Refused(reason=Refusal.POINTS_SHORT, details=details)


def _confirmed_by(
    state: State, asked: Asked, giving: _Giving, give: Give
) -> Confirmation | Refused | None:
    if asked.credential.role is Role.OPERATOR:
        return Confirmation.DESK  # where somebody sees who asks
    held_up = Shown(ref=give.card, card=giving.card)
    fault = confirming_fault(state, asked, giving.source, give.points, held_up=held_up)
    return fault or confirmation(state, asked, held_up)


def _refused(confirmed_by: Confirmation | Refused | None) -> Refused:
    assert isinstance(confirmed_by, Refused), "else nothing is in the way"
    return confirmed_by


def _write(state: State, give: Give, giving: _Giving, confirmed_by: Confirmation | None) -> Draft:
    source, gifts = giving.source, system(SystemAccount.GIFTED)
    state.begin()
    expired = state.book.expire_due(source, state.now)
    left, lots = give.points, []
    for lot in state.book.live_lots(source, state.now):
        taken = min(left, lot.remaining)
        if taken:
            state.book.take(lot.id, taken, to=gifts)
            lots.append((taken, lot.expires_at))
        left -= taken
    details: dict[str, Detail] = {TO: giving.into}
    if confirmed_by is not None:
        details[CONFIRMED] = confirmed_by
    return Draft(
        household=source,
        resident=giving.card.resident,
        points=-give.points,
        expired=expired,
        details=details,
        gift=Gift(into=giving.into, lots=tuple(lots)),
    )
