"""What phones tell of themselves, over the wire."""

from typing import Any

import pytest

from points.domain.closing import Signature
from points.domain.journals import GENESIS, head_of
from points.domain.pairing import Pairing
from points.service.closing import close_event
from points.service.credentials import revoke
from tests.market import MARKET, NOW
from tests.paired import EARNING, REDEEMING, claim
from tests.told import texts, write
from tests.web.served import CALLERS, Served, token_of

REPORT: dict[str, Any] = {
    "at": NOW.isoformat(),
    "waiting": 23,
    "attention": 2,
    "oldest_waiting_at": NOW.replace(hour=9).isoformat(),
    "journal": {"number": 0, "hash": GENESIS},
    "volunteer": "Chen",
    "app": "1.0.0",
}


def heartbeat(served: Served, caller: str = "redeeming", **given: object) -> Any:
    return served.ask(caller, "POST", "/devices/heartbeat", json=REPORT | given)


def journal(served: Served, lines: list[str], caller: str = "redeeming") -> Any:
    return served.ask(caller, "POST", "/devices/journal", json={"lines": lines})


def come_in(served: Served, caller: str, pairing: Pairing = REDEEMING) -> str:
    return claim(served.book, pairing, token=token_of(caller)).id


def test_a_phone_reports_and_is_told_where_it_stands(served: Served) -> None:
    bundle = served.ask("redeeming", "GET", "/devices/bundle").json()

    answer = heartbeat(served)

    assert (answer.status_code, answer.json()) == (
        200,
        {
            "server_time": "2019-12-05T10:00:00+08:00",
            "device": {
                "device": "device:4",
                "role": "redeem",
                "event": {"key": "market", "name": "市集", "name_en": ""},
                "booth": {"number": 4, "name": "展位4"},
            },
            "journal": {"number": 0, "hash": GENESIS},
            "bundle": bundle["version"],
            "is_closing": False,
        },
    )


def test_a_journal_is_taken_as_far_as_it_follows(served: Served) -> None:
    entries = write("a", "b", "c", "d")
    lines = texts(entries)

    first, gap, rest = (journal(served, part).json() for part in (lines[:2], lines[3:], lines[1:]))

    def end(count: int) -> dict[str, object]:
        head = head_of(entries[:count])
        return {"number": head.n, "hash": head.hash, "wanted": head.n + 1}

    assert (first, gap, rest) == (end(2), end(2), end(4))
    assert heartbeat(served).json()["journal"]["number"] == 4


@pytest.mark.parametrize(
    ("lines", "fields"),
    [
        ([], ["lines"]),
        (["{}"] * 501, ["lines"]),
        ([texts(write("a"))[0], "{}"], ["lines.1"]),
        (["x" * 1025], ["lines.0"]),
        ([7], ["lines.0"]),
        ("{}", ["lines"]),
    ],
)
def test_lines_that_are_none_are_named(served_once: Served, lines: Any, fields: list[str]) -> None:
    answer = journal(served_once, lines)

    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert [one["field"] for one in answer.json()["errors"]] == fields


@pytest.mark.parametrize(
    "given",
    [
        {"waiting": -1},
        {"waiting": "1"},
        {"attention": 1.5},
        {"at": "2019-12-05T10:00:00"},
        {"oldest_waiting_at": "yesterday"},
        {"journal": {"number": 1}},
        {"journal": {"number": -1, "hash": GENESIS}},
        {"journal": {"number": 2**53, "hash": GENESIS}},
        {"journal": {"number": 1, "hash": "AB" * 32}},
        {"volunteer": ""},
        {"volunteer": "Chen\u0000"},
        {"app": "x" * 65},
        {"more": 1},
    ],
)
def test_a_report_that_is_misshapen_is_not_kept(
    served_once: Served, given: dict[str, object]
) -> None:
    answer = served_once.ask("redeeming", "POST", "/devices/heartbeat", json=REPORT | given)

    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")


def test_a_supervisor_sees_the_phones_of_the_event(served: Served) -> None:
    here, there = come_in(served, "Chen's"), come_in(served, "Li's", EARNING)
    heartbeat(served, "Chen's")

    first, second = served.ask("supervisor", "GET", "/devices").json()

    assert first == {
        "device": here,
        "name": "redeem 4",
        "role": "redeem",
        "booth": "market/4",
        "holder": "Chen",
        "last_seen_at": "2019-12-05T10:00:00+08:00",
        "waiting": 23,
        "attention": 2,
        "oldest_waiting_at": "2019-12-05T09:00:00+08:00",
        "app": "1.0.0",
        "is_revoked": False,
        "is_accounted": False,
        "shortfalls": ["waiting", "attention"],
    }
    assert (second["device"], second["last_seen_at"], second["shortfalls"]) == (
        there,
        None,
        ["never_reported"],
    )
    assert served.ask("lanes supervisor", "GET", "/devices").json() == []


def test_a_phone_is_told_when_its_event_is_being_closed(served: Served) -> None:
    come_in(served, "Chen's")
    close_event(served.book, MARKET.key, by=Signature(), now=NOW)

    assert heartbeat(served, "Chen's").json()["is_closing"]
    assert not heartbeat(served, "lanes").json()["is_closing"]


def test_a_phone_that_was_shut_out_reports_nothing(served: Served) -> None:
    revoke(served.book.database, CALLERS["redeeming"].id, now=NOW)

    answers = [heartbeat(served), journal(served, texts(write("a")))]

    assert [(one.status_code, one.json()["code"]) for one in answers] == [
        (403, "credential_revoked")
    ] * 2


def test_what_comes_after_the_end_is_in_review_and_told_so(served: Served) -> None:
    come_in(served, "Chen's")
    heartbeat(served, "Chen's", waiting=0, attention=0)
    close_event(served.book, MARKET.key, by=Signature(), now=NOW)

    scan = {
        "id": "0b6c8f1e-5a4e-4f53-9a3e-1f2d3c4b5a69",
        "kind": "stock_returned",
        "reward": "bin-bags",
        "quantity": 1,
        "occurred_at": NOW.isoformat(),
    }
    [outcome] = served.operate("Chen's", scan)

    assert (outcome["status"], outcome["final"]) == ("review", False)
