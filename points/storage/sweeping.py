"""Find the lots whose time has come."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, or_, select

from points.domain.ids import AccountId, HouseholdId, LotId, account_owner
from points.storage.columns import table_of
from points.storage.ledger import HAS_POINTS, LotRow

_lot = table_of(LotRow)


@dataclass(frozen=True, slots=True, kw_only=True)
class DueLot:
    """A lot that has ended and still holds points."""

    lot: LotId
    household: HouseholdId
    points: int
    expires_at: datetime


def load_due_lots(
    connection: Connection, now: datetime, *, after: DueLot | None, most: int
) -> list[DueLot]:
    """Read some of the lots that have ended, the longest ended first, those after a given one."""
    due = select(_lot).where(_lot.c.expires_at <= now, HAS_POINTS)
    if after is not None:
        is_later = _lot.c.expires_at > after.expires_at
        is_next = and_(_lot.c.expires_at == after.expires_at, _lot.c.id > after.lot)
        due = due.where(or_(is_later, is_next))
    rows = connection.execute(due.order_by(_lot.c.expires_at, _lot.c.id).limit(most))
    return [
        DueLot(
            lot=LotId(row.id),
            household=HouseholdId(account_owner(AccountId(row.account))),
            points=row.remaining,
            expires_at=row.expires_at,
        )
        for row in rows
    ]
