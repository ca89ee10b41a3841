"""Three PostgreSQL servers under Patroni and etcd on this machine; each is killed as one machine.

A node is three programs: PostgreSQL, the Patroni that leads it, and an etcd that votes on who is
the primary. All that they keep is in one folder. Needs Linux, whose processes it looks through.
"""

import json
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from http.client import HTTPException
from pathlib import Path
from urllib.request import ProxyHandler, build_opener

from sqlalchemy import URL

from tests.drills.fetching import Fetched
from tests.drills.notebooks import Json
from tests.drills.processes import reserved_ports, tell, wait_until, with_descendants

NODES = range(3)
SUPERUSER, OWNER, DATABASE = "postgres", "points", "points"
TTL_SECONDS = 20
"""So long a primary that has fallen silent stays one: the least that Patroni allows."""

WHOLE_SECONDS_MAX = 180
_END_SECONDS_MAX = 20
_ASK_SECONDS_MAX = 2
_direct = build_opener(ProxyHandler({}))


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """Where the programs of a node listen."""

    postgresql: int
    patroni: int
    etcd: int
    etcd_peers: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """Everything that is decided before a cluster is started."""

    folder: Path
    programs: Fetched
    postgresql: Path
    """The folder of PostgreSQL's own programs."""
    ports: tuple[Ports, ...]
    password: str
    is_synchronous: bool
    as_somebody: tuple[str, ...] = ()
    """What programs are started with, where root must not run them."""

    def url(self, user: str = OWNER, database: str = DATABASE) -> str:
        """Give the way to whichever node is the primary."""
        hosts = tuple(f"127.0.0.1:{ports.postgresql}" for ports in self.ports)
        query = {"host": hosts, "target_session_attrs": "read-write", "connect_timeout": "2"}
        url = URL.create("postgresql", user, self.password, database=database, query=query)
        return url.render_as_string(hide_password=False)


def etcd_command(site: Site, node: int) -> list[str]:
    """Say how a node's etcd is started."""
    ports = site.ports[node]
    clients, peers = f"http://127.0.0.1:{ports.etcd}", f"http://127.0.0.1:{ports.etcd_peers}"
    all_peers = [f"e{one}=http://127.0.0.1:{site.ports[one].etcd_peers}" for one in NODES]
    options = {
        "name": f"e{node}",
        "data-dir": site.folder / f"etcd{node}",
        "listen-client-urls": clients,
        "advertise-client-urls": clients,
        "listen-peer-urls": peers,
        "initial-advertise-peer-urls": peers,
        "initial-cluster": ",".join(all_peers),
        "initial-cluster-token": "drill",
        "initial-cluster-state": "new",
    }
    return [str(site.programs.etcd), *(f"--{name}={value}" for name, value in options.items())]


def patroni_settings(site: Site, node: int) -> Json:
    """Say what a node's Patroni is told."""
    ports = site.ports[node]
    users = {"superuser": SUPERUSER, "replication": "follower", "rewind": "rewinder"}
    return {
        "scope": "points",
        "name": f"n{node}",
        "restapi": _at(ports.patroni),
        "etcd3": {"hosts": [f"127.0.0.1:{one.etcd}" for one in site.ports]},
        "bootstrap": {
            "dcs": _agreed(is_synchronous=site.is_synchronous),
            "initdb": [
                {"encoding": "UTF8"},
                {"locale-provider": "builtin"},
                {"builtin-locale": "C.UTF-8"},
                "data-checksums",
            ],
        },
        "postgresql": {
            **_at(ports.postgresql),
            "data_dir": str(_home(site, node)),
            "bin_dir": str(site.postgresql),
            "pgpass": str(site.folder / f"pgpass{node}"),
            "authentication": {
                role: {"username": name, "password": site.password} for role, name in users.items()
            },
            "parameters": {"unix_socket_directories": str(site.folder)},
            # Otherwise each follower would wait for minutes until the primary writes everything.
            "basebackup": [{"checkpoint": "fast"}],
            "pg_hba": [
                "local all all scram-sha-256",
                "host replication follower 127.0.0.1/32 scram-sha-256",
                "host all all 127.0.0.1/32 scram-sha-256",
            ],
        },
        "watchdog": {"mode": "off"},
    }


def _at(port: int) -> Json:
    return {"listen": f"127.0.0.1:{port}", "connect_address": f"127.0.0.1:{port}"}


def _agreed(*, is_synchronous: bool) -> Json:
    """Say what all nodes keep to; documented for operators in docs/postgresql.md."""
    return {
        "ttl": TTL_SECONDS,
        "loop_wait": 2,
        "retry_timeout": 5,
        "primary_start_timeout": 0,
        "synchronous_mode": is_synchronous,
        "synchronous_mode_strict": is_synchronous,
        "synchronous_node_count": 1,
        "postgresql": {
            "use_pg_rewind": True,
            "use_slots": True,
            "parameters": {
                "max_connections": 100,
                "wal_log_hints": "on",
                "synchronous_commit": "on",
                "shared_buffers": "64MB",
                "wal_keep_size": "256MB",
            },
        },
    }


def _home(site: Site, node: int) -> Path:
    return site.folder / f"pg{node}"


