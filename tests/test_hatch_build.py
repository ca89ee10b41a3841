"""Building the scanner: when it is done, when it is skipped, and from what."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from hatch_build import NODE, ROOT, Scanner, ScannerHook

EXACTLY = re.compile(r"[0-9]+\.[0-9]+\.[0-9]+")


@pytest.fixture
def tree(tmp_path: Path) -> Scanner:
    """A tree whose scanner was built."""
    scanner = Scanner(tmp_path)
    for name in ("src/card.ts", "package-lock.json", "node_modules/vite/vite.js"):
        (scanner.sources / name).parent.mkdir(parents=True, exist_ok=True)
        (scanner.sources / name).write_text(name)
    scanner.built.mkdir(parents=True)
    (scanner.built / ".stamp").write_text(scanner.fingerprint())
    return scanner


def hook(tree: Scanner) -> ScannerHook:
    return ScannerHook(str(tree.root), {}, None, None, "", "wheel")  # type: ignore[arg-type]


def test_what_is_tested_here_is_built_from_these_very_sources() -> None:
    assert Scanner(ROOT).is_built(), "run scripts/scanner build"


def test_what_was_built_is_not_built_again(tree: Scanner) -> None:
    tree.build()  # there is nothing here that could be built

    hook(tree).initialize("standard", {})
    assert hook(tree).dependencies() == []


CHANGES: dict[str, Callable[[Path], object]] = {
    "a line changes": lambda sources: (sources / "src" / "card.ts").write_text("card"),
    "a file comes": lambda sources: (sources / "src" / "queue.ts").touch(),
    "a file goes": lambda sources: (sources / "src" / "card.ts").unlink(),
    "a file moves": lambda sources: (sources / "src" / "card.ts").rename(sources / "card.ts"),
    "a package changes": lambda sources: (sources / "package-lock.json").write_text("{}"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_it_is_built_anew_when(tree: Scanner, change: Callable[[Path], object]) -> None:
    change(tree.sources)

    assert not tree.is_built()
    assert hook(tree).dependencies() == [NODE]


def test_what_npm_puts_there_changes_nothing(tree: Scanner) -> None:
    (tree.sources / "node_modules" / "other.js").touch()

    assert tree.is_built()


def test_a_build_that_did_not_end_does_not_count(tree: Scanner) -> None:
    (tree.built / ".stamp").unlink()

    assert not tree.is_built()


def test_scripts_may_build_it_later_themselves(
    tree: Scanner, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tree.sources / "src" / "card.ts").write_text("changed")
    monkeypatch.setenv("POINTS_SCANNER_LATER", "1")

    hook(tree).initialize("editable", {})
    assert hook(tree).dependencies() == []


def test_packages_are_named_in_one_version_each_and_without_a_host() -> None:
    sources = ROOT / "points" / "scanner"
    package = json.loads((sources / "package.json").read_text("utf-8"))
    lock = json.loads((sources / "package-lock.json").read_text("utf-8"))

    versions = [*package["dependencies"].values(), *package["devDependencies"].values()]
    locked = [found for name, found in lock["packages"].items() if name]

    assert [version for version in versions if not EXACTLY.fullmatch(version)] == []
    assert [found for found in locked if "resolved" in found or "integrity" not in found] == []


def test_every_system_finds_its_programs_in_the_lock() -> None:
    lock = json.loads((ROOT / "points" / "scanner" / "package-lock.json").read_text("utf-8"))
    systems = ("darwin-arm64", "linux-arm64", "linux-x64", "win32-x64")

    for family in ("@biomejs/cli-", "@rolldown/binding-", "@typescript/typescript-"):
        names = [name for name in lock["packages"] if family in name]
        for system in systems:
            assert any(f"{family}{system}" in name for name in names), (family, system)
