"""The bundle: all that a phone works with, nothing that is another's, and only when it is new."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from points.domain.notices import notice_of
from points.service.programmes import load_programme
from tests.desk import make_file
from tests.market import NOW, PROGRAMME
from tests.web.served import LANES, SWEEP, Served, redeem


def bundle(served: Served, caller: str = "redeeming", **headers: str) -> Any:
    return served.ask(caller, "GET", "/devices/bundle", headers=headers)


def test_a_phone_is_given_all_that_it_works_with(served: Served) -> None:
    told = bundle(served).json()

    notice = notice_of(PROGRAMME)
    assert told == {
        "version": told["version"],
        "made_at": NOW.isoformat(),
        "server_time": NOW.isoformat(),
        "device": "device:4",
        "event": {
            "key": "market",
            "name": "市集",
            "name_en": "",
            "sessions": [
                {"opens": "2019-12-05T09:00:00+08:00", "closes": "2019-12-05T12:00:00+08:00"}
            ],
        },
        "booth": served.ask("redeeming", "GET", "/booths").json()[0],
        "communities": [
            {"key": "qingshui", "name": "清水湾", "name_en": "", "buildings": []},
            {"key": "shiji", "name": "世纪同乐", "name_en": "", "buildings": ["3", "5"]},
        ],
        "activities": served.ask("redeeming", "GET", "/activities").json(),
        "rewards": served.ask("redeeming", "GET", "/rewards").json(),
        "offline": {
            "ceiling_points": 100,
            "days_max": 14,
            "clock_minutes_off_max": 10,
            "undo_minutes": 15,
        },
        "leases": [],
        "slip": {"points_max": 50, "days": 30},
        "notice": {"version": notice.version, "text": notice.text, "text_en": notice.text_en},
        "quiz": None,
    }


@pytest.mark.parametrize(
    ("caller", "booth", "has_rewards"),
    [("stamps", "market/1", False), ("supervisor", None, True), ("corridors", None, False)],
)
def test_each_phone_is_given_what_it_sees_elsewhere(
    served: Served, caller: str, booth: str | None, *, has_rewards: bool
) -> None:
    told = bundle(served, caller).json()

    assert (told["booth"] or {"key": None})["key"] == booth
    assert told["activities"] == served.ask(caller, "GET", "/activities").json()
    assert told["rewards"] == served.ask(caller, "GET", "/rewards").json()
    assert bool(told["rewards"]) is has_rewards


def test_a_phone_that_holds_the_newest_is_told_so_whatever_the_time(served: Served) -> None:
    first = bundle(served)
    served.clock.now += timedelta(minutes=1)

    again = bundle(served, **{"If-None-Match": first.headers["ETag"]})

    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"] == f'W/"{first.json()["version"]}"'


def test_what_changes_on_the_shelf_is_new(served: Served) -> None:
    first = bundle(served)
    served.operate("redeeming", redeem())

    again = bundle(served, **{"If-None-Match": first.headers["ETag"]})

    assert again.status_code == 200
    assert again.json()["version"] != first.json()["version"]
    assert [one["left"] for one in again.json()["rewards"]] != [
        one["left"] for one in first.json()["rewards"]
    ]


def test_what_the_organiser_changes_is_new(served: Served) -> None:
    first = bundle(served, "stamps")
    words = replace(PROGRAMME, slip_points_max=20, privacy_notice="只记卡号")
    load_programme(served.book, make_file(words, LANES, SWEEP), now=NOW)

    told = bundle(served, "stamps", **{"If-None-Match": first.headers["ETag"]}).json()

    assert told["slip"] == {"points_max": 20, "days": 30}
    notice = notice_of(words)
    assert told["notice"] == {"version": notice.version, "text": "只记卡号", "text_en": ""}


def test_it_is_the_same_in_every_language(served: Served) -> None:
    chinese, english = (
        bundle(served, **{"Accept-Language": language}) for language in ("zh-CN", "en")
    )

    assert chinese.json() == english.json()
    assert chinese.headers["ETag"] == english.headers["ETag"]
