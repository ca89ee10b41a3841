"""Decide what a card held before a booth earns."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction

from points.domain.access import Credential, Role
from points.domain.facts import Asked, Card, Detail, PastAct, Refused
from points.domain.ids import BudgetId, EventKey, HouseholdId, SystemAccount, budget, system
from points.domain.limits import limit_points, times_fault
from points.domain.operations import QUANTITY_MAX, Earn, Kind, Phase
from points.domain.outcomes import Refusal
from points.domain.periods import period_of
from points.domain.programme import (
    Activity,
    CleanUp,
    Event,
    Fixed,
    PerCorrectAnswer,
    Shift,
    Stamp,
    Version,
    Weighed,
)
from points.domain.state import Draft, State

_GRAMS_PER_KILOGRAM = 1000
_SECONDS_PER_HOUR = 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """An earn with everything that its names stand for."""

    earn: Earn
    credential: Credential
    card: Card
    household: HouseholdId
    activity: Activity
    event: Event

    def acts(self, state: State) -> list[PastAct]:
        """Give what the household earned before in this activity."""
        done = state.acts(self.household, Kind.EARN)
        return [act for act in done if act.item == self.activity.key]


@dataclass(frozen=True, slots=True, kw_only=True)
class Award:
    """What a rule gives for a scan, before caps."""

    points: int
    quantity: int = 1
    bonus: int = 0
    details: tuple[tuple[str, Detail], ...] = ()


def decide_earn(state: State, asked: Asked, earn: Earn) -> Draft | Refused:
    """Decide one scan. The book moves only when a draft is returned."""
    fault = state.time_fault(earn.occurred_at, is_offline=earn.is_offline)
    if fault is not None:
        return fault

    version = find_activity(state, asked.credential, earn)
    if version is None or version.item is None:
        return Refused(reason=Refusal.ACTIVITY_UNKNOWN)
    scan = _understand(state, asked.credential, earn, version.item)
    if isinstance(scan, Refused):
        return scan

    fault = state.event_fault(scan.event, scan.household, earn.occurred_at)
    if fault is not None:
        return fault
    fault = times_fault(scan.activity, scan.acts(state), _mark(state, scan))
    if fault is not None:
        return fault

    award = _award(state, scan)
    if isinstance(award, Refused):
        return award
    points = limit_points(state, scan.activity, scan.household, earn.occurred_at, award.points)
    if isinstance(points, Refused):
        return points
    return _write(state, scan, version.number, award, points)


def find_activity(state: State, credential: Credential, earn: Earn) -> Version[Activity] | None:
    """Find the rule in force, if whoever asks may award by it.

    A phone knows the activities of its booth; a supervisor's, and one paired to an event without
    booths, those of the event. What lies beyond is unknown to it rather than forbidden.
    """
    versions = state.catalog.activities.get(earn.activity)
    version = versions.at(earn.occurred_at) if versions else None
    if version is None or version.item is None or credential.role is Role.OPERATOR:
        return version
    if version.item.event != credential.event:
        return None
    if credential.booth is None or credential.role is Role.SUPERVISOR:
        return version
    booths = state.catalog.booths.get(credential.booth)
    booth = booths.at(earn.occurred_at) if booths else None
    if booth is None or booth.item is None or earn.activity not in booth.item.activities:
        return None
    return version


def _understand(
    state: State, credential: Credential, earn: Earn, activity: Activity
) -> Scan | Refused:
    card = state.card(earn.card, earn.occurred_at, is_offline=earn.is_offline)
    if isinstance(card, Refused):
        return card
    event = state.event(activity.event, earn.occurred_at)
    if event is None:
        return Refused(reason=Refusal.ACTIVITY_UNKNOWN)
    return Scan(
        earn=earn,
        credential=credential,
        card=card,
        household=state.household(card.household),
        activity=activity,
        event=event,
    )


def _mark(state: State, scan: Scan) -> PastAct:
    """See the scan as an act, so that limits compare like with like."""
    return PastAct(
        operation=state.facts.next_operation,
        kind=Kind.EARN,
        event=scan.event.key,
        booth=scan.credential.booth,
        item=scan.activity.key,
        resident=scan.card.resident,
        day=state.day(scan.earn.occurred_at),
        occurred_at=scan.earn.occurred_at,
        points=0,
        quantity=1,
        phase=scan.earn.phase,
        building=scan.earn.building,
    )


def _award(state: State, scan: Scan) -> Award | Refused:
    earn, rule = scan.earn, scan.activity.rule
    if _misshapen(earn, rule):
        return Refused(reason=Refusal.QUANTITY_INVALID)
    match rule:
        case Fixed(points=points):
            return Award(points=points)
        case PerCorrectAnswer():
            right = earn.quantity or 0
            return Award(points=min(right * rule.points_each, rule.points_max), quantity=right)
        case Weighed():
            return _by_weight(rule, earn)
        case Stamp():
            return _stamp(state, scan, rule)
        case Shift():
            return _shift(state, scan, rule)
        case CleanUp():
            return _check_in_at_building(state, scan, rule)


def _misshapen(earn: Earn, rule: object) -> bool:
    """Tell whether the scan counts what the rule does not, or leaves out what it does."""
    is_counted = isinstance(rule, PerCorrectAnswer)
    right = earn.quantity if is_counted else 0
    return not (
        (is_counted or earn.quantity in (None, 1))
        and (right is not None and 0 <= right <= QUANTITY_MAX)
        and all(0 < grams <= QUANTITY_MAX for grams in (earn.grams or {}).values())
        and bool(earn.grams) is isinstance(rule, Weighed)
        and (earn.phase is not None) is isinstance(rule, Shift)
        and (earn.building is not None) is isinstance(rule, CleanUp)
    )


def _by_weight(rule: Weighed, earn: Earn) -> Award | Refused:
    grams = earn.grams or {}
    if not grams.keys() <= rule.per_kilogram.keys():
        return Refused(reason=Refusal.MATERIAL_UNKNOWN)
    exact = sum(
        (rule.per_kilogram[material] * weight for material, weight in grams.items()), Fraction()
    )
    return Award(points=int(exact / _GRAMS_PER_KILOGRAM), quantity=sum(grams.values()))


def _stamp(state: State, scan: Scan, rule: Stamp) -> Award | Refused:
    if scan.credential.booth is None:
        return Refused(reason=Refusal.BOOTH_UNKNOWN)
    before = scan.acts(state)
    booths = {act.booth for act in before} | {scan.credential.booth}
    is_due = len(booths) >= rule.different_booths and not any(act.bonus for act in before)
    bonus = rule.bonus_points if is_due else 0
    return Award(
        points=rule.points + bonus,
        bonus=bonus,
        details=(("booths", len(booths)), ("booths_needed", rule.different_booths)),
    )


def _shift(state: State, scan: Scan, rule: Shift) -> Award | Refused:
    mine = [act for act in scan.acts(state) if act.resident == scan.card.resident]
    # Uploads arrive out of order: a scan pairs with what came before it in time, not in line.
    before = [act for act in mine if act.occurred_at <= scan.earn.occurred_at]
    last = max(before, key=_in_time, default=None)
    began = last if last is not None and last.phase is Phase.CHECK_IN else None
    if scan.earn.phase is Phase.CHECK_IN:
        if began is not None:
            return Refused(reason=Refusal.ALREADY_CHECKED_IN)
        return Award(points=0, details=(("phase", Phase.CHECK_IN),))
    if began is None or check_out_of(began, mine) is not None:
        return Refused(reason=Refusal.NOT_CHECKED_IN)
    counted = sum(act.quantity for act in mine if act.phase is Phase.CHECK_OUT)
    left = int(rule.hours_counted_max * _SECONDS_PER_HOUR) - counted
    seconds = max(0, min(_seconds(scan.earn.occurred_at - began.occurred_at), left))
    # Two short shifts pay what one long shift pays: round once, on the sum.
    points = _hourly(rule, counted + seconds) - _hourly(rule, counted)
    return Award(points=points, quantity=seconds, details=(("phase", Phase.CHECK_OUT),))


def check_out_of(check_in: PastAct, acts: list[PastAct]) -> PastAct | None:
    """Give the check-out that ended the check-in, if one has; `acts` are of the same resident."""
    later = [act for act in acts if _in_time(act) > _in_time(check_in)]
    following = min(later, key=_in_time, default=None)
    return following if following is not None and following.phase is Phase.CHECK_OUT else None


def _in_time(act: PastAct) -> tuple[datetime, int]:
    return act.occurred_at, act.operation


def _seconds(span: timedelta) -> int:
    return span // timedelta(seconds=1)


def _hourly(rule: Shift, seconds: int) -> int:
    return rule.points_per_hour * seconds // _SECONDS_PER_HOUR


def _check_in_at_building(state: State, scan: Scan, rule: CleanUp) -> Award | Refused:
    building = scan.earn.building or ""
    if building not in scan.event.buildings:
        return Refused(reason=Refusal.BUILDING_UNKNOWN)
    day = state.day(scan.earn.occurred_at)
    period = period_of(day, rule.once_in)
    if clean_up_reference(scan.event, building, period) in state.references:
        return Refused(reason=Refusal.ALREADY_SHARED_OUT)
    if any(
        act.building == building
        and act.resident == scan.card.resident
        and period_of(act.day, rule.once_in) == period
        for act in scan.acts(state)
    ):
        return Refused(reason=Refusal.ALREADY_CHECKED_IN)
    return Award(points=0, details=(("building", building), ("period", period)))


def clean_up_reference(event: Event, building: str, period: str) -> str:
    """Name the fact that a building's clean-up is closed: once in a period, whatever the event."""
    where = event.community or event.key
    return f"clean-up:{where}:{building}:{period}"


