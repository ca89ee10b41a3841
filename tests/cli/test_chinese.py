"""Help in Chinese: everything that can be asked about is told, and nothing that is gone."""

from collections.abc import Iterator
from typing import Any

import pytest

from points.cli.chinese import ABOUT, SHARED, catalogue
from points.cli.operating import SECTIONS, load_command

NAMES = [name for places in SECTIONS.values() for name in places]


@pytest.fixture(autouse=True)
def _chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POINTS_LANGUAGE", "zh")


def is_chinese(text: str | None) -> bool:
    return any("\u4e00" <= letter <= "\u9fff" for letter in text or "")


def told(command: Any, name: str) -> Iterator[tuple[str, str | None]]:
    """Give everything that a command and its parts say of themselves."""
    yield name, command.help
    for parameter in command.params:
        yield f"{name} {parameter.name}", parameter.help
    for part, inner in getattr(command, "commands", {}).items():
        yield from told(inner, f"{name} {part}")


@pytest.mark.parametrize("name", NAMES)
def test_every_command_and_option_is_told_in_chinese(name: str) -> None:
    assert [place for place, said in told(load_command(name), name) if not is_chinese(said)] == []


def test_nothing_is_told_that_is_not_there() -> None:
    there = {place for name in NAMES for place, _ in told(load_command(name), name)}
    options = {place.rpartition(" ")[2] for place in there}

    said = dict(catalogue())
    assert set(said.pop(SHARED)) <= options
    assert set(places_in(said)) <= there


def places_in(said: dict[str, Any], name: str = "") -> Iterator[str]:
    for key, value in said.items():
        place = f"{name} {key}".strip()
        if isinstance(value, dict):
            yield from places_in(value, place)
        else:
            yield name if key == ABOUT else place
