"""What a running service holds, from the moment it opens its doors until it shuts them."""

from dataclasses import dataclass
from datetime import UTC, tzinfo

from starlette.datastructures import State

from points.domain.access import Credential
from points.domain.outcomes import Refusal
from points.service.passbooks import FrontPage, Glance
from points.service.poster import Poster
from points.service.posting import Book
from points.service.reading import Balance, BalanceAsked
from points.web.throttle import Throttle
from points.web.together import Together


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """The book, the poster before it, who reads from it, and who knocks at doors open to anyone."""

    book: Book
    poster: Poster
    throttle: Throttle
    tokens: Together[str, Credential | None]
    """Tells whose tokens come in."""
    balances: Together[BalanceAsked, Balance | Refusal]
    """Tells what cards are worth."""
    front_pages: Together[Glance, FrontPage | None]
    """Reads what residents see at a glance."""
    public_host: str | None
    """The service's name in addresses, where it was told."""
    is_https: bool
    """Whether it is reached by https, where it was told."""

    @property
    def zone(self) -> tzinfo:
        """Give the zone whose clocks people read: the programme's, once there is one."""
        catalog = self.book.catalogs.kept
        if catalog is None or not catalog.programme.all:
            return UTC
        programme = catalog.programme.latest.item
        return programme.zone if programme is not None else UTC


def keep(state: State, running: Running) -> None:
    """Keep what runs where requests find it."""
    state.running = running


def running_of(state: State) -> Running:
    """Find what runs."""
    running = state.running
    assert isinstance(running, Running), "requests come after the start"
    return running
