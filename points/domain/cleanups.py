"""Decide on clean-ups: a building is closed once in a period, then each share is paid once."""

from collections.abc import Sequence

from points.domain.access import oversees
from points.domain.earning import budgets_of, clean_up_reference, pay
from points.domain.facts import Asked, CheckIn, CleanUpKey, Refused
from points.domain.ids import ActivityKey, budget
from points.domain.operations import CloseBuilding, Share
from points.domain.outcomes import Refusal
from points.domain.programme import Activity, CleanUp, Event
from points.domain.state import Draft, State


def equal_shares(pot: int, people: int) -> list[int]:
    """Split points exactly: equal shares, and one more each for the first until none is left."""
    share, rest = divmod(pot, people)
    return [share + (place < rest) for place in range(people)]


def share_reference(share: Share) -> str:
    """Name the fact that a participant got the share."""
    return f"share:{share.activity}:{share.building}:{share.period}:{share.place}"


def decide_closing(state: State, asked: Asked, close: CloseBuilding) -> Draft | Refused:
    """Decide on the end of a building's clean-up. Later check-ins are refused from then on."""
    people = state.participants(CleanUpKey(close.activity, close.building, close.period))
    found = _find(state, asked, close.activity, people)
    if found is None:
        return Refused(reason=Refusal.ACTIVITY_UNKNOWN)
    activity, event, version = found
    if close.building not in event.buildings:
        return Refused(reason=Refusal.BUILDING_UNKNOWN)
    reference = clean_up_reference(event, close.building, close.period)
    if reference in state.references:
        return Refused(reason=Refusal.ALREADY_SHARED_OUT)
    if not people:
        return Refused(reason=Refusal.NOTHING_TO_SHARE)
    state.begin()
    return Draft(
        event=event.key,
        item=activity.key,
        version=version,
        quantity=len(people),
        reference=reference,
        details={"building": close.building, "period": close.period},
    )


def decide_share(state: State, asked: Asked, share: Share) -> Draft | Refused:
    """Decide on one participant's share of a closed building."""
    people = state.participants(CleanUpKey(share.activity, share.building, share.period))
    found = _find(state, asked, share.activity, people)
    if found is None:
        return Refused(reason=Refusal.ACTIVITY_UNKNOWN)
    activity, event, version = found
    if clean_up_reference(event, share.building, share.period) not in state.references:
        return Refused(reason=Refusal.NOTHING_TO_SHARE)
    reference = share_reference(share)
    if reference in state.references:
        return Refused(reason=Refusal.ALREADY_SHARED_OUT)
    household = state.household(share.household)
    if not 1 <= share.place <= len(people):
        return Refused(reason=Refusal.NOTHING_TO_SHARE)
    if state.household(people[share.place - 1].household) != household:
        return Refused(reason=Refusal.HOUSEHOLD_UNKNOWN)
    points = equal_shares(_pot(activity, len(people)), len(people))[share.place - 1]
    budgets = budgets_of(state, activity.key, event.key)
    if any(state.book.balance(budget(number)) < points for number in budgets):
        return Refused(reason=Refusal.BUDGET_EXHAUSTED)
    state.begin()
    expired = pay(state, household, points, share.occurred_at, budgets)
    return Draft(
        household=household,
        event=event.key,
        item=activity.key,
        version=version,
        quantity=1,
        points=points,
        expired=expired,
        reference=reference,
        details={"building": share.building, "period": share.period, "place": share.place},
    )


def _pot(activity: Activity, people: int) -> int:
    rule = activity.rule
    assert isinstance(rule, CleanUp), "only clean-ups are shared out"
    whole = rule.points_per_person * people
    return whole if rule.points_max is None else min(whole, rule.points_max)


def _find(
    state: State, asked: Asked, key: ActivityKey, people: Sequence[CheckIn]
) -> tuple[Activity, Event, int] | None:
    # One rule for all shares, and for a share paid late: that of the first check-in.
    moment = people[0].occurred_at if people else state.now
    versions = state.catalog.activities.get(key)
    version = versions.at(moment) if versions else None
    if version is None or version.item is None or not isinstance(version.item.rule, CleanUp):
        return None
    event = state.event(version.item.event, moment)
    if event is None or not oversees(asked.credential, event.key):
        return None
    return version.item, event, version.number
