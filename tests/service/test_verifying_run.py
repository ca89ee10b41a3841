"""The stages of a check: what fails is told, what builds on it is left out, nothing stays open."""

from collections.abc import Generator

import pytest
from sqlalchemy.exc import DatabaseError, OperationalError, ProgrammingError

from points.domain.findings import Code, GapReason
from points.domain.verifying import Result, Stage
from points.service.verifying_run import TOLD_EVERY, Run, first_line
from tests.market import NOW

FAILURES = [
    (OperationalError("SELECT 1", {}, Exception("gone")), GapReason.DATABASE_FAILED),
    (ValueError("2019-13-01"), GapReason.UNREADABLE),
    (AssertionError("cannot be"), GapReason.UNREADABLE),
    (KeyboardInterrupt(), GapReason.INTERRUPTED),
]


def stream(closed: list[bool]) -> Generator[int, None, None]:
    try:
        yield from range(5)
    finally:
        closed.append(True)


def test_a_stage_gives_what_comes_of_it() -> None:
    run = Run(now=NOW)

    assert run.do(Stage.CHAINS, lambda: 7) == 7
    assert run.done == {Stage.CHAINS}
    assert run.report().result is Result.CLEAN


@pytest.mark.parametrize(("failure", "reason"), FAILURES)
def test_a_stage_that_fails_is_a_gap(failure: BaseException, reason: GapReason) -> None:
    run = Run(now=NOW)

    def fail() -> int:
        raise failure

    assert run.do(Stage.CHAINS, fail) is None
    assert run.done == set()
    assert [(gap.reason, gap.stage) for gap in run.report().gaps] == [(reason, Stage.CHAINS)]


@pytest.mark.parametrize(
    ("failure", "is_ours"),
    [(OperationalError, False), (DatabaseError, False), (ProgrammingError, True)],
)
def test_only_a_fault_of_ours_is_logged_with_where_it_came_from(
    failure: type[DatabaseError], is_ours: object, caplog: pytest.LogCaptureFixture
) -> None:
    def fail() -> int:
        raise failure("SELECT 1", {}, Exception("gone"))

    Run(now=NOW).do(Stage.CHAINS, fail)

    assert ("Traceback" in caplog.text) is is_ours


def test_after_an_interruption_nothing_more_is_done() -> None:
    run = Run(now=NOW)

    def interrupt() -> None:
        raise KeyboardInterrupt

    run.do(Stage.CHAINS, interrupt)

    assert run.do(Stage.SLIPS, lambda: 7) is None
    assert [gap.stage for gap in run.report().gaps] == [Stage.CHAINS]


def test_what_builds_on_a_stage_that_was_not_finished_is_left_out() -> None:
    run = Run(now=NOW)

    assert run.do(Stage.TOTALS, lambda: 7, after=[Stage.CHAINS]) is None
    run.do(Stage.CHAINS, lambda: None)
    assert run.do(Stage.TOTALS, lambda: 7, after=[Stage.CHAINS]) == 7

    assert [(gap.reason, gap.stage) for gap in run.report().gaps] == [
        (GapReason.SKIPPED, Stage.TOTALS)
    ]


@pytest.mark.parametrize(("failure", "_reason"), FAILURES)
def test_no_stream_stays_open_when_its_stage_fails(failure: BaseException, _reason: object) -> None:
    run, closed = Run(now=NOW), [False]

    def fail() -> None:
        assert next(run.read(stream(closed))) == 0
        raise failure

    run.do(Stage.CHAINS, fail)

    assert closed == [False, True]


def test_progress_is_told_now_and_then_and_at_the_end() -> None:
    told: list[tuple[int, int, Stage]] = []
    run = Run(now=NOW, progress=lambda *one: told.append(one))
    count = 2 * TOLD_EVERY + 1

    run.do(Stage.ACCOUNTS, lambda: list(run.told(range(count), 5000)))

    assert told == [
        (0, 5000, Stage.ACCOUNTS),
        (TOLD_EVERY, 5000, Stage.ACCOUNTS),
        (2 * TOLD_EVERY, 5000, Stage.ACCOUNTS),
        (count, 5000, Stage.ACCOUNTS),
    ]


def test_the_end_is_never_beyond_the_whole() -> None:
    told: list[tuple[int, int, Stage]] = []
    run = Run(now=NOW, progress=lambda *one: told.append(one))

    list(run.told(range(3), 1))  # somebody posted after they were counted

    assert told[-1] == (3, 3, Stage.DATABASE)


def test_what_was_found_before_a_failure_is_reported() -> None:
    run = Run(now=NOW)
    run.findings.add(Code.LOT_MISSING, {"lot": 1})
    run.counts["lots"] = 4

    report = run.report()

    assert (report.checked_at, report.counts, report.exit_code) == (NOW, {"lots": 4}, 1)


def test_a_failure_is_told_without_the_statement() -> None:
    error = OperationalError("SELECT secret", {"of": "Wang"}, Exception("gone"))

    assert "secret" not in first_line(error)
