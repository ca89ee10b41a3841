"""Gifts: a household gives points to another, or to the community's pool.

The pool is a household like any other, named by one of its cards in the programme. Whoever gives
names the other by a card's spoken number; what is told of that household is for the page to mask.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from points.domain.access import OPERATOR, Credential, Role
from points.domain.cards import CardNumber, code_fingerprint, read_card_code, read_card_number
from points.domain.checked_codes import CodeFault
from points.domain.desk import DeskFault, NotDone
from points.domain.facts import Accepted, Asked, Conflict, Outcome, Refused, Replayed
from points.domain.ids import CredentialId
from points.domain.operations import Give, OperationKey, card_by_number
from points.domain.outcomes import Refusal
from points.domain.privacy import masked_name
from points.domain.programme import Programme
from points.service.confirming import check_pin
from points.service.posting import Book, post
from points.service.transactions import snapshot
from points.service.visits import holdings_of
from points.storage.cards import load_card_records, numbers_by_code
from points.storage.pins import has_pin
from points.storage.reading import load_purses
from points.storage.sessions import Holding


@dataclass(frozen=True, slots=True, kw_only=True)
class GiftRules:
    """What the programme allows; with `points_per_day_max` 0 there are no gifts."""

    points_per_day_max: int
    pool: CardNumber | None
    """A card of the community's pool, if there is one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GivingPage:
    """What somebody sees who is about to give."""

    holding: Holding
    has_pin: bool
    available: int
    rules: GiftRules


@dataclass(frozen=True, slots=True, kw_only=True)
class Receiver:
    """Whoever would get a gift, as far as the giver may be told."""

    number: CardNumber
    name: str
    """Masked; empty where no name is known."""
    is_pool: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """Who gives to whom, by the spoken numbers of cards, and how much."""

    giver: CardNumber
    to: CardNumber
    points: int


def gift_rules(book: Book, *, now: datetime) -> GiftRules:
    """Tell what the programme allows."""
    with snapshot(book.database) as connection:
        return _rules(book.catalogs.current(connection).programme_at(now))


def read_giving_page(book: Book, token: str, *, now: datetime) -> GivingPage | None:
    """Read what a visitor can give, and what the programme allows; None without a visit."""
    with snapshot(book.database) as connection:
        rules = _rules(book.catalogs.current(connection).programme_at(now))
        [holding] = holdings_of(connection, [token], now=now)
        if holding is None:
            return None
        household = holding.household
        purse = load_purses(connection, [household])[household]
        return GivingPage(
            holding=holding,
            has_pin=has_pin(connection, household),
            available=sum(points for ends, points in purse.endings if ends > now),
            rules=rules,
        )


def find_receiver(book: Book, giver: Holding, typed: str, *, now: datetime) -> Receiver | NotDone:
    """Tell who would get a gift, by a card's number or code; nobody's name is told in full.

    A household of another community is told of by nothing: it cannot be given anything.
    """
    with snapshot(book.database) as connection:
        rules = _rules(book.catalogs.current(connection).programme_at(now))
        number = _number(connection, typed)
        card = load_card_records(connection, [number]).get(number) if number else None
    if number is None or card is None:
        return NotDone(reason=Refusal.HOUSEHOLD_UNKNOWN)
    if card.household == giver.household:
        return NotDone(reason=Refusal.SAME_HOUSEHOLD)
    home = card.home
    if home is not None and giver.community not in (None, home.community):
        return NotDone(reason=Refusal.OTHER_COMMUNITY)
    name = masked_name(home.name or "") if home is not None else ""
    return Receiver(number=number, name=name, is_pool=number == rules.pool)


def give_points(
    book: Book, wish: Wish, key: str, *, now: datetime, pin: str | None = None
) -> Accepted | NotDone:
    """Give points from a household's own page. Under the same key they are given once.

    Args:
        book: Posted to.
        wish: The giver's card is that of the session.
        key: Names the gift: made when the page is shown, and the same when it is sent again.
        now: When it happens.
        pin: What was typed as the household's PIN, if anything was.
    """
    giver = Credential(id=CredentialId(f"resident:{wish.giver}"), role=Role.RESIDENT)
    asked = _asked(wish, key, giver, now)
    if pin is not None:
        card = card_by_number(wish.giver)
        asked = replace(asked, pin=check_pin(book.database, card, pin, now=now))
    return _settled(post(book, [asked])[0])


def give_at_desk(book: Book, wish: Wish, key: str, *, now: datetime) -> Accepted | NotDone:
    """Give for somebody who stands at the desk. Under the same key it is given once."""
    return _settled(post(book, [_asked(wish, key, OPERATOR, now)])[0])


def _rules(programme: Programme) -> GiftRules:
    pool = CardNumber(programme.pool_card) if programme.pool_card else None
    return GiftRules(points_per_day_max=programme.gift_points_per_day_max, pool=pool)


def _number(connection: Connection, typed: str) -> CardNumber | None:
    code = read_card_code(typed)
    if isinstance(code, CodeFault):
        return read_card_number(typed)
    fingerprint = code_fingerprint(code)
    return numbers_by_code(connection, [fingerprint]).get(fingerprint)


def _asked(wish: Wish, key: str, by: Credential, now: datetime) -> Asked:
    give = Give(
        card=card_by_number(wish.giver),
        to=card_by_number(wish.to),
        points=wish.points,
        occurred_at=now,
    )
    return Asked(credential=by, key=OperationKey(f"give {key}"), operation=give)


def _settled(outcome: Outcome) -> Accepted | NotDone:
    verdict = outcome.first if isinstance(outcome, Replayed) else outcome
    match verdict:
        case Accepted():
            return verdict
        case Refused():
            return NotDone(reason=verdict.reason, details=verdict.details)
        case Conflict():
            return NotDone(reason=DeskFault.KEY_REUSED)
