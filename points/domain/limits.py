"""How often, and how much, an activity pays."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from points.domain.facts import PastAct, Refused
from points.domain.ids import ActivityKey, HouseholdId
from points.domain.operations import Kind, Phase
from points.domain.outcomes import Refusal
from points.domain.periods import spelled
from points.domain.programme import Activity, Span, Stamp, TimesLimit, Who
from points.domain.state import State


def times_fault(activity: Activity, before: Sequence[PastAct], mark: PastAct) -> Refused | None:
    """Say why this act is one too many, or too soon after another, if it is.

    Args:
        activity: Its limits apply.
        before: What the household did in this activity, undone acts left out.
        mark: The act asked for.
    """
    # A shift is one visit with two scans; the check-out is not a second visit.
    if mark.phase is Phase.CHECK_OUT:
        return None
    earlier = [act for act in before if act.phase is not Phase.CHECK_OUT]
    for limit in activity.times:
        if sum(_counts(limit, activity, act, mark) for act in earlier) >= limit.times_max:
            return Refused(
                reason=Refusal.LIMIT_REACHED,
                details={"limit": limit.times_max, "per": limit.span, "who": limit.who},
            )
    return _cooldown_fault(activity, earlier, mark)


def _counts(limit: TimesLimit, activity: Activity, act: PastAct, mark: PastAct) -> bool:
    if limit.who is Who.RESIDENT and act.resident != mark.resident:
        return False
    if limit.span is Span.DAY:
        return act.day == mark.day
    if limit.span is Span.EVENT and isinstance(activity.rule, Stamp):
        return act.booth == mark.booth
    return True


def _cooldown_fault(activity: Activity, before: Sequence[PastAct], mark: PastAct) -> Refused | None:
    if activity.cooldown_minutes is None:
        return None
    pause = timedelta(minutes=activity.cooldown_minutes)
    is_personal = activity.cooldown_of is Who.RESIDENT
    too_near = [
        act.occurred_at
        for act in before
        # Uploads arrive out of order, so an act shortly after this one counts as well.
        if abs(act.occurred_at - mark.occurred_at) < pause
        and (act.resident == mark.resident or not is_personal)
    ]
    if not too_near:
        return None
    again_at = max(too_near) + pause
    return Refused(reason=Refusal.COOLDOWN, details={"again_at": spelled(again_at)})


def limit_points(
    state: State, activity: Activity, household: HouseholdId, moment: datetime, points: int
) -> int | Refused:
    """Cut an award down to what the caps still leave; refuse it where they leave nothing."""
    if points == 0:
        return 0
    day = state.day(moment)
    earned = state.acts(household, Kind.EARN)
    mine = [act for act in earned if act.item == activity.key]
    if activity.points_max_per_event is not None:
        left = activity.points_max_per_event - sum(act.points for act in mine)
        if left <= 0:
            return Refused(
                reason=Refusal.LIMIT_REACHED,
                details={"limit": activity.points_max_per_event, "per": Span.EVENT},
            )
        points = min(points, left)
    caps = []
    if activity.points_max_per_day is not None:
        today = sum(act.points for act in mine if act.day == day)
        caps.append((activity.points_max_per_day, today))
    programme_cap = state.catalog.programme_at(moment).points_per_day_max
    if activity.counts_towards_day and programme_cap is not None:
        today = sum(
            act.points for act in earned if act.day == day and _counts_towards_day(state, act)
        )
        caps.append((programme_cap, today))
    for cap, today in caps:
        if today >= cap:
            return Refused(reason=Refusal.DAILY_LIMIT_REACHED, details={"limit": cap})
        points = min(points, cap - today)
    return points


def _counts_towards_day(state: State, act: PastAct) -> bool:
    versions = state.catalog.activities.get(ActivityKey(act.item or ""))
    version = versions.at(act.occurred_at) if versions else None
    return bool(version and version.item and version.item.counts_towards_day)
