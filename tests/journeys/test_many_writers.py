"""Several processes, each with a poster of its own, write to one book at the same time."""

import json
import subprocess
from collections import Counter
from contextlib import ExitStack
from dataclasses import replace

from sqlalchemy import select, text

from points.domain.chain import GENESIS
from points.domain.programme import Catalog
from points.domain.verifying import Result
from points.service.posting import Book
from points.service.transactions import snapshot, transaction
from points.service.verifying import verify
from points.storage.columns import table_of
from points.storage.engine import Database
from points.storage.ledger import BatchRow
from points.storage.locks import first_operation
from tests.build import make_catalog
from tests.elsewhere import line_of, start
from tests.journeys.many_writers import CATALOG, HOUSEHOLDS, KEYS, STOCK
from tests.market import BIN_BAGS, NOW
from tests.save import open_market, save_household

PROCESSES = {"sqlite": 3, "postgresql": 4}
WRITER = "import runpy; runpy.run_module('tests.journeys.many_writers', run_name='__main__')"


def write(url: str, what: str, *, processes: int) -> list[dict[str, str]]:
    """Let processes write at the same time; give what each was told of each name."""
    with ExitStack() as stack:
        writers = [
            stack.enter_context(start(WRITER, url, str(number), what))
            for number in range(processes)
        ]
        assert [line_of(writer) for writer in writers] == ["ready"] * processes
        for writer in writers:
            let_go(writer)
        return [json.loads(line_of(writer)) for writer in writers]


def let_go(writer: subprocess.Popen[str]) -> None:
    assert writer.stdin is not None
    writer.stdin.write("go\n")
    writer.stdin.flush()


def open_crowded_market(database: Database, catalog: Catalog) -> Book:
    """Give each of eight households a thousand points."""
    with transaction(database) as connection:
        for owner in HOUSEHOLDS[3:]:
            save_household(connection, owner, fingerprint=bytes([owner]) * 32)
    return open_market(database, catalog=catalog, points=dict.fromkeys(HOUSEHOLDS, 1000))


def numbers_of_operations(book: Book) -> list[int]:
    with snapshot(book.database) as connection:
        return list(connection.execute(text("SELECT id FROM operation ORDER BY id")).scalars())


def numbers_in_chains(book: Book) -> list[int]:
    """Count the operations through, batch by batch, as the chains say."""
    numbers: list[int] = []
    ends: dict[int, tuple[int, int, bytes]] = {}
    batches = select(table_of(BatchRow)).order_by("chain", "number")
    with snapshot(book.database) as connection:
        for batch in connection.execute(batches):
            place = ends.get(batch.chain, (1, first_operation(batch.chain), GENESIS))
            assert (batch.number, batch.first_operation, batch.previous) == place
            following = batch.first_operation + batch.operations
            numbers += range(batch.first_operation, following)
            ends[batch.chain] = (batch.number + 1, following, batch.hash)
    return numbers


def test_the_same_operations_by_several_at_once_are_done_once_each(
    database: Database, database_url: str, engine_name: str
) -> None:
    processes = PROCESSES[engine_name]
    book = open_crowded_market(database, CATALOG)

    told = write(database_url, "same", processes=processes)

    by_name = {name: sorted(answers[name] for answers in told) for name in told[0]}
    assert len(by_name) == KEYS
    for answers in by_name.values():
        verdict = answers[-1].removeprefix("now: ")
        assert answers == [f"again: {verdict}"] * (processes - 1) + [f"now: {verdict}"]
    kinds = Counter(
        (name.partition("-")[0], "operation" if "operation" in answers[-1] else answers[-1])
        for name, answers in by_name.items()
    )
    assert kinds == {
        ("earn", "operation"): 100,
        ("redeem", "operation"): STOCK,
        ("redeem", "now: out_of_stock"): 200 - STOCK,
    }
    assert numbers_in_chains(book) == numbers_of_operations(book)
    assert verify(database, now=NOW).result is Result.CLEAN


def test_the_last_piece_goes_to_one_of_twenty(database: Database, database_url: str) -> None:
    catalog = make_catalog(replace(BIN_BAGS, stock=1, price=1))
    book = open_crowded_market(database, catalog)

    told = write(database_url, "last", processes=2)

    answers = Counter(answer.partition(" ")[2][:9] for one in told for answer in one.values())
    assert answers == {"operation": 1, "out_of_st": 19}
    assert numbers_in_chains(book) == numbers_of_operations(book)
    assert verify(database, now=NOW).result is Result.CLEAN
