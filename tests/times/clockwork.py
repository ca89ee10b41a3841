"""A machine whose clock can be set, and `points` on it, in processes of their own.

Each process lives in the zone that its machine is told. Its clock and its count of seconds are
those of this machine, put forward by what stands on the dials; that alone is not real.
"""

import json
import os
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from points.cli import door, keeping, main, serving
from tests.drills.processes import (
    END_SECONDS_MAX,
    ended_at_last,
    forking,
    reserved_ports,
    speak_into,
    wait_until,
)
from tests.drills.serving import START_SECONDS_MAX

_SERVING = "Serving at "
_LOOK_SECONDS = 0.01


@dataclass(frozen=True, slots=True)
class Dials:
    """How far a machine is from this one, in seconds."""

    ahead: float
    """How much later it is there."""
    wrong: float = 0.0
    """By how much its clock is off; its count of seconds knows nothing of that."""


class Machine:
    """Another time, and a zone."""

    def __init__(self, file: Path, *, at: datetime, zone: str = "UTC") -> None:
        self.file = file
        self.zone = zone
        self._set(Dials(ahead=(at - datetime.now(UTC)).total_seconds()))

    def now(self) -> datetime:
        """Tell the time that it really is there: what phones show."""
        return datetime.now(UTC) + timedelta(seconds=read_dials(self.file).ahead)

    def wait(self, passing: timedelta) -> None:
        """Let time pass."""
        dials = read_dials(self.file)
        self._set(replace(dials, ahead=dials.ahead + passing.total_seconds()))

    def wait_until(self, moment: datetime) -> None:
        """Let time pass until then."""
        self.wait(moment - self.now())

    def set_clock(self, wrong: timedelta) -> None:
        """Set its clock, and nothing else, so far from the right time."""
        self._set(replace(read_dials(self.file), wrong=wrong.total_seconds()))

    def run(self, *arguments: str) -> tuple[int, str]:
        """Run a command of `points` there; give its exit code and all that it says."""
        said = self.file.with_suffix(".said")
        said.unlink(missing_ok=True)
        process = forking().Process(target=_be_points, args=(self.file, self.zone, said, arguments))
        with ended_at_last(process):
            process.join(END_SECONDS_MAX)
        assert process.exitcode is not None, said.read_text()
        return process.exitcode, said.read_text()

    @contextmanager
    def serving(self, url: str) -> Iterator[str]:
        """Serve a database from there; give the address."""
        log = self.file.with_suffix(".log")
        log.write_text("")
        with reserved_ports(1) as [port]:
            arguments = ("serve", "--database", url, "--port", str(port))
            process = forking().Process(
                target=_be_points, args=(self.file, self.zone, log, arguments)
            )
            with ended_at_last(process):
                wait_until(
                    lambda: _SERVING in log.read_text() or not process.is_alive(),
                    START_SECONDS_MAX,
                    told=log.read_text,
                    look=_LOOK_SECONDS,
                )
                assert process.is_alive(), log.read_text()
                yield f"http://127.0.0.1:{port}"
                process.terminate()
                process.join(END_SECONDS_MAX)

    def _set(self, dials: Dials) -> None:
        beside = self.file.with_suffix(".part")
        beside.write_text(json.dumps(asdict(dials)))
        beside.replace(self.file)


def read_dials(file: Path) -> Dials:
    return Dials(**json.loads(file.read_text()))


def _be_points(file: Path, zone: str, log: Path, arguments: Sequence[str]) -> None:
    speak_into(log)
    # The streams of the process that this one was forked off were files, and they remember it.
    sys.stdout, sys.stderr = (os.fdopen(one, "w", buffering=1, closefd=False) for one in (1, 2))
    os.environ |= {"TZ": zone, "POINTS_LANGUAGE": "en"}
    time.tzset()
    now, seconds = door.now, door.seconds

    def now_there() -> datetime:
        dials = read_dials(file)
        return now() + timedelta(seconds=dials.ahead + dials.wrong)

    def seconds_there() -> float:
        return seconds() + read_dials(file).ahead

    for module in (door, keeping, serving):
        module.now = now_there  # type: ignore[attr-defined]
    serving.seconds = seconds_there  # type: ignore[attr-defined]
    sys.argv = ["points", *arguments]
    main()
