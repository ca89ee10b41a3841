"""Loading a programme at the command line: all of it, or nothing and every reason why not."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from points.service.posting import make_book
from tests.cli.terminal import Desk, fair


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "fair.toml"
    path.write_text(fair())
    return path


def test_loading_the_same_file_again_changes_nothing(desk: Desk, file: Path) -> None:
    assert desk.says("programme", "load", file) == (
        "programme: unchanged 1\ncommunities: unchanged 1\nevents: unchanged 2\n"
        "booths: unchanged 3\nactivities: unchanged 5\nrewards: unchanged 1\n"
    )


def test_a_new_price_is_a_new_version(desk: Desk, file: Path) -> None:
    file.write_text(fair().replace("price = 30", "price = 35"))

    said = desk.says("programme", "load", file, language="zh")

    assert "奖品：更改 1\n" in said
    with desk.database.reader.connect() as connection:
        catalog = make_book(desk.database, lambda: datetime.now(UTC)).catalogs.current(connection)
    [soap] = catalog.rewards.values()
    assert [version.item.price for version in soap.all if version.item] == [30, 35]


def test_opening_stock_that_is_booked_is_not_changed_by_a_file(desk: Desk, file: Path) -> None:
    file.write_text(fair().replace("stock = 40", "stock = 41"))

    result = desk.run("programme", "load", file)

    assert result.exit_code == 1
    assert result.stdout == (
        "rewards fair/soap: the opening stock is booked already (40 → 41); "
        "use points stock receive [stock_changed]\n"
    )


def test_every_fault_is_told_and_nothing_is_loaded(desk: Desk, file: Path) -> None:
    file.write_text(fair().replace("price = 30", "price = -1").replace("stock", "stok"))

    result = desk.run("programme", "load", file)

    codes = [line.rpartition("[")[2].rstrip("]") for line in result.stdout.splitlines()]
    assert result.exit_code == 1
    assert sorted(codes) == ["missing", "out_of_range", "unknown_key"]
    assert result.stderr == "✘ Faults: 3. Nothing was loaded.\n"


def test_a_file_that_is_not_there_or_no_text_is_told_plainly(desk: Desk, tmp_path: Path) -> None:
    noise = tmp_path / "noise.toml"
    noise.write_bytes(b"\xff\xfe\x00")

    code, said = desk.refuses("programme", "load", tmp_path / "none.toml")
    unread, why = desk.refuses("programme", "load", noise)

    assert (code, said) == (1, f"{tmp_path}/none.toml: there is no such file or folder\n")
    assert unread > 0
    assert "UTF-8" in why


def test_a_rehearsal_falls_on_the_day_asked_for(desk: Desk, file: Path) -> None:
    desk.says("programme", "load", file, "--rehearse-on", "2030-05-01")

    with desk.database.reader.connect() as connection:
        catalog = make_book(desk.database, lambda: datetime.now(UTC)).catalogs.current(connection)
    event = next(one for key, one in catalog.events.items() if key == "fair").latest.item
    assert event is not None
    assert event.sessions[0].opens == datetime(2030, 4, 30, 16, tzinfo=UTC)
