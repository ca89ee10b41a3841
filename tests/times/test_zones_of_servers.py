"""Points of a year in Shanghai end with it there, wherever the server says that it is."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from points.client import Ending
from points.domain.chain import micros
from points.domain.verifying import Result
from points.service.verifying import verify
from points.storage.engine import Database
from tests.times.clockwork import Machine
from tests.times.fair import card_of, earn, redeem, set_up_fair

NEW_YEAR = datetime.fromisoformat("2020-01-01T00:00:00+08:00")
NEXT_YEAR = datetime.fromisoformat("2021-01-01T00:00:00+08:00")
ZONES = ["UTC", "America/New_York"]
"""In the one the year ends eight hours after it does in Shanghai, in the other thirteen."""


@pytest.mark.parametrize("zone", ZONES)
def test_points_live_through_the_last_day_of_the_year_in_shanghai(
    database: Database, database_url: str, tmp_path: Path, zone: str
) -> None:
    eve = NEW_YEAR - timedelta(minutes=10)
    machine = Machine(tmp_path / "dials", at=eve, zone=zone)
    fair = set_up_fair(database, machine)

    with machine.serving(database_url) as address, fair.phone(address) as phone:
        earned = earn(phone)
        told = phone.balance(card_of(1)).expiring_soon
        machine.wait_until(NEW_YEAR - timedelta(seconds=30))
        in_time = redeem(phone)
        machine.wait_until(NEW_YEAR + timedelta(seconds=1))
        left = phone.balance(card_of(1)).available
        too_late = redeem(phone)
        anew = earn(phone)
    code, swept = machine.run("sweep", "--database", database_url)

    assert (earned.points, in_time.points, anew.points) == (10, -3, 10)
    assert told == (Ending(at=NEW_YEAR, points=10),)
    assert (left, too_late.code) == (0, "points_short")
    assert (code, swept) == (0, "✔ 0 lots expired, 0 points.\n")  # the last scan took what was left
    assert fair.ask("SELECT local_day FROM operation WHERE kind <> 'stock_received'") == [
        *[("2019-12-31",)] * 2,
        ("2020-01-01",),
    ]
    ends = fair.ask("SELECT expires_at, remaining FROM lot ORDER BY expires_at")
    assert ends == [(micros(NEW_YEAR), 0), (micros(NEXT_YEAR), 10)]
    assert verify(database, now=machine.now()).result is Result.CLEAN


@pytest.mark.parametrize("zone", ZONES)
def test_a_sweep_ends_what_has_ended_in_shanghai_and_nothing_else(
    database: Database, database_url: str, tmp_path: Path, zone: str
) -> None:
    machine = Machine(tmp_path / "dials", at=NEW_YEAR - timedelta(minutes=10), zone=zone)
    fair = set_up_fair(database, machine)
    with machine.serving(database_url) as address, fair.phone(address) as phone:
        earn(phone)

    machine.wait_until(NEW_YEAR - timedelta(minutes=1))
    before = machine.run("sweep", "--database", database_url)
    machine.wait_until(NEW_YEAR + timedelta(seconds=1))
    after = machine.run("sweep", "--database", database_url)

    assert before == (0, "✔ 0 lots expired, 0 points.\n")
    assert after == (0, "✔ 1 lots expired, 10 points.\n")
