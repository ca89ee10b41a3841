"""The house rules hold everywhere, and each of them can fail."""

import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path, PurePath

import pytest

from tests import house_rules as rules
from tests.house_rules import Source

ROOT = Path(__file__).parent.parent
SOURCES = rules.read_sources(ROOT, "points", "tests", "scripts")
SCANNER = rules.read_scanner(ROOT, "points/scanner/src", "tests/scanner")
LOCKS = ["requirements.txt", "requirements-dev.txt"]

Rule = Callable[[Source], Iterator[str]]
RULES: list[Rule] = [
    rules.too_long_modules,
    rules.too_long_functions,
    rules.impurities,
    rules.clocks_read_inside,
    rules.commits_elsewhere,
    rules.inner_imports_without_reason,
    rules.promises_instead_of_work,
]

DECIDE = "points/domain/cards.py"
REMEMBER = "points/storage/cards.py"
TALK = "points/web/dependencies.py"
PROMISE = "TO" + "DO"

BROKEN: list[tuple[Rule, str, str]] = [
    (rules.too_long_modules, DECIDE, "\n" * 401),
    (rules.too_long_functions, DECIDE, "def act():\n" + "    step = 1\n" * 60),
    (rules.too_long_functions, DECIDE, "async def act():\n" + "    step = 1\n" * 60),
    (rules.impurities, DECIDE, "import random"),
    (rules.impurities, DECIDE, "from sqlmodel import SQLModel"),
    (rules.impurities, DECIDE, "from points.storage import cards"),
    (rules.impurities, DECIDE, "from urllib.request import urlopen"),
    (rules.impurities, DECIDE, "card = field(default_factory=uuid4)"),
    (rules.impurities, DECIDE, "card = uuid.uuid4()"),
    (rules.impurities, DECIDE, "open('cards.csv')"),
    (rules.clocks_read_inside, DECIDE, "datetime.now(UTC)"),
    (rules.clocks_read_inside, REMEMBER, "datetime.datetime.now()"),
    (rules.clocks_read_inside, REMEMBER, "made_at = Field(default_factory=datetime.now)"),
    (rules.clocks_read_inside, REMEMBER, "Column(server_default=func.now())"),
    (rules.clocks_read_inside, REMEMBER, "time.time()"),
    (rules.clocks_read_inside, REMEMBER, "date.today()"),
    (rules.commits_elsewhere, REMEMBER, "session.commit()"),
    (rules.commits_elsewhere, "points/service/cards.py", "with engine.begin() as connection: ..."),
    (rules.inner_imports_without_reason, REMEMBER, "def act():\n    import csv"),
    (rules.inner_imports_without_reason, REMEMBER, "if TYPE_CHECKING:\n    import csv"),
    (rules.inner_imports_without_reason, REMEMBER, "def act():\n    import csv  # lazy: why not"),
    (rules.promises_instead_of_work, "tests/test_cards.py", f"# {PROMISE}: test it"),
]

KEPT: list[tuple[Rule, str, str]] = [
    (rules.too_long_modules, DECIDE, "\n" * 400),
    (rules.too_long_functions, DECIDE, "def act():\n" + "    step = 1\n" * 59),
    (rules.impurities, DECIDE, "from urllib.parse import urlsplit"),
    (rules.impurities, DECIDE, "from uuid import UUID\nfrom points.domain import ids"),
    (rules.impurities, REMEMBER, "import os, sqlmodel"),
    (rules.clocks_read_inside, DECIDE, "def is_open(now): return opens_at <= now"),
    (rules.clocks_read_inside, TALK, "datetime.now(UTC)"),
    (rules.clocks_read_inside, "points/cli/verify.py", "datetime.now(UTC)"),
    (rules.clocks_read_inside, "tests/test_cards.py", "datetime.now(UTC)"),
    (rules.commits_elsewhere, "points/service/transactions.py", "session.commit()"),
    (rules.commits_elsewhere, "tests/test_cards.py", "session.commit()"),
    (rules.inner_imports_without_reason, REMEMBER, "import csv"),
    (
        rules.inner_imports_without_reason,
        REMEMBER,
        "def act():\n    import openpyxl  # lazy: slow to load",
    ),
    (rules.promises_instead_of_work, DECIDE, f"{PROMISE}S = 1"),
]


@pytest.mark.parametrize("rule", RULES)
def test_every_file_keeps_the_rule(rule: Rule) -> None:
    assert [breach for source in SOURCES for breach in rule(source)] == []


@pytest.mark.parametrize(("rule", "path", "text"), BROKEN)
def test_the_rule_sees_a_file_that_breaks_it(rule: Rule, path: str, text: str) -> None:
    assert list(rule(Source(PurePath(path), text))) != []


@pytest.mark.parametrize(("rule", "path", "text"), KEPT)
def test_the_rule_lets_pass_a_file_that_keeps_it(rule: Rule, path: str, text: str) -> None:
    assert list(rule(Source(PurePath(path), text))) == []


