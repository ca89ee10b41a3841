"""Read operations back: as limits, undo, statements and the verifier see them."""

from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, select, tuple_

from points.domain.facts import CheckIn, CleanUpKey, Original, PastAct, Posted
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
from points.domain.operations import Evidence, Kind, OperationKey, RequestKey, SlipRef
from points.domain.state import past_act
from points.storage.columns import table_of
from points.storage.ledger import EntryRow, OperationRow, RequestRow

_operation, _entry, _request = table_of(OperationRow), table_of(EntryRow), table_of(RequestRow)


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
        debit_seq=row.debit_seq,
        credit_seq=row.credit_seq,
    )


def load_entries(
    connection: Connection, operations: Collection[OperationId]
) -> dict[OperationId, tuple[Entry, ...]]:
    """Read the entries of these operations, in order of line."""
    rows = connection.execute(
        select(_entry)
        .where(_entry.c.operation.in_(sorted(operations)))
        .order_by(_entry.c.operation, _entry.c.line)
    )
    found: dict[OperationId, list[Entry]] = {}
    for row in rows:
        found.setdefault(OperationId(row.operation), []).append(entry_of(row))
    return {operation: tuple(entries) for operation, entries in found.items()}


def load_originals(
    connection: Connection, keys: Collection[OperationKey]
) -> dict[OperationKey, tuple[Original, ...]]:
    """Read the operations of these names, whoever gave them, with their entries."""
    rows = connection.execute(
        select(_operation).where(_operation.c.key.in_(sorted(keys))).order_by(_operation.c.id)
    ).all()
    entries = load_entries(connection, {OperationId(row.id) for row in rows})
    found: dict[OperationKey, list[Original]] = {}
    for row in rows:
        posted = operation_of(row, entries.get(OperationId(row.id), ()))
        slip = posted.details.get("slip")
        original = Original(
            ref=posted.ref,
            act=past_act(posted),
            household=posted.household,
            entries=posted.entries,
            is_undone=False,
            slip=None if slip is None else SlipRef(str(slip)),
        )
        found.setdefault(posted.ref.key, []).append(original)
    return {key: tuple(originals) for key, originals in found.items()}


def load_acts(
    connection: Connection,
    days: Collection[tuple[HouseholdId, date]],
    events: Collection[tuple[HouseholdId, EventKey]],
) -> list[tuple[HouseholdId, PastAct]]:
    """Read what households did on these days and at these events, undone acts included."""
    by_day = select(_operation).where(
        tuple_(_operation.c.household, _operation.c.local_day).in_(sorted(days))
    )
    by_event = select(_operation).where(
        tuple_(_operation.c.household, _operation.c.event).in_(sorted(events))
    )
    acts: dict[OperationId, tuple[HouseholdId, PastAct]] = {}
    for wanted, statement in ((days, by_day), (events, by_event)):
        for row in connection.execute(statement) if wanted else ():
            acts[OperationId(row.id)] = (HouseholdId(row.household), past_act(operation_of(row)))
    return list(acts.values())


def load_check_ins(
    connection: Connection, keys: Collection[CleanUpKey]
) -> dict[CleanUpKey, tuple[CheckIn, ...]]:
    """Read who checked in at these clean-ups, undone check-ins included."""
    if not keys:
        return {}
    activities = sorted({key.activity for key in keys})
    events = sorted({activity.partition("/")[0] for activity in activities})
    rows = connection.execute(
        select(_operation).where(
            _operation.c.event.in_(events),
            _operation.c.item.in_(activities),
            _operation.c.kind == Kind.EARN,
        )
    )
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
    rows = connection.execute(
        select(_operation.c.reverses).where(_operation.c.reverses.in_(sorted(operations)))
    )
    return frozenset(OperationId(row.reverses) for row in rows)


def references_among(connection: Connection, references: Collection[str]) -> frozenset[str]:
    """Tell which of these facts the book holds."""
    rows = connection.execute(
        select(_operation.c.reference).where(_operation.c.reference.in_(sorted(references)))
    )
    return frozenset(row.reference for row in rows)
