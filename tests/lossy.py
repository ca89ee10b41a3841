"""A line to PostgreSQL on which an answer is lost, as when a cable is pulled."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, Thread

from sqlalchemy import make_url

_SOCKET = ".s.PGSQL.5432"


@contextmanager
def losing_the_answer_to(word: bytes, url: str) -> Iterator[str]:
    """Give a URL on which the first answer to this word is lost, and the line with it.

    The server has done what it was asked to when its answer is lost.
    """
    with TemporaryDirectory(prefix="points-line-") as folder, socket.socket(socket.AF_UNIX) as door:
        door.bind(f"{folder}/{_SOCKET}")
        door.listen()
        server = Path(str(make_url(url).query["host"]), _SOCKET)
        Thread(target=_stand_between, args=(door, server, word), daemon=True).start()
        line = make_url(url).update_query_dict({"host": folder})
        yield line.render_as_string(hide_password=False)


def _stand_between(door: socket.socket, server: Path, word: bytes) -> None:
    is_lost = Event()
    with suppress(OSError):
        while True:
            client, _ = door.accept()
            upstream = socket.socket(socket.AF_UNIX)
            upstream.connect(str(server))
            asked = Event()
            forth = (client, upstream, word, asked, is_lost)
            Thread(target=_carry_questions, args=forth, daemon=True).start()
            back = (upstream, client, asked, is_lost)
            Thread(target=_carry_answers, args=back, daemon=True).start()


def _carry_questions(
    client: socket.socket, upstream: socket.socket, word: bytes, asked: Event, is_lost: Event
) -> None:
    with suppress(OSError), client, upstream:
        while said := client.recv(1 << 16):
            if word in said and not is_lost.is_set():
                asked.set()
            upstream.sendall(said)
        upstream.shutdown(socket.SHUT_RDWR)


def _carry_answers(
    upstream: socket.socket, client: socket.socket, asked: Event, is_lost: Event
) -> None:
    with suppress(OSError):
        while said := upstream.recv(1 << 16):
            if asked.is_set():
                is_lost.set()
                break
            client.sendall(said)
    with suppress(OSError):
        client.shutdown(socket.SHUT_RDWR)
