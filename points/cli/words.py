"""How the command line speaks: Chinese where the terminal does, English otherwise."""

import os
import sys
from collections.abc import Mapping
from typing import NoReturn

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
)

console = Console(highlight=False, soft_wrap=True)


def speaks_chinese(environment: Mapping[str, str] = os.environ) -> bool:
    """Tell whether the terminal's user reads Chinese."""
    said = next(
        (
            environment[name]
            for name in ("POINTS_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")
            if environment.get(name)
        ),
        "",
    )
    return said.lower().startswith("zh")


def words(zh: str, en: str) -> str:
    """Choose between a sentence in Chinese and the same in English."""
    return zh if speaks_chinese() else en


def say(zh: str, en: str) -> None:
    """Print a line."""
    console.print(words(zh, en), markup=False)


def fail(zh: str, en: str, *, code: int = 1) -> NoReturn:
    """Say what is wrong on the error stream and end the program."""
    print(words(zh, en), file=sys.stderr)
    raise typer.Exit(code)


def progress_bar() -> Progress:
    """Make a bar for long work; it shows counts and the time left."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    )
