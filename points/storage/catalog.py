"""The programme's items with all their versions, and the numbers of shelves and budgets.

One table holds every kind of item: a row is one version, its content as JSON, None where the item
was withdrawn. Rows are added, never changed; the newest row's number is the catalog's number.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Connection, UniqueConstraint, func, insert, select, text
from sqlmodel import Field, SQLModel

from points.domain.ids import BoothKey, BudgetId, RewardKey, ShelfId
from points.domain.programme import (
    Activity,
    Booth,
    Catalog,
    Community,
    Event,
    Programme,
    Reward,
    Shelf,
    Version,
    Versions,
)
from points.storage.columns import BIG, Moment, table_of
from points.storage.statements import Query

PROGRAMME = "programme"

_ADAPTERS: Mapping[str, TypeAdapter[Any]] = {
    PROGRAMME: TypeAdapter(Programme),
    "community": TypeAdapter(Community),
    "event": TypeAdapter(Event),
    "booth": TypeAdapter(Booth),
    "activity": TypeAdapter(Activity),
    "reward": TypeAdapter(Reward),
}


class CatalogRow(SQLModel, table=True):
    """One version of one item."""

    __tablename__ = "catalog"
    __table_args__ = (UniqueConstraint("kind", "key", "number"), {"sqlite_strict": True})

    id: int | None = Field(default=None, primary_key=True, sa_type=BIG)
    kind: str
    key: str
    number: int = Field(sa_type=BIG)
    valid_from: datetime = Field(sa_type=Moment)
    body: str | None = None


class ShelfRow(SQLModel, table=True):
    """A place for pieces of one reward; its number is its account's."""

    __tablename__ = "shelf"
    __table_args__ = (UniqueConstraint("reward", "booth", "reserve"), {"sqlite_strict": True})

    id: int | None = Field(default=None, primary_key=True, sa_type=BIG)
    reward: str
    booth: str
    reserve: str


class BudgetRow(SQLModel, table=True):
    """The budget of an event or activity; its number is its account's."""

    __tablename__ = "budget"
    __table_args__ = {"sqlite_strict": True}

    id: int | None = Field(default=None, primary_key=True, sa_type=BIG)
    item: str = Field(unique=True)


_catalog, _shelf, _budget = table_of(CatalogRow), table_of(ShelfRow), table_of(BudgetRow)
_NEWEST = Query(select(func.coalesce(func.max(_catalog.c.id), 0)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A new version of an item; `item` None withdraws it."""

    kind: str
    key: str
    number: int
    valid_from: datetime
    item: object | None


def catalog_number(connection: Connection) -> int:
    """Tell the catalog's number: it grows with every change."""
    [row] = _NEWEST.rows(connection)
    return int(row[0])


def lock_catalog(connection: Connection) -> None:
    """Let nobody else change the catalog until the end of this transaction; reading goes on."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("LOCK TABLE catalog IN SHARE ROW EXCLUSIVE MODE"))


def load_catalog(connection: Connection) -> Catalog:
    """Read every item with every version."""
    rows = connection.execute(
        select(_catalog).order_by(_catalog.c.kind, _catalog.c.key, _catalog.c.number)
    ).all()
    items: dict[str, dict[str, list[Version[Any]]]] = {kind: {} for kind in _ADAPTERS}
    for row in rows:
        item = None if row.body is None else _ADAPTERS[row.kind].validate_json(row.body)
        version = Version(number=row.number, valid_from=row.valid_from, item=item)
        items[row.kind].setdefault(row.key, []).append(version)
    found: dict[str, dict[Any, Versions[Any]]] = {
        kind: {key: Versions(tuple(versions)) for key, versions in of_kind.items()}
        for kind, of_kind in items.items()
    }
    shelves = connection.execute(select(_shelf)).all()
    budgets = connection.execute(select(_budget)).all()
    return Catalog(
        number=max((row.id for row in rows), default=0),
        programme=found[PROGRAMME].get(PROGRAMME, Versions(())),
        communities=found["community"],
        events=found["event"],
        booths=found["booth"],
        activities=found["activity"],
        rewards=found["reward"],
        shelves={
            Shelf(
                reward=RewardKey(row.reward), booth=BoothKey(row.booth), reserve=row.reserve
            ): ShelfId(row.id)
            for row in shelves
        },
        budgets={row.item: BudgetId(row.id) for row in budgets},
    )


def add_changes(connection: Connection, changes: Sequence[Change]) -> None:
    """Add versions of items."""
    if changes:
        connection.execute(insert(_catalog), [_row(change) for change in changes])


def add_shelves(connection: Connection, shelves: Iterable[Shelf]) -> None:
    """Number shelves that have no number yet."""
    rows = [
        {"reward": shelf.reward, "booth": shelf.booth, "reserve": shelf.reserve}
        for shelf in shelves
    ]
    if rows:
        connection.execute(insert(_shelf), rows)


def add_budgets(connection: Connection, items: Iterable[str]) -> None:
    """Number budgets that have no number yet."""
    rows = [{"item": item} for item in items]
    if rows:
        connection.execute(insert(_budget), rows)


def _row(change: Change) -> dict[str, object]:
    body = None if change.item is None else _ADAPTERS[change.kind].dump_json(change.item).decode()
    return {
        "kind": change.kind,
        "key": change.key,
        "number": change.number,
        "valid_from": change.valid_from,
        "body": body,
    }
