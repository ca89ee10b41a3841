"""Lock what a batch touches, then read all that its decision needs.

The number of queries does not depend on the number of operations.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, func, or_, select

from points.domain.chain import instant_of
from points.domain.earning import clean_up_reference
from points.domain.facts import (
    Allowance,
    Asked,
    Card,
    Facts,
    Original,
    PastAct,
    ShownCode,
    Slip,
)
from points.domain.ids import (
    AccountId,
    AccountKind,
    EventKey,
    HouseholdId,
    LotId,
    account_kind,
    lot_id,
    owed,
    wallet,
)
from points.domain.ledger import Lot
from points.domain.operations import CardRef, Kind, OperationKey, SlipRef
from points.domain.programme import Catalog
from points.storage.access import revoked_among
from points.storage.allowances import load_allowances
from points.storage.closing import closed_among
from points.storage.columns import among, table_of
from points.storage.history import (
    handed_out_by,
    load_acts,
    load_check_ins,
    load_originals,
    references_among,
    undone_among,
)
from points.storage.ledger import HAS_POINTS, LotRow, OperationRow, SlipRow
from points.storage.locks import Chain, lock_accounts, lock_closings, next_instant
from points.storage.one_time_codes import load_codes
from points.storage.people import Households, load_cards, load_households
from points.storage.requests import load_settled
from points.storage.slips import papers_among
from points.storage.statements import Query
from points.storage.wanted import Wanted, wanted_by

_lot, _operation, _slip = table_of(LotRow), table_of(OperationRow), table_of(SlipRow)

_LIVE_LOTS = Query(select(_lot).where(among(_lot.c.account, "wallets"), HAS_POINTS))
_LOTS_BEHIND = Query(
    select(_lot).where(or_(among(_lot.c.id, "lots"), among(_lot.c.origin, "origins")))
)
# Written once: building a statement anew costs more than asking it.
_SLIPS = select(_slip).where(among(_slip.c.ref, "refs")).order_by(_slip.c.ref).with_for_update()
_GRANTED = (
    select(_operation.c.item, func.sum(_operation.c.quantity).label("size"))
    .where(
        _operation.c.event.is_(None),
        among(_operation.c.item, "items"),
        _operation.c.kind == Kind.BUDGET_SET,
    )
    .group_by(_operation.c.item)
)


_end_of = lru_cache(instant_of)  # most points end together


_OF_NO_HOUSEHOLD = frozenset({AccountKind.GOODS, AccountKind.LEASED, AccountKind.BUDGET})


class HouseholdsMoved(Exception):
    """Cards or households changed hands while the batch waited for its locks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """What the names in a batch stand for."""

    cards: Mapping[CardRef, Card]
    codes: Mapping[CardRef, ShownCode]
    allowances: Mapping[CardRef, Allowance]
    originals: Mapping[OperationKey, tuple[Original, ...]]
    households: Households

    def holders(self) -> dict[CardRef, HouseholdId]:
        """Give the household behind each card that was shown, in whatever way."""
        shown: dict[CardRef, ShownCode | Allowance] = {**self.codes, **self.allowances}
        cards = {**self.cards, **{ref: it.card for ref, it in shown.items()}}
        return {ref: card.household for ref, card in cards.items()}

    def standing(self) -> set[HouseholdId]:
        """Give the households that the batch may touch."""
        return set(self.households.communities)

    def accounts(self) -> set[AccountId]:
        """Give the accounts that the batch may move because of these names."""
        of_people = {kind(one) for one in self.standing() for kind in (wallet, owed)}
        return of_people | {
            account
            for originals in self.originals.values()
            for original in originals
            for entry in original.entries
            for account in (entry.debit, entry.credit)
            if account_kind(account) in _OF_NO_HOUSEHOLD
        }

    def slips(self) -> set[SlipRef]:
        """Give the slips that an undo may free."""
        return {one.slip for one in _all(self.originals) if one.slip is not None}


def load_facts(
    connection: Connection,
    batch: Sequence[Asked],
    *,
    catalog: Catalog,
    chain: Chain,
    clock: datetime,
) -> Facts:
    """Lock and read everything that deciding this batch needs.

    Raises:
        HouseholdsMoved: The locks taken are not the right ones any more; begin again.
    """
    wanted = wanted_by(batch, catalog)
    named = _resolve(connection, wanted)
    closings = wanted.closings | _closings_behind(named, catalog)
    lock_closings(connection, closings)
    accounts = wanted.accounts | named.accounts()
    locked = lock_accounts(connection, accounts, if_any=wanted.leases)
    if connection.dialect.name != "sqlite":  # where nobody else could write meanwhile
        named = _resolve(connection, wanted)
        if not named.accounts() <= accounts:
            raise HouseholdsMoved
    slips = _lock_slips(connection, wanted.slips | named.slips())
    history = _load_history(connection, wanted, named)
    operations = {act.operation for acts in history.values() for act in acts}
    check_ins = load_check_ins(connection, wanted.clean_ups)
    operations |= {one.operation for found in check_ins.values() for one in found}
    operations |= {original.act.operation for original in _all(named.originals)}
    return Facts(
        now=next_instant(clock, chain, locked),
        clock=clock,
        next_operation=chain.next_operation,
        catalog=catalog,
        revoked=revoked_among(
            connection, {asked.credential.id for asked in batch} | wanted.lessees
        ),
        closed_events=closed_among(connection, _events_of(batch)),
        cards=named.cards,
        codes=named.codes,
        allowances=named.allowances,
        communities=named.households.communities,
        stands=named.households.stands,
        accounts=locked.accounts,
        lots=_load_lots(connection, named),
        history=history,
        undone=undone_among(connection, operations),
        originals=named.originals,
        settled=load_settled(connection, wanted.requests),
        slips=slips,
        papers=papers_among(connection, wanted.papers),
        clean_ups=check_ins,
        granted=_load_granted(connection, wanted.budgets),
        handed_out_by=handed_out_by(connection, operations) if wanted.has_handouts else {},
        references=references_among(connection, closings | wanted.shares),
    )


