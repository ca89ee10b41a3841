"""`points serve` as a real process that can be killed, also at points named here.

The seams are put on from outside, in the process that is to die; the service knows nothing of them.
"""

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from importlib import import_module
from itertools import count
from pathlib import Path
from time import monotonic, sleep
from typing import Any

from points.cli import main
from tests.drills.processes import forking, reserved_ports, speak_into

START_SECONDS_MAX = 60
DEATH_SECONDS_MAX = 60
_LOOK_SECONDS = 0.01


class Seam(StrEnum):
    """A place between two steps of posting a batch."""

    BEFORE_BEGIN = "before begin"
    AFTER_LOCKS = "after locks"
    AFTER_WRITES = "after writes"
    AFTER_COMMIT = "after commit, before the reply"


# The step that lies next to each seam, and whether it is taken before dying.
_STEPS: dict[Seam, tuple[str, str, bool]] = {
    Seam.BEFORE_BEGIN: ("points.service.posting", "settle", False),
    Seam.AFTER_LOCKS: ("points.storage.facts", "lock_accounts", True),
    Seam.AFTER_WRITES: ("points.service.posting", "write_batch", True),
    Seam.AFTER_COMMIT: ("points.service.poster", "post", True),
}


@dataclass(frozen=True, slots=True)
class Crash:
    """The process kills itself when it comes to a seam for the so-manieth time."""

    seam: Seam
    time: int


Preparation = Callable[[], None]
"""What is done to the process before it serves."""


class Service:
    """A service on a port of its own, started again as often as it dies."""

    def __init__(self, url: str, folder: Path, port: int) -> None:
        self.base_url = f"http://127.0.0.1:{port}"
        self.log = folder / "log"
        self._url = url
        self._port = port
        self._process: Any = None

    @property
    def pid(self) -> int:
        return int(self._process.pid)

    def start(self, prepare: Preparation | None = None) -> None:
        """Start it and wait until it is ready."""
        arguments = (self._url, self._port, self.log, prepare)
        self._process = forking().Process(target=_serve, args=arguments)
        self._process.start()
        give_up_at = monotonic() + START_SECONDS_MAX
        while not self.is_ready():
            assert self._process.is_alive(), f"no service:\n{self.log.read_text()}"
            assert monotonic() < give_up_at, f"not ready:\n{self.log.read_text()}"
            sleep(_LOOK_SECONDS)

    def is_ready(self) -> bool:
        with closing(HTTPConnection("127.0.0.1", self._port, timeout=1)) as connection:
            try:
                connection.request("GET", "/readyz")
                return connection.getresponse().status == HTTPStatus.OK
            except (OSError, HTTPException):
                return False

    def kill(self) -> None:
        """Kill it as a power cut or the kernel would: it hears nothing of it."""
        self._process.kill()

    def wait_until_dead(self) -> None:
        self._process.join(DEATH_SECONDS_MAX)
        assert self._process.exitcode == -signal.SIGKILL, (
            f"the service ended by itself, {self._process.exitcode}:\n{self.log.read_text()}"
        )

    def close(self) -> None:
        if self._process is not None and self._process.is_alive():
            self._process.kill()
            self._process.join(DEATH_SECONDS_MAX)


@contextmanager
def service_on(url: str, folder: Path) -> Iterator[Service]:
    """Give a service on the database, not started yet; it is dead when the block ends."""
    # Reserved, so that nobody is given this port while the service is dead between two lives.
    with reserved_ports(1) as [port]:
        service = Service(url, folder, port)
        try:
            yield service
        finally:
            service.close()


@dataclass(frozen=True, slots=True)
class DieAt:
    """Prepare a process to kill itself."""

    crash: Crash

    def __call__(self) -> None:
        module, name, is_after = _STEPS[self.crash.seam]
        step = getattr(import_module(module), name)
        times = count(1)

        def last_step(*arguments: object, **named: object) -> object:
            is_last = next(times) == self.crash.time
            if is_last and not is_after:
                _die()
            result = step(*arguments, **named)
            if is_last:
                _die()
            return result

        setattr(import_module(module), name, last_step)


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _serve(url: str, port: int, log: Path, prepare: Preparation | None) -> None:
    speak_into(log)
    if prepare is not None:
        prepare()
    sys.argv = ["points", "serve", "--database", url, "--port", str(port)]
    main()
