"""Gifts: a household gives points to another, or to the community's pool.

The pool is a household like any other, named by one of its cards in the programme. Whoever gives
names the other by a card's spoken number; what is told of that household is for the page to mask.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from points.domain.access import OPERATOR, Credential, Role
from points.domain.cards import CardNumber
from points.domain.desk import DeskFault, NotDone
from points.domain.facts import Accepted, Asked, Conflict, Outcome, Refused, Replayed
from points.domain.ids import CredentialId
from points.domain.operations import Give, OperationKey, card_by_number
from points.service.confirming import check_pin
from points.service.posting import Book, post
from points.service.transactions import snapshot


@dataclass(frozen=True, slots=True, kw_only=True)
class GiftRules:
    """What the programme allows; with `points_per_day_max` 0 there are no gifts."""

    points_per_day_max: int
    pool: CardNumber | None
    """A card of the community's pool, if there is one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """Who gives to whom, by the spoken numbers of cards, and how much."""

    giver: CardNumber
    to: CardNumber
    points: int


def gift_rules(book: Book, *, now: datetime) -> GiftRules:
    """Tell what the programme allows."""
    with snapshot(book.database) as connection:
        programme = book.catalogs.current(connection).programme_at(now)
    pool = CardNumber(programme.pool_card) if programme.pool_card else None
    return GiftRules(points_per_day_max=programme.gift_points_per_day_max, pool=pool)


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
