"""Decide whether enough was shown to spend what is asked for.

A card can be photographed, so what is spent with nothing but a card is limited for each household
and local day. Beyond that it takes the household's PIN, or a one-time code; see `second_factor` in
the programme. The PIN was checked before anything is decided, and is nowhere here.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from points.domain.facts import Allowance, Asked, Card, Detail, Refused, ShownCode
from points.domain.ids import HouseholdId
from points.domain.operations import CardRef, Kind
from points.domain.outcomes import Refusal
from points.domain.periods import spelled
from points.domain.programme import Programme
from points.domain.shown_cards import is_allowance, is_one_time
from points.domain.state import State


class Confirmation(StrEnum):
    """What confirmed an act beside the card, as stored. Add, never rename."""

    PIN = "pin"
    CODE = "code"
    ALLOWANCE = "allowance"
    DESK = "desk"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What was held up, and the card that it stands for."""

    ref: CardRef
    card: Card
    code: ShownCode | None = None
    allowance: Allowance | None = None


def shown(state: State, ref: CardRef, occurred_at: datetime) -> Shown | Refused:
    """Give the card that was held up now, itself or as a one-time code, or why it is no good."""
    if is_allowance(ref):
        return _shown_allowance(state, ref)
    if not is_one_time(ref):
        card = state.card(ref, occurred_at, is_offline=False)
        return card if isinstance(card, Refused) else Shown(ref=ref, card=card)
    code = state.codes.get(ref)
    fault = _code_fault(state, code)
    if fault is not None or code is None:
        return fault or Refused(reason=Refusal.CODE_EXPIRED)
    stopped = state.stop_fault(code.card, occurred_at, is_offline=False)
    return stopped or Shown(ref=ref, card=code.card, code=code)


def confirmation(state: State, asked: Asked, held_up: Shown) -> Confirmation | None:
    """Tell what confirms an act that happens now, if anything does."""
    if asked.pin is not None and asked.pin.is_right:
        return Confirmation.PIN
    code, allowance = held_up.code, held_up.allowance
    if allowance is not None and allowance.is_confirmed:
        return Confirmation.ALLOWANCE
    if code is None:
        return None
    is_enough = code.is_confirmed or _rules(state, asked).second_factor == "code"
    return Confirmation.CODE if is_enough else None


def confirming_fault(
    state: State, asked: Asked, household: HouseholdId, points: int, *, held_up: Shown
) -> Refused | None:
    """Say so if a PIN was wrong, or if more must be shown to spend these points now."""
    if asked.pin is not None and not asked.pin.is_right:
        if asked.pin.again_at is None:
            return Refused(reason=Refusal.PIN_WRONG)
        details = {"again_at": spelled(asked.pin.again_at)}
        return Refused(reason=Refusal.PIN_LOCKED, details=details)
    if confirmation(state, asked, held_up) is not None:
        return None
    return spending_fault(state, household, points, moment=asked.operation.occurred_at)


def spending_fault(
    state: State, household: HouseholdId, points: int, *, moment: datetime
) -> Refused | None:
    """Say so if a household would spend more on the day than it may with a card alone."""
    most = state.catalog.programme_at(moment).unconfirmed_points_per_day_max
    if most is None or not points:
        return None
    day = state.day(moment)
    spent = -sum(
        act.points
        for kind in (Kind.REDEEM, Kind.GIVE)
        for act in state.acts(household, kind)
        if act.day == day and not act.is_confirmed
    )
    if spent + points <= most:
        return None
    details: dict[str, Detail] = {"limit": most, "left": max(0, most - spent)}
    return Refused(reason=Refusal.SECOND_FACTOR_NEEDED, details=details)


def over_fault(state: State, allowance: Allowance, moment: datetime) -> Refused | None:
    """Say so if an allowance's last day is over at the instant."""
    is_over = state.day(moment) > allowance.last_day
    return Refused(reason=Refusal.ALLOWANCE_ENDED) if is_over else None


def allowed_fault(state: State, allowance: Allowance | None, points: int) -> Refused | None:
    """Say so if less is left of an allowance than would be spent."""
    if allowance is None or points <= state.left_of(allowance):
        return None
    left = max(0, state.left_of(allowance))
    return Refused(reason=Refusal.ALLOWANCE_SHORT, details={"left": left})


def _shown_allowance(state: State, ref: CardRef) -> Shown | Refused:
    allowance = state.facts.allowances.get(ref)
    if allowance is None:
        return Refused(reason=Refusal.CARD_UNKNOWN)
    if allowance.card.stopped_at is not None:  # at once, whatever any clock says
        return Refused(reason=Refusal.ALLOWANCE_ENDED)
    over = over_fault(state, allowance, state.clock)
    return over or Shown(ref=ref, card=allowance.card, allowance=allowance)


def _code_fault(state: State, code: ShownCode | None) -> Refused | None:
    if code is None:
        return Refused(reason=Refusal.CODE_EXPIRED)
    if code.used_by is not None:
        return Refused(reason=Refusal.CODE_USED)
    # By the clock, not by the book, which may be ahead of it where a clock was wrong before.
    if not code.lifetime.holds(state.clock):
        return Refused(reason=Refusal.CODE_EXPIRED)
    return None


def _rules(state: State, asked: Asked) -> Programme:
    return state.catalog.programme_at(asked.operation.occurred_at)
