"""A book of millions: filled in bulk (`bulk`), proven, then measured like an empty one."""

import sys
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from time import perf_counter
from uuid import uuid4

from sqlalchemy import text

from points.domain.cards import code_fingerprint
from points.domain.facts import Accepted
from points.domain.operations import card_by_code
from points.domain.verifying import Result
from points.service.posting import post
from points.service.transactions import snapshot, transaction
from points.service.verifying import verify
from points.storage import verifying as stored
from points.storage.engine import Database
from points.storage.verifying import Part
from tests.bench.bulk import BATCH, MARK_BYTES, Bulk, Sample, Samples, write_people
from tests.bench.databases import opened
from tests.bench.figures import Figures
from tests.bench.loading import loading
from tests.bench.town import PRICE, Town, code_of, now, reopened
from tests.build import ask, make_earn, make_redeem

_TELL_EACH_SECONDS = 10
_SET_CHAIN = (
    "UPDATE chain SET number = :number, next_operation = :next_operation, head = :head,"
    " last_at = :last_at WHERE id = :id"
)
_SET_SHELF = (
    "UPDATE account SET balance = :balance, version = :version, last_at = :last_at WHERE id = :id"
)

COMPARED = (
    *("scans.to_nothing", "scans.to_plain", "balances.to_nothing", "batches.to_driver"),
    *("scans.per_second", "balances.per_second", "statements.per_second", "pages.per_second"),
    *("batches.per_second", "server.memory"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Growth:
    """How large the book grows."""

    households: int = 1_000_000
    operations: int = 5_000_000


def grow(url: str, town: Town, growth: Growth) -> tuple[Town, Figures]:
    """Let the town and its book grow; tell how long it takes."""
    began = perf_counter()
    newcomers = range(town.households + 1, growth.households + 1)
    with opened(url) as database:
        with loading(database) as write:
            marks = write_people(newcomers, write)
            _tell("households", len(newcomers), len(newcomers), perf_counter() - began)
        samples = _samples(reopened(town, database), database, newcomers[0])
        with loading(database) as write:
            bulk = Bulk(samples, newcomers[1:], marks[MARK_BYTES:], write)
            posted, told_at = 0, began
            while posted < growth.operations:
                count = min(BATCH, growth.operations - posted)
                bulk.post(count)
                posted += count
                if perf_counter() > told_at + _TELL_EACH_SECONDS or posted == growth.operations:
                    told_at = perf_counter()
                    _tell("operations", posted, growth.operations, told_at - began)
            chain, shelf = bulk.finish()
        with transaction(database) as connection:
            connection.execute(text(_SET_CHAIN), chain._asdict())
            connection.execute(text(_SET_SHELF), shelf._asdict())
    seconds = perf_counter() - began
    return replace(town, households=growth.households), {
        "grown.households": growth.households,
        "grown.operations": posted,
        "grown.minutes": seconds / 60,
        "grown.per_second": posted / seconds,
    }


def _samples(town: Town, database: Database, household: int) -> Samples:
    """Post a scan and a redemption by a household, and see what the service wrote."""
    card, moment = card_by_code(code_fingerprint(code_of(household))), now()
    earning = make_earn(card=card, occurred_at=moment)
    spending = make_redeem(card=card, price_shown=PRICE, occurred_at=moment)
    found: list[Sample] = []
    for operation in (earning, spending):
        (outcome,) = post(town.book, [ask(operation, key=str(uuid4()), by=town.phone)])
        assert isinstance(outcome, Accepted), outcome
        with snapshot(database) as connection:
            (line,) = stored.find_operations(connection, [outcome.operation]).values()
            (entries,) = stored.find_entries(connection, [line.id]).values()
            part = Part(line.chain, 0, line.id)
            with closing(stored.read_requests(connection, part)) as requests:
                found.append(Sample(line, tuple(entries), next(requests)))
    with snapshot(database) as connection:
        chain = stored.read_chains(connection)[found[-1].operation.chain]
        shelf = found[-1].entries[-1].debit
        (row,) = (one for one in stored.read_accounts(connection) if one.id == shelf)
    return Samples(earning=found[0], spending=found[1], card=card, chain=chain, shelf=row)


def measure_verify(url: str) -> Figures:
    """Prove the whole book, and tell how quickly."""
    with opened(url) as database:
        began = perf_counter()
        report = verify(database, now=now())
        seconds = perf_counter() - began
    assert report.result is Result.CLEAN, report
    operations = report.counts["operations"]
    return {"verify.operations": operations, "verify.per_second": operations / seconds}


def compared(grown: Mapping[str, float], empty: Mapping[str, float]) -> Figures:
    """Tell each figure of the grown book as a share of the empty book's."""
    shares = {name: grown[name] / empty[name] for name in COMPARED if name in grown}
    figures = {f"{name}.grown_to_empty": share for name, share in shares.items()}
    return {f"grown.{name}": value for name, value in grown.items()} | figures


def _tell(what: str, done: int, of: int, seconds: float) -> None:
    sys.stderr.write(f"{done:,} of {of:,} {what} after {seconds:,.0f} s\n")
