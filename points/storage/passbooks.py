"""The newest lines of a household, as its first page shows them: read at every look, so read fast.

`points.storage.reading` reads the rest of a statement, a page at a time.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, bindparam, exists, select

from points.domain.chain import instant_of
from points.domain.facts import Posted
from points.domain.ids import BoothKey, CredentialId, EventKey, HouseholdId, OperationId, ResidentId
from points.domain.operations import Evidence, Kind, OperationKey, RequestKey
from points.storage.columns import among, object_of, table_of
from points.storage.ledger import OperationRow
from points.storage.statements import Query

_operation = table_of(OperationRow)
_undoing = _operation.alias("undoing")

_LINES = (
    select(_operation, exists().where(_undoing.c.reverses == _operation.c.id).label("is_undone"))
    .order_by(_operation.c.posted_at.desc(), _operation.c.id.desc())
    .limit(bindparam("most"))
)
# Most households never joined another; of one alone the index gives the newest without a sort.
_OF_ONE = Query(_LINES.where(_operation.c.household == bindparam("household")))
_OF_SEVERAL = Query(_LINES.where(among(_operation.c.household, "households")))

_KINDS = {kind.value: kind for kind in Kind}
_GRADES = {grade.value: grade for grade in Evidence}


def load_newest_lines(
    connection: Connection, members: Sequence[HouseholdId], *, limit: int
) -> list[tuple[Posted, bool]]:
    """Read the newest lines of these households, each with whether it was undone."""
    if len(members) == 1:
        rows = _OF_ONE.rows(connection, household=members[0], most=limit)
    else:
        rows = _OF_SEVERAL.rows(connection, households=list(members), most=limit)
    return [(_posted(row), bool(row.is_undone)) for row in rows]


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
