"""The newest lines of a household, as its first page shows them: read at every look, so read fast.

`points.storage.reading` reads the rest of a statement, a page at a time.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, bindparam, exists, select, true

from points.domain.chain import instant_of
from points.domain.facts import Posted
from points.domain.ids import BoothKey, CredentialId, EventKey, HouseholdId, OperationId, ResidentId
from points.domain.operations import Evidence, Kind, OperationKey, RequestKey
from points.storage.columns import among, object_of, table_of
from points.storage.ledger import OperationRow
from points.storage.people import HouseholdRow
from points.storage.statements import Query

_household, _operation = table_of(HouseholdRow), table_of(OperationRow)
_undoing, _newest = _operation.alias("undoing"), _operation.alias("newest")

# From the index, so many of each household and no more, however long its history is.
_NEWEST = (
    select(_newest.c.id)
    .where(_newest.c.household == _household.c.id)
    .order_by(_newest.c.posted_at.desc(), _newest.c.id.desc())
    .limit(bindparam("most"))
    .correlate(_household)
)
_BESIDE = _NEWEST.lateral("newest_of")
_LINES = select(
    _operation, exists().where(_undoing.c.reverses == _operation.c.id).label("is_undone")
).where(among(_household.c.id, "households"))
_OF_EACH = {
    "sqlite": Query(
        _LINES.select_from(_household).join(_operation, _operation.c.id.in_(_NEWEST))
    ),  # knows nothing of what stands beside, but asks for each in turn
    "postgresql": Query(
        _LINES.select_from(_household)
        .join(_BESIDE, true())
        .join(_operation, _operation.c.id == _BESIDE.c.id)
    ),
}

_KINDS = {kind.value: kind for kind in Kind}
_GRADES = {grade.value: grade for grade in Evidence}


def load_newest_lines(
    connection: Connection, families: Sequence[Sequence[HouseholdId]], *, limit: int
) -> list[list[tuple[Posted, bool]]]:
    """Read the newest lines of these households, those that are one together, in the same order.

    Each line comes with whether it was undone. For many as for one it is one question.
    """
    everyone = {member for family in families for member in family}
    if not everyone:
        return [[] for _ in families]
    rows = _OF_EACH[connection.dialect.name].rows(connection, households=everyone, most=limit)
    of: dict[int, list[Row[Any]]] = {}
    for row in rows:
        of.setdefault(row.household, []).append(row)
    told = [[row for member in family for row in of.get(member, ())] for family in families]
    return [
        [
            (_posted(row), bool(row.is_undone))
            for row in sorted(rows, key=_place, reverse=True)[:limit]
        ]
        for rows in told
    ]


def _place(row: Row[Any]) -> tuple[int, int]:
    return row.posted_at, row.id


def _posted(row: Row[Any]) -> Posted:
    """Read a row as the driver gives it: instants are numbers still, days and details text."""
    return Posted(
        id=OperationId(row.id),
        ref=RequestKey(CredentialId(row.scope), OperationKey(row.key)),
        kind=_KINDS[row.kind],
        body="",
        fingerprint=row.fingerprint,
        evidence=_GRADES[row.evidence],
        occurred_at=instant_of(row.occurred_at),
        posted_at=instant_of(row.posted_at),
        local_day=date.fromisoformat(row.local_day),
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
        details=object_of(row.details),
    )