def _write(state: State, scan: Scan, version: int, award: Award, points: int) -> Draft | Refused:
    budgets = budgets_of(state, scan.activity.key, scan.event.key)
    if points and any(state.book.balance(budget(number)) < points for number in budgets):
        return Refused(reason=Refusal.BUDGET_EXHAUSTED)
    state.begin()
    details: dict[str, Detail] = dict(award.details)
    if award.bonus:
        details["bonus"] = award.bonus
    if points < award.points:
        details["points_before_limit"] = award.points
    expired = pay(state, scan.household, points, scan.earn.occurred_at, budgets)
    day = state.day(scan.earn.occurred_at)
    return Draft(
        household=scan.household,
        resident=scan.card.resident,
        event=scan.event.key,
        booth=scan.credential.booth,
        item=scan.activity.key,
        version=version,
        quantity=award.quantity,
        points=points,
        expired=expired,
        reference=state.fact_reference(scan.activity.key, scan.household, day),
        details=details,
    )


def budgets_of(state: State, item: str, event: EventKey) -> list[BudgetId]:
    """Give the budgets that an award by this activity is taken from."""
    return [state.catalog.budgets[key] for key in (item, event) if key in state.catalog.budgets]


def pay(
    state: State,
    household: HouseholdId,
    points: int,
    occurred_at: datetime,
    budgets: list[BudgetId],
) -> int:
    """Issue points to a household, count them against the budgets, tell how many expired."""
    if points:
        state.book.credit(
            household,
            points,
            source=system(SystemAccount.ISSUED),
            expires_at=state.expiry(occurred_at),
        )
        for number in budgets:
            state.book.move(budget(number), system(SystemAccount.GRANTED), points)
    # Last, because what was earned offline may have ended before it arrived.
    return state.book.expire_due(household, state.now)
