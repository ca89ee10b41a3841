"""A phone whose browser is killed has forgotten nothing that it said it knew."""

import os
from pathlib import Path
from signal import SIGKILL

from playwright.sync_api import BrowserContext, Playwright, sync_playwright

from points.domain.journals import Entry, check_journal
from tests.browser import find_browser
from tests.scanner.test_store import BEGIN, EVERYTHING
from tests.scanner.workbench import Workbench

LATER = 1575511200000


def launch(playwright: Playwright, folder: Path) -> BrowserContext:
    return playwright.chromium.launch_persistent_context(
        folder, executable_path=find_browser(playwright)
    )


def test_what_was_written_before_the_browser_was_killed_is_there_after(tmp_path: Path) -> None:
    with sync_playwright() as playwright:
        page = Workbench(launch(playwright, tmp_path)).page()
        page.evaluate(BEGIN)
        page.evaluate("begin(() => {})")
        known = page.evaluate(
            """(async () => {
              for (let place = 0; place < 20; place += 1) await act(`${place}`);
              for (let place = 20; place < 200; place += 1) void act(`${place}`).catch(() => {});
              return 20;
            })()"""
        )

        kill_browser_of(tmp_path)

        page = Workbench(launch(playwright, tmp_path)).page()
        page.evaluate(BEGIN)
        page.evaluate("begin(() => {})")
        everything = page.evaluate(EVERYTHING)

    journal = [Entry(**entry) for entry in everything["journal"]]
    assert len(journal) >= known
    assert len(everything["outbox"]) == len(journal)
    assert check_journal(journal, received_at=LATER) == []


def kill_browser_of(folder: Path) -> None:
    """Kill the browser that works in this folder; its own processes go with it."""
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_bytes().decode(errors="replace")
        except FileNotFoundError:  # it ended since the folder was listed
            continue
        if f"--user-data-dir={folder}" in command and "--type=" not in command:
            os.kill(int(process.name), SIGKILL)
