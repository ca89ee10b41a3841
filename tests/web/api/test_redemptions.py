from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from tests.market import LI, NOW, WANG, at
from tests.web.served import CODES, STRAY, Served, earn, print_card, redeem, undo

IN_THE_MORNING = (timedelta(seconds=5), timedelta(minutes=40))


def told(answer: Any) -> tuple[int, str | None]:
    """Give the status, and whether it is said to be a repetition."""
    return answer.status_code, answer.headers.get("Idempotent-Replayed")


def void(served: Served, redemption: str, *, caller: str = "partner") -> Any:
    return served.ask(caller, "POST", f"/redemptions/{redemption}/void")


def test_a_redemption_is_created_once(served: Served) -> None:
    answer = served.redeem("till-1", quantity=2)

    assert told(answer) == (201, None)
    assert answer.json() == {
        "id": answer.json()["id"],
        "reward": "market/bin-bags",
        "quantity": 2,
        "points": -60,
        "balance": 940,
        "message": "Done. 940 points are left",
    }


def test_asking_again_gives_the_first_answer_and_says_so(served: Served) -> None:
    first = served.redeem("till-1")

    again = served.redeem("till-1")

    assert told(again) == (200, "true")
    assert again.json() == first.json()
    assert served.balance() == 970


@pytest.mark.parametrize("later", IN_THE_MORNING, ids=str)
def test_a_retry_without_an_instant_is_the_same_request_however_late(
    served: Served, later: timedelta
) -> None:
    first = served.redeem("till-1")
    served.clock.now += later

    again = served.redeem("till-1")

    assert told(again) == (200, "true")
    assert again.json() == first.json()


def test_a_till_that_names_no_instant_is_served_by_a_clock_that_was_set_back(
    served: Served,
) -> None:
    served.clock.now -= timedelta(minutes=30)

    done = served.redeem("till-1")
    back = served.ask("partner", "POST", f"/redemptions/{done.json()['id']}/void")

    assert (done.status_code, back.status_code) == (201, 200)


def test_an_instant_that_is_given_is_part_of_what_is_asked(served: Served) -> None:
    moment = NOW.isoformat()
    served.redeem("with", occurred_at=moment)
    served.redeem("without")

    same = served.redeem("with", occurred_at=moment)
    now_without = served.redeem("with")
    now_with = served.redeem("without", occurred_at=moment)

    assert told(same) == (200, "true")
    assert [answer.json()["code"] for answer in (now_without, now_with)] == [
        "idempotency_key_reused",
        "idempotency_key_reused",
    ]


def test_a_key_used_for_something_else_is_refused(served: Served) -> None:
    served.redeem("till-1")

    answer = served.redeem("till-1", quantity=2)

    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")
    assert served.balance() == 970


def test_a_key_belongs_to_whoever_used_it(served: Served) -> None:
    mine = served.redeem("till-1")
    theirs = served.redeem("till-1", caller="other partner")

    assert (told(mine), told(theirs)) == ((201, None), (201, None))
    assert mine.json()["id"] != theirs.json()["id"]


def test_the_same_redemption_from_many_threads_is_charged_once(served: Served) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: served.redeem("till-1"), range(24)))

    assert sorted(told(answer) for answer in answers) == [(200, "true")] * 23 + [(201, None)]
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert served.balance() == 970


TOWEL: dict[str, object] = {"reward": "towel", "price_shown": 800}
REFUSALS: list[tuple[dict[str, object], int, str, dict[str, object]]] = [
    (TOWEL | {"quantity": 2}, 409, "points_short", {"short": 600}),
    ({"price_shown": 25}, 409, "price_changed", {"price": 30}),
    ({"quantity": 3}, 409, "limit_reached", {"limit": 2, "left": 2}),
    (
        {"reward": "towel", "price_shown": 800, "quantity": 11},
        409,
        "not_released_yet",
        {"left": 10},
    ),
    ({"card": STRAY}, 404, "card_unknown", {}),
    ({"card": "no card"}, 422, "card_unreadable", {}),
    ({"reward": "umbrella"}, 404, "reward_unknown", {}),
    ({"reward": "lanes/broom"}, 404, "reward_unknown", {}),
    ({"reserve": "dancers"}, 404, "reserve_unknown", {}),
    ({"occurred_at": at("09:30").isoformat()}, 409, "clock_off", {}),
    ({"occurred_at": "9999-12-31T23:59:59Z"}, 409, "clock_off", {}),
    ({"occurred_at": "0001-01-01T00:00:00+14:00"}, 409, "clock_off", {}),
]


def test_each_refusal_is_a_problem_with_its_figures_and_moves_nothing(served: Served) -> None:
    accounts = served.remembered()["AccountRow"]

    answers = [
        served.redeem(f"till-{number}", "partner", **given)
        for number, (given, *_) in enumerate(REFUSALS)
    ]

    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [
        (status, code) for _, status, code, _ in REFUSALS
    ]
    for answer, (_, _, _, figures) in zip(answers, REFUSALS, strict=True):
        assert figures.items() <= answer.json()["details"].items()
        assert answer.headers["Content-Type"] == "application/problem+json"
    assert served.remembered()["AccountRow"] == accounts


