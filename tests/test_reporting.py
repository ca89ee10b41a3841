import os
import subprocess
import sys
from pathlib import Path

import pytest

SKIPPED = """
import pytest

def test_skipped(): pytest.skip("no server here")

@pytest.mark.xfail(strict=True)
def test_known_to_fail(): assert False
"""
COUNTED = """
import pytest

@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
@pytest.mark.parametrize("number", [1, 2])
def test_sample(engine, number): assert (engine, number) != ("sqlite", 2)
"""


def run_pytest(folder: Path, source: str, **environment: str) -> str:
    (folder / "test_sample.py").write_text(source)
    command = [sys.executable, "-m", "pytest", "-p", "tests.reporting", "-p", "no:cacheprovider"]
    inherited = {name: value for name, value in os.environ.items() if name != "CI"}
    ended = subprocess.run(
        [*command, "--rootdir", str(folder), str(folder)],
        env=inherited | environment,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    return ended.stdout


@pytest.mark.parametrize(
    ("environment", "verdict"),
    [({}, "1 skipped, 1 xfailed"), ({"CI": "true"}, "1 failed, 1 xfailed")],
    ids=["elsewhere", "in CI"],
)
def test_a_test_that_skips_itself_fails_in_ci(
    tmp_path: Path, environment: dict[str, str], verdict: str
) -> None:
    assert verdict in run_pytest(tmp_path, SKIPPED, **environment)


def test_the_seed_of_the_laws_is_told_and_can_be_given(tmp_path: Path) -> None:
    assert "laws: POINTS_LAWS_SEED=7\n" in run_pytest(tmp_path, COUNTED, POINTS_LAWS_SEED="7")


def test_the_passed_are_counted_by_engine(tmp_path: Path) -> None:
    assert "passed by engine: 1 on sqlite, 2 on postgresql" in run_pytest(tmp_path, COUNTED)
