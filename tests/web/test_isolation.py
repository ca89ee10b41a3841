"""Nothing of one community or booth is seen by a device of another."""

import json
from typing import Any

import pytest

from tests.market import LI, WANG, ZHAO
from tests.web.served import CODES, Served, earn, name, redeem, undo

OF_THE_MARKET = ("market", "市集", "展位", "bin-bags", "垃圾袋", "towel", "check-in", "签到")
OF_SHIJI = ("corridors", "楼道", "clean-up", "shiji", "世纪")
OF_QINGSHUI = ("lanes", "弄堂", "sweep", "qingshui", "清水")


def everything_shown_to(served: Served, caller: str) -> str:
    """Ask for all that there is, and give every word of the answers."""
    reads = [
        served.ask(caller, "GET", path)
        for path in (
            *("/events", "/booths", "/activities", "/rewards"),
            *("/events/market", "/events/corridors", "/events/lanes"),
        )
    ]
    cards = [
        served.ask(caller, "POST", path, json={"card": CODES[owner]})
        for path in ("/balances", "/statements")
        for owner in (WANG, LI, ZHAO)
    ]
    return json.dumps([answer.json() for answer in [*reads, *cards]], ensure_ascii=False)


@pytest.mark.parametrize(
    ("caller", "foreign"),
    [
        ("stamps", OF_SHIJI + OF_QINGSHUI),
        ("partner", OF_SHIJI + OF_QINGSHUI),
        ("supervisor", OF_SHIJI + OF_QINGSHUI),
        ("corridors", OF_THE_MARKET + OF_QINGSHUI),
        ("lanes", OF_THE_MARKET + OF_SHIJI),
        ("lanes supervisor", OF_SHIJI),
    ],
)
def test_no_word_of_a_foreign_event_is_shown(
    served: Served, caller: str, foreign: tuple[str, ...]
) -> None:
    served.operate("redeeming", earn(), redeem(), earn(card=CODES[ZHAO]))
    served.operate("corridors", earn(activity="clean-up", building="3"))
    served.operate("lanes", earn(card=CODES[ZHAO], activity="sweep"))

    shown = everything_shown_to(served, caller)

    assert [word for word in foreign if word in shown] == []


def test_a_booths_phone_sees_nothing_of_another_booth(served: Served) -> None:
    paths = ("/booths", "/activities", "/rewards")

    shown = json.dumps([served.ask("stamps", "GET", path).json() for path in paths])

    foreign = [f"market/{number}" for number in range(2, 8)]
    assert [word for word in [*foreign, "check-in", "quiz", "bin-bags"] if word in shown] == []


FOREIGN_ACTS: list[tuple[str, dict[str, Any], str]] = [
    ("stamps", {"activity": "check-in"}, "activity_unknown"),
    ("stamps", {"activity": "corridors/clean-up", "building": "3"}, "activity_unknown"),
    ("stamps", {"activity": "lanes/sweep"}, "activity_unknown"),
    ("corridors", {"activity": "market/stamp"}, "activity_unknown"),
    ("lanes", {"activity": "corridors/clean-up", "building": "3"}, "activity_unknown"),
]


@pytest.mark.parametrize(("caller", "given", "code"), FOREIGN_ACTS, ids=str)
def test_what_another_booth_or_event_offers_is_unknown(
    served: Served, caller: str, given: dict[str, Any], code: str
) -> None:
    accounts = served.remembered()["AccountRow"]

    foreign, nothing = served.operate(caller, earn(**given), earn(activity="no-such-thing"))

    assert (foreign["code"], nothing["code"]) == (code, code)
    assert foreign | {"id": None} == nothing | {"id": None}
    assert served.remembered()["AccountRow"] == accounts


def test_what_another_phone_did_is_unknown_to_a_phone_and_to_a_foreign_supervisor(
    served: Served,
) -> None:
    scan = earn()
    served.operate("redeeming", scan)

    callers = ("stamps", "games", "corridors", "lanes supervisor")
    theirs = [served.operate(caller, undo(scan["id"]))[0] for caller in callers]
    nothing = [served.operate(caller, undo(name()))[0] for caller in callers]

    assert [one | {"id": None} for one in theirs] == [one | {"id": None} for one in nothing]
    assert {one["code"] for one in theirs} == {"operation_unknown"}


def test_a_supervisor_moves_and_counts_nothing_of_a_foreign_event(served: Served) -> None:
    moment = earn()["occurred_at"]
    count = {"id": name(), "kind": "stock_counted", "reward": "market/bin-bags", "booth": 4}
    move = {"id": name(), "kind": "stock_moved", "reward": "market/bin-bags", "quantity": 1}
    accounts = served.remembered()["AccountRow"]

    answers = served.operate(
        "lanes supervisor",
        count | {"counted": 0, "reason": "mischief", "occurred_at": moment},
        move | {"from_booth": 4, "to_booth": 7, "occurred_at": moment},
    )

    assert {answer["code"] for answer in answers} == {"reward_unknown"}
    assert served.remembered()["AccountRow"] == accounts


def test_two_phones_may_use_the_same_name_without_meeting(served: Served) -> None:
    stamp, scan = earn(activity="stamp"), earn()
    scan["id"] = stamp["id"]

    [one], [other] = served.operate("stamps", stamp), served.operate("redeeming", scan)

    assert (one["status"], other["status"]) == ("accepted", "accepted")
