"""A wire between the service and PostgreSQL that breaks at the worst moment: at COMMIT."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from select import select
from tempfile import TemporaryDirectory
from threading import Thread

from sqlalchemy import make_url

_SOCKET = ".s.PGSQL.5432"
_COMMIT = b"COMMIT"
_BYTES = 1 << 16


class Wire:
    """Passes everything on, but for the commits that it is told to spoil."""

    def __init__(self, server: Path, listener: socket.socket) -> None:
        self._server = server
        self._listener = listener
        self.swallows = 0
        """So many commits never arrive."""
        self.silences = 0
        """So many commits are done, and nobody hears of it."""
        self.breaks_for_good = False
        """Whether nobody gets through any more once a commit was spoilt."""
        self._is_broken = False

    def mend(self) -> None:
        self._is_broken = self.breaks_for_good = False

    def run(self) -> None:
        """Pass on until the listener is closed."""
        with suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                if self._is_broken:
                    near.close()
                else:
                    Thread(target=self._carry, args=(near,), daemon=True).start()

    def _carry(self, near: socket.socket) -> None:
        with near, socket.socket(socket.AF_UNIX) as far, suppress(OSError):
            far.connect(str(self._server))
            while True:
                for ready in select([near, far], [], [])[0]:
                    said = ready.recv(_BYTES)
                    if not said or (ready is near and self._is_spoilt(said, far)):
                        return
                    (far if ready is near else near).sendall(said)

    def _is_spoilt(self, said: bytes, far: socket.socket) -> bool:
        if _COMMIT not in said or not (self.swallows or self.silences):
            return False
        self._is_broken = self.breaks_for_good
        if self.swallows:
            self.swallows -= 1
        else:
            self.silences -= 1
            far.sendall(said)
            assert _COMMIT in far.recv(_BYTES)  # done, and told to nobody but us
        return True


@contextmanager
def wire_to(url: str) -> Iterator[tuple[Wire, str]]:
    """Lay a wire to a server that listens on a socket, and give the URL at its near end."""
    parsed = make_url(url)
    far_end = Path(str(parsed.query["host"])) / _SOCKET
    with TemporaryDirectory(prefix="wire-") as folder, socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(Path(folder) / _SOCKET))
        listener.listen()
        wire = Wire(far_end, listener)
        thread = Thread(target=wire.run, name="wire")
        thread.start()
        near_end = parsed.update_query_dict({"host": folder})
        try:
            yield wire, near_end.render_as_string(hide_password=False)
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join()
