"""Each part of the benchmark works; how fast anything is, is not asked here."""

import json
from pathlib import Path

import pytest

from tests.bench.__main__ import main
from tests.bench.figures import Bar, bars_of, told
from tests.bench.scanning import BARS

TINY = ["--households", "30", "--rounds", "1", "--seconds", "0.1", "--connections", "4"]
BATCHES = ["--batch", "10", "--batches", "2"]
GROWN = ["--grow", "--grown-households", "60", "--grown-operations", "200"]


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_everything_is_measured_told_and_written_down_under_the_same_names(
    engine: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "figures.json"

    main([*TINY, *BATCHES, *GROWN, "--engine", engine, "--json", str(file)])

    figures: dict[str, float] = json.loads(file.read_text())
    lines = capsys.readouterr().out.splitlines()
    assert {bar.name for bar in bars_of(engine, is_grown=True)} <= figures.keys()
    assert [line.split()[0] for line in lines[: len(figures)]] == list(figures)
    assert all(value > 0 for value in figures.values())
    assert not [line for line in lines if "not measured" in line]


def test_the_scanner_is_measured_and_what_a_volunteer_feels_has_its_bars(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "figures.json"

    main(["--scanner", "--queue", "40", "--cards", "2", "--json", str(file)])

    figures: dict[str, float] = json.loads(file.read_text())
    assert {bar.name for bar in BARS} <= figures.keys()
    assert all(value >= 0 for value in figures.values())
    assert "not measured" not in capsys.readouterr().out
    assert figures["scanner.script.kilobytes"] <= 60


def test_a_bar_is_told_with_its_figure_and_whether_it_is_reached() -> None:
    bars = [Bar("fast", least=2), Bar("even", most=5), Bar("more", above=1), Bar("gone", least=1)]

    lines = [" ".join(line.split()) for line in told({"fast": 2, "even": 5.1, "more": 1}, bars)]

    assert lines[3:] == [
        "fast >= 2: 2.000 reached",
        "even <= 5: 5.100 NOT REACHED",
        "more > 1: 1.000 NOT REACHED",
        "gone >= 1: not measured",
    ]
