"""Read acts: what a card's household has and did, and what an event offers, as the caller may see.

A card that was stopped tells its figures to supervisors alone: whoever found it learns nothing.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from points.domain.access import Credential
from points.domain.facts import ALLOWANCE, Allowance, CardState, Posted
from points.domain.ids import AllowanceId, HouseholdId, OperationId
from points.domain.operations import CardRef
from points.domain.outcomes import Refusal
from points.domain.periods import local_day
from points.domain.programme import (
    Activity,
    Booth,
    Catalog,
    Event,
    Release,
    Reward,
    Shelf,
)
from points.domain.shown_cards import is_one_time
from points.service.posting import Book
from points.service.transactions import snapshot
from points.service.view import View
from points.storage.allowances import labels_of
from points.storage.migrate import is_current
from points.storage.reading import (
    Holder,
    Place,
    Purse,
    find_holders,
    find_redemption,
    load_lines,
    load_pieces,
    load_purses,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """Points that end together."""

    at: datetime
    points: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """What a card's household has."""

    card: CardState
    available: int
    booked: int
    owed: int
    expiring_soon: tuple[Ending, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a statement. What happened at a foreign event has points and time, no names."""

    posted: Posted
    item: Activity | Reward | None
    undone_by: OperationId | None
    is_foreign: bool
    spent_by: str | None = None
    """Who spent, in the household's own words, where it let somebody: for its own eyes only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Which lines to tell: so many from the newest on, or from behind a place."""

    before: Place | None
    limit: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A page of a household's lines, newest first."""

    balance: Balance
    lines: tuple[Line, ...]
    following: Place | None
    """Where the next page begins; None where this is the last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stock:
    """What is left of a reward at one booth."""

    booth: Booth
    left: int
    """Pieces that anyone may have now."""
    reserved: Mapping[str, int]
    """Pieces kept beside those, by whom they are for."""
    next_release: Release | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A reward, and where it is left."""

    reward: Reward
    stocks: tuple[Stock, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BalanceAsked:
    """Somebody wants to know what a card's household has."""

    caller: Credential
    card: CardRef
    now: datetime


def read_balance(
    book: Book, caller: Credential, card: CardRef, *, now: datetime
) -> Balance | Refusal:
    """Tell what the card's household has."""
    [balance] = read_balances(book, [BalanceAsked(caller=caller, card=card, now=now)])
    return balance


def read_balances(book: Book, asked: Sequence[BalanceAsked]) -> list[Balance | Refusal]:
    """Tell what the households of these cards have, in order: for many as quickly as for one."""
    with snapshot(book.database) as connection:
        catalog = book.catalogs.current(connection)
        holders = find_holders(connection, {one.card for one in asked})
        purses = load_purses(connection, {holder.household for holder in holders.values()})
    return [_balance_asked(catalog, one, holders.get(one.card), purses) for one in asked]


def read_statement(
    book: Book,
    caller: Credential,
    card: CardRef,
    *,
    page: Page,
    now: datetime,
) -> Statement | Refusal:
    """Tell what the card's household did, newest line first."""
    with snapshot(book.database) as connection:
        view = View(book.catalogs.current(connection), caller, now)
        holder = _holder(connection, view, card)
        if isinstance(holder, Refusal):
            return holder
        found = load_lines(connection, holder.members, before=page.before, limit=page.limit)
        purse = load_purses(connection, [holder.household])[holder.household]
        labels = labels_of(connection, {it for it in map(_allowance_of, found.posted) if it})
    last = found.posted[-1] if found.posted and found.has_more else None
    return Statement(
        balance=_balance(view.catalog, holder, purse, now),
        lines=tuple(_line(view, one, found.undone_by.get(one.id), labels) for one in found.posted),
        following=None if last is None else Place(last.posted_at, last.id),
    )


def is_ready(book: Book) -> bool:
    """Tell whether the database answers and has the tables of this release.

    Raises:
        DatabaseUnavailable: It does not answer.
    """
    with snapshot(book.database) as connection:
        if not is_current(book.database):
            return False
        book.catalogs.current(connection)
    return True


def read_events(book: Book, caller: Credential, *, now: datetime) -> list[Event]:
    """List the events that the caller works for."""
    return _view(book, caller, now).events()


def read_booths(book: Book, caller: Credential, *, now: datetime) -> list[Booth]:
    """List the booths that the caller sees, by number."""
    return _view(book, caller, now).booths()


def read_activities(book: Book, caller: Credential, *, now: datetime) -> list[Activity]:
    """List what can be earned where the caller works, by key."""
    return _view(book, caller, now).activities()


def read_offers(book: Book, caller: Credential, *, now: datetime) -> list[Offer]:
    """List what is handed out where the caller works, with what is left, by key."""
    with snapshot(book.database) as connection:
        return load_offers(connection, View(book.catalogs.current(connection), caller, now))


def load_offers(connection: Connection, view: View) -> list[Offer]:
    """Read what is handed out where somebody works, with what is left, by key."""
    booths = [booth for booth in view.booths() if booth.redeems]
    rewards = view.rewards()
    shelves = _shelves(view.catalog, rewards, booths)
    pieces = load_pieces(connection, [view.catalog.shelves[shelf] for shelf in shelves])
    left = {shelf: pieces[view.catalog.shelves[shelf]] for shelf in shelves}
    offers = (_offer(reward, booths, left, view.now) for reward in rewards)
    return [offer for offer in offers if offer.stocks]


def read_redemption(book: Book, caller: Credential, number: OperationId) -> Posted | None:
    """Find one of the caller's own redemptions."""
    with snapshot(book.database) as connection:
        return find_redemption(connection, caller.id, number)


def _view(book: Book, caller: Credential, now: datetime) -> View:
    with snapshot(book.database) as connection:
        return View(book.catalogs.current(connection), caller, now)


def _balance_asked(
    catalog: Catalog,
    asked: BalanceAsked,
    holder: Holder | None,
    purses: Mapping[HouseholdId, Purse],
) -> Balance | Refusal:
    shown = _shown(View(catalog, asked.caller, asked.now), holder)
    code = holder.code if holder is not None else None
    if is_one_time(asked.card) and (code is None or not code.lifetime.holds(asked.now)):
        return Refusal.CODE_EXPIRED
    allowance = holder.allowance if holder is not None else None
    if allowance is not None and shown is not Refusal.CARD_UNKNOWN:
        return _balance_allowed(catalog, allowance, asked.now)
    if isinstance(shown, Refusal):
        return shown
    if code is not None and code.used_by is not None:
        return Refusal.CODE_USED
    return _balance(catalog, shown, purses[shown.household], asked.now)


def _balance_allowed(catalog: Catalog, allowance: Allowance, now: datetime) -> Balance | Refusal:
    """Tell what is left of an allowance: of the household whoever carries it learns nothing."""
    today = local_day(now, catalog.programme_at(now).zone)
    if allowance.card.stopped_at is not None or today > allowance.last_day:
        return Refusal.ALLOWANCE_ENDED
    left = max(0, allowance.points_max - allowance.spent)
    return Balance(card=CardState.ACTIVE, available=left, booked=left, owed=0, expiring_soon=())


def _holder(connection: Connection, view: View, ref: CardRef) -> Holder | Refusal:
    holder = find_holders(connection, [ref]).get(ref)
    if holder is not None and (holder.code or holder.allowance):
        return Refusal.CARD_UNKNOWN  # what stands for a card for one purpose opens no statement
    return _shown(view, holder)


def _shown(view: View, holder: Holder | None) -> Holder | Refusal:
    """Give whose card it is, as far as the caller may see."""
    if holder is None or not view.welcomes(holder.community):
        return Refusal.CARD_UNKNOWN
    if view.is_supervisors:
        return holder
    stopped = {
        CardState.FROZEN: Refusal.CARD_FROZEN,
        CardState.REPLACED: Refusal.CARD_REPLACED,
    }
    return stopped.get(holder.card.state, holder)


def _balance(catalog: Catalog, holder: Holder, purse: Purse, now: datetime) -> Balance:
    soon = now + timedelta(days=catalog.programme_at(now).expiring_soon_days)
    live = [(ends, points) for ends, points in purse.endings if ends > now]
    return Balance(
        card=holder.card.state,
        available=sum(points for _, points in live),
        booked=purse.balance,
        owed=purse.owed,
        expiring_soon=tuple(
            Ending(at=ends, points=points) for ends, points in live if ends <= soon
        ),
    )


def _allowance_of(posted: Posted) -> AllowanceId | None:
    number = posted.details.get(ALLOWANCE)
    return None if number is None else AllowanceId(int(number))


def _line(
    view: View,
    posted: Posted,
    undone_by: OperationId | None,
    labels: Mapping[AllowanceId, str | None],
) -> Line:
    is_foreign = view.is_foreign(posted.event)
    allowance = _allowance_of(posted)
    return Line(
        posted=posted,
        item=None if is_foreign else view.item(posted),
        undone_by=undone_by,
        is_foreign=is_foreign,
        spent_by=None if allowance is None else labels.get(allowance),
    )


def _shelves(catalog: Catalog, rewards: Iterable[Reward], booths: list[Booth]) -> list[Shelf]:
    wanted = (
        Shelf(reward=reward.key, booth=booth.key, reserve=reserve)
        for reward in rewards
        for booth in booths
        for reserve in ("", *reward.reserved_for)
    )
    return [shelf for shelf in wanted if shelf in catalog.shelves]


def _offer(
    reward: Reward, booths: Iterable[Booth], left: Mapping[Shelf, int], now: datetime
) -> Offer:
    return Offer(
        reward=reward,
        stocks=tuple(
            _stock(reward, booth, left, now)
            for booth in booths
            if Shelf(reward=reward.key, booth=booth.key) in left
        ),
    )


def _stock(reward: Reward, booth: Booth, left: Mapping[Shelf, int], now: datetime) -> Stock:
    def pieces(reserve: str = "") -> int:
        return left.get(Shelf(reward=reward.key, booth=booth.key, reserve=reserve), 0)

    is_home = booth.key == reward.home_booth
    held_back = reward.pieces_held_back(now) if is_home else 0
    later = [release for release in reward.released if now < release.at]
    return Stock(
        booth=booth,
        left=max(0, pieces() - held_back),
        reserved={reserve: pieces(reserve) for reserve in reward.reserved_for if is_home},
        next_release=later[0] if later and is_home else None,
    )
