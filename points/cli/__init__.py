"""The operator's door: `points`, on the machine of the service or at a booth's till."""

import sys
from io import TextIOWrapper


def main() -> None:
    """Run the command line."""
    try:
        _run()
    except KeyboardInterrupt:  # before there was anything to interrupt
        sys.exit(130)


def _run() -> None:
    for stream in (sys.stdout, sys.stderr):
        if isinstance(
            stream, TextIOWrapper
        ):  # a terminal without Chinese letters shows their codes
            stream.reconfigure(errors="backslashreplace")
    from points.cli.operating import app  # lazy: slow to load

    app(prog_name="points")
