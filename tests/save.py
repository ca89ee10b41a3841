"""Builders that write: the same market day as in `tests.build`, in a database."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, func, insert, select

from points.domain.access import OPERATOR
from points.domain.facts import Asked, Refused
from points.domain.ids import HouseholdId, budget, goods
from points.domain.operations import Adjust, ReceiveStock, SetBudget
from points.domain.programme import Catalog, Versions
from points.service.posting import Book, make_book, post
from points.service.transactions import transaction
from points.storage.catalog import PROGRAMME, Change, add_budgets, add_changes, add_shelves
from points.storage.columns import table_of
from points.storage.engine import Database
from points.storage.people import CardRow, HouseholdRow, ResidentRow
from tests.build import COMMUNITY_OF, ask, make_catalog, opening_budgets, opening_stock
from tests.market import HOUSEHOLDS, LI_SENIOR, NOW, SINCE_EVER, WANG_SENIOR, ZHAO_SENIOR

SENIORS = (WANG_SENIOR, LI_SENIOR, ZHAO_SENIOR)


class WallClock:
    """A clock that shows what it is set to."""

    def __init__(self, now: datetime = NOW) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


def open_market(
    database: Database,
    *,
    catalog: Catalog | None = None,
    points: Mapping[HouseholdId, int] | None = None,
    clock: WallClock | None = None,
) -> Book:
    """Set the market day up in an empty database: people, full shelves and budgets, these points.

    Args:
        database: Migrated, without any row.
        catalog: The market day, if not given.
        points: What households hold, each in one lot that lives to the end of next year.
        clock: Shows ten in the morning of the market day, if not given.
    """
    catalog = catalog or make_catalog()
    with transaction(database) as connection:
        save_catalog(connection, catalog)
        save_people(connection)
    book = make_book(database, clock or WallClock())
    outcomes = post(book, opening(catalog, points or {}))
    assert not any(isinstance(outcome, Refused) for outcome in outcomes), outcomes
    return book


def opening(catalog: Catalog, points: Mapping[HouseholdId, int]) -> list[Asked]:
    """Ask for full shelves and budgets, and for these points, as an operator does at the start."""
    return [*_stock(catalog), *_budgets(catalog), *_given(points)]


def save_catalog(connection: Connection, catalog: Catalog) -> None:
    """Write everything set up, under the numbers that the catalog gives."""
    add_changes(connection, list(_changes(catalog)))
    add_shelves(connection, sorted(catalog.shelves, key=lambda shelf: catalog.shelves[shelf]))
    add_budgets(connection, sorted(catalog.budgets, key=lambda item: catalog.budgets[item]))


def save_people(connection: Connection) -> None:
    """Write Wang, Li and Zhao, each with a senior and a card."""
    _save(
        connection,
        table_of(HouseholdRow),
        [
            {"id": owner, "community": COMMUNITY_OF[owner], "added_at": SINCE_EVER}
            for owner in HOUSEHOLDS
        ],
    )
    _save(
        connection,
        table_of(ResidentRow),
        [
            {"id": senior, "household": owner, "added_at": SINCE_EVER}
            for owner, senior in zip(HOUSEHOLDS, SENIORS, strict=True)
        ],
    )
    _save(
        connection,
        table_of(CardRow),
        [
            card_row(owner, fingerprint=bytes([owner]) * 32) | {"resident": senior}
            for owner, senior in zip(HOUSEHOLDS, SENIORS, strict=True)
        ],
    )


def save_household(connection: Connection, household: HouseholdId, *, fingerprint: bytes) -> None:
    """Write one more household, anonymous, with a card of its own."""
    row = {"id": household, "added_at": SINCE_EVER}
    _save(connection, table_of(HouseholdRow), [row])
    _save(connection, table_of(CardRow), [card_row(household, fingerprint=fingerprint)])


def card_row(household: HouseholdId, *, fingerprint: bytes) -> dict[str, object]:
    return {
        "id": household,
        "number": f"{household:09}",
        "fingerprint": fingerprint,
        "household": household,
        "state": "active",
        "printed_at": SINCE_EVER,
    }


def _save(connection: Connection, table: Table, rows: list[dict[str, object]]) -> None:
    connection.execute(insert(table), rows)
    if connection.dialect.name == "postgresql":
        # PostgreSQL counts on by itself, and does not see numbers that it was given.
        counter = func.pg_get_serial_sequence(table.name, "id")
        newest = select(func.max(table.c.id)).scalar_subquery()
        connection.execute(select(func.setval(counter, newest)))


def _changes(catalog: Catalog) -> Iterator[Change]:
    tables: dict[str, Mapping[Any, Versions[Any]]] = {
        PROGRAMME: {PROGRAMME: catalog.programme},
        "community": catalog.communities,
        "event": catalog.events,
        "booth": catalog.booths,
        "activity": catalog.activities,
        "reward": catalog.rewards,
    }
    for kind, table in tables.items():
        for key, versions in table.items():
            for version in versions.all:
                yield Change(
                    kind=kind,
                    key=key,
                    number=version.number,
                    valid_from=version.valid_from,
                    item=version.item,
                )


def _stock(catalog: Catalog) -> Iterator[Asked]:
    pieces = opening_stock(catalog)
    for shelf, number in catalog.shelves.items():
        if pieces[goods(number)]:
            receipt = ReceiveStock(
                reward=shelf.reward,
                booth=shelf.booth,
                reserve=shelf.reserve,
                quantity=pieces[goods(number)],
                occurred_at=NOW,
            )
            yield ask(receipt, key=f"stock-{number}", by=OPERATOR)


def _budgets(catalog: Catalog) -> Iterator[Asked]:
    sizes = opening_budgets(catalog)
    for item, number in catalog.budgets.items():
        change = SetBudget(item=item, points=sizes[budget(number)], occurred_at=NOW)
        yield ask(change, key=f"budget-{number}", by=OPERATOR)


def _given(points: Mapping[HouseholdId, int]) -> Iterator[Asked]:
    for household, amount in points.items():
        gift = Adjust(
            household=household,
            points=amount,
            reason="carried over from paper",
            approver="operator:desk",
            occurred_at=NOW,
        )
        yield ask(gift, key=f"given-{household}", by=OPERATOR)
