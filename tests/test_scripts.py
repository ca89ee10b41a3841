"""The scripts, run in a small clone with an environment of stand-ins."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SCRIPTS = sorted(path for path in (ROOT / "scripts").iterdir() if path.suffix in {"", ".sh"})
LOCKS = ("requirements.txt", "requirements-dev.txt")
STEPS = [
    "python hatch_build.py build",
    "ruff check .",
    "ruff format --check .",
    "mypy",
    "lint-imports",
    "python hatch_build.py check",
    "python hatch_build.py test",
    "python -m pytest -n 2 --dist worksteal",
]
STAND_IN = """#!/bin/sh
call="$(basename "$0")${1:+ $*}"
echo "$call"
[ "$call" != "$FAILING" ]
"""


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """Make a clone, in a path with a space, whose environment is up to date."""
    clone = tmp_path / "a clone"
    shutil.copytree(ROOT / "scripts", clone / "scripts")
    for name in ("pyproject.toml", *LOCKS):
        shutil.copy(ROOT / name, clone)
    programs = clone / ".venv" / "bin"
    programs.mkdir(parents=True)
    for name in ("ruff", "mypy", "lint-imports", "python", "points"):
        (programs / name).write_text(STAND_IN)
        (programs / name).chmod(0o755)
    (clone / ".venv" / "made-in").write_text(f"{clone.resolve()}\n")
    for name in LOCKS:
        texts = [(clone / part).read_text("utf-8") for part in ("pyproject.toml", name)]
        (clone / ".venv" / name).write_text("".join(texts), "utf-8")
    return clone


def run(
    program: Path, *arguments: str, folder: Path | None = None, **environment: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [program, *arguments],
        cwd=folder or "/",
        env=os.environ | {"FAILING": "", "POINTS_TEST_BROWSER": "sh"} | environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_a_script_is_short_and_says_first_what_it_does(script: Path) -> None:
    lines = script.read_text("utf-8").splitlines()

    assert len(lines) < 40
    assert next(line for line in lines if not line.startswith("#!")).startswith("# ")


def test_help_names_every_option_and_installs_nothing(clone: Path) -> None:
    shutil.rmtree(clone / ".venv")

    helped = run(clone / "scripts" / "start", "--help")

    assert helped.returncode == 0
    for option in (
        "--port N",
        "--data DIR",
        "--database URL",
        "--empty",
        "--lan",
        "--host ADDRESS",
        "--help",
    ):
        assert option in helped.stdout
    assert not (clone / ".venv").exists()


def test_start_serves_from_the_clone_with_what_it_was_asked(clone: Path, tmp_path: Path) -> None:
    started = run(clone / "scripts" / "start", "--port", "8080", folder=tmp_path)

    built, served = started.stdout.splitlines()
    assert built == "python hatch_build.py build"
    assert served == f"points start --data {clone}/var --port 8080"
    assert (clone / "var").is_dir()


def test_without_a_scanner_start_says_so_and_serves_the_rest(clone: Path) -> None:
    started = run(clone / "scripts" / "start", FAILING="python hatch_build.py build")

    assert "The scanner was not built; all else works." in started.stderr
    assert started.stdout.endswith(f"points start --data {clone}/var\n")


def test_without_a_python_new_enough_start_says_so(clone: Path, tmp_path: Path) -> None:
    shutil.rmtree(clone / ".venv")
    programs = tmp_path / "programs"
    programs.mkdir()
    for name in ("bash", "cat", "cmp", "dirname"):
        (programs / name).symlink_to(shutil.which(name) or name)
    (programs / "python3").write_text("#!/bin/sh\nexit 1\n")
    (programs / "python3").chmod(0o755)

    started = run(clone / "scripts" / "start", PATH=str(programs))

    assert started.returncode == 1
    assert "points needs Python 3.11 or newer" in started.stderr


def test_test_runs_every_step(clone: Path) -> None:
    tested = run(clone / "scripts" / "test")

    assert (tested.returncode, tested.stdout.splitlines()) == (0, STEPS)


@pytest.mark.parametrize("step", STEPS)
def test_test_fails_when_any_step_fails(clone: Path, step: str) -> None:
    assert run(clone / "scripts" / "test", FAILING=step).returncode != 0


def test_test_with_arguments_runs_only_what_they_name(clone: Path) -> None:
    tested = run(clone / "scripts" / "test", "-k", "card")

    assert tested.stdout == "python hatch_build.py build\npython -m pytest -k card\n"


def test_a_browser_that_was_named_but_is_not_there_is_not_replaced(clone: Path) -> None:
    tested = run(clone / "scripts" / "test", POINTS_TEST_BROWSER="no-such-browser")

    assert tested.returncode != 0
    assert "No Chromium" in tested.stderr


def test_ci_runs_what_everybody_runs_and_lets_nothing_be_skipped(clone: Path) -> None:
    shutil.copytree(ROOT / ".ci", clone / ".ci")
    (clone / "scripts" / "test").write_text('#!/bin/sh\necho "tested with CI=$CI"\n')

    ran = run(clone / ".ci" / "run", CI="")

    assert (ran.returncode, ran.stdout) == (0, "tested with CI=true\n")
