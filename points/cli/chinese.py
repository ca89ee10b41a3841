"""Help in Chinese: what `help.zh.toml` says of each command and each of its options.

English stands in the code, where the library that reads options looks for it.
"""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

ABOUT = "about"
"""The key of what a command does; the others are names of its options and arguments."""

SHARED = "shared"
"""The table of options that several commands have."""


def translate(command: Any, name: str) -> None:  # noqa: ANN401 -- a type of typer's own
    """Let a command, or a group and all its commands, tell of themselves in Chinese."""
    _translate(command, catalogue().get(name, {}))


@cache
def catalogue() -> Mapping[str, Any]:
    """Read everything that is said."""
    return tomllib.loads((files("points.cli") / "help.zh.toml").read_text("utf-8"))


def _translate(command: Any, said: Mapping[str, Any]) -> None:  # noqa: ANN401 -- the same
    command.help = said.get(ABOUT, command.help)
    shared = catalogue()[SHARED]
    for parameter in command.params:
        parameter.help = said.get(parameter.name) or shared.get(parameter.name, parameter.help)
    for name, part in getattr(command, "commands", {}).items():
        _translate(part, said.get(name, {}))
