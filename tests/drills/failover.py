"""Kill the primary of three PostgreSQL servers under load, and look whether a point was lost.

Its followers are made deaf before, and what they have not read by then is lost with it. On one
machine a plain kill loses nothing even where commits wait for nobody, so it would prove nothing:
the system goes on delivering what the dead primary had sent.
"""

import os
import secrets
import signal
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import pairwise
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from time import monotonic, sleep
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from points.domain.access import Credential
from points.storage.engine import Database, open_database
from points.storage.migrate import migrate
from tests.drills.auditing import Audit, audit
from tests.drills.cluster import (
    DATABASE,
    NODES,
    OWNER,
    SUPERUSER,
    TTL_SECONDS,
    Cluster,
    Site,
    reserved_nodes,
    running_cluster,
)
from tests.drills.fetching import Fetched, NotFetched, fetch
from tests.drills.ground import prepare_ground
from tests.drills.phones import AskedAgain, Phones, phones_at
from tests.drills.processes import wait_until
from tests.drills.serving import service_on
from tests.postgres import AS_SOMEBODY, _shipped_programs

OPERATIONS = 2_000
SERVICES = 3
PHONES = 12
DEAF_SECONDS = 1.5
FETCHED = Path("var/drill")
_ANSWERS_SECONDS_MAX = 9 * TTL_SECONDS
_LOOK_SECONDS = 0.01


class Sync(StrEnum):
    """Whether a commit waits until a follower has it."""

    ON = "on"
    OFF = "off"
    BOTH = "both"

    @property
    def modes(self) -> "list[Sync]":
        return [Sync.ON, Sync.OFF] if self is Sync.BOTH else [self]


class End(StrEnum):
    """What becomes of the primary."""

    KILL = "kill"
    FREEZE = "freeze"
    """It says nothing any more, but its connections stay, and in the end it wakes up again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How a drill goes, in either mode."""

    operations: int
    """So many are acknowledged before each failover, and as many after it."""
    failovers: int
    end: End
    services: int


@dataclass(slots=True, kw_only=True)
class Tally:
    """What a drill came to."""

    mode: Sync
    without_writes: list[float] = field(default_factory=list)
    """Seconds, of each failover."""
    until_rejoined: list[float] = field(default_factory=list)
    """Seconds from the return of an old primary until it followed the new one."""
    told_to_the_deaf: int = 0
    """Acknowledged while no follower listened."""
    unsure: set[str] = field(default_factory=set)
    """All that a failover left without an answer."""
    sent: int = 0
    acknowledged: int = 0
    audit: Audit = field(default_factory=Audit)
    asked_again: AskedAgain = field(default_factory=lambda: AskedAgain(0, []))

    def faults(self) -> list[str]:
        """Say what is not as it must be: then the drill has failed."""
        found = self.audit
        wrong = {
            "doubled": found.doubled,
            "in the book and never sent": found.invented,
            "without an answer": found.unsettled,
        }
        if self.mode is Sync.ON:
            wrong |= {
                "acknowledged and lost": found.lost,
                "in the book with another result": found.changed,
                "answered otherwise when sent once more": self.asked_again.answered_otherwise,
            }
        faults = [f"{len(keys)} {what}" for what, keys in wrong.items() if keys]
        if self.mode is Sync.ON and found.balances:
            faults.append(f"{len(found.balances)} households with a wrong balance")
        if self.mode is Sync.OFF and not found.lost:
            faults.append("nothing was lost, so the drill proves nothing")
        return faults + [f"points verify: {finding}" for finding in found.findings]


def longest_silence(moments: Sequence[float]) -> float:
    """Give the longest time between two moments that follow each other."""
    return max((later - earlier for earlier, later in pairwise(moments)), default=0.0)


@dataclass(frozen=True, slots=True)
class Stage:
    """Services on a cluster, and phones that will talk to them."""

    cluster: Cluster
    database: Database
    phone: Credential
    phones: Phones


def failover_drill(cluster: Cluster, plan: Plan, mode: Sync) -> Tally:
    """Run the drill on a cluster that is up and has no database yet."""
    tally = Tally(mode=mode)
    with _stage_on(cluster, plan.services) as stage:
        for _ in range(plan.failovers):
            with stage.phones.at_work(persists=True):
                _fail_over(stage, plan, tally)
        stage.phones.settle()
        noted = stage.phones.noted()
        tally.sent, tally.acknowledged = len(noted.sent), len(noted.answers)
        tally.audit = audit(stage.database, stage.phone, noted)
        tally.asked_again = stage.phones.ask_again(Random(1), also=tally.unsure)
    return tally


def _fail_over(stage: Stage, plan: Plan, tally: Tally) -> None:
    cluster, phones = stage.cluster, stage.phones
    _moments_of(phones, plan.operations)
    primary = cluster.primary()
    followers = [node for node in NODES if node != primary]
    cluster.deafen(*followers)
    heard = phones.answered
    sleep(DEAF_SECONDS)
    tally.told_to_the_deaf += phones.answered - heard
    if plan.end is End.KILL:
        cluster.kill(primary)
    else:
        cluster.freeze(primary)
    ended_at = monotonic()
    tally.unsure |= {str(sent["id"]) for sent in phones.unanswered()}
    cluster.kill_servers(*followers)
    tally.without_writes.append(longest_silence([ended_at, *_moments_of(phones, plan.operations)]))
    returns_at = monotonic()
    if plan.end is End.KILL:
        cluster.start(primary)
    else:
        cluster.thaw(primary)
    cluster.wait_until_whole()
    tally.until_rejoined.append(monotonic() - returns_at)


