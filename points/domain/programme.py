"""What an organiser sets up: programme, communities, events, booths, activities and rewards.

Each of these is a value that never changes. A changed rule or price is a further version with a
later `valid_from`; `Versions.at` tells which one an act falls under, so no change reaches back.
Points are whole numbers; rates are exact fractions; instants are aware datetimes.
"""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from fractions import Fraction
from typing import Generic, Literal, TypeVar
from zoneinfo import ZoneInfo

from points.domain.ids import (
    ActivityKey,
    BoothKey,
    BudgetId,
    CommunityKey,
    EventKey,
    RewardKey,
    ShelfId,
)
from points.domain.periods import ExpiryRule, Period

Item = TypeVar("Item")

PRICE_HOLDS = timedelta(hours=24)
"""How long a price that has changed is honoured: a phone may not have heard of the new one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Programme:
    """One deployment's rules."""

    name: str
    name_en: str = ""
    subdistrict: str = ""
    zone: ZoneInfo
    expires: ExpiryRule
    points_per_day_max: int | None = None
    """Most points a household gets on one local day from activities that count towards it."""
    fen_per_point: Fraction = Fraction(0)
    """Worth of a point in hundredths of a yuan; only for reports."""
    undo_minutes: int = 15
    clock_minutes_off_max: int = 10
    offline_days_max: int = 14
    expiring_soon_days: int = 30
    offline_points_per_card_max: int = 100
    """Points for which one phone may hand goods out to one household at an event while there is no
    network; 0 for none."""
    forgive_points_max: int = 100
    """Most owed points that one case may be settled by forgiving."""
    refund_days_valid: int = 30
    """Local days that points live which come back after their lot has ended."""
    slip_points_max: int = 50
    """Most points of a slip that a booth's phone may give out; with 0 only supervisors do."""
    slip_days_valid: int = 30
    """Local days after the day of issue on which such a slip may still be cashed."""
    unconfirmed_points_per_day_max: int | None = None
    """Most points that a household spends on one local day without what `second_factor` names."""
    second_factor: Literal["pin", "code"] = "pin"
    """What more must be shown to spend beyond that: the household's PIN, typed now or when a
    one-time code was made, or any one-time code. Whoever has a photo of a card can open its page
    and make a code there, so "code" alone keeps off only who cannot or does not."""
    gift_points_per_day_max: int = 0
    """Most points that a household gives others on one local day; with 0 there are no gifts."""
    pool_card: str = ""
    """The number of a card of the community's pool, to which points may be given."""
    privacy_notice: str = ""
    """What people are told before a household is noted; where nothing is written, our own words."""
    privacy_notice_en: str = ""
    forget_days: int = 1095
    """Days without any act after which a household's personal data are erased; 0 for never."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Community:
    """A residents' committee's area 居民区."""

    key: CommunityKey
    name: str
    name_en: str = ""
    estate: str = ""
    buildings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A stretch of time in which an event is open: from `opens` until just before `closes`."""

    opens: datetime
    closes: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A day or more of activities. Without a community it is open to the whole subdistrict."""

    key: EventKey
    name: str
    name_en: str = ""
    place: str = ""
    community: CommunityKey | None = None
    kind: str = ""
    sessions: tuple[Session, ...]
    """In order of time, at least one."""
    tolerance_minutes: int = 0
    """How long before opening and after closing a scan still counts."""
    buildings: tuple[str, ...] = ()
    points_budget: int | None = None

    def window_of(self, moment: datetime) -> Session | None:
        """Give the session that holds the instant, tolerance included."""
        tolerance = timedelta(minutes=self.tolerance_minutes)
        for session in self.sessions:
            if session.opens <= moment < session.closes or (
                tolerance and session.opens - tolerance <= moment < session.closes + tolerance
            ):
                return session
        return None

    def is_before(self, moment: datetime) -> bool:
        """Tell whether a session is still to come after the instant."""
        return any(moment < session.opens for session in self.sessions)


@dataclass(frozen=True, slots=True, kw_only=True)
class Booth:
    """A stand 展位: what can be earned there, and whether goods are handed out."""

    key: BoothKey
    event: EventKey
    number: int
    name: str
    activities: tuple[ActivityKey, ...] = ()
    redeems: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Fixed:
    """The same points each time."""

    kind: Literal["fixed"] = "fixed"
    points: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PerCorrectAnswer:
    """Points for every correct answer, up to a most."""

    kind: Literal["per_correct_answer"] = "per_correct_answer"
    points_each: int
    points_max: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed:
    """Points by weight: exact on the sum of all materials, rounded down once."""

    kind: Literal["weighed"] = "weighed"
    per_kilogram: Mapping[str, Fraction]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """Points at each booth, and once a bonus for enough different booths."""

    kind: Literal["stamp"] = "stamp"
    points: int
    different_booths: int
    bonus_points: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """Points by the hour between check-in and check-out, exact to the second, rounded down once."""

    kind: Literal["shift"] = "shift"
    points_per_hour: int
    hours_counted_max: Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class CleanUp:
    """People check in at a building; it is paid once in a period, shared equally among them.

    The pot is `points_per_person` times the people, at most `points_max`. What equal shares leave
    over goes, one point each, to the earliest checked in.
    """

    kind: Literal["clean_up"] = "clean_up"
    points_per_person: int
    points_max: int | None = None
    once_in: Period


Rule = Fixed | PerCorrectAnswer | Weighed | Stamp | Shift | CleanUp


class Who(StrEnum):
    """Whose times are counted."""

    HOUSEHOLD = "household"
    RESIDENT = "resident"


class Span(StrEnum):
    """Over what times are counted."""

    DAY = "day"
    EVENT = "event"
    """The event; for stamps at each booth apart."""
    ACTIVITY = "activity"
    """The activity, at all booths together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TimesLimit:
    """How often one may do an activity."""

    who: Who
    span: Span
    times_max: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """A way to earn, with its rule and limits."""

    key: ActivityKey
    event: EventKey
    name: str
    name_en: str = ""
    rule: Rule
    times: tuple[TimesLimit, ...] = ()
    points_max_per_day: int | None = None
    points_max_per_event: int | None = None
    cooldown_minutes: int | None = None
    points_budget: int | None = None
    counts_towards_day: bool = False
    """Whether the programme's `points_per_day_max` applies."""

    @property
    def looks_back_over_event(self) -> bool:
        """Whether deciding needs more of the event than the day of the act."""
        spans = {limit.span for limit in self.times}
        return (
            bool(spans - {Span.DAY})
            or self.cooldown_minutes is not None  # a pause may reach over midnight
            or self.points_max_per_event is not None
            or isinstance(self.rule, Stamp | Shift | CleanUp)
        )

    @property
    def cooldown_of(self) -> Who:
        """Whose cooldown it is: the resident's where a limit names residents."""
        by_resident = any(limit.who is Who.RESIDENT for limit in self.times)
        return Who.RESIDENT if by_resident else Who.HOUSEHOLD


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """Pieces that may be handed out from an instant on."""

    at: datetime
    pieces: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reward:
    """Goods that points buy."""

    key: RewardKey
    event: EventKey
    name: str
    name_en: str = ""
    price: int
    stock: int
    """Opening stock, all of it at `home_booth`."""
    home_booth: BoothKey
    per_household_per_event: int | None = None
    released: tuple[Release, ...] = ()
    """In order of time; empty when everything may go from the start."""
    reserved_for: Mapping[str, int] = field(default_factory=dict)

    def pieces_held_back(self, moment: datetime) -> int:
        """Count the pieces at the home booth that are released only later."""
        return sum(release.pieces for release in self.released if moment < release.at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Version(Generic[Item]):
    """An item as it stands from an instant on; `item` is None where it was withdrawn."""

    number: int
    valid_from: datetime
    item: Item | None


@dataclass(frozen=True, slots=True)
class Versions(Generic[Item]):
    """All that an item ever was, oldest first."""

    all: tuple[Version[Item], ...]

    def at(self, moment: datetime) -> Version[Item]:
        """Give the version in force at the instant; the first has been in force since ever."""
        if len(self.all) == 1:  # as nearly all have, and asked many times for every operation
            return self.all[0]
        place = bisect_right(self.all, moment, key=lambda version: version.valid_from)
        return self.all[max(place, 1) - 1]

    def between(self, since: datetime, until: datetime) -> tuple[Version[Item], ...]:
        """Give the versions that were in force at some time after `since` and up to `until`."""
        begun = [self.all[0], *(it for it in self.all[1:] if it.valid_from <= until)]
        ends = [*(it.valid_from for it in begun[1:]), None]
        return tuple(it for it, end in zip(begun, ends, strict=True) if end is None or end > since)

    @property
    def latest(self) -> Version[Item]:
        """Give the newest version, whether or not it is in force yet."""
        return self.all[-1]

    @property
    def last_item(self) -> Item | None:
        """Give the item as it last stood, also where it was withdrawn since."""
        return next((it.item for it in reversed(self.all) if it.item is not None), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """A place for pieces of one reward: at a booth, or the part kept there for a reserve."""

    reward: RewardKey
    booth: BoothKey
    reserve: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalog:
    """Everything set up, with all versions. `number` grows with every change."""

    number: int
    programme: Versions[Programme]
    communities: Mapping[CommunityKey, Versions[Community]]
    events: Mapping[EventKey, Versions[Event]]
    booths: Mapping[BoothKey, Versions[Booth]]
    activities: Mapping[ActivityKey, Versions[Activity]]
    rewards: Mapping[RewardKey, Versions[Reward]]
    shelves: Mapping[Shelf, ShelfId]
    budgets: Mapping[str, BudgetId]
    """Budgets by the key of their event or activity."""

    def programme_at(self, moment: datetime) -> Programme:
        """Give the programme's rules at the instant."""
        version = self.programme.at(moment)
        assert version.item is not None, "a programme is never withdrawn"
        return version.item