class Cluster:
    """The nodes, running or killed."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self._etcd: dict[int, subprocess.Popen[bytes]] = {}
        self._patroni: dict[int, subprocess.Popen[bytes]] = {}

    def start(self, *nodes: int) -> None:
        """Start nodes, or start them again."""
        for node in nodes:
            self._etcd[node] = self._run(f"etcd{node}", etcd_command(self.site, node))
        for node in nodes:
            settings = self.site.folder / f"patroni{node}.json"  # which is YAML, too
            settings.write_text(json.dumps(patroni_settings(self.site, node), indent=2))
            command = [str(self.site.programs.patroni), str(settings)]
            self._patroni[node] = self._run(f"patroni{node}", command)

    def wait_until_whole(self) -> None:
        """Wait until every node takes part and, where asked for, a standby is waited for."""
        wait_until(self._is_whole, WHOLE_SECONDS_MAX, told=self._story)

    def primary(self) -> int:
        """Tell which node takes writes."""
        [name] = [one["name"] for one in self._members() if one["role"] == "leader"]
        return int(name.removeprefix("n"))

    def deafen(self, *nodes: int) -> None:
        """Let nodes hear nothing of the primary any more, while all lines to it stay open."""
        for node in nodes:
            receivers = [one for one in self._servers_of(node) if "walreceiver" in _name(one)]
            assert receivers, f"node {node} does not follow anybody"
            tell(receivers, signal.SIGSTOP)

    def kill_servers(self, *nodes: int) -> None:
        """Kill PostgreSQL alone, with all that it has not read yet; Patroni starts it anew."""
        for node in nodes:
            tell(self._servers_of(node), signal.SIGKILL)

    def kill(self, node: int) -> None:
        """Kill all of a node, as when its power is cut."""
        tell(self._all_of(node), signal.SIGKILL)
        for program in (self._patroni[node], self._etcd[node]):
            program.wait(_END_SECONDS_MAX)

    def freeze(self, node: int) -> None:
        """Let a node stand still: it says nothing, and does not know that it says nothing."""
        tell(self._all_of(node), signal.SIGSTOP)

    def thaw(self, node: int) -> None:
        """Let a node go on where it stood still."""
        tell(self._all_of(node), signal.SIGCONT)

    def stop(self) -> None:
        """End every process, in whatever state it is."""
        programs = (*self._patroni.values(), *self._etcd.values())
        tell(with_descendants(*(one.pid for one in programs if one.poll() is None)), signal.SIGKILL)
        for node in NODES:
            tell(self._servers_of(node), signal.SIGCONT)
            tell(self._servers_of(node)[:1], signal.SIGQUIT)  # gives its shared memory back
        for node in NODES:
            with suppress(AssertionError):
                wait_until(partial(self._is_down, node), _END_SECONDS_MAX, told=str)
            self.kill_servers(node)
        for program in programs:
            program.wait(_END_SECONDS_MAX)

    def _run(self, name: str, command: list[str]) -> "subprocess.Popen[bytes]":
        environment = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "HOME": str(self.site.folder)}
        with (self.site.folder / f"{name}.log").open("ab") as log:
            return subprocess.Popen(
                [*self.site.as_somebody, *command],
                env=environment,
                cwd=self.site.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C is for the drill, which ends them one by one
            )

    def _is_whole(self) -> bool:
        members = self._members()
        states = [(one["role"] == "leader", one["state"]) for one in members]
        waited_for = any(one["role"] in ("sync_standby", "quorum_standby") for one in members)
        followers = [(False, "streaming")] * (len(NODES) - 1)
        return (
            sorted(states) == [*followers, (True, "running")]
            and waited_for == self.site.is_synchronous
        )

    def _members(self) -> list[Json]:
        """Ask the first node that answers what all of them are."""
        for ports in self.site.ports:
            address = f"http://127.0.0.1:{ports.patroni}/cluster"
            with (
                suppress(OSError, HTTPException, ValueError),
                _direct.open(address, timeout=_ASK_SECONDS_MAX) as answer,
            ):
                members: list[Json] = json.load(answer)["members"]
                return members
        return []

    def _servers_of(self, node: int) -> list[int]:
        """Give the processes of a node's PostgreSQL, the first one first."""
        home = _home(self.site, node)
        try:
            first = int((home / "postmaster.pid").read_text("ascii").splitlines()[0])
            is_ours = Path(f"/proc/{first}/cwd").readlink() == home
        except (OSError, ValueError, IndexError):
            return []
        return with_descendants(first) if is_ours else []

    def _all_of(self, node: int) -> list[int]:
        programs = (self._patroni[node], self._etcd[node])
        return [*self._servers_of(node), *with_descendants(*(one.pid for one in programs))]

    def _is_down(self, node: int) -> bool:
        return not self._servers_of(node)

    def _story(self) -> str:
        """Tell what can be told of a cluster that does not come up."""
        logs = [self.site.folder / f"patroni{node}.log" for node in NODES]
        ends = ["\n".join(log.read_text("utf-8").splitlines()[-5:]) for log in logs]
        return "\n".join(["the nodes do not find together", str(self._members()), *ends])


def _name(process: int) -> str:
    with suppress(OSError):
        return Path(f"/proc/{process}/cmdline").read_text("utf-8", "replace")
    return ""


@contextmanager
def running_cluster(cluster: Cluster) -> Iterator[Cluster]:
    """Start all nodes and wait until they are one; nothing of them runs when the block ends."""
    try:
        cluster.start(*NODES)
        cluster.wait_until_whole()
        yield cluster
    finally:
        cluster.stop()


@contextmanager
def reserved_nodes() -> Iterator[tuple[Ports, ...]]:
    """Give the ports of all nodes."""
    with reserved_ports(4 * len(NODES)) as ports:
        fours = [ports[4 * node : 4 * node + 4] for node in NODES]
        yield tuple(
            Ports(postgresql=one, patroni=two, etcd=three, etcd_peers=four)
            for one, two, three, four in fours
        )
