"""Households at the desk: bind a card to a door, add further cards, merge two into one."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from points.domain.access import OPERATOR
from points.domain.cards import CardNumber
from points.domain.desk import DeskFault, NotDone
from points.domain.facts import Asked
from points.domain.ids import CommunityKey, HouseholdId
from points.domain.imports import KnownDoor
from points.domain.operations import Evidence, Merge, OperationKey
from points.domain.outcomes import Refusal
from points.domain.people import (
    CardRecord,
    Home,
    HouseholdRecord,
    door_fault,
    name_fault,
    plain_door,
)
from points.service.cards import stopped_fault
from points.service.desk import post_all, settle_whole
from points.service.posting import Book
from points.service.transactions import snapshot
from points.storage.cards import hold_cards, hold_households, load_cards_of, move_cards
from points.storage.engine import Database
from points.storage.facts import HouseholdsMoved
from points.storage.households import (
    find_household,
    house,
    load_doors,
    name_households,
    settle_households,
    used_among,
)
from points.storage.locks import lock_chain


def find_by_door(database: Database, community: CommunityKey, door: str) -> HouseholdRecord | None:
    """Tell what is known of the household behind a door, with all its cards."""
    place = (community, plain_door(door))
    with snapshot(database) as connection:
        known = load_doors(connection, [place]).get(place)
        return None if known is None else find_household(connection, known.household)


def bind_card(
    book: Book, number: CardNumber, home: Home, *, now: datetime
) -> HouseholdRecord | NotDone:
    """Bind a card to a door, and give the household that has it now.

    Where nobody is known behind the door, the card's anonymous household lives there from now on.
    Where somebody is, the card comes to that household, with all that it earned before. Binding it
    there again changes nothing.
    """
    home = replace(home, door=plain_door(home.door))
    fault = _home_fault(home)
    if fault is not None:
        return fault

    def act(connection: Connection) -> HouseholdRecord | NotDone:
        if not _is_community(connection, book, home.community):
            return NotDone(reason=DeskFault.COMMUNITY_UNKNOWN)
        known = load_doors(connection, [home.place]).get(home.place)
        card = _hold_card(connection, number, known.household if known else None)
        if load_doors(connection, [home.place]).get(home.place) != known:
            raise HouseholdsMoved
        fault = _binding_fault(card, number, home, known)
        if fault is not None or card is None:
            return fault or _card_unknown(number)
        if known is None:
            settle_households(connection, {card.household: home})
            return _record(connection, card.household)
        if known.name is None and home.name is not None:
            name_households(connection, {home.place: home.name})
        join(connection, book, card, known.household, now)
        return _record(connection, known.household)

    return settle_whole(book.database, act)


def add_card_to_household(
    book: Book, number: CardNumber, household: HouseholdId, *, now: datetime
) -> HouseholdRecord | NotDone:
    """Give a household a further card, with all that the card earned before.

    Adding it again changes nothing.
    """

    def act(connection: Connection) -> HouseholdRecord | NotDone:
        found = find_household(connection, household)
        if found is None:
            return NotDone(reason=Refusal.HOUSEHOLD_UNKNOWN)
        card = _hold_card(connection, number, found.id)
        if _record(connection, household).id != found.id:
            raise HouseholdsMoved
        if card is None:
            return _card_unknown(number)
        if card.household == found.id:
            return found
        fault = stopped_fault(card)
        if fault is None and card.has_door:
            fault = NotDone(reason=DeskFault.CARD_BOUND, details={"number": number})
        if fault is not None:
            return fault
        join(connection, book, card, found.id, now)
        return _record(connection, found.id)

    return settle_whole(book.database, act)


def merge_households(
    book: Book, source: HouseholdId, into: HouseholdId, *, now: datetime
) -> HouseholdRecord | NotDone:
    """Let two households be one: points, debts, cards and limits; both histories are kept.

    Merging the two again changes nothing. A household with a door never goes up in one without.
    """

    def act(connection: Connection) -> HouseholdRecord | NotDone:
        found = [find_household(connection, one) for one in (source, into)]
        if None in found:
            return NotDone(reason=Refusal.HOUSEHOLD_UNKNOWN)
        gone, left = (one for one in found if one is not None)
        if source == into:
            return NotDone(reason=Refusal.SAME_HOUSEHOLD)
        if gone.id == left.id:
            return left
        lock_chain(connection)
        hold_households(connection, {gone.id, left.id})
        if [find_household(connection, one) for one in (source, into)] != found:
            raise HouseholdsMoved
        if gone.home is not None and left.home is None:
            return NotDone(reason=DeskFault.INTO_ANONYMOUS)
        _merge(connection, book, gone.id, left.id, now)
        return _record(connection, left.id)

    return settle_whole(book.database, act)


def asked_to_merge(
    source: HouseholdId, into: HouseholdId, now: datetime, *, evidence: Evidence = Evidence.LIVE
) -> Asked:
    """Name a merge by the household that goes up: no household goes up twice."""
    return Asked(
        credential=OPERATOR,
        key=OperationKey(f"merge:{source}"),
        operation=Merge(source=source, into=into, occurred_at=now),
        evidence=evidence,
    )


def join(
    connection: Connection, book: Book, card: CardRecord, household: HouseholdId, now: datetime
) -> None:
    """Let a held card belong to a held household: alone, or with all that it did before.

    What its own household told of where it lives is forgotten: nobody lives there any more.
    """
    if card.household == household:
        return
    if used_among(connection, {card.household}):
        _merge(connection, book, card.household, household, now)
        house(connection, card.household, None, None)
        return
    move_cards(connection, {card.id: household})
    if not load_cards_of(connection, card.household):
        house(connection, card.household, None, None)


def _home_fault(home: Home) -> NotDone | None:
    fault = door_fault(home.door)
    if fault is not None:
        return NotDone(reason=DeskFault.DOOR_INVALID, details={"fault": fault})
    fault = name_fault(home.name or "")
    if fault is not None:
        return NotDone(reason=DeskFault.NAME_INVALID, details={"fault": fault})
    return None


def _is_community(connection: Connection, book: Book, community: CommunityKey) -> bool:
    versions = book.catalogs.current(connection).communities.get(community)
    return versions is not None and versions.latest.item is not None


def _hold_card(
    connection: Connection, number: CardNumber, household: HouseholdId | None
) -> CardRecord | None:
    lock_chain(connection)  # before any wallet: the card may bring a past, and that is posted
    also = () if household is None else (household,)
    return hold_cards(connection, [number], also=also).get(number)


def _binding_fault(
    card: CardRecord | None, number: CardNumber, home: Home, known: KnownDoor | None
) -> NotDone | None:
    if card is None:
        return _card_unknown(number)
    if known is not None and known.name is not None and home.name not in (None, known.name):
        return NotDone(reason=DeskFault.NAME_DIFFERS, details={"known": known.name})
    if known is not None and card.household == known.household:
        return None
    fault = stopped_fault(card)
    if fault is None and card.has_door:
        return NotDone(reason=DeskFault.CARD_BOUND, details={"number": number})
    return fault


def _merge(
    connection: Connection, book: Book, source: HouseholdId, into: HouseholdId, now: datetime
) -> None:
    post_all(connection, book, [asked_to_merge(source, into, now)])


def _record(connection: Connection, household: HouseholdId) -> HouseholdRecord:
    found = find_household(connection, household)
    assert found is not None, "a household is never removed"
    return found


def _card_unknown(number: CardNumber) -> NotDone:
    return NotDone(reason=Refusal.CARD_UNKNOWN, details={"number": number})
