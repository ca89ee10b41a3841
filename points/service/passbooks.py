"""What residents read of their own: what they have, what it buys and where, and what they did.

All is read for many at once, in one state of the database: what does not differ between them, such
as what is left on the shelves, is read once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Connection

from points.domain.access import Credential, Role
from points.domain.facts import Posted
from points.domain.ids import CommunityKey, CredentialId, HouseholdId
from points.domain.passbooks import Line, Meeting, first_with_goods, meetings_ahead
from points.domain.programme import Catalog
from points.service.posting import Book
from points.service.reading import Ending, Offer, load_offers
from points.service.telling import tell_lines
from points.service.transactions import snapshot
from points.service.view import View
from points.service.visits import holdings_of
from points.storage.passbooks import load_newest_lines
from points.storage.pins import has_pin
from points.storage.reading import Place, Purse, load_lines, load_purses
from points.storage.sessions import Holding

FIRST_LINES = 5
"""Lines of the statement that stand on the first page."""

PAGE_LINES = 20

_MEETINGS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Glance:
    """Somebody looks at their first page."""

    token: str = field(repr=False)
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Savings:
    """What a household has to spend."""

    available: int
    owed: int
    endings: tuple[Ending, ...]
    """All that it has, by when it ends; soonest first."""
    soon: datetime
    """What ends before this is to be told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Market:
    """What points buy at the next event that has goods, and where each is left."""

    meeting: Meeting
    offers: tuple[Offer, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontPage:
    """All that a resident sees at a glance."""

    holding: Holding
    savings: Savings
    meetings: tuple[Meeting, ...]
    """What is on, or comes next; the soonest first."""
    market: Market | None
    lines: tuple[Line, ...]
    may_give: bool
    """Whether the programme lets households give points to others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementPage:
    """A stretch of a household's statement, newest line first."""

    savings: Savings
    lines: tuple[Line, ...]
    following: Place | None
    """Where the next page begins; None where this is the last."""


def read_front_pages(book: Book, glances: Sequence[Glance]) -> list[FrontPage | None]:
    """Read what residents see at a glance, in order; None where the visit has ended."""
    with snapshot(book.database) as connection:
        catalog = book.catalogs.current(connection)
        now = max(glance.now for glance in glances)
        holdings = holdings_of(connection, [glance.token for glance in glances], now=now)
        households = {holding.household for holding in holdings if holding is not None}
        purses = load_purses(connection, households) if households else {}
        families = [holding.members for holding in holdings if holding is not None]
        newest = iter(load_newest_lines(connection, families, limit=FIRST_LINES))
        reader = _Reader(connection, catalog, now, purses)
        return [
            None if holding is None else reader.front(holding, next(newest)) for holding in holdings
        ]


def read_visitor(book: Book, token: str, *, now: datetime) -> Holding | None:
    """Tell whose visit this is; None where it has ended."""
    with snapshot(book.database) as connection:
        [holding] = holdings_of(connection, [token], now=now)
    return holding


def read_card_page(book: Book, token: str, *, now: datetime) -> tuple[Holding, bool] | None:
    """Tell whose visit this is, and whether the household has a PIN; None where it has ended."""
    with snapshot(book.database) as connection:
        [holding] = holdings_of(connection, [token], now=now)
        return None if holding is None else (holding, has_pin(connection, holding.household))


def read_statement_page(
    book: Book, token: str, *, before: Place | None, now: datetime
) -> StatementPage | None:
    """Read a stretch of the visitor's statement; None where the visit has ended."""
    with snapshot(book.database) as connection:
        catalog = book.catalogs.current(connection)
        [holding] = holdings_of(connection, [token], now=now)
        if holding is None:
            return None
        purse = load_purses(connection, [holding.household])[holding.household]
        found = load_lines(connection, holding.members, before=before, limit=PAGE_LINES)
        told = [(posted, posted.id in found.undone_by) for posted in found.posted]
        lines = tell_lines(connection, catalog, holding.household, told)
    last = found.posted[-1] if found.posted and found.has_more else None
    return StatementPage(
        savings=_savings(catalog, purse, now),
        lines=lines,
        following=None if last is None else Place(last.posted_at, last.id),
    )


class _Reader:
    """Reads first pages, and what several of them share only once."""

    def __init__(
        self,
        connection: Connection,
        catalog: Catalog,
        now: datetime,
        purses: Mapping[HouseholdId, Purse],
    ) -> None:
        self._connection, self._catalog, self._now = connection, catalog, now
        self._purses = purses
        self._seen: dict[CommunityKey | None, tuple[tuple[Meeting, ...], Market | None]] = {}
        self._offers: dict[str, tuple[Offer, ...]] = {}

    def front(self, holding: Holding, newest: Sequence[tuple[Posted, bool]]) -> FrontPage:
        meetings, market = self._ahead(holding.community)
        return FrontPage(
            holding=holding,
            savings=_savings(self._catalog, self._purses[holding.household], self._now),
            meetings=meetings,
            market=market,
            lines=tell_lines(self._connection, self._catalog, holding.household, newest),
            may_give=self._catalog.programme_at(self._now).gift_points_per_day_max > 0,
        )

    def _ahead(self, community: CommunityKey | None) -> tuple[tuple[Meeting, ...], Market | None]:
        if community not in self._seen:
            meetings = meetings_ahead(self._catalog, community, self._now)
            with_goods = first_with_goods(self._catalog, meetings, self._now)
            market = None
            if with_goods is not None:
                market = Market(meeting=with_goods, offers=self._offers_at(with_goods))
            self._seen[community] = (tuple(meetings[:_MEETINGS]), market)
        return self._seen[community]

    def _offers_at(self, meeting: Meeting) -> tuple[Offer, ...]:
        event = meeting.event.key
        if event not in self._offers:
            # A resident sees the event as one of its phones does that works at no booth.
            looker = Credential(id=CredentialId("resident"), role=Role.EARN, event=event)
            view = View(self._catalog, looker, self._now)
            self._offers[event] = tuple(load_offers(self._connection, view))
        return self._offers[event]


def _savings(catalog: Catalog, purse: Purse, now: datetime) -> Savings:
    live = [Ending(at=ends, points=points) for ends, points in purse.endings if ends > now]
    return Savings(
        available=sum(ending.points for ending in live),
        owed=purse.owed,
        endings=tuple(live),
        soon=now + timedelta(days=catalog.programme_at(now).expiring_soon_days),
    )
