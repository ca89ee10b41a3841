"""One run of a check, stage by stage: what one stage adds up, later ones compare."""

import logging
from collections.abc import Callable, Collection, Generator, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from sqlalchemy.exc import DatabaseError, OperationalError, SQLAlchemyError

from points.domain.findings import Findings, GapReason
from points.domain.stored import RequestLine
from points.domain.verifying import Mode, Report, Stage, report_of
from points.domain.verifying_accounts import Balances
from points.domain.verifying_cases import Name
from points.domain.verifying_operations import Totals
from points.storage.engine import NoTurn

Progress = Callable[[int, int, Stage], None]
"""Told from time to time how much of a stage is done: so many of so many."""

TOLD_EVERY = 1000

_log = logging.getLogger(__name__)
Row = TypeVar("Row")
Value = TypeVar("Value")


def untold(done: int, total: int, stage: Stage) -> None:
    """Tell nobody how far a check has come."""
    del done, total, stage


@dataclass(kw_only=True)
class Run:
    """Everything that a check has come to so far."""

    now: datetime
    mode: Mode = Mode.FULL
    progress: Progress = untold
    findings: Findings = field(default_factory=Findings)
    stage: Stage = Stage.DATABASE
    done: set[Stage] = field(default_factory=set)
    sizes: Mapping[str, int] = field(default_factory=dict)
    """Rows of the tables that progress is told by."""
    counts: dict[str, int] = field(default_factory=dict)
    totals: Totals = field(default_factory=Totals)
    balances: Balances = field(default_factory=Balances)
    kept: dict[Name, RequestLine] = field(default_factory=dict)
    """Requests that are kept for a person, or that one has rejected."""
    slips: int = 0
    """Points that lie with slips."""
    _streams: list[Generator[object, None, None]] = field(default_factory=list)
    _is_interrupted: bool = False

    def do(
        self, stage: Stage, act: Callable[[], Value], *, after: Collection[Stage] = ()
    ) -> Value | None:
        """Do one stage and give what comes of it.

        Should it fail, that is a gap, there is nothing to give, and the other stages still count.

        Args:
            stage: Named in gaps.
            act: What is done.
            after: Stages without which this one would find what is not there.
        """
        if self._is_interrupted:
            return None
        self.stage = stage
        if not self.done.issuperset(after):
            self.findings.leave_out(GapReason.SKIPPED, stage)
            return None
        try:
            found = act()
        except KeyboardInterrupt:
            self._is_interrupted = True
            self.findings.leave_out(GapReason.INTERRUPTED, stage)
        except (SQLAlchemyError, NoTurn) as error:
            if not _is_outside(error):
                _log.exception("the database failed at %s", stage)
            self.findings.leave_out(GapReason.DATABASE_FAILED, stage, first_line(error))
        except Exception as error:  # noqa: BLE001 -- told as a gap, with its traceback logged
            # Forged values may be of any kind: what they trip is a check that was not made.
            _log.exception("the check of %s could not go on", stage)
            self.findings.leave_out(GapReason.UNREADABLE, stage, repr(error))
        else:
            self.done.add(stage)
            return found
        finally:
            # Whoever stops halfway leaves streams behind, which the database still holds open.
            while self._streams:
                self._streams.pop().close()
        return None

    def report(self) -> Report:
        """Sum up what was found so far."""
        return report_of(
            self.findings, mode=self.mode, checked_at=self.now, counts=dict(self.counts)
        )

    def read(self, stream: Generator[Row, None, None]) -> Generator[Row, None, None]:
        """Hand a stream on, to be closed when the stage ends, however it ends."""
        self._streams.append(stream)
        return stream

    def told(self, rows: Iterable[Row], total: int) -> Iterator[Row]:
        """Hand rows on, and tell how many have passed."""
        done = 0
        for row in rows:
            if done % TOLD_EVERY == 0:
                self.progress(done, total, self.stage)
            done += 1
            yield row
        self.progress(done, max(done, total), self.stage)


def first_line(error: Exception) -> str:
    """Say what went wrong, without the statement and its values."""
    return str(error).partition("\n")[0]


def _is_outside(error: Exception) -> bool:
    """Tell whether a database has stopped answering, or its file is damaged: nothing of ours."""
    return isinstance(error, OperationalError | NoTurn) or type(error) is DatabaseError
