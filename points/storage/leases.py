"""What phones have with them, read off the accounts: these are numbered by phone and shelf."""

from dataclasses import dataclass

from sqlalchemy import Connection, select

from points.domain.ids import AccountId, ShelfId, leases_of, lessee, shelf_behind
from points.storage.columns import table_of
from points.storage.ledger import AccountRow

_account = table_of(AccountRow)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """Pieces that a phone has with it, of those that stood on a shelf."""

    device: int
    shelf: ShelfId
    pieces: int


def load_leases(connection: Connection, *, device: int | None = None) -> list[Lease]:
    """Read what one phone has with it, or what all have, by phone and shelf; nothing that is 0."""
    first, last = leases_of(device or 1)
    wanted = select(_account.c.id, _account.c.balance).where(
        _account.c.id >= first, _account.c.balance > 0
    )
    if device is not None:
        wanted = wanted.where(_account.c.id <= last)
    return [
        Lease(
            device=lessee(AccountId(row.id)),
            shelf=shelf_behind(AccountId(row.id)),
            pieces=row.balance,
        )
        for row in connection.execute(wanted.order_by(_account.c.id))
    ]