def test_the_scanners_modules_are_no_longer_than_others() -> None:
    assert {source.path.suffix for source in SCANNER} == {".ts", ".tsx"}
    assert [breach for source in SCANNER for breach in rules.too_long_modules(source)] == []


def test_every_rule_has_a_file_that_breaks_it_and_one_that_keeps_it() -> None:
    assert {rule for rule, _, _ in BROKEN} == {rule for rule, _, _ in KEPT} == set(RULES)


def test_every_module_has_its_test() -> None:
    assert list(rules.modules_without_twin(SOURCES)) == []


def test_every_module_is_used() -> None:
    assert list(rules.modules_that_nobody_imports(SOURCES)) == []


def make_house(**texts: str) -> list[Source]:
    """Make sources of paths in which `__` stands for a slash."""
    return [Source(PurePath(f"{name.replace('__', '/')}.py"), text) for name, text in texts.items()]


def test_a_test_elsewhere_is_no_twin() -> None:
    house = make_house(points__web__cards="", tests__test_cards="", tests__domain__test_cards="")

    assert list(rules.modules_without_twin(house)) == [
        "points/web/cards.py: no tests/web/test_cards.py"
    ]


def test_a_test_at_the_same_place_is_a_twin() -> None:
    house = make_house(points__cli="", tests__test_cli="", points__storage__migrations__env="")

    assert list(rules.modules_without_twin(house)) == []


def test_a_module_that_only_its_test_or_itself_imports_is_used_by_nobody() -> None:
    house = make_house(
        points__domain__cards="from points.domain import cards",
        tests__domain__test_cards="from points.domain import cards",
    )

    assert list(rules.modules_that_nobody_imports(house)) == [
        "points/domain/cards.py: imported by nobody"
    ]


@pytest.mark.parametrize(
    "use",
    [
        "from points.domain import cards",
        "from points.domain.cards import Card",
        "import points.domain.cards",
        "uvicorn.run('points.domain.cards:app')",
    ],
)
def test_a_module_is_used_by_whoever_imports_or_names_it(use: str) -> None:
    house = make_house(points__domain__cards="", points__cli=use)

    assert list(rules.modules_that_nobody_imports(house)) == []


@pytest.mark.parametrize("name", [*LOCKS, "tests/drills/failover.txt"])
def test_a_lock_says_exactly_what_and_never_from_where(name: str) -> None:
    lock = (ROOT / name).read_text("utf-8")

    assert list(rules.hosts_named_by(lock)) == []
    assert list(rules.unpinned_in(lock)) == []


@pytest.mark.parametrize(
    "line",
    [
        "--index-url somewhere",
        "-i somewhere",
        "points @ git+ssh://somewhere",
        "# https://somewhere",
    ],
)
def test_a_lock_that_names_a_host_is_seen(line: str) -> None:
    assert list(rules.hosts_named_by(f"{line}\n")) == [line]


@pytest.mark.parametrize("line", ["alembic==1.0", "alembic>=1.0 --hash=sha256:00"])
def test_a_requirement_without_version_or_hash_is_seen(line: str) -> None:
    assert list(rules.unpinned_in(f"alembic==1.0 \\\n    --hash=sha256:00\n{line}\n")) == [line]


def test_what_is_used_is_locked_in_the_same_versions_for_tests() -> None:
    runtime, everything = (
        {line.split()[0] for line in (ROOT / name).read_text("utf-8").splitlines() if "==" in line}
        for name in LOCKS
    )

    assert runtime <= everything


def floors() -> list[str]:
    pyproject = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    layers = pyproject["tool"]["importlinter"]["contracts"][0]["layers"]
    return [floor.strip() for layer in layers for floor in layer.split("|")]


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    program = Path(sys.executable).with_name("lint-imports")
    return subprocess.run(
        [program, "--no-cache"], cwd=folder, capture_output=True, text=True, check=False
    )


def test_the_floors_hold() -> None:
    linted = lint_imports(ROOT)

    assert linted.returncode == 0, linted.stdout


@pytest.mark.parametrize(
    ("path", "text", "contract"),
    [
        ("domain/cards.py", "import points.storage", "imports point downwards"),
        ("storage/cards.py", "import points.outside", "imports point downwards"),
        ("web/cards.py", "import points.client", "imports point downwards"),
        ("kitchen.py", "", "imports point downwards"),
        ("service/cards.py", "import points.settings", "only the doors read settings"),
        (
            "client/post.py",
            "import points.service",
            "the client knows the service by its API alone",
        ),
        ("domain/cards.py", "import sqlalchemy.orm", "the ground floor knows no library"),
    ],
)
def test_an_import_that_breaks_the_floors_is_seen(
    tmp_path: Path, path: str, text: str, contract: str
) -> None:
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    (tmp_path / "points").mkdir()
    (tmp_path / "points" / "__init__.py").touch()
    for floor in floors():
        (tmp_path / "points" / floor).mkdir()
        (tmp_path / "points" / floor / "__init__.py").touch()
    (tmp_path / "points" / path).write_text(text)

    linted = lint_imports(tmp_path)

    assert linted.returncode == 1
    assert f"{contract} BROKEN" in linted.stdout
