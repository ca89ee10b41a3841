"""A phone's way in, as the phone sees it."""

from typing import Any

import pytest

from points.domain.access import Role
from points.domain.pairing import Pairing
from points.service.credentials import revoke
from points.service.pairing import Invited, invite_phone
from points.storage.engine import Database
from points.web.throttle import OF_EACH
from tests.desk import Dice
from tests.market import BOOTHS, MARKET, NOW
from tests.web.served import CALLERS, Served, earn, serve, token_of

REDEEMING = Pairing(name="陈的手机", role=Role.REDEEM, event=MARKET.key, booth=BOOTHS[4].key)


def invite(served: Served, pairing: Pairing = REDEEMING, *, seed: int = 1) -> str:
    made = invite_phone(served.book.database, pairing, now=NOW, random_bytes=Dice(seed))
    assert isinstance(made, Invited), made
    return made.text


def claim(served: Served, text: str, caller: str = "new", **given: object) -> Any:
    body = {"invite": text, "token": token_of(caller)} | given
    return served.ask(None, "POST", "/devices/claim", json=body)


def change(served: Served, caller: str, token: object) -> Any:
    return served.ask(caller, "PUT", "/devices/token", json={"token": token})


def test_a_phone_claims_its_invite_and_works(served: Served) -> None:
    answer = claim(served, invite(served), volunteer="Chen", app="1.0.0")

    assert (answer.status_code, answer.json()) == (
        201,
        {
            "device": "device:15",
            "role": "redeem",
            "event": {"key": "market", "name": "市集", "name_en": ""},
            "booth": {"number": 4, "name": "展位4"},
            "host_name": "testserver",
            "server_time": "2019-12-05T10:00:00+08:00",
        },
    )
    [outcome] = served.operate("new", earn())
    assert outcome["status"] == "accepted"


def test_a_claim_whose_answer_was_lost_is_made_again(served: Served) -> None:
    text = invite(served)

    first, again = claim(served, text), claim(served, text)

    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()


def test_another_phone_is_not_let_in_by_a_used_invite(served: Served) -> None:
    text = invite(served)
    claim(served, text)

    tries = [claim(served, text, "thief") for _ in range(6)]

    assert [(one.status_code, one.json()["code"]) for one in tries] == [
        *[(409, "invite_used")] * 5,
        (409, "invite_locked"),
    ]
    assert served.ask("thief", "GET", "/events").status_code == 401


def test_an_invite_that_has_ended_or_never_was_lets_nobody_in(served: Served) -> None:
    text = invite(served)
    served.clock.now = NOW.replace(minute=15)

    ended, unknown = claim(served, text), claim(served, "pi_" + "A" * 43)

    assert (ended.status_code, ended.json()["code"]) == (410, "invite_expired")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "invite_unknown")


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"token": "pd_short"}, "token"),
        ({"token": "pk_" + "A" * 43}, "token"),
        ({"token": "pd_" + "A" * 43 + "\n"}, "token"),
        ({"invite": 7}, "invite"),
        ({"invite": "x" * 300}, "invite"),
        ({"volunteer": "Chen\n"}, "volunteer"),
        ({"more": 1}, "more"),
    ],
)
def test_a_claim_that_is_misshapen_names_what_is_wrong(
    served_once: Served, given: dict[str, object], field: str
) -> None:
    body = {"invite": "pi_" + "A" * 43, "token": token_of("new")} | given
    answer = served_once.ask(None, "POST", "/devices/claim", json=body)

    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert [one["field"] for one in answer.json()["errors"]] == [field]


def test_whoever_tries_too_often_waits(served: Served) -> None:
    tries = [claim(served, "pi_" + "A" * 43) for _ in range(OF_EACH.at_once + 1)]

    assert {one.status_code for one in tries[:-1]} == {404}
    last = tries[-1]
    assert (last.status_code, last.json()["code"], last.json()["final"]) == (
        429,
        "too_many_requests",
        False,
    )
    assert last.headers["Retry-After"] == "2"


def test_a_phone_changes_its_token_and_the_old_one_ends_at_the_first_use(served: Served) -> None:
    told = [change(served, "stamps", token_of("newer")) for _ in range(2)]
    beside = [served.ask(one, "GET", "/events").status_code for one in ("stamps", "newer")]
    after = served.ask("stamps", "GET", "/events")

    assert [one.status_code for one in told] == [200, 200]
    assert told[0].json() == {"device": "device:1", "server_time": "2019-12-05T10:00:00+08:00"}
    assert beside == [200, 200]
    assert (after.status_code, after.json()["code"]) == (401, "token_replaced")
    assert after.headers["WWW-Authenticate"] == 'Bearer realm="points"'


def test_a_queue_sent_with_the_newer_token_is_the_same_phones(served: Served) -> None:
    scan = earn()
    [first] = served.operate("redeeming", scan)
    change(served, "redeeming", token_of("newer"))

    [again] = served.operate("newer", scan)

    assert (first["status"], again["status"]) == ("accepted", "replayed")


def test_a_token_that_was_used_before_is_not_taken(served: Served) -> None:
    answer = change(served, "stamps", token_of("redeeming"))

    assert (answer.status_code, answer.json()["code"]) == (409, "token_taken")


def test_a_phone_that_was_shut_out_is_so_at_once_but_may_bring_what_it_holds(
    served: Served,
) -> None:
    scan = earn()
    served.operate("redeeming", scan)
    revoke(served.book.database, CALLERS["redeeming"].id, now=NOW)

    refused = [
        served.ask("redeeming", "GET", "/events"),
        change(served, "redeeming", token_of("newer")),
    ]
    [again] = served.operate("redeeming", scan)

    assert [(one.status_code, one.json()["code"]) for one in refused] == [
        (403, "credential_revoked")
    ] * 2
    assert (again["status"], again["code"]) == ("replayed", None)


def test_the_host_is_the_one_that_the_operator_named(database: Database, database_url: str) -> None:
    environment = {"POINTS_PUBLIC_URL": "https://points.example:8443/putuo"}
    with serve(database, database_url, environment=environment) as served:
        answer = claim(served, invite(served))

    assert answer.json()["host_name"] == "points.example"
