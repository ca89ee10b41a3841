"""Tell when points that were earned long ago must have ended, and which day an instant was on.

The programme's rules change, and a version set up while a batch was being decided may not have been
known to it: where more than one answer may have been right, all are given, the one that the rules
now give first.
"""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import date, timedelta

from points.domain.chain import instant_of, micros
from points.domain.periods import NEVER, expiry_of, midnight
from points.domain.programme import Programme, Versions

_HOUR = 3_600_000_000
_DAY = timedelta(days=1)
_NOT_A_DAY = (0, 0)
_ALWAYS = -(2**63)


class Calendar:
    """Instants are microseconds since 1970; days are ISO text. Every answer is worked out once."""

    def __init__(self, programmes: Versions[Programme]) -> None:
        """Start from all that the programme ever was."""
        self._rules = [version.item for version in programmes.all if version.item is not None]
        self._since = [
            micros(version.valid_from) for version in programmes.all if version.item is not None
        ]
        # Most questions are about the newest rules, so their answer is kept at hand.
        self._newest = tuple(range(len(self._rules))[-1:])
        self._newest_since = self._since[-1] if len(self._since) > 1 else _ALWAYS
        self._days: dict[tuple[int, str], tuple[int, int]] = {}
        self._ends: dict[tuple[int, str], int] = {}

    @property
    def is_empty(self) -> bool:
        """Whether no programme was ever set up, so that nothing can be told."""
        return not self._rules

    def is_day_of(self, day: str, moment: int, posted_at: int) -> bool:
        """Tell whether the day holds the instant, as seen when it was posted."""
        for rule in self._known(moment, posted_at):
            begins, ends = self._bounds(rule, day)
            if begins <= moment < ends:
                return True
        return False

    def ends_of(self, day: str, moment: int, posted_at: int) -> Sequence[int]:
        """Tell when points end that were earned on the day, at the instant; nothing if no day."""
        ends = [self._end(rule, day) for rule in self._known(moment, posted_at)]
        return [end for end in ends if end is not None]

    def refund_ends(self, posted_at: int) -> Sequence[int]:
        """Tell when points end that came back after their lot had ended."""
        return [
            micros(midnight(day + (rule.refund_days_valid + 1) * _DAY, rule.zone))
            for rule in (self._rules[place] for place in self._known(posted_at, posted_at))
            for day in [instant_of(posted_at).astimezone(rule.zone).date()]
        ]

    def slip_ends(self, last_day: str, posted_at: int) -> Sequence[int]:
        """Tell when a slip ends that is good up to and including a day."""
        day = date.fromisoformat(last_day)
        if day >= NEVER.date():
            return [micros(NEVER)]
        return [
            micros(midnight(day + _DAY, self._rules[place].zone))
            for place in self._known(posted_at, posted_at)
        ]

    def points_per_day_max(self, moment: int, posted_at: int) -> int | None:
        """Give the most points of a day, None where there is no such limit."""
        caps = [self._rules[place].points_per_day_max for place in self._known(moment, posted_at)]
        limits = [cap for cap in caps if cap is not None]
        return max(limits) if len(limits) == len(caps) and limits else None

    def unconfirmed_points_max(self, moment: int, posted_at: int) -> int | None:
        """Give the most points that a card alone may spend on a day, None where there is none."""
        known = (self._rules[place] for place in self._known(moment, posted_at))
        caps = [rules.unconfirmed_points_per_day_max for rules in known]
        limits = [cap for cap in caps if cap is not None]
        return max(limits) if len(limits) == len(caps) and limits else None

    def gift_points_max(self, moment: int, posted_at: int) -> int:
        """Give the most points that a household may give away on a day."""
        known = self._known(moment, posted_at)
        return max((self._rules[place].gift_points_per_day_max for place in known), default=0)

    def _known(self, moment: int, posted_at: int) -> Sequence[int]:
        """Give the rules that may have been in force, by place; first the one that now says so."""
        earliest = min(moment, posted_at) - _HOUR
        if earliest >= self._newest_since:
            return self._newest
        stated = self._place(moment)
        first = self._place(earliest)
        last = self._place(max(moment, posted_at))
        if first == last:
            return (stated,)
        return (stated, *(place for place in range(first, last + 1) if place != stated))

    def _place(self, moment: int) -> int:
        return max(bisect_right(self._since, moment), 1) - 1

    def _bounds(self, rule: int, day: str) -> tuple[int, int]:
        found = self._days.get((rule, day))
        if found is None:
            zone = self._rules[rule].zone
            try:
                begins = date.fromisoformat(day)
                found = micros(midnight(begins, zone)), micros(midnight(begins + _DAY, zone))
            except (ValueError, OverflowError):
                found = _NOT_A_DAY
            self._days[rule, day] = found
        return found

    def _end(self, rule: int, day: str) -> int | None:
        begins, ends = self._bounds(rule, day)
        if begins == ends:
            return None
        found = self._ends.get((rule, day))
        if found is None:
            programme = self._rules[rule]
            found = micros(expiry_of(instant_of(begins), programme.expires, programme.zone))
            self._ends[rule, day] = found
        return found