def _events_of(batch: Sequence[Asked]) -> set[EventKey]:
    return {asked.credential.event for asked in batch if asked.credential.event is not None}


def _resolve(connection: Connection, wanted: Wanted) -> Named:
    cards = load_cards(connection, wanted.cards)
    codes = load_codes(connection, wanted.cards)
    allowances = load_allowances(connection, wanted.cards)
    originals = load_originals(connection, wanted.undone)
    households = (
        wanted.households
        | {card.household for card in cards.values()}
        | {code.card.household for code in codes.values()}
        | {allowance.card.household for allowance in allowances.values()}
        | {original.household for original in _all(originals) if original.household is not None}
    )
    return Named(
        cards=cards,
        codes=codes,
        allowances=allowances,
        originals=originals,
        households=load_households(connection, households),
    )


def _all(originals: Mapping[OperationKey, tuple[Original, ...]]) -> list[Original]:
    return [original for found in originals.values() for original in found]


def _load_history(
    connection: Connection, wanted: Wanted, named: Named
) -> dict[HouseholdId, tuple[PastAct, ...]]:
    """Read what the households did that limits may look back at, by household that stands."""
    stands = named.households.stands
    members: dict[HouseholdId, set[HouseholdId]] = {}
    for member, root in stands.items():
        members.setdefault(root, set()).add(member)
    together = _joined_by(wanted, stands)

    def everyone(household: HouseholdId) -> set[HouseholdId]:
        return {
            member
            for root in together.get(household, {household})
            for member in members.get(root, {root})
        }

    holders = named.holders()
    days = {
        (member, day)
        for ref, day in wanted.days
        if ref in holders
        for member in everyone(holders[ref])
    }
    events = {
        (member, event)
        for ref, event in wanted.events
        if ref in holders
        for member in everyone(holders[ref])
    } | {
        (member, EventKey(original.act.event))
        for original in _all(named.originals)
        if original.household is not None and original.act.event is not None
        for member in everyone(stands[original.household])
    }
    history: dict[HouseholdId, list[PastAct]] = {}
    for household, act in load_acts(connection, days, events):
        history.setdefault(stands[household], []).append(act)
    return {household: tuple(acts) for household, acts in history.items()}


def _joined_by(
    wanted: Wanted, stands: Mapping[HouseholdId, HouseholdId]
) -> dict[HouseholdId, set[HouseholdId]]:
    """Group the households that this very batch merges: they share their limits."""
    groups: dict[HouseholdId, set[HouseholdId]] = {}
    for source, into in wanted.merges:
        roots = {stands[one] for one in (source, into) if one in stands}
        group = set().union(roots, *(groups.get(root, set()) for root in roots))
        groups |= dict.fromkeys(group, group)
    return groups


def _load_lots(connection: Connection, named: Named) -> tuple[Lot, ...]:
    wallets = [wallet(household) for household in named.standing()]
    behind = _lots_behind(named.originals)
    found = {row[0]: row for row in _LIVE_LOTS.rows(connection, wallets=wallets)}
    if behind:
        moved = _LOTS_BEHIND.rows(connection, lots=behind, origins=behind)
        found |= {row[0]: row for row in moved}
    return tuple(map(_lot_of, found.values()))


def _lot_of(row: Sequence[Any]) -> Lot:
    # By place, in the order of the table: a batch reads thousands.
    number, account, amount, remaining, expired, origin, ends = row
    return Lot(
        id=number,
        account=account,
        amount=amount,
        remaining=remaining,
        expires_at=_end_of(ends),
        expired=expired,
        origin=origin,
    )


def _lots_behind(originals: Mapping[OperationKey, tuple[Original, ...]]) -> set[LotId]:
    """Give the lots that operations made or took from: an undo needs them, empty or not."""
    lots: set[LotId] = set()
    for original in _all(originals):
        for entry in original.entries:
            if entry.lot is not None:
                lots.add(entry.lot)
            if account_kind(entry.credit) is AccountKind.WALLET:
                lots.add(lot_id(entry.operation, entry.line))
    return lots


def _lock_slips(connection: Connection, refs: Collection[SlipRef]) -> dict[SlipRef, Slip]:
    if not refs:
        return {}
    rows = connection.execute(_SLIPS, {"refs": list(refs)})
    return {
        SlipRef(row.ref): Slip(
            ref=SlipRef(row.ref),
            points=row.points,
            valid_until=row.valid_until,
            is_cashed=bool(row.is_cashed),
            times_cashed=row.times_cashed,
        )
        for row in rows
    }


def _closings_behind(named: Named, catalog: Catalog) -> set[str]:
    """Name the closings that would stand in the way of undoing a check-in."""
    references: set[str] = set()
    for original in _all(named.originals):
        act = original.act
        versions = catalog.events.get(act.event) if act.event else None
        event = versions.at(act.occurred_at).item if versions else None
        if event is not None and act.building is not None and act.period is not None:
            references.add(clean_up_reference(event, act.building, act.period))
    return references


def _load_granted(connection: Connection, items: Collection[str]) -> dict[str, int]:
    if not items:
        return {}
    rows = connection.execute(_GRANTED, {"items": list(items)})
    return {row.item: int(row.size) for row in rows}
