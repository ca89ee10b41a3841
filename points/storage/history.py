"""Read operations back: as limits, undo, statements and the verifier see them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Row, select

from points.domain.chain import instant_of
from points.domain.facts import CONFIRMED, CheckIn, CleanUpKey, Original, PastAct, Posted
from points.domain.ids import (
    AccountId,
    BoothKey,
    CredentialId,
    EventKey,
    HouseholdId,
    LotId,
    OperationId,
    ResidentId,
)
from points.domain.ledger import Entry
from points.domain.operations import Evidence, Kind, OperationKey, Phase, RequestKey
from points.domain.state import original_of
from points.storage.columns import among, object_of, table_of
from points.storage.ledger import EntryRow, OperationRow
from points.storage.statements import Query

_operation, _entry = table_of(OperationRow), table_of(EntryRow)

# Written once: building a statement anew costs more than asking it.
_ENTRIES = (
    select(_entry)
    .where(among(_entry.c.operation, "operations"))
    .order_by(_entry.c.operation, _entry.c.line)
)
_ORIGINALS = select(_operation).where(among(_operation.c.key, "keys")).order_by(_operation.c.id)
# What limits look at: reading whole operations would cost twice as much.
_ACT = select(
    *(_operation.c[name] for name in ("id", "household", "kind", "event", "booth", "item")),
    *(_operation.c[name] for name in ("resident", "local_day", "occurred_at")),
    *(_operation.c[name] for name in ("points", "quantity", "details")),
)
_BY_DAY = Query(
    _ACT.where(among(_operation.c.household, "households"), among(_operation.c.local_day, "days"))
)
_BY_EVENT = Query(
    _ACT.where(among(_operation.c.household, "households"), among(_operation.c.event, "events"))
)
_CHECK_INS = select(_operation).where(
    among(_operation.c.event, "events"),
    among(_operation.c.item, "activities"),
    _operation.c.kind == Kind.EARN,
)
_UNDONE = Query(select(_operation.c.reverses).where(among(_operation.c.reverses, "operations")))
_HANDOUTS = Query(
    select(_operation.c.id, _operation.c.scope).where(
        among(_operation.c.id, "operations"),
        _operation.c.kind == Kind.REDEEM,
        _operation.c.evidence == Evidence.OFFLINE,
    )
)
_REFERENCES = Query(
    select(_operation.c.reference).where(among(_operation.c.reference, "references"))
)


_day_of = lru_cache(date.fromisoformat)  # what a batch looks back at is of few days
_KINDS = {kind.value: kind for kind in Kind}  # to call the enumeration costs ten times as much


def operation_of(row: Row[Any], entries: tuple[Entry, ...] = (), body: str = "") -> Posted:
    """Read a row of `operation` as the value that it was written from."""
    return Posted(
        id=OperationId(row.id),
        ref=RequestKey(CredentialId(row.scope), OperationKey(row.key)),
        kind=Kind(row.kind),
        body=body,
        fingerprint=row.fingerprint,
        evidence=Evidence(row.evidence),
        occurred_at=row.occurred_at,
        posted_at=row.posted_at,
        local_day=row.local_day,
        household=None if row.household is None else HouseholdId(row.household),
        resident=None if row.resident is None else ResidentId(row.resident),
        event=None if row.event is None else EventKey(row.event),
        booth=None if row.booth is None else BoothKey(row.booth),
        item=row.item,
        version=row.version,
        quantity=row.quantity,
        points=row.points,
        expired=row.expired,
        balance_after=row.balance_after,
        reference=row.reference,
        reverses=None if row.reverses is None else OperationId(row.reverses),
        details=row.details,
        entries=entries,
    )


def entry_of(row: Row[Any]) -> Entry:
    """Read a row of `entry` as the value that it was written from."""
    return Entry(
        operation=OperationId(row.operation),
        line=row.line,
        debit=AccountId(row.debit),
        credit=AccountId(row.credit),
        amount=row.amount,
        lot=None if row.lot is None else LotId(row.lot),
        expires_at=row.expires_at,
        debit_seq=row.debit_seq,
        credit_seq=row.credit_seq,
    )


def load_entries(
    connection: Connection, operations: Collection[OperationId]
) -> dict[OperationId, tuple[Entry, ...]]:
    """Read the entries of these operations, in order of line."""
    rows = connection.execute(_ENTRIES, {"operations": list(operations)})
    found: dict[OperationId, list[Entry]] = {}
    for row in rows:
        found.setdefault(OperationId(row.operation), []).append(entry_of(row))
    return {operation: tuple(entries) for operation, entries in found.items()}


def load_originals(
    connection: Connection, keys: Collection[OperationKey]
) -> dict[OperationKey, tuple[Original, ...]]:
    """Read the operations of these names, whoever gave them, with their entries."""
    if not keys:
        return {}
    rows = connection.execute(_ORIGINALS, {"keys": list(keys)}).all()
    entries = load_entries(connection, {OperationId(row.id) for row in rows})
    found: dict[OperationKey, list[Original]] = {}
    for row in rows:
        posted = operation_of(row, entries.get(OperationId(row.id), ()))
        found.setdefault(posted.ref.key, []).append(original_of(posted))
    return {key: tuple(originals) for key, originals in found.items()}


def load_acts(
    connection: Connection,
    days: Collection[tuple[HouseholdId, date]],
    events: Collection[tuple[HouseholdId, EventKey]],
) -> list[tuple[HouseholdId, PastAct]]:
    """Read what households did on these days and at these events, undone acts included."""
    found: dict[int, Row[Any]] = {}
    if days:
        dates = {(household, day.isoformat()) for household, day in days}
        households = {household for household, _ in days}
        asked = {day for _, day in days}
        for row in _BY_DAY.rows(connection, households=households, days=asked):
            if (row.household, row.local_day) in dates:
                found[row.id] = row
    if events:
        households, keys = ({*column} for column in zip(*events, strict=True))
        for row in _BY_EVENT.rows(connection, households=households, events=keys):
            if (row.household, row.event) in events:
                found[row.id] = row
    return [(HouseholdId(row.household), _act_of(row)) for row in found.values()]


def _act_of(row: Sequence[Any]) -> PastAct:
    # By place, in the order of `_ACT`: a batch reads thousands, and hardly any has details.
    number, _household, kind, event, booth, item, resident, day, moment, *figures = row
    points, quantity, text = figures
    act = PastAct(
        operation=number,
        kind=_KINDS[kind],
        event=event,
        booth=booth,
        item=item,
        resident=resident,
        day=_day_of(day),
        occurred_at=instant_of(moment),
        points=points,
        quantity=quantity,
    )
    details = object_of(text)
    return _with_details(act, details) if details else act


def _with_details(act: PastAct, details: Mapping[str, Any]) -> PastAct:
    phase = details.get("phase")
    return replace(
        act,
        phase=None if phase is None else Phase(phase),
        building=details.get("building"),
        period=details.get("period"),
        bonus=details.get("bonus", 0),
        is_confirmed=CONFIRMED in details,
    )


def load_check_ins(
    connection: Connection, keys: Collection[CleanUpKey]
) -> dict[CleanUpKey, tuple[CheckIn, ...]]:
    """Read who checked in at these clean-ups, undone check-ins included."""
    if not keys:
        return {}
    activities = {key.activity for key in keys}
    events = {activity.partition("/")[0] for activity in activities}
    rows = connection.execute(_CHECK_INS, {"events": [*events], "activities": [*activities]})
    found: dict[CleanUpKey, list[CheckIn]] = {}
    for row in rows:
        details = row.details
        key = CleanUpKey(row.item, str(details.get("building")), str(details.get("period")))
        check_in = CheckIn(
            occurred_at=row.occurred_at,
            operation=OperationId(row.id),
            household=HouseholdId(row.household),
        )
        if key in keys:
            found.setdefault(key, []).append(check_in)
    return {key: tuple(check_ins) for key, check_ins in found.items()}


def undone_among(
    connection: Connection, operations: Collection[OperationId]
) -> frozenset[OperationId]:
    """Tell which of these operations were taken back."""
    if not operations:
        return frozenset()
    rows = _UNDONE.rows(connection, operations=operations)
    return frozenset(OperationId(row.reverses) for row in rows)


def handed_out_by(
    connection: Connection, operations: Collection[OperationId]
) -> dict[OperationId, CredentialId]:
    """Tell, of those operations in which goods were handed out without a network, which phone did.

    Asked apart from all else that limits look at: hardly any batch needs it.
    """
    if not operations:
        return {}
    rows = _HANDOUTS.rows(connection, operations=operations)
    return {OperationId(row.id): CredentialId(row.scope) for row in rows}


def references_among(connection: Connection, references: Collection[str]) -> frozenset[str]:
    """Tell which of these facts the book holds."""
    if not references:
        return frozenset()
    rows = _REFERENCES.rows(connection, references=references)
    return frozenset(row.reference for row in rows)
