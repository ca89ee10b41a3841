"""A real Chromium for the tests that look at what people will see."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Playwright, expect, sync_playwright

NAMED_BY = "POINTS_TEST_BROWSER"
PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser for a module's tests; each test opens its own page or context.

    Not for longer: while it runs, Playwright keeps an event loop going in this thread, and no other
    test could begin one. Without one the tests fail: what was never rendered was never tested.
    """
    with launched() as chromium:
        yield chromium


# How long a page may take is no law: the machine may be busy with something else.
expect.set_options(timeout=20_000)


@contextmanager
def launched(*arguments: str, home: Path | None = None) -> Iterator[Browser]:
    """Run a browser with these arguments; in another home it trusts what is trusted there."""
    with sync_playwright() as playwright:
        program = find_browser(playwright)
        environment = {**os.environ, **({} if home is None else {"HOME": str(home)})}
        chromium = playwright.chromium.launch(
            executable_path=program, args=arguments, env=dict(environment)
        )
        yield chromium
        chromium.close()


def find_browser(playwright: Playwright) -> str:
    """Find the program: the one named in the environment, on PATH, or Playwright's own."""
    named = os.environ.get(NAMED_BY)
    if named:  # never quietly replaced by another
        found = shutil.which(named)
        return found or pytest.fail(f"{NAMED_BY} names {named}, which is no program here")
    on_path = [found for name in PROGRAMS if (found := shutil.which(name))]
    own = playwright.chromium.executable_path
    found = on_path[0] if on_path else own
    if not Path(found).exists():
        pytest.fail(
            f"no Chromium: install one, name yours in {NAMED_BY}, or run scripts/browser"
            f" (looked for {', '.join(PROGRAMS)} on PATH and for {own})"
        )
    return found
