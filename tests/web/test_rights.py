"""Credentials that are easily forgotten, on every route: replaced tokens, next ones, foreign
partners, and what residents carry."""

import json
from base64 import urlsafe_b64decode
from hashlib import sha256
from typing import Any

import pytest

from points.domain.access import Credential, Role
from points.domain.cards import CardCode
from points.domain.ids import BoothKey, CredentialId
from points.domain.sealing import sealing_of
from points.service.cards import print_cards
from points.service.transactions import transaction
from points.storage.access import add_credential
from points.web.pages.visitors import COOKIE
from tests.desk import Dice
from tests.market import LI, NOW, SINCE_EVER, WANG
from tests.paired import claim
from tests.web.pages.browsing import Browsing
from tests.web.served import CODES, LANES, Served, earn, lease, name, redeem, token_of
from tests.web.test_doors import WHO_MAY, knock

NEXT = f"pd_{'n' * 43}"
FOREIGN = Credential(
    id=CredentialId("partner:9"),
    role=Role.PARTNER,
    event=LANES.key,
    booth=BoothKey("lanes/1"),
)

CLOSED = [(route, roles) for route, roles in WHO_MAY.items() if roles is not None]
OPEN = [route for route, roles in WHO_MAY.items() if roles is None]


@pytest.fixture
def foreign(served: Served) -> str:
    """A partner of Zhao's community; give its token."""
    with transaction(served.book.database) as connection:
        token_hash = sha256(token_of("foreign").encode()).digest()
        add_credential(
            connection, FOREIGN, name="foreign", token_hash=token_hash, added_at=SINCE_EVER
        )
    return token_of("foreign")


@pytest.fixture
def rotated(served: Served) -> str:
    """Let the phone at booth 4 change its token; give the one that it had."""
    changed = served.ask("redeeming", "PUT", "/devices/token", json={"token": NEXT})
    assert changed.status_code == 200
    came = served.http.get("/api/v1/events", headers={"Authorization": f"Bearer {NEXT}"})
    assert came.status_code == 200
    return token_of("redeeming")


def test_a_token_that_was_replaced_is_turned_away_on_every_route(
    served: Served, rotated: str
) -> None:
    for (method, path), _ in CLOSED:
        told = knock(served, method, path, f"Bearer {rotated}")
        assert told == (401, "token_replaced"), (method, path)


def test_the_token_in_its_place_may_do_what_that_one_could_and_nothing_more(
    served: Served, rotated: str
) -> None:
    for (method, path), roles in CLOSED:
        status, code = knock(served, method, path, f"Bearer {NEXT}")
        is_shut_out = (status, code) == (403, "forbidden")
        assert is_shut_out is (Role.REDEEM not in roles), (method, path, code)
        assert status != 401


def test_until_the_next_token_is_used_both_are_taken_everywhere(served: Served) -> None:
    assert served.ask("redeeming", "PUT", "/devices/token", json={"token": NEXT}).is_success

    for (method, path), roles in CLOSED:
        status, _ = knock(served, method, path, f"Bearer {token_of('redeeming')}")
        assert status not in ({401} if Role.REDEEM in roles else {401, 200}), (method, path)


def test_a_foreign_partner_finds_nothing_of_the_market_whatever_it_asks(
    served: Served, foreign: str
) -> None:
    served.operate("redeeming", earn(), redeem())
    before = served.remembered()
    headers = {"Authorization": f"Bearer {foreign}", "Accept-Language": "zh-CN"}

    def ask(method: str, path: str, **what: Any) -> Any:
        return served.http.request(
            method, f"/api/v1{path}", headers=headers | what.pop("h", {}), **what
        )

    paths = ("/events", "/events/market", "/events/corridors", "/booths", "/rewards")
    shown = [ask("GET", path).text for path in paths]
    balances = [ask("POST", "/balances", json={"card": CODES[one]}).json() for one in (WANG, LI)]
    spent = ask(
        "POST",
        "/redemptions",
        h={"Idempotency-Key": name()},
        json={"card": CODES[WANG], "reward": "market/bin-bags", "quantity": 1, "price_shown": 30},
    )
    voided = ask("POST", "/redemptions/1/void")

    foreign_words = ("市集", "展位", "bin-bags", "垃圾袋", "楼道", "corridors", "签到")
    told = json.dumps([*shown, balances, spent.text, voided.text], ensure_ascii=False)
    assert [word for word in foreign_words if word in told] == []
    assert (spent.status_code, voided.status_code) == (403, 404)
    assert served.remembered()["AccountRow"] == before["AccountRow"]


def test_a_residents_visit_opens_no_door_of_the_api(served: Served) -> None:
    browsing = Browsing(served)
    browsing.get(f"/C/{CODES[WANG]}")
    cookie = served.http.cookies.get(COOKIE)
    assert cookie
    served.http.cookies.set(COOKIE, cookie)

    for (method, path), _ in CLOSED:
        assert knock(served, method, path, None) == (401, "unauthenticated"), (method, path)
        told = knock(served, method, path, f"Bearer {cookie}")
        assert told == (401, "unauthenticated"), (method, path)


def test_no_token_opens_a_page_of_residents(served: Served) -> None:
    served.http.cookies.clear()
    own = [path for method, path in OPEN if method == "GET" and path.startswith("/me")]
    assert "/me/statement" in own

    for path in own:
        plain = served.http.get(path)
        for caller in ("supervisor", "redeeming", "partner"):
            headers = {"Authorization": f"Bearer {token_of(caller)}"}
            served.http.cookies.clear()
            answer = served.http.get(path, headers=headers)
            assert (answer.status_code, answer.text) == (plain.status_code, plain.text), path


FOREIGN_TO_LANES = ("market", "市集", "bin-bags", "垃圾袋", "签到", "楼道", "shiji")


def test_no_newer_route_shows_a_foreign_supervisor_a_word_of_the_market(served: Served) -> None:
    served.operate("redeeming", earn(), lease(), redeem(offline=True))
    at = NOW.isoformat()
    report = {"at": at, "waiting": 3, "attention": 1, "journal": {"number": 0, "hash": "0" * 64}}
    claim(served.book, token=NEXT)
    assert served.http.post(
        "/api/v1/devices/heartbeat",
        json=report | {"volunteer": "Chen"},
        headers={"Authorization": f"Bearer {NEXT}"},
    ).is_success
    reads = ("/devices", "/devices/bundle", "/devices/sealed", "/cases", "/exposure")

    theirs = [served.ask("supervisor", "GET", path) for path in reads]
    shown = [served.ask("lanes supervisor", "GET", path) for path in reads]
    beat = served.ask("lanes supervisor", "POST", "/devices/heartbeat", json=report)

    told = json.dumps([one.json() for one in [*shown, beat]], ensure_ascii=False)
    assert [word for word in (*FOREIGN_TO_LANES, "Chen") if word in told] == []
    assert all(one.is_success for one in [*theirs, *shown, beat])
    assert "Chen" in theirs[0].text


def test_no_sealed_balance_of_one_community_is_given_to_phones_of_another(served: Served) -> None:
    here, there = print_cards(
        served.book.database, 2, now=NOW, random_bytes=Dice(7), public_url=None
    )
    served.operate("redeeming", earn(card=here.code))
    served.operate("lanes", earn(card=there.code, activity="sweep"))

    records = served.ask("lanes supervisor", "GET", "/devices/sealed").json()["records"]

    tags = [sealing_of(CardCode(card.code)).tag for card in (there, here)]
    assert [urlsafe_b64decode(tag + "==") for tag, _ in records] == tags[:1]
