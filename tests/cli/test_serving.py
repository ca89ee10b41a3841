"""`points serve` and `points start` as real processes: up, answering, and down without harm."""

import errno
import os
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from typing import TextIO

import httpx
import pytest
import uvicorn
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from points.cli import main, serving
from points.cli.listening import address_of, listening
from points.cli.serving import server_config
from tests.cli.terminal import Desk, fair, run
from tests.drills.processes import END_SECONDS_MAX, ended_at_last, forking, speak_into

STOPPED = "Stopped."


@dataclass(slots=True)
class Program:
    """A running `points`, and what it has said so far."""

    pid: int
    says: TextIO
    said: list[str] = field(default_factory=list)

    def until(self, words: str) -> str:
        """Read on to the line with these words."""
        for line in self.says:
            self.said.append(line)
            if words in line:
                return line.strip()
        raise AssertionError(f"{words!r} was never said:\n{''.join(self.said)}")

    def stop(self, by: signal.Signals) -> str:
        """Send a signal; give everything that is said from then on."""
        os.kill(self.pid, by)
        return self.says.read()


@contextmanager
def program(folder: Path, *arguments: object) -> Iterator[Program]:
    """Run `points` in a process of its own. When the block ends it must have ended well."""
    pipe = folder / f"pipe-{'-'.join(map(str, arguments[:1]))}-{len(list(folder.iterdir()))}"
    os.mkfifo(pipe)
    process = forking().Process(target=_be_points, args=(pipe, [str(one) for one in arguments]))
    with ended_at_last(process), pipe.open(encoding="utf-8") as says:
        assert process.pid is not None
        yield Program(process.pid, says)
        process.join(END_SECONDS_MAX)
        assert process.exitcode == 0, says.read()


def _be_points(pipe: Path, arguments: list[str]) -> None:
    speak_into(pipe)
    # The streams of the process that this one was forked off were files, and they remember it.
    sys.stdout, sys.stderr = (os.fdopen(stream, "w", closefd=False) for stream in (1, 2))
    os.environ["POINTS_LANGUAGE"] = "en"
    sys.argv = ["points", *arguments]
    main()


@pytest.fixture
def ports() -> Iterator[list[int]]:
    """Keep two ports from everybody but those who listen on them."""
    with socket.socket() as one, socket.socket() as other:
        for reserved in (one, other):
            reserved.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            reserved.bind(("127.0.0.1", 0))
        yield [reserved.getsockname()[1] for reserved in (one, other)]


@pytest.fixture
def port(ports: list[int]) -> int:
    return ports[0]


def ready(address: str) -> bool:
    return httpx.get(f"{address}/readyz", trust_env=False, timeout=20).status_code == 200


@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGTERM], ids=lambda by: by.name)
def test_a_service_answers_until_it_is_told_to_stop_and_that_is_no_failure(
    desk: Desk, tmp_path: Path, port: int, by: signal.Signals
) -> None:
    with program(tmp_path, "serve", "--port", port, "--database", desk.url) as service:
        line = service.until("Serving at ")
        is_ready = ready(f"http://127.0.0.1:{port}")
        last_words = service.stop(by)

    assert line == f"Serving at http://127.0.0.1:{port}. Ctrl-C stops the service."
    assert is_ready
    assert last_words.splitlines()[-1] == STOPPED
    assert "Traceback" not in last_words
    assert "GET /readyz 200" in last_words


def test_a_first_start_makes_everything_and_a_second_finds_it(tmp_path: Path, port: int) -> None:
    data = tmp_path / "folder with spaces, 100%? 中文"
    starting = ("start", "--data", data, "--port", port)

    with program(tmp_path, *starting) as first:
        first.until("Serving at ")
        is_ready = ready(f"http://127.0.0.1:{port}")
        last_words = first.stop(signal.SIGTERM)
    card = (data / "sample-card").read_text()
    with program(tmp_path, *starting) as second:
        second.until("Serving at ")
        assert "Traceback" not in second.stop(signal.SIGINT)

    assert is_ready
    assert last_words.splitlines()[-1] == f"Stopped. Everything is in {data}."
    assert (data / "sample-card").read_text() == card
    told = [[line for line in each.said if card.strip() in line] for each in (first, second)]
    assert told[0] == told[1] != []
    assert (data / "points.db").stat().st_mode & 0o777 == 0o600


def test_two_services_on_one_file_both_answer(
    sqlite_desk: Desk, tmp_path: Path, ports: list[int]
) -> None:
    serve = ("serve", "--database", sqlite_desk.url, "--port")

    with program(tmp_path, *serve, ports[0]) as one, program(tmp_path, *serve, ports[1]) as other:
        one.until("Serving at ")
        other.until("Serving at ")
        answers = [ready(f"http://127.0.0.1:{port}") for port in ports]
        one.stop(signal.SIGTERM)
        other.stop(signal.SIGTERM)

    assert answers == [True, True]


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "{} is in use already; perhaps points is running. Choose another --port.\n"),
        ("zh", "{} 已经被占用，也许 points 已经在运行。用 --port 换一个端口\n"),
    ],
)
def test_where_the_port_is_taken_nothing_is_touched(
    tmp_path: Path, language: str, said: str
) -> None:
    data = tmp_path / "data"
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        result = run("start", "--data", data, "--port", port, language=language)

    assert (result.exit_code, result.stderr) == (1, said.format(f"127.0.0.1:{port}"))
    assert not data.exists()


