"""What a test run says of itself; a plugin of pytest, named in pyproject.toml."""

import os
import re
from collections.abc import Generator
from secrets import randbelow

import pytest

from tests.engines import ENGINES

LAWS_SEED = "POINTS_LAWS_SEED"


def pytest_configure() -> None:
    """Draw this session's seed for the laws, where none is given; xdist's workers inherit it."""
    os.environ.setdefault(LAWS_SEED, str(randbelow(1 << 32)))


def pytest_report_header() -> str:
    """Say how the laws may be repeated as they are tried now."""
    return f"laws: {LAWS_SEED}={os.environ[LAWS_SEED]}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Where nobody watches, what was not tested is not passed: a skip in CI is a failure."""
    report = yield
    if report.skipped and not hasattr(report, "wasxfail") and "CI" in os.environ:
        report.outcome = "failed"
        report.longrepr = f"In CI nothing is skipped: {report.longrepr}"
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many tests passed on each engine, where any ran on one."""
    passed = [report.nodeid for report in terminalreporter.stats.get("passed", [])]
    counts = {
        name: sum(bool(re.search(rf"[\[-]{name}[\]-]", test)) for test in passed)
        for name in ENGINES
    }
    if any(counts.values()):
        told = ", ".join(f"{count} on {name}" for name, count in counts.items())
        terminalreporter.write_line(f"passed by engine: {told}")
