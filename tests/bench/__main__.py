"""`scripts/bench`: measure, print every figure and every bar, and write them down if asked."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench.databases import Place, opened, place_of
from tests.bench.figures import Bar, Figures, bars_of, told
from tests.bench.growing import Growth, compared, grow, measure_verify
from tests.bench.measuring import (
    Effort,
    measure_batches,
    measure_processes,
    measure_requests,
)
from tests.bench.pgbench import measure_pgbench
from tests.bench.scanning import BARS, measure_scanner
from tests.bench.town import Town, found

ENGINES = ("sqlite", "postgresql")


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure what is asked for."""
    options = _parser().parse_args(arguments)
    if options.scanner:
        with TemporaryDirectory(prefix="points-scanner-", dir=options.folder) as folder:
            _tell(
                measure_scanner(Path(folder), queue=options.queue, cards=options.cards),
                BARS,
                options.json,
            )
        return
    effort = Effort(
        rounds=options.rounds,
        seconds=options.seconds,
        connections=options.connections,
        batch=options.batch,
        batches=options.batches,
    )
    figures: Figures = {}
    bars: list[Bar] = []
    for engine in options.engine or ENGINES:
        with place_of(engine, options.folder) as place:
            growth = None
            if options.grow:
                growth = Growth(
                    households=options.grown_households, operations=options.grown_operations
                )
            measured = _measure(place, options.households, effort, options.only, growth)
        figures |= {f"{engine}.{name}": value for name, value in measured.items()}
        bars += bars_of(engine, is_grown=options.grow)
    _tell(figures, bars, options.json)


def _tell(figures: Figures, bars: Sequence[Bar], file: Path | None) -> None:
    sys.stdout.writelines(f"{line}\n" for line in told(figures, bars))
    if file is not None:
        file.write_text(json.dumps(figures, indent=2) + "\n")


def _measure(
    place: Place, households: int, effort: Effort, only: str | None, growth: Growth | None
) -> Figures:
    url = place.new()
    with opened(url) as database:
        town = found(database, households)
    figures = _measure_book(place, url, town, effort, only)
    if growth is not None:
        town, told_of_growth = grow(url, town, growth)
        figures |= told_of_growth | measure_verify(url)
        figures |= compared(_measure_book(place, url, town, effort, only), figures)
    return figures


def _measure_book(place: Place, url: str, town: Town, effort: Effort, only: str | None) -> Figures:
    figures: Figures = {}
    if only in (None, "batches"):
        figures |= measure_batches(place, url, town, effort)
    if only in (None, "requests"):
        figures |= measure_requests(place, url, town, effort)
    if only in (None, "processes") and place.engine == "postgresql":
        figures |= measure_processes(place, url, town, effort)
    if only in (None, "pgbench") and place.engine == "postgresql":
        measured = measure_pgbench(
            place.copy(url), place.folder, households=town.households, seconds=effort.seconds
        )
        figures |= measured
        if "scans.per_second" in figures and measured:
            ratio = figures["scans.per_second"] / measured["pgbench.per_second"]
            figures["scans.to_pgbench"] = ratio
    return figures


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="scripts/bench", description=__doc__)
    parser.add_argument("--engine", action="append", choices=ENGINES, help="both if not told")
    parser.add_argument("--json", type=Path, help="write the figures to this file as well")
    parser.add_argument("--only", choices=("batches", "requests", "processes", "pgbench"))
    parser.add_argument("--households", type=int, default=10_000)
    parser.add_argument("--scanner", action="store_true", help="the scanner in Chromium, alone")
    parser.add_argument("--queue", type=int, default=5_000, help="acts that wait on its phone")
    parser.add_argument("--cards", type=int, default=12, help="held before its camera")
    parser.add_argument("--grow", action="store_true", help="also on a book of millions")
    parser.add_argument("--grown-households", type=int, default=1_000_000)
    parser.add_argument("--grown-operations", type=int, default=5_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=3.0, help="of each round of load")
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--batch", type=int, default=256)
    parser.add_argument("--batches", type=int, default=20, help="in each round")
    parser.add_argument("--folder", type=Path, help="where databases are made for a while")
    return parser


if __name__ == "__main__":
    main()
