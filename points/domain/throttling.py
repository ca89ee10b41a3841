"""Hold back who asks too often: a bucket that fills with time, and from which each try takes."""

from dataclasses import dataclass
from datetime import datetime, timedelta

NO_TIME = timedelta()


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How often somebody may try: so many at once, and then one for every stretch of time."""

    at_once: int
    one_each: timedelta


@dataclass(frozen=True, slots=True)
class Bucket:
    """Somebody's tries, as the instant at which all of them will be forgotten."""

    full_at: datetime

    def wait(self, pace: Pace, now: datetime) -> timedelta:
        """Tell how long to wait before the next try; nothing where it may be made now."""
        return max(self.full_at - now - (pace.at_once - 1) * pace.one_each, NO_TIME)

    def at(self, pace: Pace, now: datetime) -> "Bucket":
        """Give the bucket as it is now.

        It never holds more than all tries: a clock that is set back must shut nobody out for long.
        """
        return Bucket(min(max(self.full_at, now), now + pace.at_once * pace.one_each))

    def taken(self, pace: Pace) -> "Bucket":
        """Give the bucket after one more try."""
        return Bucket(self.full_at + pace.one_each)
