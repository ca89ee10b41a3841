"""Count anew how often, and how much, each household earned and redeemed.

No count here can be higher than the one that was decided by: undone acts are left out, and each
household's own acts are counted, not those of the households that went up in it. So whatever is
above a limit was let past it, whatever was undone, merged or changed later. An act falls under the
version of its rule that it names.
"""

from bisect import bisect_left, insort
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from points.domain.calendar import Calendar
from points.domain.cases import APPROVED, OVER_LIMIT
from points.domain.facts import CONFIRMED
from points.domain.findings import Code, Findings
from points.domain.ids import ActivityKey, RewardKey
from points.domain.operations import Kind
from points.domain.programme import Activity, Catalog, Reward, Span, Stamp, Versions, Who
from points.domain.stored import ActLine

_MINUTE = 60_000_000
_OVER_LIMIT = f'"{OVER_LIMIT}"'
_APPROVED = f'"{APPROVED}"'
_CONFIRMED = f'"{CONFIRMED}"'
_NEVER_EXCEEDED = 2**63
_CHECK_OUT = '"phase": "check_out"'

Item = TypeVar("Item")


class LimitCheck:
    """Checks one household after the other."""

    def __init__(self, catalog: Catalog, calendar: Calendar, findings: Findings) -> None:
        """Know every version of every rule."""
        self._catalog = catalog
        self._calendar = calendar
        self._findings = findings
        self._lowest = _Lowest(catalog)
        self._spans: dict[str, frozenset[tuple[Who, Span]]] = {}
        self._counting: dict[str, bool] = {}

    def check(self, acts: Sequence[ActLine]) -> None:
        """Check a household's operations, given in the order of posting."""
        if self._lowest.are_kept(acts):
            return  # nearly all households
        counted: Counter[tuple[Any, ...]] = Counter()
        moments: dict[tuple[Any, ...], list[int]] = {}
        for act in acts:
            if act.undone_by is not None:
                continue
            if act.kind == Kind.EARN:
                self._check_earn(act, counted, moments)
            elif act.kind == Kind.REDEEM:
                self._check_redemption(act, counted)
            elif act.kind == Kind.GIVE:
                self._check_gift(act, counted)

    def _check_redemption(self, act: ActLine, counted: Counter[tuple[Any, ...]]) -> None:
        self._check_unconfirmed(act, counted)
        reward: Reward | None = _named(self._catalog.rewards.get(RewardKey(act.item or "")), act)
        counted[act.item,] += act.quantity
        if _OVER_LIMIT in act.details:
            return  # said to be beyond it, and a person has been told
        if reward is not None and reward.per_household_per_event is not None:
            self._compare(act, counted[act.item,], reward.per_household_per_event)

    def _check_gift(self, act: ActLine, counted: Counter[tuple[Any, ...]]) -> None:
        self._check_unconfirmed(act, counted)
        counted["given", act.local_day] -= act.points
        most = self._calendar.gift_points_max(act.occurred_at, act.posted_at)
        self._compare(act, counted["given", act.local_day], most)

    def _check_unconfirmed(self, act: ActLine, counted: Counter[tuple[Any, ...]]) -> None:
        """Check what a household spent on a day with nothing but a card."""
        if _CONFIRMED in act.details:
            return
        counted["unconfirmed", act.local_day] -= act.points
        most = self._calendar.unconfirmed_points_max(act.occurred_at, act.posted_at)
        if most is not None and _APPROVED not in act.details and act.points:
            self._compare(act, counted["unconfirmed", act.local_day], most)

    def _check_earn(
        self,
        act: ActLine,
        counted: Counter[tuple[Any, ...]],
        moments: dict[tuple[Any, ...], list[int]],
    ) -> None:
        versions = self._catalog.activities.get(ActivityKey(act.item or ""))
        activity: Activity | None = _named(versions, act)
        if activity is None or versions is None:
            return
        if act.points:
            self._check_points(act, activity, counted)
        # A shift is one visit with two scans.
        if _CHECK_OUT in act.details:
            return
        for who, span in self._spans_of(versions, act.item or ""):
            counted[_key(act, activity, who, span)] += 1
        for limit in activity.times:
            times = counted[_key(act, activity, limit.who, limit.span)]
            self._compare(act, times, limit.times_max)
        if activity.cooldown_minutes is not None:
            self._check_pause(act, activity, moments)

    def _check_points(
        self, act: ActLine, activity: Activity, counted: Counter[tuple[Any, ...]]
    ) -> None:
        for key, most in (
            ((act.item, "points"), activity.points_max_per_event),
            ((act.item, "points", act.local_day), activity.points_max_per_day),
        ):
            counted[key] += act.points
            if most is not None:
                self._compare(act, counted[key], most)
        if self._always_counts(act.item or ""):
            counted["day", act.local_day] += act.points
            cap = self._calendar.points_per_day_max(act.occurred_at, act.posted_at)
            if cap is not None:
                self._compare(act, counted["day", act.local_day], cap)

    def _check_pause(
        self, act: ActLine, activity: Activity, moments: dict[tuple[Any, ...], list[int]]
    ) -> None:
        is_personal = activity.cooldown_of is Who.RESIDENT
        key = (act.item, act.resident) if is_personal else (act.item,)
        before = moments.setdefault(key, [])
        place = bisect_left(before, act.occurred_at)
        near = [abs(moment - act.occurred_at) for moment in before[max(place - 1, 0) : place + 1]]
        pause = (activity.cooldown_minutes or 0) * _MINUTE
        if near and min(near) < pause:
            self._compare(act, pause, min(near))
        insort(before, act.occurred_at)

    def _spans_of(self, versions: Versions[Activity], item: str) -> frozenset[tuple[Who, Span]]:
        """Give what is limited in any version: a later one counts what came before it."""
        found = self._spans.get(item)
        if found is None:
            found = self._spans[item] = frozenset(
                (limit.who, limit.span)
                for version in versions.all
                if version.item is not None
                for limit in version.item.times
            )
        return found

    def _always_counts(self, item: str) -> bool:
        """Tell whether an activity counts towards the day's points in every version.

        Of one that came to count, or no longer does, later acts may rightly have been seen so.
        """
        found = self._counting.get(item)
        if found is None:
            versions = self._catalog.activities[ActivityKey(item)].all
            items = [version.item for version in versions if version.item is not None]
            found = self._counting[item] = all(one.counts_towards_day for one in items)
        return found

    def _compare(self, act: ActLine, times: int, limit: int) -> None:
        if times > limit:
            about: Mapping[str, int | str] = {"operation": act.id, "household": act.household}
            self._findings.add(Code.LIMIT_EXCEEDED, about, expected=limit, found=times)


