from datetime import timedelta
from typing import Any

import pytest

from points.domain.access import OPERATOR
from points.domain.operations import Adjust, CountStock
from points.service.posting import post
from points.service.transactions import transaction
from points.storage.access import revoke_credential
from points.web.api.cases import booth_number
from tests.build import ask
from tests.goods import BAGS
from tests.market import NOW, REDEEMING, WANG
from tests.web.served import CALLERS, Served, earn, lease, name, redeem


def kept(served: Served, **given: object) -> dict[str, Any]:
    """Say that a roll went out at a price that was never shown; give what was sent."""
    served.operate("redeeming", lease())
    asked = redeem(offline=True, price_shown=20, **given)
    [answer] = served.operate("redeeming", asked)
    assert answer["status"] == "review"
    return asked


def listed(served: Served, caller: str = "supervisor", **wish: object) -> list[dict[str, Any]]:
    answer = served.ask(caller, "GET", "/cases", params=wish)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()
    return found


def settle(
    served: Served, number: str, decision: str, caller: str = "supervisor", **more: str
) -> Any:
    body = {"id": name(), "decision": decision, "note": "the lead saw it"} | more
    return served.ask(caller, "POST", f"/cases/{number}/settle", json=body)


def test_a_case_says_who_what_and_what_to_do(served: Served) -> None:
    asked = kept(served, quantity=2)

    assert listed(served) == [
        {
            "id": "1",
            "kind": "review",
            "message": "This is not booked yet. Somebody must look at it",
            "opened_at": listed(served)[0]["opened_at"],
            "device": "device:4",
            "booth": 4,
            "household": 1,
            "card": "000000001",
            "operation": {
                "id": asked["id"],
                "kind": "redeem",
                "item": "market/bin-bags",
                "quantity": 2,
                "points": -40,
                "occurred_at": "2019-12-05T10:00:00+08:00",
                "is_booked": False,
            },
            "doubts": [
                {"code": "price_changed", "message": "The price has changed. Please look again"}
            ],
            "details": {"doubts": "price_changed", "price": 30},
            "suggested": "approve",
            "decisions": ["approve", "reject"],
            "settlement": None,
        }
    ]


def test_a_debt_says_how_much_and_that_it_may_be_forgiven(served: Served) -> None:
    spent = Adjust(household=WANG, points=-990, reason="cake", approver="Chen", occurred_at=NOW)
    post(served.book, [ask(spent, by=OPERATOR)])
    served.operate("redeeming", lease(), redeem(offline=True))

    [case] = listed(served)

    assert (case["kind"], case["suggested"], case["decisions"]) == (
        "overspent",
        "forgive",
        ["forgive", "keep_owed"],
    )
    assert case["message"] == "Handed out without a network; 20 points are owed"
    assert case["operation"]["points"] == -30
    assert case["operation"]["is_booked"] is True

    settled = settle(served, case["id"], "forgive").json()
    assert settled["settlement"]["decision"] == "forgive"
    assert (
        served.ask("supervisor", "POST", "/balances", json={"card": redeem()["card"]}).json()[
            "owed"
        ]
        == 0
    )


def test_what_is_approved_counts_and_its_phone_hears_of_it(served: Served) -> None:
    asked = kept(served)
    [case] = listed(served)

    answer = settle(served, case["id"], "approve")

    assert answer.status_code == 200
    settlement = answer.json()["settlement"]
    assert settlement == {
        "decision": "approve",
        "by": "device:9",
        "name": "",
        "note": "the lead saw it",
        "at": settlement["at"],
        "operation": settlement["operation"],
    }
    [again] = served.operate("redeeming", asked)
    assert (again["status"], again["code"], again["points"]) == ("replayed", None, -20)
    assert served.balance() == 980


def test_what_is_rejected_is_refused_for_good(served: Served) -> None:
    asked = kept(served)

    assert settle(served, "1", "reject").status_code == 200

    [again] = served.operate("redeeming", asked)
    assert (again["status"], again["code"], again["final"]) == ("replayed", "rejected", True)
    assert again["message"] == "The booth lead has looked at it. It does not count"