def test_a_final_refusal_is_repeated_and_says_so(served: Served) -> None:
    first = served.redeem("till-1", price_shown=25)

    again = served.redeem("till-1", price_shown=25)

    assert (told(first), told(again)) == ((409, None), (409, "true"))
    assert again.json()["details"] == first.json()["details"]


def test_a_refusal_that_is_not_final_may_come_out_otherwise(served: Served) -> None:
    unknown = served.redeem("till-1", card=STRAY)
    print_card(served.book.database, WANG, STRAY)

    again = served.redeem("till-1", card=STRAY)

    assert (unknown.json()["code"], unknown.json()["final"]) == ("card_unknown", False)
    assert told(again) == (201, None)


@pytest.mark.parametrize("key", ["", "a b", "schlüssel", "k" * 201, "tab\t."])
def test_a_key_is_1_to_200_visible_ascii_characters(served_once: Served, key: str) -> None:
    answer = served_once.ask(
        "partner",
        "POST",
        "/redemptions",
        json={"card": CODES[WANG], "reward": "bin-bags", "quantity": 1, "price_shown": 30},
        headers={"Idempotency-Key": key.encode("latin-1")},
    )

    assert answer.status_code == 422
    assert [one["field"] for one in answer.json()["errors"]] == ["Idempotency-Key"]


def test_without_a_key_nothing_is_redeemed(served_once: Served) -> None:
    body = {"card": CODES[WANG], "reward": "bin-bags", "quantity": 1, "price_shown": 30}

    answer = served_once.ask("partner", "POST", "/redemptions", json=body)

    assert answer.status_code == 422
    assert answer.json()["errors"] == [
        {"place": "header", "field": "Idempotency-Key", "reason": "missing"}
    ]


def test_a_void_gives_points_and_goods_back_and_can_be_asked_for_again(served: Served) -> None:
    redeemed = served.redeem("till-1", quantity=2)
    left = served.ask("partner", "GET", "/rewards").json()[0]["left"]

    first = void(served, redeemed.json()["id"])
    served.clock.now += timedelta(minutes=30)
    again = void(served, redeemed.json()["id"])

    assert (told(first), told(again)) == ((200, None), (200, "true"))
    assert (
        first.json()
        == again.json()
        == {
            "id": redeemed.json()["id"],
            "voided_by": first.json()["voided_by"],
            "points": 60,
            "balance": 1000,
            "message": "Undone. 1000 points in all",
        }
    )
    assert served.balance() == 1000
    assert served.ask("partner", "GET", "/rewards").json()[0]["left"] == left + 2


def test_a_redemption_that_was_voided_is_still_answered_as_it_was_made(served: Served) -> None:
    redeemed = served.redeem("till-1")
    void(served, redeemed.json()["id"])

    again = served.redeem("till-1")

    assert told(again) == (200, "true")
    assert served.balance() == 1000


def test_only_ones_own_redemption_can_be_voided(served: Served) -> None:
    redeemed = served.redeem("till-1").json()["id"]
    scan = served.operate("redeeming", earn(card=CODES[LI]))
    assert scan[0]["status"] == "accepted"

    callers = ("other partner", "redeeming", "supervisor", "lanes supervisor")
    answers = [void(served, redeemed, caller=caller) for caller in callers]

    assert {(one.status_code, one.json()["code"]) for one in answers} == {
        (404, "operation_unknown")
    }
    assert served.balance() == 970


def test_what_is_no_redemption_cannot_be_voided(served: Served) -> None:
    served.redeem("till-1")
    numbers = ["1", "5", "999999999999999999"]

    answers = [void(served, number) for number in numbers]

    assert {answer.json()["code"] for answer in answers} == {"operation_unknown"}


@pytest.mark.parametrize("number", ["0", "-1", "1.0", "till-1", "9" * 19, "１"])
def test_a_redemption_is_named_by_its_number_alone(served_once: Served, number: str) -> None:
    answer = void(served_once, number)

    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")


def test_a_redemption_already_undone_at_the_booth_cannot_be_voided_as_well(served: Served) -> None:
    asked = redeem()
    served.operate("redeeming", asked)
    redeemed = served.redeem(asked["id"], caller="redeeming", occurred_at=asked["occurred_at"])
    served.operate("redeeming", undo(asked["id"]))

    answer = void(served, redeemed.json()["id"], caller="redeeming")

    # Sent both ways under one name, it was one redemption all along.
    assert told(redeemed) == (200, "true")
    assert (answer.status_code, answer.json()["code"]) == (409, "already_undone")
    assert served.balance() == 1000


def test_a_phone_voids_for_a_while_only_and_a_partner_at_any_time(served: Served) -> None:
    phones = served.redeem("till-1", caller="redeeming").json()["id"]
    partners = served.redeem("till-1").json()["id"]
    served.clock.now += timedelta(minutes=16)

    late, voided = void(served, phones, caller="redeeming"), void(served, partners)

    assert (late.status_code, late.json()["code"]) == (409, "too_late_to_undo")
    assert told(voided) == (200, None)
