"""Figures by name, the bars that they are held to, and how both are told."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

Figures = dict[str, float]
"""By name: what is measured, the engine in front, as in `sqlite.scans.per_second`."""


@dataclass(frozen=True, slots=True)
class Bar:
    """What a figure has to reach."""

    name: str
    least: float | None = None
    most: float | None = None
    above: float | None = None

    def is_reached(self, value: float) -> bool:
        return (
            (self.least is None or value >= self.least)
            and (self.most is None or value <= self.most)
            and (self.above is None or value > self.above)
        )

    @property
    def says(self) -> str:
        if self.least is not None:
            return f">= {self.least:g}"
        return f"<= {self.most:g}" if self.most is not None else f"> {self.above:g}"


_OF_EVERY_BOOK = (
    Bar("scans.to_nothing", least=0.45),
    Bar("scans.to_plain", least=10),
    Bar("scans.p99_to_p50", most=5),
    Bar("balances.to_nothing", least=0.5),
    Bar("pages.to_nothing", least=0.3),
    Bar("pages.p99_to_p50", most=5),
    Bar("batches.to_driver", least=0.6),
)
_OF_ONE_ENGINE = {"postgresql": (Bar("scans.two_processes_to_one", above=1),)}
_OF_GROWTH = (
    Bar("scans.to_nothing.grown_to_empty", least=0.8),
    Bar("scans.to_plain.grown_to_empty", least=0.8),
    Bar("balances.to_nothing.grown_to_empty", least=0.8),
    Bar("batches.to_driver.grown_to_empty", least=0.8),
    Bar("statements.per_second.grown_to_empty", least=0.8),
    Bar("balances.per_second.grown_to_empty", least=0.8),
    Bar("pages.per_second.grown_to_empty", least=0.8),
    Bar("server.memory.grown_to_empty", most=1.25),
    Bar("verify.per_second", least=50_000),
)


def bars_of(engine: str, *, is_grown: bool) -> list[Bar]:
    """Give the bars for an engine, by the full names of their figures."""
    bars = [*_OF_EVERY_BOOK, *_OF_ONE_ENGINE.get(engine, ()), *(_OF_GROWTH if is_grown else ())]
    return [Bar(f"{engine}.{bar.name}", bar.least, bar.most, bar.above) for bar in bars]


def told(figures: Mapping[str, float], bars: Sequence[Bar]) -> Iterator[str]:
    """Tell every figure, then every bar and whether it is reached."""
    width = max(map(len, [*figures, *(bar.name for bar in bars)]), default=0)
    for name, value in figures.items():
        yield f"{name:{width}}  {value:,.3f}"
    for bar in bars:
        if bar.name not in figures:
            yield f"{bar.name:{width}}  {bar.says}: not measured"
            continue
        verdict = "reached" if bar.is_reached(figures[bar.name]) else "NOT REACHED"
        yield f"{bar.name:{width}}  {bar.says}: {figures[bar.name]:.3f} {verdict}"
