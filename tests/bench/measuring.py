"""Rounds of measurement: what is compared runs in turn, and medians count."""

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import cycle, islice
from statistics import median
from time import perf_counter

from points.cli.serving import leave_what_stays_alone
from points.domain.facts import Accepted
from points.service.posting import post
from points.web.pages.visitors import COOKIE
from tests.bench.bare_driver import BareDriver, noting
from tests.bench.databases import Place, opened
from tests.bench.figures import Figures
from tests.bench.load import Tally, Target, hammer
from tests.bench.plain_apps import fill_plain
from tests.bench.serving import NOTHING, PLAIN, POINTS, memory_of, serving
from tests.bench.town import Crowd, Town, code_of, reopened, visits_of

_PLAIN_PER_SECOND_MAX = 1500
_PER_SECOND_MAX = 9000
_VISITS = 200

Run = Callable[[], Tally]
"""One round of load on one thing."""


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


def in_turn(rounds: int, runs: Mapping[str, Run]) -> dict[str, list[Tally]]:
    """Run everything once to warm up, then so many rounds, each of them in turn."""
    for run in runs.values():
        run()
    found: dict[str, list[Tally]] = {name: [] for name in runs}
    for _ in range(rounds):
        for name, run in runs.items():
            found[name].append(run())
    return found


def measure_requests(place: Place, url: str, town: Town, effort: Effort) -> Figures:
    """Measure scans, balances and pages by HTTP beside the plain apps, on this book."""
    crowd = Crowd(town, seed=1)
    log = place.folder / "log"
    with opened(url) as database:
        visits = visits_of(crowd, database, min(_VISITS, town.households))
    plain_url = place.new_plain()
    fill_plain(plain_url, map(code_of, range(1, town.households + 1)))
    with ExitStack() as stack:
        ours, pid = stack.enter_context(serving(POINTS, url, log))
        nothing, _ = stack.enter_context(serving(NOTHING, "", log))
        plain, _ = stack.enter_context(serving(PLAIN, plain_url, log))

        def target(address: tuple[str, int], path: str, sign: bytes) -> Target:
            return Target(address=address, path=path, token=town.token, sign=sign)

        before = memory_of(pid)
        usual = target(plain, "/scans", b'"accepted"')
        runs: dict[str, Run] = {
            "scans": _Scans(target(ours, "/api/v1/operations", b'"accepted"'), crowd, effort),
            "nothing": _Scans(target(nothing, "/nothing", b"ok"), crowd, effort),
            "balances": _Cards(target(ours, "/api/v1/balances", b'"available"'), crowd, effort),
            "plain": _Scans(usual, crowd, effort, _PLAIN_PER_SECOND_MAX),
            "statements": _Cards(target(ours, "/api/v1/statements", b"lines"), crowd, effort),
            "pages": _Pages(target(ours, "/me", b"me/close"), visits, effort),
            "empty_pages": _Pages(target(nothing, "/page", b"html"), visits, effort),
        }
        found = in_turn(effort.rounds, runs)
        after = memory_of(pid)
    return _requests_told(found) | {
        "server.memory.before": before / 2**20,
        "server.memory": after / 2**20,
    }


@dataclass(frozen=True, slots=True)
class _Scans:
    """A round of scans, each in a request of its own."""

    target: Target
    crowd: Crowd
    effort: Effort
    per_second: int = _PER_SECOND_MAX

    def __call__(self) -> Tally:
        scans = islice(self.crowd.scans(), _enough(self.effort, self.per_second))
        return _load(self.target, [self.target.request([one]) for one in scans], self.effort)


@dataclass(frozen=True, slots=True)
class _Cards:
    """A round of questions about cards."""

    target: Target
    crowd: Crowd
    effort: Effort

    def __call__(self) -> Tally:
        cards = (code_of(self.crowd.household()) for _ in range(_enough(self.effort)))
        sent = [self.target.request({"card": card}) for card in cards]
        return _load(self.target, sent, self.effort)


@dataclass(frozen=True, slots=True)
class _Pages:
    """A round of pages, read by those whose visits these are."""

    target: Target
    visits: list[str]
    effort: Effort

    def __call__(self) -> Tally:
        pages = [self.target.page({COOKIE: visit}) for visit in self.visits]
        return _load(self.target, list(islice(cycle(pages), _enough(self.effort))), self.effort)


def _enough(effort: Effort, per_second: int = _PER_SECOND_MAX) -> int:
    """Tell how many requests will not be answered within a round."""
    return int(per_second * effort.seconds) + effort.connections


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

        def scan(targets: list[Target]) -> Run:
            def run() -> Tally:
                scans = islice(crowd.scans(), _enough(effort))
                sent = [targets[0].request([one]) for one in scans]
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
            leave_what_stays_alone()
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
    assert not tally.failed, f"{tally.failed} requests failed, such as {tally.failure}"
    return tally


def _requests_told(found: Mapping[str, list[Tally]]) -> Figures:
    speeds = {name: _speeds(tallies) for name, tallies in found.items()}
    figures = {f"{name}.per_second": median(speed) for name, speed in speeds.items()}
    for name in ("scans", "balances", "statements", "pages", "nothing"):
        figures[f"{name}.p50_ms"] = 1000 * median(one.p50 for one in found[name])
        figures[f"{name}.p99_ms"] = 1000 * median(one.p99 for one in found[name])
    return figures | {
        "scans.to_nothing": median(_ratios(speeds["scans"], speeds["nothing"])),
        "scans.to_plain": median(_ratios(speeds["scans"], speeds["plain"])),
        "scans.p99_to_p50": median(one.p99 / one.p50 for one in found["scans"]),
        "balances.to_nothing": median(_ratios(speeds["balances"], speeds["nothing"])),
        "pages.to_nothing": median(_ratios(speeds["pages"], speeds["empty_pages"])),
        "pages.p99_to_p50": median(one.p99 / one.p50 for one in found["pages"]),
    }


def _speeds(tallies: list[Tally]) -> list[float]:
    return [tally.per_second for tally in tallies]


def _ratios(over: list[float], under: list[float]) -> list[float]:
    return [one / other for one, other in zip(over, under, strict=True)]
