"""Ports taken and given back; `test_serving.py` has what is said where one cannot be had."""

import socket

import pytest

from points.cli.listening import address_of, listening


@pytest.mark.parametrize(("host", "shown"), [("127.0.0.1", "127.0.0.1"), ("::1", "[::1]")])
def test_a_port_is_held_for_as_long_as_the_block_lasts(host: str, shown: str) -> None:
    with listening(host, 0) as listener:
        port = listener.getsockname()[1]
        assert address_of(listener) == f"http://{shown}:{port}"
        socket.create_connection((host, port)).close()

    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((host, port))