def test_the_same_settling_gets_the_same_answer_and_another_is_told_of_the_first(
    served: Served,
) -> None:
    kept(served)
    body = {"id": name(), "decision": "reject", "note": "no"}

    first, again = (
        served.ask("supervisor", "POST", "/cases/1/settle", json=body) for _ in range(2)
    )
    late = settle(served, "1", "approve")

    assert first.json() == again.json()
    assert (late.status_code, late.json()["code"]) == (409, "case_settled")
    assert late.json()["details"] == {"decision": "reject"}


def test_what_cannot_be_booked_says_why_and_stays_open(served: Served) -> None:
    kept(served, quantity=6)
    empty = CountStock(
        reward=BAGS.reward, booth=REDEEMING, counted=0, reason="empty", occurred_at=NOW
    )
    post(served.book, [ask(empty, by=OPERATOR)])

    answer = settle(served, "1", "approve")

    assert (answer.status_code, answer.json()["code"]) == (409, "out_of_stock")
    assert answer.json()["detail"] == "There are 5 left here"
    assert len(listed(served)) == 1


@pytest.mark.parametrize(
    ("decision", "status", "code"), [("noted", 409, "decision_unfit"), ("maybe", 422, "invalid")]
)
def test_a_decision_that_does_not_fit_is_refused(
    served: Served, decision: str, status: int, code: str
) -> None:
    kept(served)

    answer = settle(served, "1", decision)

    assert (answer.status_code, answer.json()["code"]) == (status, code)


@pytest.mark.parametrize("more", [{"note": ""}, {"note": "x" * 501}, {"id": "one"}, {"by": "me"}])
def test_what_is_misshapen_settles_nothing(served: Served, more: dict[str, str]) -> None:
    kept(served)

    assert settle(served, "1", "reject", **more).json()["code"] == "invalid"
    assert len(listed(served)) == 1


def test_cases_are_listed_newest_first_by_whether_they_are_settled(served: Served) -> None:
    for _ in range(3):
        kept(served)
    settle(served, "2", "reject")

    def numbers(**wish: Any) -> list[str]:
        return [case["id"] for case in listed(served, **wish)]

    assert numbers() == numbers(state="open") == ["3", "1"]
    assert numbers(state="settled") == ["2"]
    assert numbers(state="all") == ["3", "2", "1"]
    assert numbers(state="all", limit=1) == ["3"]
    assert numbers(state="all", before=2) == ["1"]


@pytest.mark.parametrize("wish", [{"state": "x"}, {"limit": 0}, {"limit": 201}, {"before": "a"}])
def test_a_wish_that_cannot_be_is_misshapen(served: Served, wish: dict[str, object]) -> None:
    answer = served.ask("supervisor", "GET", "/cases", params=wish)

    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")


def test_a_supervisor_of_another_event_sees_and_settles_nothing(served: Served) -> None:
    kept(served)

    assert listed(served, "lanes supervisor") == []
    foreign = settle(served, "1", "reject", "lanes supervisor")
    nothing = settle(served, "9", "reject", "lanes supervisor")
    assert (foreign.status_code, foreign.json()["code"]) == (404, "case_unknown")
    assert foreign.json()["detail"] == nothing.json()["detail"]
    assert listed(served)[0]["settlement"] is None


def test_what_a_phone_earned_without_a_network_before_it_was_lost_is_described(
    served: Served,
) -> None:
    with transaction(served.book.database) as connection:
        assert revoke_credential(connection, CALLERS["redeeming"].id, NOW)
    hour_ago = (NOW - timedelta(hours=1)).isoformat()
    served.operate("redeeming", earn(occurred_at=hour_ago, offline=True))

    [case] = listed(served)

    act = case["operation"]
    assert (act["kind"], act["item"], act["points"]) == ("earn", "market/check-in", None)
    assert [doubt["code"] for doubt in case["doubts"]] == ["credential_revoked"]


def test_a_booth_is_known_by_its_number() -> None:
    assert (booth_number("market/4"), booth_number(None)) == (4, None)
