"""Kill the service again and again under load, and look whether a point was lost or doubled.

A kill cannot show a sync that is missing, because the system still has what the service wrote:
`tests/drills/test_syncs.py` looks for that.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from time import monotonic, sleep
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from tests.drills.auditing import Audit, times_booked
from tests.drills.scenes import Scene, scene_on
from tests.drills.serving import Crash, DieAt, Preparation, Seam
from tests.engines import ENGINES
from tests.postgres import running_postgres

KILLS = 200
AT_RANDOM = "at random"
_ANSWERS_MAX = 40
_MORE_SECONDS_MAX = 0.05
_BATCHES_MAX = 15
_PLACES: tuple[Seam | None, ...] = tuple(
    place for seam in Seam for place in (seam, None)
)  # every other kill is at random


@dataclass(slots=True)
class Tally:
    """What a drill came to."""

    kills: Counter[str] = field(default_factory=Counter)
    """By place."""
    cut_off: Counter[str] = field(default_factory=Counter)
    """Operations that a kill left without an answer, by place."""
    found: Counter[str] = field(default_factory=Counter)
    """Those of them that were in the book all the same."""
    unsure: set[str] = field(default_factory=set)
    """All that were ever left without an answer."""
    doubled: list[str] = field(default_factory=list)
    """Those of them that were in the book more than once, right after the restart."""
    sent: int = 0
    acknowledged: int = 0
    asked_again: int = 0
    answered_otherwise: list[str] = field(default_factory=list)
    """Operations that were answered differently when they were sent once more."""
    audit: Audit = field(default_factory=Audit)
    seconds: float = 0.0

    @property
    def is_whole(self) -> bool:
        return self.audit.is_whole and not self.doubled and not self.answered_otherwise


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How a drill goes."""

    kills: int
    seed: int = 1
    told: Callable[[], None] = lambda: None
    """Hears of every kill."""
    prepare: Preparation | None = None
    """What is done to the service before every start."""


def crash_drill(url: str, folder: Path, plan: Plan) -> Tally:
    """Run the drill on an empty database."""
    began, tally, random = monotonic(), Tally(), Random(plan.seed)
    with scene_on(url, folder) as scene:
        for _, place in zip(range(plan.kills), cycle(_PLACES), strict=False):
            scene.service.start(_prepared(place, random, plan.prepare))
            _one_death(scene, place, random, tally)
            plan.told()
        scene.service.start(plan.prepare)
        scene.phones.settle()
        noted = scene.phones.noted()
        tally.sent, tally.acknowledged = len(noted.sent), len(noted.answers)
        again = scene.phones.ask_again(random, also=tally.unsure)
        tally.asked_again = again.times
        tally.answered_otherwise += again.answered_otherwise
        scene.service.kill()
        scene.service.wait_until_dead()
        tally.audit = scene.audit()
    tally.seconds = monotonic() - began
    return tally


def _one_death(scene: Scene, place: Seam | None, random: Random, tally: Tally) -> None:
    """Let phones work until the service is killed, and count what is in the book by then."""
    with scene.phones.at_work():
        if place is None:
            scene.phones.wait_for_answers(random.randint(0, _ANSWERS_MAX))
            sleep(random.uniform(0, _MORE_SECONDS_MAX))
            scene.service.kill()
        scene.service.wait_until_dead()
    name = place or AT_RANDOM
    keys = [str(sent["id"]) for sent in scene.phones.unanswered()]
    times = times_booked(scene.database, scene.phone, keys)
    scene.database.dispose()
    tally.kills[name] += 1
    tally.unsure |= set(keys)
    tally.cut_off[name] += len(keys)
    tally.found[name] += sum(times[key] > 0 for key in keys)
    tally.doubled += [key for key in keys if times[key] > 1]


@dataclass(frozen=True, slots=True)
class _Both:
    first: Preparation | None
    second: Preparation

    def __call__(self) -> None:
        if self.first is not None:
            self.first()
        self.second()


def _prepared(
    place: Seam | None, random: Random, prepare: Preparation | None
) -> Preparation | None:
    if place is None:
        return prepare
    return _Both(prepare, DieAt(Crash(place, random.randint(1, _BATCHES_MAX))))


def main(
    *,
    kills: Annotated[int, typer.Option(min=1, help="How often, on each engine.")] = KILLS,
    engine: Annotated[list[str] | None, typer.Option(help=" or ".join(ENGINES))] = None,
    database: Annotated[str | None, typer.Option(help="An empty database to use instead.")] = None,
    seed: Annotated[int, typer.Option(help="Decides where and when it is killed.")] = 1,
) -> None:
    """Kill the service under load and compare the book with what clients were told, by id."""
    tallies = [_show(name, kills, seed) for name in ([database] if database else engine or ENGINES)]
    raise typer.Exit(int(not all(tally.is_whole for tally in tallies)))


def _show(name: str, kills: int, seed: int) -> Tally:
    console, engine = Console(), name.partition(":")[0]
    with _throw_away(name) as (url, folder), Progress(console=console) as progress:
        bar = progress.add_task(engine, total=kills)
        plan = Plan(kills=kills, seed=seed, told=lambda: progress.advance(bar))
        tally = crash_drill(url, folder, plan)
    console.print(_deaths(tally, engine), _figures(tally))
    return tally


def _deaths(tally: Tally, engine: str) -> Table:
    table = Table(title=f"{engine}: {tally.kills.total()} kills in {tally.seconds:.0f} s")
    table.add_column("killed")
    for column in ("times", "left without answer", "of these in the book"):
        table.add_column(column, justify="right")
    for place in sorted(tally.kills):
        counts = (tally.kills[place], tally.cut_off[place], tally.found[place])
        table.add_row(place, *map(str, counts))
    return table


def _figures(tally: Tally) -> Table:
    table = Table(show_header=False)
    table.add_column()
    table.add_column(justify="right")
    audit = tally.audit
    for name, count in {
        "operations sent": tally.sent,
        "acknowledged at the first try": tally.sent - len(tally.unsure),
        "acknowledged in the end": tally.acknowledged,
        "sent once more": tally.asked_again,
        "acknowledged and lost": len(audit.lost),
        "doubled": len(audit.doubled) + len(tally.doubled),
        "in the book with another result": len(audit.changed),
        "in the book and never sent": len(audit.invented),
        "without an answer": len(audit.unsettled),
        "answered otherwise when sent once more": len(tally.answered_otherwise),
        "households with a wrong balance": len(audit.balances),
        "points verify": "clean" if audit.is_clean else "FINDINGS",
    }.items():
        table.add_row(name, str(count))
    return table


@contextmanager
def _throw_away(name: str) -> Iterator[tuple[str, Path]]:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="points-drill-")))
        match name:
            case "sqlite":
                url = f"sqlite:///{folder / 'points.db'}"
            case "postgresql":
                url = stack.enter_context(running_postgres()).create_database("drill")
            case _:
                url = name
        yield url, folder


if __name__ == "__main__":
    typer.run(main)
