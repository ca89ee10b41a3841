"""Load a programme file into the catalog: whole, once, and never backwards."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from points.domain.access import OPERATOR
from points.domain.facts import Asked, Conflict, Outcome, Refused
from points.domain.operations import OperationKey, ReceiveStock, SetBudget
from points.domain.outcomes import Refusal
from points.domain.programme import Catalog, Versions
from points.domain.programme_changes import (
    ChangeFault,
    ChangeRefused,
    ItemChange,
    ItemKind,
    budget_since,
    budgets_of_file,
    compare,
    opening_stock,
)
from points.domain.programme_file import ProgrammeFile
from points.service.posting import Book, make_book, post_within
from points.service.transactions import settle
from points.storage.catalog import (
    Change,
    add_budgets,
    add_changes,
    add_shelves,
    load_catalog,
    lock_catalog,
)
from points.storage.facts import HouseholdsMoved
from points.storage.requests import load_settled


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """The file is in force."""

    counts: Mapping[ItemKind, Counter[ItemChange]]
    posted: int
    """Operations that put goods on shelves and set budgets."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadRefused:
    """Nothing of the file was loaded; here is everything that it cannot change."""

    faults: tuple[ChangeRefused, ...]


class _RolledBack(Exception):
    def __init__(self, faults: list[ChangeRefused]) -> None:
        super().__init__(faults)
        self.faults = tuple(faults)


def load_programme(book: Book, file: ProgrammeFile, *, now: datetime) -> Loaded | LoadRefused:
    """Put a programme file in force from now on: items, shelves, opening stock and budgets.

    What is new is in force since ever, what changed from `now` on, and what is no longer in the
    file is withdrawn from `now` on. Loading the same file again changes nothing.
    """

    def act(connection: Connection) -> Loaded:
        lock_catalog(connection)
        changes = compare(load_catalog(connection), file, now)
        if changes.faults:
            raise _RolledBack(changes.faults)
        add_changes(
            connection,
            [
                Change(
                    kind=version.kind,
                    key=version.key,
                    number=version.number,
                    valid_from=version.valid_from,
                    item=version.item,
                )
                for version in changes.versions
            ],
        )
        add_shelves(connection, changes.shelves)
        add_budgets(connection, changes.budgets)
        return Loaded(counts=changes.counts, posted=_post(connection, book, file, now))

    try:
        return settle(book.database, act)
    except _RolledBack as refused:
        return LoadRefused(faults=refused.faults)


def _post(connection: Connection, book: Book, file: ProgrammeFile, now: datetime) -> int:
    """Post what the file sets up and the book does not hold yet."""
    asked = [*_stock(file, now), *_budgets(load_catalog(connection), file, now)]
    settled = load_settled(connection, {one.ref for one in asked})
    fresh = [one for one in asked if one.ref not in settled]
    if not fresh:
        return 0
    # A shelf of its own for the catalog: should this be rolled back, nobody may remember it.
    outcomes = post_within(connection, make_book(book.database, book.clock), fresh)
    faults = [
        fault
        for one, outcome in zip(fresh, outcomes, strict=True)
        if (fault := _fault(one, outcome)) is not None
    ]
    if faults:
        raise _RolledBack(faults)
    return len(fresh)


def _stock(file: ProgrammeFile, now: datetime) -> list[Asked]:
    return [
        _asked(
            f"stock:{reward.key}:{reserve}",
            ReceiveStock(
                reward=reward.key,
                booth=reward.home_booth,
                quantity=pieces,
                reserve=reserve,
                occurred_at=now,
            ),
        )
        for reward in file.rewards
        for reserve, pieces in opening_stock(reward).items()
    ]


def _budgets(catalog: Catalog, file: ProgrammeFile, now: datetime) -> list[Asked]:
    events: Mapping[Any, Versions[Any]] = catalog.events
    limited = {**events, **catalog.activities}
    return [
        _asked(
            f"budget:{item}:{budget_since(limited[item])}",
            SetBudget(item=item, points=points, occurred_at=now),
        )
        for item, points in budgets_of_file(file).items()
    ]


def _asked(name: str, operation: ReceiveStock | SetBudget) -> Asked:
    return Asked(credential=OPERATOR, key=OperationKey(name), operation=operation)


def _fault(asked: Asked, outcome: Outcome) -> ChangeRefused | None:
    if isinstance(outcome, Conflict):
        # Somebody posted it since it was looked for: begin again and find it done.
        raise HouseholdsMoved
    if not isinstance(outcome, Refused):
        return None
    change = asked.operation
    assert isinstance(change, SetBudget), f"opening stock was refused: {outcome.reason}"
    assert outcome.reason is Refusal.BUDGET_EXHAUSTED, f"a budget was refused: {outcome.reason}"
    return ChangeRefused(
        kind=ItemKind.ACTIVITY if "/" in change.item else ItemKind.EVENT,
        key=change.item,
        reason=ChangeFault.BUDGET_BELOW_AWARDED,
        before=str(outcome.details["awarded"]),
        after=str(change.points),
    )
