"""What tests of the desk share: dice that always fall the same, blank cards, every row there is."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from random import Random
from time import monotonic
from typing import Any

from sqlalchemy import select, text
from sqlmodel import SQLModel

from points.domain.cards import CardNumber, code_fingerprint, make_card_number
from points.domain.facts import Accepted, Outcome
from points.domain.ids import ActivityKey
from points.domain.operations import CardRef, card_by_code
from points.domain.people import CardRecord
from points.domain.programme import Activity, Booth, Community, Event, Reward
from points.domain.programme_file import ProgrammeFile
from points.outside.card_sheets import PrintedCard
from points.service.cards import find_by_number, print_cards
from points.service.posting import Book, post
from points.service.transactions import snapshot
from points.storage.engine import Database
from tests.build import ask, make_earn
from tests.market import CHECK_IN, ITEMS, NOW, PROGRAMME

NOBODYS_NUMBER = make_card_number(10_000_000)


def make_file(*given: Any, less: Iterable[Any] = ()) -> ProgrammeFile:
    """Write the market day down; an item given takes the place of the one with its key."""
    items = {(type(item), getattr(item, "key", "")): item for item in (*ITEMS, *given)}
    found = [item for item in items.values() if item not in less]

    def all_of(kind: type) -> tuple[Any, ...]:
        return tuple(item for item in found if isinstance(item, kind))

    return ProgrammeFile(
        programme=items[(type(PROGRAMME), "")],
        communities=all_of(Community),
        events=all_of(Event),
        booths=all_of(Booth),
        activities=all_of(Activity),
        rewards=all_of(Reward),
    )


class Dice:
    """Bytes that look random and are the same in every run."""

    def __init__(self, seed: int = 1) -> None:
        self._random = Random(seed)

    def __call__(self, count: int) -> bytes:
        return self._random.randbytes(count)


def print_blank(database: Database, count: int, *, seed: int = 1) -> list[PrintedCard]:
    return print_cards(database, count, now=NOW, random_bytes=Dice(seed), public_url=None)


def ref(card: PrintedCard) -> CardRef:
    """Name a card by its code, as a scan does."""
    return card_by_code(code_fingerprint(card.code))


def scan(
    book: Book,
    card: PrintedCard,
    activity: ActivityKey = CHECK_IN.key,
    *,
    occurred_at: datetime = NOW,
    is_offline: bool = False,
) -> Outcome:
    """Hold a card up at a booth, where 10 points are given for checking in."""
    earn = make_earn(
        card=ref(card), activity=activity, occurred_at=occurred_at, is_offline=is_offline
    )
    return post(book, [ask(earn)])[0]


def balance_after(outcome: Outcome) -> int | None:
    assert isinstance(outcome, Accepted), outcome
    return outcome.balance


def record(database: Database, number: CardNumber) -> CardRecord:
    found = find_by_number(database, number)
    assert found is not None, f"no card {number}"
    return found


def everything(database: Database) -> dict[str, list[Sequence[object]]]:
    """Read every row of every table: what changed nothing leaves this the same."""
    with snapshot(database) as connection:
        return {
            table.name: sorted(map(tuple, connection.execute(select(table))), key=repr)
            for table in SQLModel.metadata.sorted_tables
        }


def wait_until_blocked(database: Database) -> None:
    """Return once somebody waits for a row that somebody else holds. SQLite lets only one write."""
    if database.is_sqlite:
        return
    waiting = text(
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    deadline = monotonic() + 30
    with database.reader.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        while not connection.execute(waiting).scalar_one():
            assert monotonic() < deadline, "nobody ever waited"