class _Lowest:
    """Tells of households that they did too little to have come past any limit."""

    def __init__(self, catalog: Catalog) -> None:
        """Know the lowest limits of every activity and reward, in whatever version."""
        caps = [
            version.item.points_per_day_max
            for version in catalog.programme.all
            if version.item is not None and version.item.points_per_day_max is not None
        ]
        self._points_max = min(caps, default=_NEVER_EXCEEDED)
        unconfirmed = [
            version.item.unconfirmed_points_per_day_max
            for version in catalog.programme.all
            if version.item is not None and version.item.unconfirmed_points_per_day_max is not None
        ]
        self._spent_max = min(unconfirmed, default=_NEVER_EXCEEDED)
        self._times_max: dict[str | None, int] = {}
        for key, activities in catalog.activities.items():
            for version in activities.all:
                if version.item is None:
                    continue
                one = version.item
                points = (one.points_max_per_event, one.points_max_per_day)
                self._points_max = min(
                    [self._points_max, *(most for most in points if most is not None)]
                )
                times = [limit.times_max for limit in one.times]
                # Between two scans there may have to be a pause; one alone needs none.
                times += [1] if one.cooldown_minutes is not None else []
                self._times_max[key] = min([self._times_max.get(key, _NEVER_EXCEEDED), *times])
        for reward, versions in catalog.rewards.items():
            most = [
                version.item.per_household_per_event
                for version in versions.all
                if version.item is not None and version.item.per_household_per_event is not None
            ]
            self._times_max[reward] = min([self._times_max.get(reward, _NEVER_EXCEEDED), *most])

    def are_kept(self, acts: Sequence[ActLine]) -> bool:
        """Tell whether all that was done is within the lowest of all limits, however counted."""
        points = spent = 0
        times: Counter[str | None] = Counter()
        for act in acts:
            if act.kind == Kind.EARN:
                times[act.item] += 1
                points += act.points
            elif act.kind == Kind.REDEEM:
                times[act.item] += act.quantity
                spent -= act.points
            elif act.kind == Kind.GIVE:
                return False
            if min(act.quantity, act.points * (act.kind == Kind.EARN)) < 0:
                return False  # what takes away may hide what was too much
        most = self._times_max
        is_little = points <= self._points_max and spent <= self._spent_max
        return is_little and all(
            count <= most.get(item, _NEVER_EXCEEDED) for item, count in times.items()
        )


def _named(versions: Versions[Item] | None, act: ActLine) -> Item | None:
    """Give the version that an operation names."""
    found: Sequence[Item | None] = [
        version.item
        for version in (versions.all if versions else ())
        if version.number == act.version
    ]
    return found[0] if found else None


def _key(act: ActLine, activity: Activity, who: Who, span: Span) -> tuple[Any, ...]:
    key = (act.item, who, span, act.resident if who is Who.RESIDENT else None)
    if span is Span.DAY:
        return (*key, act.local_day)
    if span is Span.EVENT and isinstance(activity.rule, Stamp):
        return (*key, act.booth)
    return key
