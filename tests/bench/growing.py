"""A book of millions: filled by the service's own posting, then measured like an empty one.

Nothing is written past the service, so `points verify` has the whole of it to accept. Households
are registered in bulk; operations are posted in large batches, three scans to one redemption.
"""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from time import perf_counter

from points.domain.facts import Accepted
from points.domain.verifying import Result
from points.service.posting import post
from points.service.verifying import verify
from tests.bench.databases import opened
from tests.bench.figures import Figures
from tests.bench.town import Crowd, Town, now, reopened, settle_people

_BATCH = 4000
_TELL_EACH_SECONDS = 10

COMPARED = (
    *("scans.to_nothing", "scans.to_plain", "balances.to_nothing", "batches.to_driver"),
    *("scans.per_second", "balances.per_second", "statements.per_second"),
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
    with opened(url) as database:
        settle_people(database, range(town.households + 1, growth.households + 1))
        grown = Town(
            book=reopened(town, database).book,
            phone=town.phone,
            token=town.token,
            households=growth.households,
        )
        crowd = Crowd(grown, seed=4)
        posted, told_at = 0, began
        while posted < growth.operations:
            outcomes = post(grown.book, crowd.batch(min(_BATCH, growth.operations - posted)))
            assert all(isinstance(one, Accepted) for one in outcomes), outcomes
            posted += len(outcomes)
            if perf_counter() > told_at + _TELL_EACH_SECONDS or posted == growth.operations:
                told_at = perf_counter()
                _tell(posted, growth.operations, told_at - began)
    seconds = perf_counter() - began
    return grown, {
        "grown.households": growth.households,
        "grown.operations": posted,
        "grown.minutes": seconds / 60,
        "grown.per_second": posted / seconds,
    }


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


def _tell(posted: int, of: int, seconds: float) -> None:
    sys.stderr.write(f"{posted:,} of {of:,} operations after {seconds:,.0f} s\n")
