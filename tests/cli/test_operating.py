"""All commands together: listed at once, loaded when they are asked for."""

import os
import subprocess
import sys
from importlib.metadata import version

import pytest

from points.cli.operating import SECTIONS, load_command
from tests.cli.terminal import run

NAMES = [name for places in SECTIONS.values() for name in places]
LOADED_BY = """
import sys
from points.cli import main
sys.argv = ["points", *sys.argv[1:]]
try:
    main()
except SystemExit:
    print(*sorted(sys.modules))
"""


def modules_loaded_by(*arguments: str) -> set[str]:
    asked = [sys.executable, "-c", LOADED_BY, *arguments]
    said = subprocess.run(asked, capture_output=True, text=True, check=True).stdout
    return set(said.splitlines()[-1].split())


@pytest.mark.parametrize("name", NAMES)
def test_every_command_that_is_listed_can_be_loaded(name: str) -> None:
    assert load_command(name).name == name


@pytest.mark.parametrize(("language", "place"), [("en", 1), ("zh", 0)])
def test_help_lists_every_command_by_what_it_is_for(language: str, place: int) -> None:
    said = run("--help", language=language).stdout

    for title, places in SECTIONS.items():
        assert f"{title[place]}{'：:'[place]}" in said
        for name, one in places.items():
            assert f"\n  {name} " in said
            assert (one.zh, one.en)[1 - place] not in said


def test_help_is_there_without_loading_any_command() -> None:
    loaded = modules_loaded_by("--help")

    assert {name for name in loaded if name.startswith("points.")} == {
        "points.cli",
        "points.cli.chinese",
        "points.cli.help_pages",
        "points.cli.operating",
        "points.cli.trouble",
        "points.cli.words",
    }


def test_a_booths_command_begins_without_the_service() -> None:
    at_a_booth = SECTIONS[("在展位上", "At a booth")]

    loaded = modules_loaded_by("scan", "--help")

    assert {place.module for place in at_a_booth.values()} == {"points.cli.booth"}
    assert "points.client" in loaded
    assert not loaded & {"sqlalchemy", "fastapi", "points.service", "points.storage", "points.web"}


def test_a_command_of_the_desk_begins_without_the_web() -> None:
    assert not modules_loaded_by("verify", "--help") & {"fastapi", "uvicorn", "httpx", "PIL"}


def test_the_release_is_told() -> None:
    assert run("--version").stdout == f"points {version('points')}\n"


def test_a_command_that_is_mistyped_is_answered_by_one_that_is_there() -> None:
    result = run("verifi")

    assert result.exit_code == 2
    assert "No such command 'verifi'. Did you mean 'verify'?" in result.stderr


def test_without_a_command_help_is_shown() -> None:
    assert run().stderr.startswith("Usage: points [OPTIONS] COMMAND [ARGS]...")


def test_a_terminal_without_chinese_letters_shows_their_codes() -> None:
    shown = subprocess.run(
        [sys.executable, "-c", LOADED_BY, "--help"],
        env=os.environ | {"PYTHONIOENCODING": "latin-1", "POINTS_LANGUAGE": "zh"},
        capture_output=True,
        check=True,
    )

    assert "扫卡加分".encode("ascii", "backslashreplace") in shown.stdout
