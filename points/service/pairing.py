"""Invite a phone, let it claim its invite, and let it change its token.

Nobody is stranded by an answer that was lost: a claim, and a change of token, may be made again in
the same words and find themselves done.
"""

import re
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy import Connection

from points.domain.access import Credential
from points.domain.desk import DeskFault, NotDone
from points.domain.ids import CredentialId
from points.domain.pairing import (
    INVITE_LASTS,
    Claim,
    Invite,
    Pairing,
    TokenState,
    decide_claim,
    is_wrong,
    pairing_fault,
)
from points.domain.programme import Booth, Catalog, Event, Versions
from points.service.cards import RandomBytes
from points.service.credentials import hash_of
from points.service.posting import Book
from points.service.transactions import settle
from points.storage.access import add_credential, next_number
from points.storage.catalog import load_catalog
from points.storage.engine import Database
from points.storage.invites import (
    add_claim,
    add_invite,
    count_wrong_claim,
    forget_invites,
    hold_invite,
)
from points.storage.reports import keep_holder
from points.storage.tokens import add_next_token, find_token, hold_credential

Item = TypeVar("Item", Event, Booth)

_SECRET_BYTES = 32
_INVITE = re.compile(r"pi_[A-Za-z0-9_-]{43}", re.ASCII)
_KEPT = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Invited:
    """An invite. What it says is told here and never again."""

    text: str = field(repr=False)
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Station:
    """Where a phone works: at a booth, or for the event as a whole."""

    event: Event
    booth: Booth | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Paired:
    """A phone that was let in, and where it works."""

    credential: Credential
    station: Station
    is_first: bool
    """Whether it was let in just now; else this repeats an answer."""


def invite_phone(
    database: Database, pairing: Pairing, *, now: datetime, random_bytes: RandomBytes
) -> Invited | NotDone:
    """Make a way in for one phone, good for a quarter of an hour."""
    letters = urlsafe_b64encode(random_bytes(_SECRET_BYTES)).decode().rstrip("=")
    text = f"pi_{letters}"
    ends_at = now + INVITE_LASTS

    def act(connection: Connection) -> Invited | NotDone:
        if not pairing.is_device:
            return NotDone(reason=DeskFault.ROLE_INVALID)
        fault = pairing_fault(load_catalog(connection), pairing)
        if fault is not None:
            return fault
        forget_invites(connection, ended_before=now - _KEPT)
        invite = Invite(pairing=pairing, ends_at=ends_at)
        add_invite(connection, invite, invite_hash=hash_of(text), added_at=now)
        return Invited(text=text, ends_at=ends_at)

    return settle(database, act)


def claim_invite(
    book: Book, text: str, token: str, *, now: datetime, holder: str | None = None
) -> Paired | NotDone:
    """Let a phone in by an invite, with the token that it has made and kept beforehand.

    Args:
        book: Where phones are known.
        text: What the invite says.
        token: The phone's own; only its hash is kept.
        now: When.
        holder: The volunteer who holds the phone, if it says so.
    """
    if not _INVITE.fullmatch(text):
        return NotDone(reason=DeskFault.INVITE_UNKNOWN)
    invite_hash, token_hash = hash_of(text), hash_of(token)

    def act(connection: Connection) -> Paired | NotDone:
        catalog = book.catalogs.current(connection)
        invite = hold_invite(connection, invite_hash)
        is_new = find_token(connection, token_hash) is None
        decided = decide_claim(invite, token_hash, is_new=is_new, now=now)
        if isinstance(decided, NotDone):
            if is_wrong(decided.reason):
                count_wrong_claim(connection, invite_hash)
            return decided
        assert invite is not None, "without an invite nothing is decided but a no"
        pairing = invite.pairing
        if decided is not None:
            phone = _phone(pairing, decided)
            _note_holder(connection, phone, holder, now)
            return Paired(credential=phone, station=station_of(catalog, phone), is_first=False)
        if pairing_fault(catalog, pairing) is not None:
            # The event or the booth went away since: the invite leads nowhere.
            return NotDone(reason=DeskFault.INVITE_EXPIRED)
        phone = _phone(pairing, CredentialId(f"device:{next_number(connection, 'device')}"))
        add_credential(connection, phone, name=pairing.name, token_hash=token_hash, added_at=now)
        add_claim(connection, invite_hash, Claim(device=phone.id, token_hash=token_hash), at=now)
        _note_holder(connection, phone, holder, now)
        return Paired(credential=phone, station=station_of(catalog, phone), is_first=True)

    return settle(book.database, act)


def station_of(catalog: Catalog, phone: Credential) -> Station:
    """Tell where a phone works, by the names that are the newest.

    What was withdrawn meanwhile is told as it was last: the phone still has to bring home what it
    holds.
    """
    assert phone.event is not None, "a phone works for an event"
    booth = None if phone.booth is None else newest(catalog.booths[phone.booth])
    return Station(newest(catalog.events[phone.event]), booth)


def newest(versions: Versions[Item]) -> Item:
    """Give an item as it is called now, or was when it was withdrawn."""
    return next(one.item for one in reversed(versions.all) if one.item is not None)


def change_token(
    database: Database, phone: Credential, token: str, *, now: datetime
) -> CredentialId | NotDone:
    """Let a phone be known by another token, from the first time that it uses it.

    Until then the one that it has stays good; telling the same token again changes nothing.
    """
    token_hash = hash_of(token)

    def act(connection: Connection) -> CredentialId | NotDone:
        hold_credential(connection, phone.id)
        found = find_token(connection, token_hash)
        if found is None:
            add_next_token(connection, phone.id, token_hash, at=now)
            return phone.id
        owner, state = found
        if owner.id != phone.id or state is TokenState.ENDED:
            return NotDone(reason=DeskFault.TOKEN_TAKEN)
        return phone.id

    return settle(database, act)


def _note_holder(
    connection: Connection, phone: Credential, holder: str | None, now: datetime
) -> None:
    if holder is not None:
        keep_holder(connection, phone.id, holder, at=now)


def _phone(pairing: Pairing, device: CredentialId) -> Credential:
    return Credential(id=device, role=pairing.role, event=pairing.event, booth=pairing.booth)
