"""Operations that are kept for a person, as a phone sees them."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from points.domain.access import OPERATOR
from points.domain.operations import Adjust
from points.service.posting import post
from points.service.transactions import transaction
from points.storage.access import revoke_credential
from tests.build import ask
from tests.market import LI, NOW, WANG
from tests.web.served import CALLERS, CODES, Served, earn, lease, redeem

HOUR_AGO = (NOW - timedelta(hours=1)).isoformat()


def revoke(served: Served, caller: str) -> None:
    with transaction(served.book.database) as connection:
        assert revoke_credential(connection, CALLERS[caller].id, NOW)


def test_a_handout_that_is_in_doubt_is_kept_and_names_its_case(served: Served) -> None:
    asked = redeem(offline=True, quantity=2)

    [answer] = served.operate("redeeming", asked)

    assert answer == {
        "id": asked["id"],
        "status": "review",
        "code": "out_of_stock",
        "points": 0,
        "balance": None,
        "details": {"doubts": "out_of_stock", "left": 0},
        "final": False,
        "message": "It is noted. The booth lead will look at it",
        "evidence": None,
        "case": "1",
    }
    assert served.balance() == 1000


def test_asked_again_it_is_answered_the_same_and_there_is_one_case(served: Served) -> None:
    asked = redeem(offline=True)

    first, twin = served.operate("redeeming", asked, asked)
    [later] = served.operate("redeeming", asked)
    [other] = served.operate("redeeming", redeem(offline=True))

    assert first == twin == later
    assert (first["case"], other["case"]) == ("1", "2")


def test_asked_for_many_times_at_once_it_is_kept_once(served: Served) -> None:
    asked = redeem(offline=True)

    with ThreadPoolExecutor(20) as pool:
        told = list(pool.map(lambda _: served.operate("redeeming", asked)[0], range(20)))

    assert {(one["status"], one["case"]) for one in told} == {("review", "1")}
    assert len(served.remembered()["CaseRow"]) == 1


def test_the_same_name_for_something_else_is_a_conflict(served: Served) -> None:
    asked = redeem(offline=True)
    served.operate("redeeming", asked)

    [conflict] = served.operate("redeeming", asked | {"card": CODES[LI]})

    assert (conflict["status"], conflict["case"]) == ("conflict", None)


@pytest.mark.parametrize(
    ("given", "details", "message"),
    [
        ({"quantity": 2}, {}, "Done. 940 points are left"),
        ({"quantity": 3}, {"over_limit": 1}, "Done. 910 points are left"),
    ],
)
def test_what_is_beyond_a_limit_counts_and_names_its_case(
    served: Served, given: dict[str, Any], details: dict[str, int], message: str
) -> None:
    [_, answer] = served.operate("redeeming", lease(), redeem(offline=True, **given))

    assert (answer["status"], answer["details"], answer["message"]) == (
        "accepted",
        details,
        message,
    )
    assert (answer["case"] is None) is (not details)


def test_a_debt_is_told_with_its_case_now_and_later(served: Served) -> None:
    spent = Adjust(household=WANG, points=-980, reason="cake", approver="Chen", occurred_at=NOW)
    post(served.book, [ask(spent, by=OPERATOR)])
    asked = redeem(offline=True)

    _, answer, twin = served.operate("redeeming", lease(), asked, asked)
    [later] = served.operate("redeeming", asked)

    assert (answer["status"], answer["details"], answer["case"]) == ("accepted", {"owed": 10}, "1")
    assert answer["message"] == "Done. 10 points are owed and come off the next ones"
    assert (twin["case"], later["case"]) == ("1", "1")


def test_what_a_phone_did_before_it_was_shut_out_is_kept_and_the_rest_refused(
    served: Served,
) -> None:
    revoke(served, "redeeming")

    before, since = served.operate("redeeming", earn(occurred_at=HOUR_AGO, offline=True), earn())

    assert (before["status"], before["code"]) == ("review", "credential_revoked")
    assert (since["status"], since["code"], since["final"]) == (
        "refused",
        "credential_revoked",
        False,
    )


def test_what_it_had_sent_already_is_answered_as_ever(served: Served) -> None:
    asked = earn()
    [first] = served.operate("redeeming", asked)
    revoke(served, "redeeming")

    [again] = served.operate("redeeming", asked)

    assert (again["status"], again["points"]) == ("replayed", first["points"])
