"""Tell the time, and tell when not to: what was posted at a wrong instant cannot be taken back.

Under a clock a year ahead everybody's points end, refusals are final that nobody deserved, and all
that follows must come later still. So two rules. A running service counts the seconds itself when
its machine's clock is set, until phones agree with the new time. And nothing is posted by a clock
that is far from everything known: the book's newest instant, what the phones of the same batch say,
the last time that anybody vouched for a clock.
"""

import logging
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta

from points.domain.access import Role
from points.domain.facts import Asked
from points.domain.operations import Redeem, Undo
from points.service.posting import Clock
from points.service.transactions import DatabaseUnavailable, snapshot, transaction
from points.storage.clock import known_instants, set_vouched
from points.storage.engine import Database

Seconds = Callable[[], float]
"""Counts seconds from any beginning, also while the machine sleeps, however its clock is set."""

FAR = timedelta(days=9)
"""How far from all that is known a clock may be. A week's holiday with the weekends around it is no
longer, so nobody is asked for nothing; a wrong digit in the day, month or year is more."""

STEP = timedelta(minutes=5)
"""What a clock may be set by at once. Machines that are looked after never need as much."""

AGREEING = 3
"""Live scans in a row that must agree with a clock that was set by more."""

_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)

_log = logging.getLogger(__name__)


class ClockInDoubt(Exception):
    """The clock may be wrong; nothing is posted by it until something vouches for it."""

    def __init__(self, now: datetime, newest: datetime) -> None:
        """Say what the clock shows, and the newest instant that is known."""
        super().__init__(f"it is {now}, but the newest time known is {newest}: see `points clock`")
        self.now = now
        self.newest = newest


def check_clock(database: Database, now: datetime, said: Iterable[datetime] = ()) -> None:
    """Make sure that the clock is near something that is known.

    Args:
        database: Asked for the book's newest instant, and for the last one vouched for.
        now: What the clock shows.
        said: What other clocks say.

    Raises:
        ClockInDoubt: It is far from all of that.
        DatabaseUnavailable: The database cannot be read now.
    """
    if _is_near(now, said):
        return
    with snapshot(database) as connection:
        known = known_instants(connection)
    # A book without a line has nothing to lose.
    if known and not _is_near(now, known):
        raise ClockInDoubt(now, max(known))


def vouch_for_clock(database: Database, now: datetime) -> None:
    """Remember that the clock is right: somebody says so, or it was just found to be."""
    with transaction(database) as connection:
        set_vouched(connection, now)


class Timekeeper:
    """A running service's clock."""

    def __init__(self, database: Database, clock: Clock, seconds: Seconds | None = None) -> None:
        """Begin with what the machine's clock shows.

        Args:
            database: What the clock is held against.
            clock: The machine's clock, which may be set.
            seconds: The machine's count of seconds, which is not. Without one, the clock is
                followed wherever it goes.
        """
        self._database = database
        self._clock = clock
        self._seconds = seconds or self._seconds_shown
        self._began_at = clock() - timedelta(seconds=self._seconds())
        self._is_apart = False
        self._agreeing = 0
        self._is_trusted = False

    def __call__(self) -> datetime:
        """Tell the time: what the clock shows, unless it was set by more than `STEP`."""
        passed = timedelta(seconds=self._seconds())
        shown, counted = self._clock(), self._began_at + passed
        is_apart = abs(shown - counted) > STEP
        if is_apart is not self._is_apart:
            self._is_apart = is_apart
            self._tell_apart(shown - counted)
        if is_apart:
            return counted
        self._began_at = shown - passed
        return shown

    def look(self) -> None:
        """See at the start whether the clock can be trusted; from then on it goes by itself."""
        try:
            self.check([])
        except (ClockInDoubt, DatabaseUnavailable) as reason:
            _log.warning("the clock is not trusted yet: %s", reason)

    def check(self, batch: Sequence[Asked]) -> None:
        """Make sure that these operations may be posted by this clock; hear what they say of it.

        Raises:
            ClockInDoubt: They may be posted later, once the clock is right or vouched for.
            DatabaseUnavailable: The database cannot be read now.
        """
        now = self()
        if self._is_apart:
            self._hear(_live(batch))
            now = self()
        if not self._is_trusted:
            check_clock(self._database, now, _said(batch))
            self._is_trusted = True

    def _seconds_shown(self) -> float:
        return (self._clock() - _BEGINNING).total_seconds()

    def _hear(self, live: Iterable[datetime]) -> None:
        shown, counted = self._clock(), self()
        for moment in live:
            is_for_clock = abs(moment - shown) < abs(moment - counted)
            near = abs(moment - (shown if is_for_clock else counted)) <= STEP
            # A phone may be wrong as well, even in the same way; one that is right is heard too.
            self._agreeing = self._agreeing + 1 if is_for_clock and near else 0
            if self._agreeing == AGREEING:
                self._began_at = shown - timedelta(seconds=self._seconds())
                self._agreeing = 0
                return

    def _tell_apart(self, leap: timedelta) -> None:
        if self._is_apart:
            _log.critical(
                "the machine's clock was set by %s; time goes on as counted until phones agree "
                "with it, or this is started anew",
                leap,
            )
        else:
            _log.warning("the machine's clock and the count of seconds agree again")


def _is_near(now: datetime, known: Iterable[datetime]) -> bool:
    return any(abs(now - moment) <= FAR for moment in known)


def _said(batch: Sequence[Asked]) -> list[datetime]:
    """Give the instants in a batch that other clocks have told."""
    return [
        asked.operation.occurred_at
        for asked in batch
        if asked.credential.role is not Role.OPERATOR
        and not asked.credential.is_revoked
        and not (isinstance(asked.operation, Redeem | Undo) and asked.operation.is_timed_here)
    ]


def _live(batch: Sequence[Asked]) -> list[datetime]:
    is_live = [one for one in batch if not getattr(one.operation, "is_offline", True)]
    return _said(is_live)
