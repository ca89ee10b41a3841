"""Ask axe, the usual judge of accessibility, what is wrong with a page as it stands."""

import fcntl
from functools import cache
from pathlib import Path

from playwright.sync_api import Page

from hatch_build import ROOT, Scanner

_PROGRAM = Path("node_modules/axe-core/axe.min.js")
_ASK = "() => axe.run(document, {resultTypes: ['violations']})"
_GRAVE = ("serious", "critical")


def serious_faults(page: Page) -> list[str]:
    """Tell each fault that shuts somebody out: its rule, and the elements that break it.

    The page's own Content-Security-Policy stays as it is: axe comes in as the debugger does.
    """
    page.evaluate(_axe())
    found = page.evaluate(_ASK)
    # A page that axe could not look at would have no faults either.
    assert found["passes"], "axe looked at nothing"
    return [
        f"{fault['id']}: {fault['help']}: {node['html']}"
        for fault in found["violations"]
        if fault["impact"] in _GRAVE
        for node in fault["nodes"]
    ]


@cache
def _axe() -> str:
    scanner = Scanner(ROOT)
    program = scanner.sources / _PROGRAM
    # Several workers of pytest may come to an empty folder at the same time.
    with (scanner.sources / "package-lock.json").open("rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not program.is_file():
            scanner.install(with_tools=True)
    return program.read_text("utf-8")
