"""Bind a blank card at a booth, and freeze a lost one there: by a phone, with its name beside it.

A card becomes a household's own, or comes to the household of another card that is held up beside
it. What a blank card earned before comes along.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from points.domain.access import Credential
from points.domain.binding import (
    BUILDING_LENGTH_MAX,
    Binding,
    DeskAct,
    NewHousehold,
    blank_fault,
)
from points.domain.cards import CardNumber
from points.domain.consents import Consent
from points.domain.desk import DeskFault, NotDone
from points.domain.facts import CardState
from points.domain.ids import HouseholdId
from points.domain.operations import CardRef
from points.domain.outcomes import Refusal
from points.domain.people import CardRecord, HouseholdRecord, plain_door, text_fault
from points.service.cards import stopped_fault
from points.service.consents import note_consent
from points.service.desk import RolledBack, settle_whole
from points.service.households import join
from points.service.posting import Book
from points.service.view import View
from points.storage.cards import (
    hold_cards,
    load_card_records,
    numbers_by_code,
    set_card_state,
)
from points.storage.desk import Done, add_desk_act, find_desk_act
from points.storage.households import find_household, house
from points.storage.locks import lock_chain


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """A card that has its household."""

    number: CardNumber
    household: HouseholdRecord


def bind_at_booth(
    book: Book, caller: Credential, asked: Binding, *, now: datetime
) -> Bound | NotDone:
    """Bind a blank card, once; the same binding asked for again finds itself done.

    Args:
        book: Where cards are known.
        caller: The phone. It sees no household of a community that is not its event's.
        asked: Which card, to whom, and what was agreed to.
        now: When.
    """

    def act(connection: Connection) -> Bound | NotDone:
        view = View(book.catalogs.current(connection), caller, now)
        done = find_desk_act(connection, caller.id, asked.key)
        numbers = _numbers(connection, asked)
        if done is not None:
            if done.fingerprint != asked.fingerprint:
                return NotDone(reason=DeskFault.KEY_REUSED)
            return _bound(connection, numbers[asked.card])
        lock_chain(connection)  # before any wallet: the card may bring a past, and that is posted
        cards = hold_cards(connection, list(numbers.values()))
        card = _held(view, cards, numbers.get(asked.card))
        other = None
        if not isinstance(asked.to, NewHousehold):
            other = _held(view, cards, numbers.get(asked.to))
        household, what = _belong(connection, book, _Met(view, card, other), asked)
        if asked.notice is not None:
            agreed = Consent(household=household, version=asked.notice, agreed_at=now, by=caller.id)
            _must(note_consent(connection, view.catalog, agreed))
        add_desk_act(
            connection,
            Done(
                act=what,
                by=caller.id,
                household=household,
                at=now,
                card=card.id,
                key=asked.key,
                fingerprint=asked.fingerprint,
            ),
        )
        return _bound(connection, card.number)

    return settle_whole(book.database, act)


def freeze_at_booth(
    book: Book, caller: Credential, number: CardNumber, *, now: datetime
) -> CardRecord | NotDone:
    """Stop a lost card by its spoken number, at once. Freezing it again changes nothing."""

    def act(connection: Connection) -> CardRecord | NotDone:
        view = View(book.catalogs.current(connection), caller, now)
        card = hold_cards(connection, [number]).get(number)
        if card is None or not _welcomes(view, card):
            return NotDone(reason=Refusal.CARD_UNKNOWN)
        if card.state is CardState.REPLACED:
            return stopped_fault(card) or card
        if card.state is CardState.FROZEN:
            return card
        set_card_state(connection, card.id, CardState.FROZEN, stopped_at=now)
        add_desk_act(
            connection,
            Done(
                act=DeskAct.FROZEN,
                by=caller.id,
                household=card.household,
                at=now,
                card=card.id,
            ),
        )
        return replace(card, state=CardState.FROZEN, stopped_at=now)

    return settle_whole(book.database, act)


@dataclass(frozen=True, slots=True)
class _Met:
    """The cards that were held up, and through whose eyes they are seen."""

    view: View
    card: CardRecord
    other: CardRecord | None


def _numbers(connection: Connection, asked: Binding) -> dict[CardRef, CardNumber]:
    refs = {asked.card} if isinstance(asked.to, NewHousehold) else {asked.card, asked.to}
    by_code = {bytes.fromhex(ref[5:]): ref for ref in refs}
    found = numbers_by_code(connection, by_code)
    return {by_code[code]: number for code, number in found.items()}


def _held(view: View, cards: dict[CardNumber, CardRecord], number: CardNumber | None) -> CardRecord:
    card = None if number is None else cards.get(number)
    if card is None or not _welcomes(view, card):
        raise RolledBack(NotDone(reason=Refusal.CARD_UNKNOWN))
    _must(stopped_fault(card))
    return card


def _welcomes(view: View, card: CardRecord) -> bool:
    return view.welcomes(None if card.home is None else card.home.community)


def _belong(
    connection: Connection, book: Book, met: _Met, asked: Binding
) -> tuple[HouseholdId, DeskAct]:
    card, other = met.card, met.other
    if other is not None:
        if other.id == card.id:
            raise RolledBack(NotDone(reason=DeskFault.SAME_CARD))
        if other.household != card.household:
            _must_be_blank(connection, card)
            join(connection, book, card, other.household, met.view.now)
        return other.household, DeskAct.JOINED
    assert isinstance(asked.to, NewHousehold), "without another card the household is its own"
    _must_be_blank(connection, card)
    if asked.to.is_told:
        if asked.notice is None:
            raise RolledBack(NotDone(reason=DeskFault.CONSENT_NEEDED))
        _house(connection, met.view, card, asked.to)
    return card.household, DeskAct.BOUND


def _house(connection: Connection, view: View, card: CardRecord, to: NewHousehold) -> None:
    if to.community is not None and to.community not in {it.key for it in view.communities()}:
        raise RolledBack(NotDone(reason=DeskFault.COMMUNITY_UNKNOWN))
    building = None if to.building is None else plain_door(to.building) or None
    fault = text_fault(building or "", BUILDING_LENGTH_MAX)
    if fault is not None:
        raise RolledBack(NotDone(reason=DeskFault.DOOR_INVALID, details={"fault": fault}))
    house(connection, card.household, to.community, building)


def _must_be_blank(connection: Connection, card: CardRecord) -> None:
    _must(blank_fault(card, _household(connection, card)))


def _must(fault: NotDone | None) -> None:
    if fault is not None:
        raise RolledBack(fault)


def _bound(connection: Connection, number: CardNumber) -> Bound:
    card = load_card_records(connection, [number])[number]
    return Bound(number=number, household=_household(connection, card))


def _household(connection: Connection, card: CardRecord) -> HouseholdRecord:
    found = find_household(connection, card.household)
    assert found is not None, "a card has a household"
    return found
