"""Rounds of measurement: what is compared runs in turn, and medians count."""

import gc
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import islice
from statistics import median
from time import perf_counter

from points.domain.facts import Accepted
from points.service.posting import post
from tests.bench.bare_driver import BareDriver, noting
from tests.bench.databases import Place, opened
from tests.bench.figures import Figures
from tests.bench.load import Tally, Target, hammer
from tests.bench.plain_apps import fill_plain
from tests.bench.serving import NOTHING, PLAIN, POINTS, memory_of, serving
from tests.bench.town import Crowd, Town, code_of, reopened

_PLAIN_PER_SECOND_MAX = 1500
_PER_SECOND_MAX = 9000


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """How much is measured."""

    rounds: int = 5
    seconds: float = 4.0
    """Of each round of load."""
    connections: int = 64
    batch: int = 256
    batches: int = 20
    """In each round."""


def in_turn(rounds: int, runs: Mapping[str, Callable[[], Tally]]) -> dict[str, list[Tally]]:
    """Run everything once to warm up, then so many rounds, each of them in turn."""
    for run in runs.values():
        run()
    found: dict[str, list[Tally]] = {name: [] for name in runs}
    for _ in range(rounds):
        for name, run in runs.items():
            found[name].append(run())
    return found


def measure_requests(place: Place, url: str, town: Town, effort: Effort) -> Figures:
    """Measure scans and balances by HTTP beside the plain apps, on this book."""
    crowd = Crowd(town, seed=1)
    log = place.folder / "log"
    plain_url = place.new_plain()
    fill_plain(plain_url, [code_of(one) for one in range(1, min(town.households, 10_000) + 1)])
    with ExitStack() as stack:
        ours, pid = stack.enter_context(serving(POINTS, url, log))
        nothing, _ = stack.enter_context(serving(NOTHING, "", log))
        plain, _ = stack.enter_context(serving(PLAIN, plain_url, log))
        scans = Target(
            address=ours, path="/api/v1/operations", token=town.token, sign=b'"accepted"'
        )
        balances = Target(
            address=ours, path="/api/v1/balances", token=town.token, sign=b'"available"'
        )
        statements = Target(
            address=ours, path="/api/v1/statements", token=town.token, sign=b"lines"
        )
        idle = Target(address=nothing, path="/nothing", token=town.token, sign=b"ok")
        usual = Target(address=plain, path="/scans", token=town.token, sign=b'"accepted"')
        before = memory_of(pid)

        def scan(target: Target, per_second: int = _PER_SECOND_MAX) -> Callable[[], Tally]:
            def run() -> Tally:
                count = int(per_second * effort.seconds) + effort.connections
                sent = [target.request([one]) for one in islice(crowd.scans(), count)]
                return _load(target, sent, effort)

            return run

        def ask(target: Target) -> Callable[[], Tally]:
            def run() -> Tally:
                count = int(_PER_SECOND_MAX * effort.seconds) + effort.connections
                cards = (code_of(crowd.household()) for _ in range(count))
                return _load(target, [target.request({"card": card}) for card in cards], effort)

            return run

        found = in_turn(
            effort.rounds,
            {
                "scans": scan(scans),
                "nothing": scan(idle),
                "balances": ask(balances),
                "plain": scan(usual, _PLAIN_PER_SECOND_MAX),
                "statements": ask(statements),
            },
        )
        after = memory_of(pid)
    return _requests_told(found) | {
        "server.memory.before": before / 2**20,
        "server.memory": after / 2**20,
    }


def measure_processes(place: Place, url: str, town: Town, effort: Effort) -> Figures:
    """Measure scans with one process of the service and with two."""
    crowd = Crowd(town, seed=2)
    log = place.folder / "log"
    with ExitStack() as stack:
        both = [
            Target(
                address=stack.enter_context(serving(POINTS, url, log))[0],
                path="/api/v1/operations",
                token=town.token,
                sign=b'"accepted"',
            )
            for _ in range(2)
        ]

        def scan(targets: list[Target]) -> Callable[[], Tally]:
            def run() -> Tally:
                count = int(_PER_SECOND_MAX * effort.seconds) + effort.connections
                sent = [targets[0].request([one]) for one in islice(crowd.scans(), count)]
                return _load(targets, sent, effort)

            return run

        found = in_turn(effort.rounds, {"one": scan(both[:1]), "two": scan(both)})
    ratios = _ratios(_speeds(found["two"]), _speeds(found["one"]))
    return {"scans.two_processes_to_one": median(ratios)}


def measure_batches(place: Place, url: str, town: Town, effort: Effort) -> Figures:
    """Measure batches without HTTP beside the bare driver, which writes to a copy."""
    copy = place.copy(url)
    with opened(url) as database, opened(copy) as twin:
        crowd = Crowd(reopened(town, database), seed=3)
        driver = BareDriver(twin)
        ours: list[float] = []
        theirs: list[float] = []
        for number in range(effort.rounds + 1):
            batches = [crowd.batch(effort.batch) for _ in range(effort.batches)]
            written = []
            gc.collect()
            spent = 0.0
            for batch in batches:
                with noting(database) as notes:
                    began = perf_counter()
                    outcomes = post(crowd.town.book, batch)
                    spent += perf_counter() - began
                assert all(isinstance(one, Accepted) for one in outcomes), outcomes
                written.append(notes)
            began = perf_counter()
            for notes in written:
                driver.write(notes)
            if number:  # the first round warms up
                theirs.append(perf_counter() - began)
                ours.append(spent)
        driver.close()
    count = effort.batch * effort.batches
    return {
        "batches.per_second": count / median(ours),
        "driver.per_second": count / median(theirs),
        "batches.to_driver": median(_ratios(theirs, ours)),
    }


def _load(targets: Target | list[Target], sent: list[bytes], effort: Effort) -> Tally:
    given = [targets] if isinstance(targets, Target) else targets
    tally = hammer(given, sent, connections=effort.connections, seconds=effort.seconds)
    assert not tally.failed, f"{tally.failed} requests failed"
    return tally


def _requests_told(found: Mapping[str, list[Tally]]) -> Figures:
    speeds = {name: _speeds(tallies) for name, tallies in found.items()}
    figures = {f"{name}.per_second": median(speed) for name, speed in speeds.items()}
    for name in ("scans", "balances", "statements", "nothing"):
        figures[f"{name}.p50_ms"] = 1000 * median(one.p50 for one in found[name])
        figures[f"{name}.p99_ms"] = 1000 * median(one.p99 for one in found[name])
    return figures | {
        "scans.to_nothing": median(_ratios(speeds["scans"], speeds["nothing"])),
        "scans.to_plain": median(_ratios(speeds["scans"], speeds["plain"])),
        "scans.p99_to_p50": median(one.p99 / one.p50 for one in found["scans"]),
        "balances.to_nothing": median(_ratios(speeds["balances"], speeds["nothing"])),
    }


def _speeds(tallies: list[Tally]) -> list[float]:
    return [tally.per_second for tally in tallies]


def _ratios(over: list[float], under: list[float]) -> list[float]:
    return [one / other for one, other in zip(over, under, strict=True)]
