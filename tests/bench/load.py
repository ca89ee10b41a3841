"""The generator of load: a process of its own, which sends what was written beforehand.

It speaks just enough HTTP to send a request and to know that its answer is whole. A library would
take longer to make a request than the service takes to answer one, and would be what is measured.
"""

import json
import select
import socket
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Any

from tests.drills.processes import forking

_BYTES_AT_ONCE = 1 << 18
_LENGTH = b"content-length: "
_WAIT_SECONDS_MAX = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where requests go, and how to know a good answer."""

    address: tuple[str, int]
    path: str
    token: str
    sign: bytes
    """Stands in every answer that does what was asked."""

    def request(self, content: object) -> bytes:
        """Write a request down."""
        body = json.dumps(content).encode()
        head = (
            f"POST {self.path} HTTP/1.1\r\nHost: points.example\r\n"
            f"Authorization: Bearer {self.token}\r\nContent-Type: application/json\r\n"
            f"Accept-Language: zh-CN\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body

    def page(self, cookies: Mapping[str, str]) -> bytes:
        """Write down how a browser asks for a page."""
        kept = "; ".join(f"{name}={value}" for name, value in cookies.items())
        head = (
            f"GET {self.path} HTTP/1.1\r\nHost: points.example\r\n"
            f"Accept: text/html\r\nAccept-Language: zh-CN\r\nCookie: {kept}\r\n\r\n"
        )
        return head.encode()


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What came of a round."""

    seconds: float
    answered: int
    failed: int
    failure: str
    """One of the answers that were not good, where there are any."""
    p50: float
    """Seconds within which half of the answers came."""
    p99: float

    @property
    def per_second(self) -> float:
        return self.answered / self.seconds


def hammer(
    targets: Sequence[Target], requests: Sequence[bytes], *, connections: int, seconds: float
) -> Tally:
    """Send requests, each connection the next one when it has its answer, until time is up.

    Args:
        targets: Connections are shared out among them.
        requests: Sent once each, in order; they should not run out before the time does.
        connections: How many wait for an answer at any time.
        seconds: How long; longer where not even as many answers as connections came.
    """
    ours, theirs = forking().Pipe()
    arguments = (theirs, tuple(targets), connections, seconds)
    process = forking().Process(target=_work, args=arguments)
    process.start()
    theirs.close()
    try:
        ours.send(list(requests))
        tally: Tally = ours.recv()
    finally:
        process.join(_WAIT_SECONDS_MAX)
        if process.is_alive():
            process.kill()
    return tally


def _work(line: Any, targets: Sequence[Target], connections: int, seconds: float) -> None:
    requests = line.recv()
    line.send(_drive(targets, requests, connections, seconds))


def _drive(
    targets: Sequence[Target], requests: Sequence[bytes], connections: int, seconds: float
) -> Tally:
    lines = [_Line(targets[number % len(targets)]) for number in range(connections)]
    by_file = {line.file: line for line in lines}
    left = iter(requests)
    waits: list[float] = []
    failures: list[str] = []
    began = ended = perf_counter()
    stop_at = began + seconds
    with select.epoll() as poll:
        waiting = 0
        for line in lines:
            poll.register(line.file, select.EPOLLIN)
            waiting += line.send(left)
        while waiting:
            for file, _ in poll.poll(_WAIT_SECONDS_MAX) or _silence():
                line = by_file[file]
                failure = line.receive()
                if failure is None:
                    continue
                moment = perf_counter()
                waiting -= 1
                if moment < stop_at or len(waits) < connections:
                    waits.append(moment - line.sent_at)
                    failures += [failure] if failure else []
                    ended = moment
                    waiting += moment < stop_at and line.send(left)
    for line in lines:
        line.close()
    waits.sort()
    return Tally(
        seconds=ended - began,
        answered=len(waits) - len(failures),
        failed=len(failures),
        failure=failures[-1] if failures else "",
        p50=waits[len(waits) // 2],
        p99=waits[len(waits) * 99 // 100],
    )


def _silence() -> Iterator[tuple[int, int]]:
    raise TimeoutError(f"no answer for {_WAIT_SECONDS_MAX} seconds")


class _Line:
    """A connection that is kept, with at most one request under way."""

    def __init__(self, target: Target) -> None:
        self._socket = socket.create_connection(target.address)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._sign = target.sign
        self._got = b""
        self.file = self._socket.fileno()
        self.sent_at = 0.0

    def send(self, requests: Iterator[bytes]) -> bool:
        """Send the next request, if there is one."""
        request = next(requests, None)
        if request is None:
            return False
        self.sent_at = perf_counter()
        self._socket.sendall(request)
        return True

    def receive(self) -> str | None:
        """Give an answer that is not good, nothing for a good one, None until it is whole."""
        part = self._socket.recv(_BYTES_AT_ONCE)
        assert part, "the service hung up"
        self._got += part
        head, separator, body = self._got.partition(b"\r\n\r\n")
        if not separator:
            return None
        place = head.lower().index(_LENGTH) + len(_LENGTH)
        if len(body) < int(head[place:].partition(b"\r")[0]):
            return None
        self._got = b""
        is_good = head.startswith(b"HTTP/1.1 200 ") and self._sign in body
        return "" if is_good else (head.split(b"\r", 1)[0] + b" " + body).decode()

    def close(self) -> None:
        self._socket.close()
