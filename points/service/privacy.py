"""Give a household all that is kept of it, erase it, and forget those who have gone quiet.

The book stays: its lines name nobody, and every proof holds as before.
"""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, tzinfo

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from points.domain.binding import DeskAct
from points.domain.consents import Consent
from points.domain.desk import NotDone
from points.domain.exports import Cell, Export, Named, Section
from points.domain.ids import CommunityKey, CredentialId, HouseholdId
from points.domain.outcomes import Refusal
from points.domain.passbooks import Line, Party
from points.domain.people import CardRecord, HouseholdRecord
from points.domain.privacy import forgotten_before
from points.domain.programme import Activity, Catalog, Community, Reward
from points.service.copies import sections_of
from points.service.posting import Book
from points.service.statements import WholeStatement, read_whole_statement
from points.service.transactions import DatabaseUnavailable, settle, snapshot
from points.storage.consents import load_consents
from points.storage.desk import Done, add_desk_act, load_desk_acts
from points.storage.engine import Database
from points.storage.erasing import (
    due_erasures,
    erase_old_holders,
    erase_people,
    idle_households,
    note_done,
    rinse,
    scrub,
)
from points.storage.households import find_household
from points.storage.keeping import load_kept

PART = 200
"""Households that are forgotten in one transaction, so that no booth waits for long."""

_NOBODY = HouseholdId(0)
_POOL = Named(code="社区公共积分", name="社区公共积分", name_en="the community's pool")

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgotten:
    """What a sweep forgot."""

    households: int
    holders: int
    """Notes of who held which phone."""


def export_household(
    book: Book, household: HouseholdId, *, by: CredentialId, now: datetime
) -> Export | NotDone:
    """Give a household all that is kept of it; that it was given is noted."""
    statement = read_whole_statement(book, household, now=now)
    if isinstance(statement, NotDone):
        return statement

    def act(connection: Connection) -> Export:
        found = find_household(connection, household)
        assert found is not None, "a household is never removed"
        catalog = book.catalogs.current(connection)
        zone = catalog.programme_at(now).zone
        done = Done(act=DeskAct.EXPORTED, by=by, household=found.id, at=now)
        add_desk_act(connection, done)
        sections = (
            _of_household(found, catalog, now),
            _of_cards(found, zone),
            *sections_of(load_kept(connection, found.id), zone),
            _of_consents(load_consents(connection, found.id), zone),
            _of_acts(load_desk_acts(connection, found.id), zone),
            _of_points(statement, zone),
            _of_lines(statement.lines, zone),
        )
        return Export(made_at=now.astimezone(zone), sections=sections)

    return settle(book.database, act)


def erase_household(
    database: Database, household: HouseholdId, *, by: CredentialId, now: datetime
) -> HouseholdRecord | NotDone:
    """Erase all that names the people of a household; points, cards and history stay.

    Erasing it again changes nothing but the note of it. What is left in the database's own files is
    let go at once, if nobody reads meanwhile; else it is due (`finish_erasing`).
    """

    def act(connection: Connection) -> HouseholdRecord | NotDone:
        found = find_household(connection, household)
        if found is None:
            return NotDone(reason=Refusal.HOUSEHOLD_UNKNOWN)
        _erase(connection, found.id, by, now)
        return find_household(connection, found.id) or found

    erased = settle(database, act)
    if not finish_erasing(database):
        _log.warning(
            "what was erased waits in the database's files until nobody reads that sees it"
        )
    return erased


def forget_old(book: Book, *, by: CredentialId, now: datetime) -> Forgotten:
    """Erase the households that did nothing for as long as the programme remembers, and holders."""
    database = book.database

    def since_of(connection: Connection) -> datetime | None:
        return forgotten_before(book.catalogs.current(connection).programme_at(now), now)

    since = settle(database, since_of)
    if since is None:
        return Forgotten(households=0, holders=0)
    holders = settle(database, lambda it: erase_old_holders(it, before=since, at=now))
    count, last = 0, _NOBODY
    while part := _forget_part(database, since, last, by, now):
        count, last = count + len(part), part[-1]
    return Forgotten(households=count, holders=holders)


def finish_erasing(database: Database) -> bool:
    """Let go what erasures left behind in the database's own files; tell whether none is due.

    Where none is, this asks one small question. It is to be tried again while somebody reads that
    began before the erasure: a backup, or a long report.
    """
    try:
        return not _due(database) or _note_done(database, rinse(database))
    except (DatabaseUnavailable, DBAPIError) as trouble:
        _log.warning("what was erased cannot be let go yet: %r", trouble)
        return False


