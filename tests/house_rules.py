"""The house rules: each is a function from a source file to what is wrong with it.

They say what neither ruff nor import-linter can. `test_house_rules.py` runs them over everything,
and each over a sample that breaks it.
"""

import ast
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from functools import cached_property
from pathlib import Path, PurePath

LINES_PER_MODULE_MAX = 400
LINES_PER_FUNCTION_MAX = 60

# What only the doors may have: the rest gets moments, ids and dice handed in. To name a clock is
# enough, as in `default_factory=datetime.now`; of other things called `now` only a call counts.
CLOCKS = {
    *("datetime.now", "datetime.utcnow", "datetime.today", "date.today", "func.now"),
    *("time.time", "time.time_ns", "time.localtime", "time.gmtime"),
}
CLOCK_CALLS = CLOCKS | {"now", "utcnow", "today"}
DOORS = [
    *("points/cli.py", "points/cli/*.py", "points/web/dependencies.py"),
    "points/client/*.py",  # runs elsewhere, on another's clock
]

COMMITS = {"commit", "begin", "begin_nested", "begin_twophase"}
COMMITTERS = [
    "points/service/transactions.py",
    "points/storage/engine.py",
    "points/storage/migrate.py",
    "points/storage/postgresql.py",
    "points/storage/migrations/env.py",
]

# The ground floor may use of the standard library what only computes.
IMPURE_MODULES = {
    *("asyncio", "builtins", "concurrent", "ctypes", "fcntl", "ftplib", "getpass", "glob"),
    *("http", "importlib", "locale", "logging", "mmap", "multiprocessing", "os", "pathlib"),
    *("pickle", "platform", "random", "sched", "secrets", "select", "selectors", "shutil"),
    *("signal", "smtplib", "socket", "sqlite3", "ssl", "subprocess", "sys", "tempfile"),
    *("threading", "time", "urllib", "warnings", "webbrowser"),
}
IMPURE_NAMES = {"uuid1", "uuid4", "open", "print", "input", "exec", "eval"}
PURE_AFTER_ALL = {"urllib.parse"}

LAZY_REASONS = ["slow to load", "not on every platform"]

PROMISES = re.compile(rf"\b({'|'.join('todo fixme xxx hack'.upper().split())})\b")

NO_TWIN_NEEDED = ["*/__init__.py", "*/__main__.py", "points/storage/migrations/*"]
FOUND_BY_NAME = [
    "points/cli.py",
    "points/*/__main__.py",
    "points/storage/migrations/*",
]


@dataclass(frozen=True)
class Source:
    """A Python file: where it stands in the repository, and its text."""

    path: PurePath
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @cached_property
    def module(self) -> str:
        parts = self.path.with_suffix("").parts
        return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)

    def is_one_of(self, patterns: Iterable[str]) -> bool:
        return any(fnmatch(self.path.as_posix(), pattern) for pattern in patterns)


def read_sources(root: Path, *folders: str) -> list[Source]:
    """Read every Python file of the folders, in order of their paths."""
    return _read(root, folders, "*.py")


def read_scanner(root: Path, *folders: str) -> list[Source]:
    """Read every TypeScript file of the folders, in order of their paths."""
    return [source for kind in ("*.ts", "*.tsx") for source in _read(root, folders, kind)]


def _read(root: Path, folders: Iterable[str], kind: str) -> list[Source]:
    paths = sorted(path for folder in folders for path in (root / folder).rglob(kind))
    return [Source(path.relative_to(root), path.read_text("utf-8")) for path in paths]


def too_long_modules(source: Source) -> Iterator[str]:
    count = len(source.text.splitlines())
    if count > LINES_PER_MODULE_MAX:
        yield f"{source.path}: {count} lines"


