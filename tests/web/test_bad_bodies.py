"""Bodies that are no JSON, too much of it, or more than one thing at once; the book stays put."""

import json
from collections.abc import Iterator

import pytest

from tests.market import LI
from tests.web.served import CODES, Served, earn, name, send

INVALID = "invalid"


def test_a_key_given_twice_means_nothing_and_spares_its_neighbours(served: Served) -> None:
    good = json.dumps(earn())
    twice = good[:-1] + f', "card": "{CODES[LI]}"}}'
    deep = json.dumps(earn(activity="hand-in"))[:-1] + ', "grams": {"paper": 1, "paper": 9}}'

    answers = send(served, f"[{twice}, {good}, {deep}]".encode()).json()

    assert [(one["status"], one["details"]) for one in answers] == [
        ("refused", {"field": "", "reason": "given_twice"}),
        ("accepted", {}),
        ("refused", {"field": "grams", "reason": "given_twice"}),
    ]
    assert served.balance(LI) == 1000


def test_half_a_character_spares_its_neighbours(served: Served) -> None:
    texts = [
        json.dumps(earn(card="\ud800")),
        json.dumps(earn(building="\udfff")),
        json.dumps(earn() | {"\ud800": 1}),
        json.dumps(earn(id="\ud800")),
        json.dumps(earn()),
    ]

    answers = send(served, f"[{','.join(texts)}]".encode()).json()

    assert [(one["code"], one["details"].get("reason")) for one in answers] == [
        (INVALID, "not_unicode"),
        (INVALID, "not_unicode"),
        (INVALID, "not_unicode"),
        (INVALID, "not_unicode"),
        (None, None),
    ]


BROKEN = {
    "nothing": b"",
    "a bracket": b"[",
    "half an object": b'[{"id": "',
    "a comma too many": b"[1,]",
    "single quotes": b"['a']",
    "a comment": b"[] // nothing",
    "two documents": b"[] []",
    "a control character": b'["\x01"]',
    "a byte order mark": b"\xef\xbb\xbf[]",
    "not UTF-8": b'["\xff"]',
    "GBK": "[{'卡': 1}]".replace("'", '"').encode("gbk"),
    "UTF-16": "[]".encode("utf-16"),
    "a surrogate in UTF-8": b'["\xed\xa0\x80"]',
    "NUL": b"\0",
    "a form": b"id=1&kind=earn",
    "deep lists": b"[" * 100_000 + b"]" * 100_000,
    "deep objects": b'{"a":' * 50_000 + b"1" + b"}" * 50_000,
    "deep inside an operation": b'[{"id":' + b"[" * 100_000 + b"]" * 100_000 + b"}]",
}


@pytest.mark.parametrize("body", BROKEN.values(), ids=BROKEN)
def test_what_is_no_json_is_a_bad_request(served_once: Served, body: bytes) -> None:
    before = served_once.remembered()

    answer = send(served_once, body)

    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_json")
    assert served_once.remembered() == before


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": ""},
        {"Content-Type": "text/plain"},
        {"Content-Type": "application/x-www-form-urlencoded"},
        {"Content-Type": "multipart/form-data; boundary=x"},
        {"Content-Type": "application/json5"},
        {"Content-Encoding": "gzip"},
    ],
    ids=str,
)
def test_a_body_says_that_it_is_json(served_once: Served, headers: dict[str, str]) -> None:
    answer = send(served_once, json.dumps([earn()]).encode(), **headers)

    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")


def test_a_body_may_say_its_charset(served: Served) -> None:
    headers = {"Content-Type": "Application/JSON; charset=UTF-8"}

    answer = send(served, json.dumps([earn()]).encode(), **headers)

    assert answer.json()[0]["status"] == "accepted"


def test_50_megabytes_are_turned_away(served: Served) -> None:
    def body() -> Iterator[bytes]:
        yield b"["
        for _ in range(50):
            yield b" " * 1024 * 1024

    before = served.remembered()
    answer = served.ask(
        "redeeming",
        "POST",
        "/operations",
        content=body(),
        headers={"Content-Type": "application/json"},
    )

    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")
    assert answer.json()["details"] == {"bytes_max": 1048576}
    assert served.remembered() == before


def test_500_operations_fit_into_a_body(served: Served) -> None:
    everything = earn(grams={f"material-{n}": 1_000_000 for n in range(20)}, number=None)

    asked = [everything | {"id": name()} for _ in range(500)]

    assert len(json.dumps(asked)) < 1048576
    assert len(served.operate("redeeming", *asked)) == 500