@pytest.mark.parametrize("host", ["192.0.2.1", "256.1.1.1", "::g"])
def test_an_address_that_is_not_this_machines_is_said_so(sqlite_desk: Desk, host: str) -> None:
    code, said = sqlite_desk.refuses("serve", "--host", host)

    assert code == 1
    assert said.startswith(f"{host}:8000 cannot be used: ")


def test_a_port_that_only_root_may_use_is_said_so(
    sqlite_desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")  # this test may be run by root

    monkeypatch.setattr(socket, "create_server", refuse)

    assert sqlite_desk.refuses("serve", "--port", 80) == (
        1,
        "127.0.0.1:80 may not be used by you. Choose a --port above 1024.\n",
    )


@pytest.mark.parametrize("port", ["0", "65536", "http", "-1"])
def test_a_port_that_is_none_is_said_so(port: str) -> None:
    assert run("serve", "--port", port).exit_code == 2


def test_an_address_of_the_newer_kind_is_served_too(
    sqlite_desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    served: list[str] = []
    monkeypatch.setattr(serving, "_run", lambda _, listener: served.append(address_of(listener)))

    said = sqlite_desk.says("serve", "--host", "::1", "--port", 18_997)

    assert served == ["http://[::1]:18997"]
    assert said == f"{STOPPED}\n"


def test_a_database_that_is_not_ready_is_not_served(tmp_path: Path) -> None:
    result = run("serve", "--database", f"sqlite:///{tmp_path / 'points.db'}")

    assert result.exit_code == 1
    assert "`points migrate` makes one" in result.stderr


def test_tables_are_made_once_and_making_them_again_changes_nothing(
    blank_database_url: str,
) -> None:
    for _ in range(2):
        result = run("migrate", "--database", blank_database_url)
        assert (result.exit_code, result.stdout) == (0, "The database is ready.\n")

    assert run("verify", "--database", blank_database_url, language="zh").exit_code == 0


def test_ctrl_c_while_everything_is_being_prepared_stops_well_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object, **__: object) -> None:
        signal.raise_signal(signal.SIGTERM)

    monkeypatch.setattr(serving, "prepare_demo", interrupt)

    result = run("start", "--data", tmp_path / "data", "--port", free_port())

    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == f"Stopped. Everything is in {tmp_path / 'data'}.\n"


def test_an_empty_start_loads_no_demo_and_takes_a_programme_of_ones_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serving, "_run", lambda *_: None)
    data = tmp_path / "data"
    programme = tmp_path / "fair.toml"
    programme.write_text(fair(), "utf-8")
    starting = ("start", "--data", data, "--port", free_port())

    empty = run(*starting, "--empty")
    loaded = run("programme", "load", programme, "--database", f"sqlite:///{data / 'points.db'}")
    later = run(*starting)

    assert [result.exit_code for result in (empty, loaded, later)] == [0, 0, 0]
    assert [path.name for path in data.iterdir() if path.suffix == ".html"] == []
    assert "somebody's own" in later.stdout


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


@contextmanager
def echoing(*proxies: str) -> Iterator[str]:
    """Serve an app that tells who asks, as the service does."""

    async def tell(scope: Scope, _receive: Receive, send: Send) -> None:
        said = f"{scope['client'][0]} {scope['scheme']}"
        await PlainTextResponse(said)(scope, _receive, send)

    config = server_config(tell, log_level="info", proxies=proxies)
    config.lifespan = "off"
    server = uvicorn.Server(config)
    with listening("127.0.0.1", 0) as listener:
        thread = Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        yield address_of(listener)
        server.should_exit = True
        thread.join()


@pytest.mark.parametrize(
    ("proxies", "said"),
    [
        (("127.0.0.1/32", "::1/128"), "203.0.113.9 https"),
        (("127.0.0.0/8", "203.0.113.0/24"), "198.51.100.1 https"),
        (("10.0.0.0/8",), "127.0.0.1 http"),
        ((), "127.0.0.1 http"),
    ],
)
def test_only_a_proxy_that_is_named_is_believed_about_who_asks(
    proxies: tuple[str, ...], said: str
) -> None:
    headers = {"X-Forwarded-For": "198.51.100.1, 203.0.113.9", "X-Forwarded-Proto": "https"}

    with echoing(*proxies) as address:
        answer = httpx.get(address, headers=headers, trust_env=False)

    assert answer.text == said
