import signal
import socket
import subprocess
import sys

import pytest

from tests.drills.processes import reserved_ports, tell, wait_until, with_descendants

ON_LINUX = pytest.mark.skipif(sys.platform != "linux", reason="looks through Linux's processes")


@ON_LINUX
def test_a_process_is_found_with_all_that_it_started_and_can_be_ended_with_them() -> None:
    script = "sleep 600 & sh -c 'sleep 600 & echo ready; wait' & wait"
    with subprocess.Popen(["sh", "-c", script], stdout=subprocess.PIPE) as shell:
        assert shell.stdout is not None
        shell.stdout.readline()
        family = with_descendants(shell.pid)

        tell([*family, *family], signal.SIGKILL)

        assert shell.wait() == -signal.SIGKILL
    assert family[0] == shell.pid
    assert len(family) == 4


def test_a_reserved_port_is_free_for_a_server_and_for_nobody_else() -> None:
    with reserved_ports(3) as ports:
        assert len(set(ports)) == 3
        with socket.socket() as stranger, pytest.raises(OSError, match="in use"):
            stranger.bind(("127.0.0.1", ports[0]))
        with socket.create_server(("127.0.0.1", ports[0])) as server:
            assert server.getsockname()[1] == ports[0]


def test_who_waits_too_long_is_told_for_what() -> None:
    with pytest.raises(AssertionError, match="so late"):
        wait_until(lambda: False, 0, told=lambda: "so late")


def test_who_need_not_wait_does_not() -> None:
    answers = iter([True, False])

    wait_until(lambda: next(answers), 0, told=lambda: "so late")

    assert list(answers) == [False]