def _moments_of(phones: Phones, more: int) -> list[float]:
    """Wait for so many more answers, and tell when they came, as far as one sees."""
    wanted, moments = phones.answered + more, [monotonic()]
    count = phones.answered

    def are_there() -> bool:
        nonlocal count
        if phones.answered > count:
            count = phones.answered
            moments.append(monotonic())
        return count >= wanted

    def told() -> str:
        return f"{wanted - count} answers are still missing"

    wait_until(are_there, _ANSWERS_SECONDS_MAX, told=told, look=_LOOK_SECONDS)
    return moments


@contextmanager
def _stage_on(cluster: Cluster, services: int) -> Iterator[Stage]:
    folder, url = cluster.site.folder, cluster.site.url()
    _make_database(cluster.site)
    with ExitStack() as stack:
        database = open_database(url)
        stack.callback(database.dispose)
        migrate(database)
        ground = prepare_ground(database)
        addresses = []
        for number in range(services):
            home = folder / f"service{number}"
            home.mkdir()
            service = stack.enter_context(service_on(url, home))
            service.start()
            addresses.append(service.base_url)
        phones = stack.enter_context(phones_at(addresses, ground.token, folder, count=PHONES))
        yield Stage(cluster, database, ground.phone, phones)


def _make_database(site: Site) -> None:
    maintenance = open_database(site.url(SUPERUSER, "postgres"))
    engine = maintenance.writer.execution_options(isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE ROLE {OWNER} LOGIN PASSWORD '{site.password}'")
        connection.exec_driver_sql(f"CREATE DATABASE {DATABASE} OWNER {OWNER}")
    maintenance.dispose()


def main(
    *,
    sync: Annotated[Sync, typer.Option(help="Whether a commit waits for a follower.")] = Sync.BOTH,
    operations: Annotated[
        int, typer.Option(min=1, help="Acknowledged before each failover, and after it.")
    ] = OPERATIONS,
    failovers: Annotated[int, typer.Option(min=1, help="How many, in each mode.")] = 1,
    end: Annotated[End, typer.Option(help="What becomes of the primary.")] = End.KILL,
    services: Annotated[int, typer.Option(min=1, help="Processes of `points serve`.")] = SERVICES,
) -> None:
    """End the primary of three PostgreSQL servers under load and compare the book by id.

    Fails unless nothing is lost where commits wait for a follower, and something where they do not.
    """
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # ends as well as Ctrl-C does
    console = Console()
    plan = Plan(operations=operations, failovers=failovers, end=end, services=services)
    try:
        as_somebody = _as_somebody()
        with console.status("Fetching etcd and Patroni"):
            programs = fetch(FETCHED.resolve())
    except NotFetched as fault:
        console.print(str(fault))
        raise typer.Exit(2) from fault
    tallies = []
    for mode in sync.modes:
        with console.status(f"Failing over with synchronous mode {mode}"):
            tallies.append(_run(programs, as_somebody, plan, mode))
    console.print(figures(tallies))
    faults = [f"synchronous mode {one.mode}: {fault}" for one in tallies for fault in one.faults()]
    console.print("\n".join(faults) or "As it must be.")
    raise typer.Exit(int(bool(faults)))


def _as_somebody() -> tuple[str, ...]:
    """Give what programs are started with, for root may not run PostgreSQL."""
    if os.getuid() != 0:
        return ()
    if subprocess.run([*AS_SOMEBODY, "true"], check=False).returncode:
        raise NotFetched("Root may not run PostgreSQL, and cannot be somebody else here.")
    return AS_SOMEBODY


def _run(programs: Fetched, as_somebody: tuple[str, ...], plan: Plan, mode: Sync) -> Tally:
    with (
        TemporaryDirectory(prefix="points-failover-") as folder,
        reserved_nodes() as ports,
    ):
        site = Site(
            folder=Path(folder),
            programs=programs,
            postgresql=_shipped_programs(),
            ports=ports,
            password=secrets.token_hex(16),
            is_synchronous=mode is Sync.ON,
            as_somebody=as_somebody,
        )
        with running_cluster(Cluster(site)) as cluster:
            return failover_drill(cluster, plan, mode)


def figures(tallies: Sequence[Tally]) -> Table:
    """Show what the drills came to, one beside the other."""
    table = Table()
    table.add_column("synchronous mode")
    rows: dict[str, list[str]] = {}
    for tally in tallies:
        table.add_column(tally.mode, justify="right")
        for name, figure in _figures(tally).items():
            rows.setdefault(name, []).append(figure)
    for name, row in rows.items():
        table.add_row(name, *row)
    return table


def _figures(tally: Tally) -> dict[str, str]:
    found = tally.audit
    return {
        "failovers": str(len(tally.without_writes)),
        "seconds without writes": _seconds(tally.without_writes),
        "seconds until the old primary followed": _seconds(tally.until_rejoined),
        "operations sent": str(tally.sent),
        "left without an answer by a failover": str(len(tally.unsure)),
        "acknowledged": str(tally.acknowledged),
        "of these while no follower listened": str(tally.told_to_the_deaf),
        "acknowledged and lost": str(len(found.lost)),
        "doubled": str(len(found.doubled)),
        "in the book with another result": str(len(found.changed)),
        "in the book and never sent": str(len(found.invented)),
        "without an answer": str(len(found.unsettled)),
        "households with a wrong balance": str(len(found.balances)),
        "points verify": "clean" if found.is_clean else "FINDINGS",
        "sent once more": str(tally.asked_again.times),
        "answered otherwise then": str(len(tally.asked_again.answered_otherwise)),
    }


def _seconds(spans: Sequence[float]) -> str:
    return ", ".join(f"{span:.1f}" for span in spans)


if __name__ == "__main__":
    typer.run(main)
