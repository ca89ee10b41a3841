"""Hear a household agree to the notice, and take it back: at a booth, at the desk, on its page."""

from datetime import datetime

from sqlalchemy import Connection

from points.domain.consents import Consent, current_notice, find_notice
from points.domain.desk import DeskFault, NotDone
from points.domain.ids import CredentialId, HouseholdId
from points.domain.notices import Notice
from points.domain.outcomes import Refusal
from points.domain.programme import Catalog
from points.service.posting import Book
from points.service.transactions import settle, snapshot
from points.storage.consents import (
    add_consent,
    find_kept_notice,
    keep_notice,
    load_consents,
    withdraw_consents,
)
from points.storage.engine import Database
from points.storage.households import find_household


def notice_today(book: Book, *, now: datetime) -> Notice:
    """Give the notice that people are told today."""
    with snapshot(book.database) as connection:
        return current_notice(book.catalogs.current(connection), now)


def notice_of_version(book: Book, version: str) -> Notice | None:
    """Give the wording that somebody agreed to, also where today's is another."""
    with snapshot(book.database) as connection:
        kept = find_kept_notice(connection, version)
        return kept or find_notice(book.catalogs.current(connection), version)


def read_consents(database: Database, household: HouseholdId) -> list[Consent]:
    """List what a household agreed to, oldest first, with what it took back."""
    with snapshot(database) as connection:
        found = find_household(connection, household)
        return [] if found is None else load_consents(connection, found.id)


def agree(
    book: Book, household: HouseholdId, version: str, *, by: CredentialId, now: datetime
) -> list[Consent] | NotDone:
    """Note that a household agrees to a wording, and give all its consents.

    To agree once more to what it agreed to changes nothing.
    """

    def act(connection: Connection) -> list[Consent] | NotDone:
        found = find_household(connection, household)
        if found is None:
            return NotDone(reason=Refusal.HOUSEHOLD_UNKNOWN)
        consent = Consent(household=found.id, version=version, agreed_at=now, by=by)
        fault = note_consent(connection, book.catalogs.current(connection), consent)
        return fault or load_consents(connection, found.id)

    return settle(book.database, act)


def withdraw(book: Book, household: HouseholdId, *, now: datetime) -> list[Consent] | NotDone:
    """Note that a household takes back what it agreed to; `erase_household` does what follows."""

    def act(connection: Connection) -> list[Consent] | NotDone:
        found = find_household(connection, household)
        if found is None:
            return NotDone(reason=Refusal.HOUSEHOLD_UNKNOWN)
        withdraw_consents(connection, found.id, at=now)
        return load_consents(connection, found.id)

    return settle(book.database, act)


def note_consent(connection: Connection, catalog: Catalog, consent: Consent) -> NotDone | None:
    """Note a consent as part of an act, and keep the wording; say why where that cannot be."""
    notice = find_notice(catalog, consent.version)
    if notice is None:
        return NotDone(reason=DeskFault.NOTICE_UNKNOWN)
    before = load_consents(connection, consent.household)
    if not any(one.stands and one.version == consent.version for one in before):
        keep_notice(connection, notice)
        add_consent(connection, consent)
    return None