def scrub_erased(database: Database) -> bool:
    """Let no byte of what was erased be left in the database's files; tell whether none is.

    Nobody else writes meanwhile: seconds for a subdistrict, minutes for a city.
    """
    return _note_done(database, scrub(database))


def _due(database: Database) -> frozenset[int]:
    with snapshot(database) as connection:
        return due_erasures(connection)


def _note_done(database: Database, over: frozenset[int]) -> bool:
    if over:
        settle(database, lambda connection: note_done(connection, over))
    return not _due(database)


def _forget_part(
    database: Database, since: datetime, after: HouseholdId, by: CredentialId, now: datetime
) -> list[HouseholdId]:
    def act(connection: Connection) -> list[HouseholdId]:
        part = idle_households(connection, since=since, after=after, most=PART)
        for household in part:
            _erase(connection, household, by, now)
        return part

    return settle(database, act)


def _erase(connection: Connection, household: HouseholdId, by: CredentialId, now: datetime) -> None:
    erase_people(connection, household, at=now)
    add_desk_act(connection, Done(act=DeskAct.ERASED, by=by, household=household, at=now))


def _of_household(found: HouseholdRecord, catalog: Catalog, now: datetime) -> Section:
    home = found.home
    row = (
        found.id,
        None if home is None else _community(catalog, home.community, now),
        None if home is None else home.door or None,
        found.building,
        None if home is None else home.name,
    )
    return Section(
        key="household",
        columns=(
            "number",
            "community",
            "door",
            "building",
            "name",
        ),
        rows=(row,),
    )


def _community(catalog: Catalog, key: CommunityKey, now: datetime) -> Cell:
    versions = catalog.communities.get(key)
    found = None if versions is None else versions.at(now).item
    return key if found is None else _named(found, code=found.key)


def _of_cards(found: HouseholdRecord, zone: tzinfo) -> Section:
    return Section(
        key="cards",
        columns=(
            "number",
            "state",
            "printed_at",
            "stopped_at",
            "replaced_by",
        ),
        rows=tuple(_card(card, zone) for card in found.cards),
    )


def _card(card: CardRecord, zone: tzinfo) -> tuple[Cell, ...]:
    stopped_at = _local(card.stopped_at, zone)
    printed_at = _local(card.printed_at, zone)
    return card.number, card.state, printed_at, stopped_at, card.replaced_by


def _of_consents(consents: Iterable[Consent], zone: tzinfo) -> Section:
    return Section(
        key="consents",
        columns=(
            "version",
            "agreed_at",
            "by",
            "withdrawn_at",
        ),
        rows=tuple(
            (one.version, _local(one.agreed_at, zone), one.by, _local(one.withdrawn_at, zone))
            for one in consents
        ),
    )


def _of_acts(acts: Iterable[Done], zone: tzinfo) -> Section:
    return Section(
        key="acts",
        columns=("at", "act", "by"),
        rows=tuple((_local(one.at, zone), one.act, one.by) for one in acts),
    )


def _of_points(statement: WholeStatement, zone: tzinfo) -> Section:
    return Section(
        key="points",
        columns=("points", "ends_at"),
        rows=tuple((one.points, _local(one.at, zone)) for one in statement.endings),
    )


def _of_lines(lines: Iterable[Line], zone: tzinfo) -> Section:
    return Section(
        key="statement",
        columns=(
            "at",
            "kind",
            "item",
            "booth",
            "points",
            "expired",
            "balance_after",
            "is_undone",
            "other",
            "carrier",
        ),
        rows=tuple(_line(one, zone) for one in lines),
    )


def _line(line: Line, zone: tzinfo) -> tuple[Cell, ...]:
    posted = line.posted
    return (
        _local(posted.occurred_at, zone),
        posted.kind,
        posted.item if line.item is None else _named(line.item, code=line.item.name),
        None if line.booth is None else f"{line.booth.number} {line.booth.name}",
        posted.points,
        posted.expired,
        posted.balance_after,
        int(line.is_undone),
        _party(line.other),
        _party(line.carrier),
    )


def _named(item: Activity | Reward | Community, *, code: str) -> Named:
    return Named(code=code, name=item.name, name_en=item.name_en)


def _party(party: Party | None) -> Cell:
    """Write who had a part in a line, as far as the household may be told."""
    if party is None:
        return None
    return _POOL if party.is_pool else " ".join(filter(None, (party.name, party.ending))) or None


def _local(moment: datetime | None, zone: tzinfo) -> datetime | None:
    return None if moment is None else moment.astimezone(zone)
