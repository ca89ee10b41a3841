"""What the client reads: balances, statements, and what a booth has."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from points.client import Activity, Balance, Client, Ending, Line, Reward, Statement
from tests.live import Live, go_live_on_copy
from tests.market import POINTS_END


@pytest.fixture
def live(migrated_sqlite: Path, tmp_path: Path) -> Iterator[Live]:
    with go_live_on_copy(migrated_sqlite, tmp_path) as live:
        yield live


@pytest.fixture
def client(live: Live) -> Iterator[Client]:
    with live.client() as client:
        yield client


def test_a_balance_says_which_points_end_soon(live: Live, client: Client) -> None:
    card = live.blank_card()
    client.earn(card, "check-in")

    now = client.balance(card)
    live.clock.now = POINTS_END - timedelta(days=3)
    later = client.balance(card)

    assert now == Balance(available=10, owed=0, expiring_soon=())
    assert later == Balance(available=10, owed=0, expiring_soon=(Ending(at=POINTS_END, points=10),))


def test_a_statement_comes_in_pages_the_newest_line_first(live: Live, client: Client) -> None:
    card, now = live.blank_card(), live.clock()
    first = client.earn(card, "check-in")
    client.undo(str(first.id))

    newest = client.statement(card, limit=1)
    oldest = client.statement(card, limit=1, cursor=newest.next)

    assert (newest.balance.available, oldest.next) == (0, None)
    assert [line_of(page) for page in (newest, oldest)] == [
        ("undo", -10, 0, now),
        ("earn", 10, 10, now),
    ]
    assert oldest.lines[0].name == "签到"
    assert oldest.lines[0].is_undone


def line_of(page: Statement) -> tuple[str, int, int | None, datetime]:
    [line] = page.lines
    assert isinstance(line, Line)
    return line.kind, line.points, line.balance_after, line.occurred_at


def test_a_booth_tells_what_it_has(live: Live, client: Client) -> None:
    assert client.activities() == [Activity(key="market/check-in", name="签到", name_en="")]
    assert [
        Reward(key=one.key, name=one.name, name_en=one.name_en, price=one.price, left=0)
        for one in client.rewards()
    ] == [
        Reward(key="market/bin-bags", name="垃圾袋", name_en="", price=30, left=0),
        Reward(key="market/towel", name="毛巾", name_en="", price=800, left=0),
    ]
