"""Let a resident choose the household's PIN at a booth, on the phone of whoever leads there.

The card is held up and the resident types. Whoever has a photo of a card could set a first PIN as
well, so it is the lead who looks at the person and answers for it: each setting is noted with the
phone that it was done on. A phone that only hands goods out sets none, or it could lift the limit
that the PIN is there for.
"""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection

from points.domain.access import Credential
from points.domain.binding import DeskAct
from points.domain.cards import CardNumber
from points.domain.desk import DeskFault, NotDone
from points.domain.operations import CardRef
from points.domain.outcomes import Refusal
from points.domain.people import CardRecord
from points.domain.pins import PinFault, read_pin
from points.service.cards import RandomBytes, stopped_fault
from points.service.confirming import hashed_pin, pin_fault, try_pin
from points.service.desk import RolledBack, settle_whole
from points.service.posting import Book
from points.service.transactions import snapshot
from points.service.view import View
from points.storage import pins as kept
from points.storage.cards import hold_cards, load_card_records, numbers_by_code
from points.storage.desk import Done, add_desk_act


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPin:
    """A PIN that was typed for the household of a card, and what lets it take another's place."""

    card: CardRef
    typed: str = field(repr=False)
    old: str | None = field(default=None, repr=False)
    """The PIN until now, as typed. An answer that was lost is asked for again with the new one."""
    is_vouched_for: bool = False
    """The lead has looked at the person, who has forgotten the PIN until now."""


def set_pin_at_booth(
    book: Book, caller: Credential, asked: NewPin, *, now: datetime, random_bytes: RandomBytes
) -> CardNumber | NotDone:
    """Set the first PIN of a household, or another one; give the number of its card.

    One that is there gives way only to somebody who knows it, or whom the lead vouches for.
    """
    pin = read_pin(asked.typed)
    if isinstance(pin, PinFault):
        return NotDone(reason=DeskFault.PIN_INVALID)
    with snapshot(book.database) as connection:
        view = View(book.catalogs.current(connection), caller, now)
        number = _number(connection, asked.card)
        card = _met(view, load_card_records(connection, [number]).get(number) if number else None)
    if isinstance(card, NotDone):
        return card
    may_replace = asked.is_vouched_for
    if asked.old is not None and not may_replace:
        checked = try_pin(book.database, card.household, asked.old, now=now)
        if checked is not None and not checked.is_right:
            return pin_fault(checked) or NotDone(reason=Refusal.PIN_WRONG)
        may_replace = checked is not None
    salt, hashed = hashed_pin(pin, random_bytes)

    def act(connection: Connection) -> CardNumber:
        held = _met(view, hold_cards(connection, [card.number]).get(card.number))
        if isinstance(held, NotDone):
            raise RolledBack(held)
        # Which household it is may have changed since the old one was tried.
        if held.household != card.household or not may_replace:
            _must_have_none(connection, held)
        kept.set_pin(connection, held.household, salt=salt, hashed=hashed, at=now)
        done = Done(
            act=DeskAct.PIN_SET, by=caller.id, household=held.household, at=now, card=held.id
        )
        add_desk_act(connection, done)
        return held.number

    return settle_whole(book.database, act)


def _number(connection: Connection, card: CardRef) -> CardNumber | None:
    found = numbers_by_code(connection, [bytes.fromhex(card[5:])])
    return next(iter(found.values()), None)


def _met(view: View, card: CardRecord | None) -> CardRecord | NotDone:
    if card is None or not view.welcomes(None if card.home is None else card.home.community):
        return NotDone(reason=Refusal.CARD_UNKNOWN)
    return stopped_fault(card) or card


def _must_have_none(connection: Connection, card: CardRecord) -> None:
    if kept.has_pin(connection, card.household):
        raise RolledBack(NotDone(reason=DeskFault.PIN_ALREADY_SET))
