"""What may happen in a run: batches of operations, repetitions, clocks, cards, pages, restarts.

A command says what, and whoever runs it when. So a run that fails shrinks to a few lines that can
be read. Which operations are asked for is in `kinds.py`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from operator import itemgetter

from hypothesis import strategies as st

from points.domain.ids import HouseholdId
from points.domain.operations import (
    CardRef,
)
from tests.laws.kinds import Again, Ask, asks, often, some
from tests.laws.rows import GIFTS, PURCHASES, shown
from tests.laws.world import (
    ANY_ALLOWANCE,
    ANY_CODE,
    CHEN,
    CHEN_CARD,
    JUNIOR_CARD,
    OTHER_PIN,
    PIN,
    SPARE_CARDS,
    WANG_NUMBER,
    WRONG_PIN,
)
from tests.market import (
    DAY,
    LI,
    LI_CARD,
    WANG,
    WANG_CARD,
    at,
)


@dataclass(frozen=True)
class Post:
    """A batch, posted in one transaction; phones go by the book's time, or by the clock."""

    batch: tuple[Ask | Again, ...]
    is_by_clock: bool = False


@dataclass(frozen=True)
class SetClock:
    """The clock steps, forwards or back, or goes on to an instant that is still to come."""

    step: timedelta = timedelta()
    to: datetime | None = None


@dataclass(frozen=True)
class StopCard:
    """A card is frozen, thawed, or replaced by a blank one."""

    card: CardRef
    how: str
    by: CardRef


@dataclass(frozen=True)
class Indebt:
    """A household comes to owe: what it was given is spent, and then taken back."""

    household: HouseholdId
    points: int


@dataclass(frozen=True)
class Sweep:
    """What has ended is taken."""


@dataclass(frozen=True)
class Restart:
    """The process ends, and another one opens the same database."""


@dataclass(frozen=True)
class SetPin:
    """The household of a card gets a PIN at the desk, or loses it."""

    card: CardRef
    pin: str | None


@dataclass(frozen=True)
class ShowCode:
    """A one-time code is made for a card, and held up so much later by whoever has seen it."""

    card: CardRef
    pin: str | None
    later: timedelta
    batch: tuple[Ask, ...]


@dataclass(frozen=True)
class Allow:
    """A household lets somebody spend so much for so many days, and somebody does."""

    card: CardRef
    pin: str | None
    points_max: int
    days: int
    batch: tuple[Ask, ...]


@dataclass(frozen=True)
class EndAllowance:
    """A household ends the allowance that it made last, or one before."""

    back: int


PageCommand = SetPin | ShowCode | Allow | EndAllowance
"""What happens on a household's page, or at the desk for it."""
Command = Post | Indebt | SetClock | StopCard | Sweep | Restart | PageCommand

STEPS = [timedelta(seconds=1), timedelta(minutes=6), timedelta(minutes=20), timedelta(hours=1)]
LEAPS = [timedelta(hours=25), timedelta(hours=-2), timedelta(days=-1)]
MIDNIGHTS = [at("00:00", on=DAY + timedelta(days=it)) for it in (1, 1, 1, 2, 3)]
TURNS = [*MIDNIGHTS, at("11:00"), at("23:55", on=date(2019, 12, 31))]
TURNS += [at("00:00", on=date(year, 1, 1)) for year in (2020, 2021)]
ALMOST = [it - timedelta(microseconds=2) for it in TURNS]
WAIT = SetClock()
STOPPED = some(WANG_CARD, JUNIOR_CARD, WANG_NUMBER, LI_CARD, *SPARE_CARDS)
STOPS = some("freeze", "thaw", "replace")
GIVERS = some(*often(4, (WANG_CARD, WANG), (LI_CARD, LI)), (JUNIOR_CARD, WANG), (CHEN_CARD, CHEN))
MADE_WITH = some(*often(6, None, PIN), OTHER_PIN, WRONG_PIN)
LATER = some(
    *(timedelta(seconds=it) for it in (1, 1, 1, 20, 30, 60, 61, -59, -61)),
    timedelta(seconds=60, microseconds=-1),
)


def show_code(giver: tuple[CardRef, HouseholdId]) -> st.SearchStrategy[ShowCode]:
    card, household = giver
    return st.builds(ShowCode, st.just(card), MADE_WITH, LATER, shown(ANY_CODE, household))


def allow(giver: tuple[CardRef, HouseholdId]) -> st.SearchStrategy[Allow]:
    card, household = giver
    points = some(*often(3, 4, 7, 8, 12, 20), 0)
    days = some(*often(6, 0, 1), -1, 367)
    asked = shown(ANY_ALLOWANCE, household)
    return st.builds(Allow, st.just(card), MADE_WITH, points, days, asked)


COMMANDS: Mapping[str, tuple[int, st.SearchStrategy[Command]]] = {
    "wait": (1, st.just(WAIT)),
    "post": (
        12,
        st.builds(
            Post,
            st.lists(asks(), min_size=1, max_size=9).map(tuple),
            st.integers(0, 3).map(lambda it: it == 0),
        ),
    ),
    "indebt": (1, st.builds(Indebt, some(WANG, WANG, LI), some(3, 11))),
    "step": (5, st.builds(SetClock, step=some(*often(2, *STEPS), *LEAPS))),
    "turn": (3, st.builds(SetClock, to=some(*TURNS, *ALMOST))),
    "stop": (1, st.builds(StopCard, STOPPED, STOPS, some(*SPARE_CARDS))),
    "pin": (1, st.builds(SetPin, GIVERS.map(itemgetter(0)), some(PIN, PIN, OTHER_PIN, None))),
    "code": (3, GIVERS.flatmap(show_code)),
    "allow": (3, GIVERS.flatmap(allow)),
    "purchases": (2, st.builds(Post, PURCHASES)),
    "gifts": (2, st.builds(Post, GIFTS)),
    "end": (1, st.builds(EndAllowance, some(1, 1, 2))),
    "sweep": (1, st.just(Sweep())),
    "restart": (1, st.just(Restart())),
}
NEXT = some(*(name for name, (weight, _) in COMMANDS.items() for _ in range(weight)))
command: st.SearchStrategy[Command] = NEXT.flatmap(lambda name: COMMANDS[name][1])
runs = st.lists(command, min_size=8, max_size=40)