def too_long_functions(source: Source) -> Iterator[str]:
    for node in ast.walk(source.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            count = (node.end_lineno or node.lineno) - node.lineno + 1
            if count > LINES_PER_FUNCTION_MAX:
                yield f"{source.path}: {node.name} has {count} lines"


def impurities(source: Source) -> Iterator[str]:
    if source.path.parts[:2] != ("points", "domain"):
        return
    for name in _imported(source.tree):
        if not _is_pure(name):
            yield f"{source.path}: imports {name}"
    for name in _named(source.tree) & IMPURE_NAMES:
        yield f"{source.path}: uses {name}"


def clocks_read_inside(source: Source) -> Iterator[str]:
    if source.path.parts[0] == "points" and not source.is_one_of(DOORS):
        read = (_called(source.tree) & CLOCK_CALLS) | (_named(source.tree) & CLOCKS)
        yield from (f"{source.path}: reads {name}" for name in read)


def commits_elsewhere(source: Source) -> Iterator[str]:
    # The domain knows no session, so what it begins is something else.
    if (
        source.path.parts[0] == "points"
        and source.path.parts[1] != "domain"
        and not source.is_one_of(COMMITTERS)
    ):
        for name in _called(source.tree) & COMMITS:
            yield f"{source.path}: calls .{name}()"


def inner_imports_without_reason(source: Source) -> Iterator[str]:
    if source.path.parts[0] != "points":
        return
    lines = source.text.splitlines()
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Import | ast.ImportFrom) and node not in source.tree.body:
            _, _, reason = lines[node.lineno - 1].partition("# lazy: ")
            if reason not in LAZY_REASONS:
                yield f"{source.path}:{node.lineno}: say # lazy: {' | '.join(LAZY_REASONS)}"


def promises_instead_of_work(source: Source) -> Iterator[str]:
    for number, line in enumerate(source.text.splitlines(), start=1):
        for word in PROMISES.findall(line):
            yield f"{source.path}:{number}: {word}"


def modules_without_twin(sources: Iterable[Source]) -> Iterator[str]:
    """Name each module of `points` whose test does not stand where it stands itself."""
    paths = {source.path for source in sources}
    for source in sources:
        if source.path.parts[0] == "points" and not source.is_one_of(NO_TWIN_NEEDED):
            folder = PurePath("tests", *source.path.parts[1:-1])
            twin = folder / f"test_{source.path.name}"
            if twin not in paths:
                yield f"{source.path}: no {twin}"


def modules_that_nobody_imports(sources: Iterable[Source]) -> Iterator[str]:
    """Name each module of `points` that no other module of `points` imports or names."""
    house = [source for source in sources if source.path.parts[0] == "points"]
    used = {
        name
        for source in house
        for name in {*_imported(source.tree), *_said(source.tree)}
        if name != source.module
    }
    for source in house:
        is_package = source.path.name == "__init__.py"
        if not is_package and not source.is_one_of(FOUND_BY_NAME) and source.module not in used:
            yield f"{source.path}: imported by nobody"


def hosts_named_by(lock: str) -> Iterator[str]:
    """Yield each line of a lock file that says where to fetch instead of what."""
    for line in lock.splitlines():
        is_option = line.lstrip().startswith("-") and "--hash=" not in line
        if is_option or "://" in line:
            yield line


def unpinned_in(lock: str) -> Iterator[str]:
    """Yield each requirement of a lock file that lacks an exact version or a hash."""
    uncommented = "\n".join(line for line in lock.splitlines() if not line.lstrip().startswith("#"))
    for requirement in re.sub(r"\\\n", "", uncommented).splitlines():
        if "==" not in requirement or "--hash=sha256:" not in requirement:
            yield requirement


def _is_pure(module: str) -> bool:
    if any(f"{module}.".startswith(f"{pure}.") for pure in ("points.domain", *PURE_AFTER_ALL)):
        return True
    top = module.partition(".")[0]
    return top in sys.stdlib_module_names and top not in IMPURE_MODULES


def _imported(tree: ast.AST) -> Iterator[str]:
    """Yield what is imported: of `from a import b` both `a` and `a.b`, as either may be meant."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _said(tree: ast.AST) -> Iterator[str]:
    """Yield strings that may name a module, such as `points.web.app:app` handed to a server."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value.partition(":")[0]


def _called(tree: ast.AST) -> set[str]:
    return {
        name
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        for name in _names_of(node.func)
    }


def _named(tree: ast.AST) -> set[str]:
    """Return what is called or handed on: `default_factory=uuid4` is as random as a call."""
    return {name for node in ast.walk(tree) for name in _names_of(node)}


def _names_of(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Name(name):
            yield name
        case ast.Attribute(ast.Name(owner), name):
            yield name
            yield f"{owner}.{name}"
        case ast.Attribute(_, name):
            yield name
