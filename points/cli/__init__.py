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
    # A terminal without Chinese letters shows their codes; what is no text was no card either.
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    from points.cli.operating import app  # lazy: slow to load

    app(prog_name="points")
