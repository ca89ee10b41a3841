"""The drill `scripts/drill races` finds its races; in full they take too long to be run here."""

import os
import re
import subprocess
import sys
from itertools import product
from pathlib import Path

from tests.engines import ENGINES

ROOT = Path(__file__).parents[2]
RACES = ROOT / "tests" / "races"


def test_the_drill_finds_races_in_every_file_on_both_engines() -> None:
    asked = subprocess.run(
        [sys.executable, "-m", "tests.drills.races"],
        cwd=ROOT,
        env=os.environ | {"PYTEST_ADDOPTS": "--collect-only -qq"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert asked.returncode == 0, asked.stdout + asked.stderr
    found = re.findall(r"^tests/races/(\w+\.py)::.*\[(\w+)", asked.stdout, re.MULTILINE)
    assert set(found) == set(product((path.name for path in RACES.glob("test_*.py")), ENGINES))
