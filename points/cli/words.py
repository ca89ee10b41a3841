"""How the command line speaks: Chinese where the terminal does, English otherwise."""

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, NoReturn

import typer

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID  # lazy: slow to load

Both = tuple[str, str]
"""A sentence in Chinese and the same in English."""

Tell = Callable[[int, int | None, str], None]
"""Is told how much of a stage is done and, where that is known, of how much."""

REFUSED = 1
"""Exit code: understood, and not done."""

MISUSED = 2
"""Exit code: cannot be done as it was asked for."""

_YES = {"y", "yes", "是", "好"}
_NO = {"n", "no", "否", "不"}


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
    """Print a line, at once even where somebody else reads it."""
    print(words(zh, en), flush=True)


def note(zh: str, en: str) -> None:
    """Print a line beside the answer, which another program may read."""
    print(words(zh, en), file=sys.stderr, flush=True)


def fail(zh: str, en: str, *, code: int = REFUSED) -> NoReturn:
    """Say what is wrong on the error stream and end the program."""
    note(zh, en)
    raise typer.Exit(code)


def agreed(zh: str, en: str, *, by_default: bool = False) -> bool:
    """Ask a question; only a clear answer is one, and the end of the input is a no."""
    choices = words("[是/否]", "[Y/n]" if by_default else "[y/N]")
    while True:
        print(f"{words(zh, en)} {choices} ", end="", file=sys.stderr, flush=True)
        line = sys.stdin.readline()
        answer = line.strip().lower()
        if not line or answer in _NO:
            return False
        if answer in _YES:
            return True
        if not answer:
            return by_default


def progress_bar() -> "Progress":
    """Make a bar for long work; it shows counts and the time left, where anybody looks."""
    from rich import progress  # lazy: slow to load
    from rich.console import Console  # lazy: slow to load

    return progress.Progress(
        progress.TextColumn("{task.description}"),
        progress.BarColumn(),
        progress.MofNCompleteColumn(),
        progress.TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
        disable=not sys.stderr.isatty(),
    )


@contextmanager
def progress_by_stage(names: Mapping[str, Both]) -> Iterator[Tell]:
    """Show a bar for each stage, from when it is first told of."""
    tasks: dict[str, TaskID] = {}
    with progress_bar() as bar:

        def tell(done: int, total: int | None, stage: str) -> None:
            if stage not in tasks:
                tasks[stage] = bar.add_task(words(*names[stage]), total=total)
            bar.update(tasks[stage], completed=done, total=total)

        yield tell
