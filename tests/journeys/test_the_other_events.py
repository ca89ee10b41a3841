"""The corridor clean-ups and the lecture of that winter load, open and pay as their kinds say."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from points.domain.access import Role
from points.domain.cards import CardNumber
from points.domain.desk import NotDone
from points.domain.ids import ActivityKey, CommunityKey, EventKey
from points.domain.people import Home
from points.domain.verifying import Result
from points.service.cleanups import SharedOut, share_out
from points.service.households import bind_card
from points.service.programmes import load_programme
from points.service.verifying import verify
from points.storage.engine import Database
from tests.journeys.park import SHANGHAI, Park, opened_park, read_the_demo

FIRST = EventKey("corridors-shiji-tongle-1")
SECOND = EventKey("corridors-shiji-tongle-2")
QINGSHUIWAN = EventKey("corridors-qingshuiwan")
LECTURE = EventKey("lecture-shida-ercun")


@pytest.fixture
def park(database: Database, database_url: str) -> Iterator[Park]:
    with opened_park(database, database_url) as opened:
        opened.now = datetime(2019, 11, 1, 9, 0, tzinfo=SHANGHAI)
        load_programme(opened.book, read_the_demo(), now=opened.now)
        for event in (FIRST, SECOND, QINGSHUIWAN, LECTURE):
            opened.pair(event, event, Role.EARN)
        yield opened


def test_a_building_is_paid_once_in_a_month_whoever_cleans_it_again(park: Park) -> None:
    wang, li, late = (card for card, _ in park.cards(3))
    park.now = datetime(2019, 11, 22, 14, 0, tzinfo=SHANGHAI)
    assert clean(park, FIRST, wang, "33")["points"] == 0
    park.now += timedelta(minutes=1)
    assert clean(park, FIRST, li, "33")["points"] == 0
    assert clean(park, FIRST, li, "33")["code"] == "already_checked_in"
    assert clean(park, FIRST, li, "12")["code"] == "building_unknown"

    paid, again = (close(park, FIRST, "33") for _ in range(2))

    assert isinstance(paid, SharedOut)
    assert (paid, [share.points for share in paid.shares]) == (again, [20, 20])
    assert [balance(park, card, FIRST) for card in (wang, li, late)] == [20, 20, 0]
    park.now = datetime(2019, 11, 30, 14, 0, tzinfo=SHANGHAI)
    assert clean(park, FIRST, late, "33")["code"] == "already_shared_out"
    assert clean(park, FIRST, late, "35")["status"] == "accepted"
    assert verify(park.book.database, now=park.now).result is Result.CLEAN


def test_each_clean_up_is_open_on_its_own_afternoons_and_buildings(park: Park) -> None:
    [(card, _)] = park.cards(1)

    said = {}
    for day in (22, 23, 30):
        for hour in (11, 12, 18):
            park.now = datetime(2019, 11, day, hour, 30 if hour == 12 else 0, tzinfo=SHANGHAI)
            said[day, hour] = clean(park, FIRST, card, "7")["code"]
    park.now = datetime(2019, 12, 7, 13, 0, tzinfo=SHANGHAI)

    assert said == {
        (22, 11): "not_open_yet",
        (22, 12): None,
        (22, 18): "not_open_yet",
        (23, 11): "not_open_yet",
        (23, 12): "not_open_yet",
        (23, 18): "not_open_yet",
        (30, 11): "not_open_yet",
        (30, 12): "already_checked_in",
        (30, 18): "closed",
    }
    assert clean(park, SECOND, card, "14")["code"] is None


def test_only_the_neighbours_take_part_in_their_clean_up(park: Park) -> None:
    cards = park.cards(3)
    for (_, number), community in zip(cards, ("qingshuiwan", "shiji-tongle"), strict=False):
        home = Home(community=CommunityKey(community), door="1-101")
        assert not isinstance(bind_card(park.book, CardNumber(number), home, now=park.now), NotDone)
    park.now = datetime(2019, 12, 12, 9, 30, tzinfo=SHANGHAI)

    codes = [clean(park, QINGSHUIWAN, card, "64")["code"] for card, _ in cards]
    paid = close(park, QINGSHUIWAN, "64")

    assert codes == [None, "other_community", None]
    assert isinstance(paid, SharedOut)
    assert [share.points for share in paid.shares] == [20, 20]
    assert [balance(park, card, QINGSHUIWAN) for card, _ in (cards[0], cards[2])] == [20, 20]


def test_the_lecture_pays_everyone_who_came_once(park: Park) -> None:
    wang, li = (card for card, _ in park.cards(2))
    park.now = datetime(2019, 12, 10, 9, 0, tzinfo=SHANGHAI)

    said = [
        park.ask(LECTURE, kind="earn", card=card, activity="lecture") for card in (wang, wang, li)
    ]

    assert [(one["points"], one["code"]) for one in said] == [
        (5, None),
        (0, "limit_reached"),
        (5, None),
    ]
    assert [balance(park, card, LECTURE) for card in (wang, li)] == [5, 5]


def clean(park: Park, event: EventKey, card: str, building: str) -> dict[str, Any]:
    return park.ask(event, kind="earn", card=card, activity="corridor-clean-up", building=building)


def close(park: Park, event: EventKey, building: str) -> SharedOut | NotDone:
    activity = ActivityKey(f"{event}/corridor-clean-up")
    return share_out(park.book, activity, building, now=park.now)


def balance(park: Park, card: str, event: EventKey) -> int:
    return park.balance(card, phone=event)
