"""The operator's door: `points`, on the machine of the service or at a booth's till."""

import sys

AT_A_BOOTH = frozenset({"scan", "redeem", "undo", "balance"})
"""Commands that only talk to a running service."""


def main() -> None:
    """Run the command line. A booth's commands begin without loading the service itself."""
    if AT_A_BOOTH.intersection(sys.argv[1:2]):
        from points.cli.booth import app  # lazy: slow to load
    else:
        from points.cli.operating import app  # lazy: slow to load
    app()
