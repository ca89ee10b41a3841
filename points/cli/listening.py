"""Ports to listen on: taken before anything else is done; what cannot be had is said."""

import errno
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

from points.cli.words import fail

_WAITING_MAX = 2048


@contextmanager
def listening(host: str, port: int) -> Iterator[socket.socket]:
    """Take the port before anything else: where somebody has it, nothing is touched."""
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.create_server(address[:2], family=family, backlog=_WAITING_MAX)
    except OSError as error:
        _tell_no_port(f"{host}:{port}", error)
    with listener:
        yield listener


def address_of(listener: socket.socket) -> str:
    """Give the address at which a socket is reached from this machine."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _tell_no_port(address: str, error: OSError) -> NoReturn:
    if error.errno == errno.EADDRINUSE:
        fail(
            f"{address} 已经被占用，也许 points 已经在运行。用 --port 换一个端口",
            f"{address} is in use already; perhaps points is running. Choose another --port.",
        )
    if error.errno == errno.EACCES:
        fail(
            f"没有权限使用 {address}。用 --port 换一个 1024 以上的端口",
            f"{address} may not be used by you. Choose a --port above 1024.",
        )
    fail(f"不能使用 {address}：{error.strerror}", f"{address} cannot be used: {error.strerror}")
