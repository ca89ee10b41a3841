"""What is shown of the book: what a household has, its lines, and what is left on shelves."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, func, or_, select

from points.domain.chain import instant_of
from points.domain.facts import Allowance, Card, Posted, ShownCode
from points.domain.ids import (
    CommunityKey,
    CredentialId,
    HouseholdId,
    OperationId,
    ShelfId,
    goods,
    owed,
    wallet,
)
from points.domain.operations import CardRef, Kind
from points.storage.allowances import load_allowances
from points.storage.columns import among, table_of
from points.storage.history import operation_of
from points.storage.ledger import HAS_POINTS, AccountRow, LotRow, OperationRow
from points.storage.one_time_codes import load_codes
from points.storage.people import load_cards, load_households
from points.storage.statements import Query

_account, _lot, _operation = table_of(AccountRow), table_of(LotRow), table_of(OperationRow)


_BALANCES = Query(select(_account.c.id, _account.c.balance).where(among(_account.c.id, "accounts")))
_ENDINGS = Query(
    select(_lot.c.account, _lot.c.expires_at, func.sum(_lot.c.remaining).label("points"))
    .where(among(_lot.c.account, "accounts"), HAS_POINTS)
    .group_by(_lot.c.account, _lot.c.expires_at)
    .order_by(_lot.c.account, _lot.c.expires_at)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """The household behind a card, as it stands today."""

    card: Card
    household: HouseholdId
    members: tuple[HouseholdId, ...]
    """The household itself, and those that went up in it."""
    community: CommunityKey | None
    code: ShownCode | None = None
    """The one-time code that was shown in place of the card."""
    allowance: Allowance | None = None
    """What was shown, where it only spends some of the household's points."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Purse:
    """What a household has."""

    balance: int
    """As booked; points that have ended count until the book says so."""
    owed: int
    endings: tuple[tuple[datetime, int], ...]
    """When points end that are left, and how many; soonest first. Some may have ended already."""


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A line's place in a statement: lines are only ever added in front of all others."""

    posted_at: datetime
    operation: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """A stretch of a statement, newest line first."""

    posted: tuple[Posted, ...]
    undone_by: dict[OperationId, OperationId]
    """For lines taken back, the operation that did so."""
    has_more: bool


def find_holders(connection: Connection, refs: Collection[CardRef]) -> dict[CardRef, Holder]:
    """Find whose cards these are."""
    codes = load_codes(connection, refs)
    allowances = load_allowances(connection, refs)
    shown: dict[CardRef, ShownCode | Allowance] = {**codes, **allowances}
    also = {ref: one.card for ref, one in shown.items()}
    cards = {**load_cards(connection, refs), **also}
    found = load_households(connection, {card.household for card in cards.values()})
    members: dict[HouseholdId, list[HouseholdId]] = {}
    for member, household in found.stands.items():
        members.setdefault(household, []).append(member)
    return {
        ref: Holder(
            card=card,
            household=card.household,
            members=tuple(sorted(members[card.household])),
            community=found.communities[card.household],
            code=codes.get(ref),
            allowance=allowances.get(ref),
        )
        for ref, card in cards.items()
    }


def load_purses(
    connection: Connection, households: Collection[HouseholdId]
) -> dict[HouseholdId, Purse]:
    """Read what households have."""
    wallets = {wallet(household): household for household in households}
    accounts = [*wallets, *map(owed, households)]
    balances = {row.id: row.balance for row in _BALANCES.rows(connection, accounts=accounts)}
    endings: dict[int, list[tuple[datetime, int]]] = {}
    for row in _ENDINGS.rows(connection, accounts=list(wallets)):
        ending = (instant_of(row.expires_at), int(row.points))
        endings.setdefault(row.account, []).append(ending)
    return {
        household: Purse(
            balance=balances.get(account, 0),
            owed=balances.get(owed(household), 0),
            endings=tuple(endings.get(account, ())),
        )
        for account, household in wallets.items()
    }


def load_lines(
    connection: Connection,
    members: Collection[HouseholdId],
    *,
    before: Place | None,
    limit: int,
) -> Lines:
    """Read the newest lines of these households that stand behind the place."""
    wanted = select(_operation).where(_operation.c.household.in_(sorted(members)))
    if before is not None:
        wanted = wanted.where(
            or_(
                _operation.c.posted_at < before.posted_at,
                and_(
                    _operation.c.posted_at == before.posted_at,
                    _operation.c.id < before.operation,
                ),
            )
        )
    newest_first = (_operation.c.posted_at.desc(), _operation.c.id.desc())
    rows = connection.execute(wanted.order_by(*newest_first).limit(limit + 1)).all()
    posted = tuple(operation_of(row) for row in rows[:limit])
    return Lines(
        posted=posted,
        undone_by=_undone_by(connection, [one.id for one in posted]),
        has_more=len(rows) > limit,
    )


def load_pieces(connection: Connection, shelves: Collection[ShelfId]) -> dict[ShelfId, int]:
    """Count what stands on each of these shelves."""
    shelf_of = {goods(shelf): shelf for shelf in shelves}
    found = _BALANCES.rows(connection, accounts=sorted(shelf_of))
    pieces = {shelf_of[row.id]: row.balance for row in found}
    return {shelf: pieces.get(shelf, 0) for shelf in shelves}


def find_redemption(
    connection: Connection, scope: CredentialId, number: OperationId
) -> Posted | None:
    """Find a redemption by its number, among those that this credential asked for."""
    row = connection.execute(
        select(_operation).where(
            _operation.c.id == number,
            _operation.c.scope == scope,
            _operation.c.kind == Kind.REDEEM,
        )
    ).one_or_none()
    return None if row is None else operation_of(row)


def _undone_by(
    connection: Connection, operations: Collection[OperationId]
) -> dict[OperationId, OperationId]:
    found = connection.execute(
        select(_operation.c.id, _operation.c.reverses).where(
            _operation.c.reverses.in_(sorted(operations))
        )
    )
    return {OperationId(row.reverses): OperationId(row.id) for row in found}
