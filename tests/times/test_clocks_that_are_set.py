"""A server's clock is set while people scan: nobody is refused, nothing ends, order stays."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from points.client import Client, Outcome, Unanswered
from points.domain.chain import micros
from points.domain.verifying import Result
from points.service.timekeeping import AGREEING
from points.service.verifying import verify
from points.storage.engine import Database
from tests.times.clockwork import Machine
from tests.times.fair import HOUSEHOLDS, Fair, card_of, earn, redeem, set_up_fair

MORNING = datetime.fromisoformat("2019-12-20T09:00:00+08:00")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
YEAR_AND_MORE = 400 * DAY
PHONES, SCANS = 4, 6


@dataclass(frozen=True, slots=True)
class Place:
    """A fair on a machine in Shanghai, and the URL of its database."""

    fair: Fair
    url: str

    @property
    def machine(self) -> Machine:
        return self.fair.machine

    def is_whole(self) -> bool:
        """Check the book, by the right time; a book ahead of it is a warning, and there is none."""
        report = verify(self.fair.database, now=self.machine.now())
        self.fair.database.dispose()
        return report.result is Result.CLEAN and not {
            one.code for one in report.warnings if one.code == "clock_behind"
        }

    def book(self) -> list[object]:
        """Give all that the book holds."""
        tables = ("operation", "entry", "request", "batch", "account", "lot")
        return [self.fair.ask(f"SELECT * FROM {table} ORDER BY 1, 2") for table in tables]


@pytest.fixture
def place(database: Database, database_url: str, tmp_path: Path) -> Place:
    machine = Machine(tmp_path / "dials", at=MORNING, zone="Asia/Shanghai")
    return Place(set_up_fair(database, machine), database_url)


def crowd(fair: Fair, address: str) -> list[Outcome]:
    """Let phones scan at once; half of it earns, half of it spends."""

    def work(number: int) -> list[Outcome]:
        mine = [one for one in HOUSEHOLDS if one % PHONES == number]
        with fair.phone(address) as phone:
            return [
                outcome
                for turn in range(SCANS // 2)
                for one in [mine[turn % len(mine)]]
                for outcome in (earn(phone, one), redeem(phone, one))
            ]

    with ThreadPoolExecutor(PHONES) as pool:
        return [outcome for found in pool.map(work, range(PHONES)) for outcome in found]


def codes(outcomes: Sequence[Outcome]) -> set[str | None]:
    return {outcome.code for outcome in outcomes}


def answers(phone: Client, tries: int) -> list[str]:
    """Scan live, again and again; say how each was answered."""
    found = []
    for _ in range(tries):
        try:
            found.append(earn(phone).code or "accepted")
        except Unanswered as error:
            found.append(str(error))
    return found


def in_order(fair: Fair) -> bool:
    """Tell whether each chain's batches come later one after another."""
    found = fair.ask("SELECT chain, posted_at FROM batch ORDER BY chain, number")
    return all(one[1] < later[1] for one, later in pairwise(found) if one[0] == later[0])


def newest(fair: Fair) -> int:
    return int(fair.ask("SELECT max(posted_at) FROM batch")[0][0])


@pytest.mark.parametrize("wrong", [-2 * HOUR, 8 * HOUR, YEAR_AND_MORE], ids=str)
def test_whatever_becomes_of_the_clock_of_a_busy_service_nobody_notices(
    place: Place, wrong: timedelta
) -> None:
    fair, machine = place.fair, place.machine
    with machine.serving(place.url) as address:
        outcomes = crowd(fair, address)
        machine.set_clock(wrong)
        for _ in range(3):
            outcomes += crowd(fair, address)
            machine.wait(HOUR)  # longer than a phone's clock may be off
        machine.set_clock(timedelta())
        outcomes += crowd(fair, address)

    assert codes(outcomes) == {None}
    assert in_order(fair)
    assert newest(fair) <= micros(machine.now())
    assert place.is_whole()


def test_a_year_ahead_for_an_hour_nothing_ends_and_nothing_is_refused_for_good(
    place: Place,
) -> None:
    """What waited on a phone since yesterday is not too old, and nobody's points are gone."""
    fair, machine = place.fair, place.machine
    with machine.serving(place.url) as address, fair.phone(address) as phone:
        earn(phone, 1)
        earn(phone, 2)
        yesterday = (machine.now() - DAY).isoformat()
        machine.set_clock(YEAR_AND_MORE)
        held = earn(phone, 2, occurred_at=yesterday, offline=True)
        told = [phone.balance(card_of(one)).available for one in (1, 2)]
        swept = machine.run("sweep", "--database", place.url)
        machine.wait(HOUR)
        machine.set_clock(timedelta())
        bought = redeem(phone, 1)

    assert (held.code, bought.code) == (None, None)
    assert told == [10, 20]
    assert swept[0] == 1
    assert "points clock --accept" in swept[1]
    assert fair.ask("SELECT sum(expired) FROM operation") == [(0,)]
    assert place.is_whole()


def test_a_service_started_a_year_ahead_writes_nothing_until_its_clock_is_right(
    place: Place,
) -> None:
    fair, machine = place.fair, place.machine
    with machine.serving(place.url) as address, fair.phone(address) as phone:
        earn(phone)
    before = place.book()
    machine.set_clock(YEAR_AND_MORE)

    with machine.serving(place.url) as address, fair.phone(address) as phone:
        ahead = answers(phone, AGREEING + 1)
        yesterday = (machine.now() - DAY).isoformat()
        with pytest.raises(Unanswered):
            earn(phone, occurred_at=yesterday, offline=True)
        commands = [
            machine.run(*what, "--database", place.url)
            for what in (
                ("sweep",),
                ("clock",),
                ("adjust", "1", "--points", "5", "--reason", "gift", "--approver", "Chen"),
            )
        ]
        during = place.book()
        machine.wait(HOUR)
        machine.set_clock(timedelta())
        back = answers(phone, AGREEING + 1)

    unsure = "the service answered 503"
    assert ahead == [unsure] * (AGREEING + 1)
    assert [code for code, _ in commands] == [1, 1, 1]
    assert during == before
    assert back == [unsure] * (AGREEING - 1) + ["accepted"] * 2
    assert newest(fair) <= micros(machine.now())
    assert place.is_whole()


def test_after_a_silent_year_a_phone_or_an_operator_vouches_for_the_clock(place: Place) -> None:
    fair, machine = place.fair, place.machine
    gift = ("adjust", "1", "--points", "5", "--reason", "gift", "--approver", "Chen")
    machine.wait(YEAR_AND_MORE)

    doubted = machine.run(*gift, "--database", place.url)
    accepted = machine.run("clock", "--accept", "--database", place.url)
    done = machine.run(*gift, "--database", place.url)
    machine.wait(YEAR_AND_MORE)
    with machine.serving(place.url) as address, fair.phone(address) as phone:
        scanned = earn(phone)

    assert (doubted[0], accepted[0], done[0]) == (1, 0, 0)
    assert scanned.code is None
    assert place.is_whole()
