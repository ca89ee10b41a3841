import os
import subprocess
from pathlib import Path

import pytest

DRILL = Path(__file__).parents[2] / "scripts" / "drill"


@pytest.mark.parametrize("arguments", [[], ["nothing"], ["ground"]])
def test_what_is_no_drill_is_answered_by_a_list_of_drills(arguments: list[str]) -> None:
    asked = subprocess.run(
        [DRILL, *arguments], capture_output=True, text=True, check=False, env=os.environ
    )

    assert (asked.returncode, asked.stdout) == (2, "")
    assert asked.stderr.splitlines() == [
        "Usage: scripts/drill NAME [OPTIONS], where NAME is one of:",
        "  crash",
        "  failover",
        "  races",
    ]
