"""Run every race of `tests/races` in full, and show what they came to."""

import os
from typing import Annotated

import pytest
import typer

from tests.engines import ENGINES


def main(
    *,
    engine: Annotated[list[str] | None, typer.Option(help=" or ".join(ENGINES))] = None,
    seed: Annotated[
        int | None, typer.Option(help="Decides in which order things are sent.")
    ] = None,
) -> None:
    """Let processes race for the same things, a hundred or a thousand times each."""
    os.environ["POINTS_RACES"] = "full"
    if seed is not None:
        os.environ["POINTS_RACES_SEED"] = str(seed)
    chosen = " or ".join(engine or ENGINES)
    raise typer.Exit(pytest.main(["tests/races", "-k", chosen, "-v", "-rP", "--durations=0"]))


if __name__ == "__main__":
    typer.run(main)
