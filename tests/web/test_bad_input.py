"""What comes in and should not: each gets its code, and the book does not move."""

import json
from typing import Any

import pytest

from tests.market import LI, NOW, WANG
from tests.web.served import (
    CODES,
    NUMBERS,
    SLIP,
    Served,
    earn,
    name,
    redeem,
    send,
    slip_item,
    undo,
)

INVALID = "invalid"

# Written into JSON as they stand.
QUANTITIES = {
    "-1": "too_small",
    "0": "too_small",
    "1.5": "not_a_whole_number",
    "1.0": "not_a_whole_number",
    "-0.0": "not_a_whole_number",
    '"10"': "not_a_whole_number",
    '""': "not_a_whole_number",
    "1e3": "not_a_whole_number",
    "1E400": "not_a_whole_number",
    "NaN": "not_a_whole_number",
    "Infinity": "not_a_whole_number",
    "-Infinity": "not_a_whole_number",
    "true": "not_a_whole_number",
    "null": "not_a_whole_number",
    "[1]": "not_a_whole_number",
    "{}": "not_a_whole_number",
    "1000001": "too_large",
    str(2**53): "too_large",
    str(2**63): "too_large",
    str(2**64 + 1): "too_large",
    str(10**30): "too_large",
    "1" + "0" * 4999: "not_a_whole_number",
}

INSTANTS = {
    "2019-12-05T10:00:00": ("invalid", "zone_missing"),
    "2019-12-05T10:00:00.5": ("invalid", "zone_missing"),
    "2019-12-05 10:00:00+08:00": ("invalid", "not_an_instant"),
    "2019-12-05T10:00+08:00": ("invalid", "not_an_instant"),
    "2019-12-05": ("invalid", "not_an_instant"),
    "20191205T100000Z": ("invalid", "not_an_instant"),
    "2019-12-05T10:00:00+0800": ("invalid", "not_an_instant"),
    "2019-12-05T10:00:00 Asia/Shanghai": ("invalid", "not_an_instant"),
    "2019-12-05T10:00:00+08:00\n": ("invalid", "not_an_instant"),
    "2019-12-05T10:00:00+08:00[Asia/Shanghai]": ("invalid", "not_an_instant"),
    "2019-02-30T10:00:00Z": ("invalid", "not_an_instant"),
    "2019-12-05T25:00:00Z": ("invalid", "not_an_instant"),
    "2019-12-05T10:00:00+25:00": ("invalid", "not_an_instant"),
    "2016-12-31T23:59:60Z": ("invalid", "not_an_instant"),
    "0000-01-01T00:00:00Z": ("invalid", "not_an_instant"),
    "10000-01-01T00:00:00Z": ("invalid", "not_an_instant"),
    "２０１９-12-05T10:00:00Z": ("invalid", "not_an_instant"),
    "yesterday": ("invalid", "not_an_instant"),
    "": ("invalid", "not_an_instant"),
    "0001-01-01T00:00:00Z": ("clock_off", None),
    "0001-01-01T00:00:00+14:00": ("clock_off", None),
    "1970-01-01T00:00:00Z": ("clock_off", None),
    "2019-12-05T09:30:00+08:00": ("clock_off", None),
    "2019-12-05T10:30:00+08:00": ("clock_off", None),
    "2999-01-01T00:00:00Z": ("clock_off", None),
    "9999-12-31T23:59:59.999999-12:00": ("clock_off", None),
}

CARDS = {
    "lower in the middle is fine, a space is not": CODES[WANG][:9] + " " + CODES[WANG][9:],
    "a plus in place of a letter": CODES[WANG][:9] + "+" + CODES[WANG][10:],
    "a slash in it": CODES[WANG][:9] + "/" + CODES[WANG][9:],
    "padded as base64": CODES[WANG] + "=",
    "a blank, as addresses spell it": CODES[WANG] + "%20",
    "a carriage return in it": CODES[WANG][:9] + "\r\n" + CODES[WANG][9:],
    "a header smuggled in": CODES[WANG] + "\r\nX-Role: supervisor",
    "one wrong letter": CODES[WANG][:-2]
    + ("0" if CODES[WANG][-2] != "0" else "1")
    + CODES[WANG][-1],
    "twice": CODES[WANG] * 2,
    "half": CODES[WANG][:15],
    "nothing": "",
    "a blank": " ",
    "its number": NUMBERS[WANG],
    "an internal id": "1",
    "an id as fixed width": "00000000000000000000000000001",
    "a fingerprint": "01" * 32,
    "a card's name in the book": "code:" + "01" * 32,
    "a vCard": "BEGIN:VCARD\nVERSION:3.0\nN:Chen\nTEL:13800000000\nEND:VCARD",
    "a payment": "https://qr.alipay.com/fkx00000000000000000000",
    "a network": "WIFI:T:WPA;S:guest;P:secret;;",
    "another site": "https://example.com/c/",
    "4 KB of noise": "\u8d5a\U0001f4a9Zz" * 1024,
    "4 KB of digits": "9" * 4096,
    "NUL": "\0",
    "NUL behind it": CODES[WANG] + "\0",
    "fullwidth": CODES[WANG].translate({n: n + 0xFEE0 for n in range(0x21, 0x7F)}),
    "SQL": "' OR 1=1; DROP TABLE card; --",
}

# What stands in one operation that is otherwise well, and the field and reason that are told.
FIELDS: list[tuple[dict[str, Any], str, str]] = [
    ({"id": None}, "id", "not_text"),
    ({"id": 7}, "id", "not_text"),
    ({"id": ""}, "id", "not_in_form"),
    ({"id": "x" * 36}, "id", "not_in_form"),
    ({"id": "b0a7b9a0000040008000000000000001"}, "id", "not_in_form"),
    ({"id": "{b0a7b9a0-0000-4000-8000-000000000001}"}, "id", "not_in_form"),
    ({"id": "b0a7b9a0-0000-4000-8000-000000000001\n"}, "id", "not_in_form"),
    ({"kind": "Earn"}, "kind", "not_one_of_these"),
    ({"kind": "adjust"}, "kind", "not_one_of_these"),
    ({"kind": None}, "kind", "not_one_of_these"),
    ({"kind": ["earn"]}, "kind", "not_one_of_these"),
    ({"card": None}, "", "card_or_number"),
    ({"number": NUMBERS[WANG]}, "", "card_or_number"),
    ({"card": 5}, "card", "not_text"),
    ({"card": "9" * 4097}, "card", "too_long"),
    ({"card": None, "number": "9" * 65}, "number", "too_long"),
    ({"activity": "Check-In"}, "activity", "not_in_form"),
    ({"activity": "a/b/c"}, "activity", "not_in_form"),
    ({"activity": "../market/check-in"}, "activity", "not_in_form"),
    ({"activity": "check-in\0"}, "activity", "not_in_form"),
    ({"activity": ""}, "activity", "not_in_form"),
    ({"quantity": -1}, "quantity", "too_small"),
    ({"grams": []}, "grams", "not_an_object"),
    ({"grams": {"paper": 0}}, "grams.paper", "too_small"),
    ({"grams": {"paper": 1.5}}, "grams.paper", "not_a_whole_number"),
    ({"grams": {"Paper": 5}}, "grams.Paper", "not_in_form"),
    ({"grams": {f"m{n}": 1 for n in range(21)}}, "grams", "too_many"),
    ({"phase": "CHECK_IN"}, "phase", "not_one_of_these"),
    ({"building": ""}, "building", "too_short"),
    ({"building": "3\0"}, "building", "not_in_form"),
    ({"building": "3\n4"}, "building", "not_in_form"),
    ({"building": "9" * 65}, "building", "too_long"),
    ({"offline": "false"}, "offline", "not_true_or_false"),
    ({"offline": 0}, "offline", "not_true_or_false"),
    ({"offline": None}, "offline", "not_true_or_false"),
    ({"points": 1000}, "points", "unknown_field"),
    ({"force": True}, "force", "unknown_field"),
    ({"is_offline": True}, "is_offline", "unknown_field"),
    ({"Card": CODES[LI]}, "Card", "unknown_field"),
    ({"\u202e\n\0": 1}, "\\u202e\\n\\x00", "unknown_field"),
    ({"k" * 5000: 1}, "k" * 64, "unknown_field"),
]


def written(items: list[dict[str, Any]], **raw: str) -> bytes:
    """Write operations down, with the text given here in place of a word in them."""
    text = json.dumps(items)
    for word, value in raw.items():
        text = text.replace(f'"{word}"', value)
    return text.encode()


def test_a_quantity_is_a_whole_number_of_pieces_and_nothing_like_one(served: Served) -> None:
    before = served.remembered()
    body = b",".join(written([redeem(quantity="HERE")], HERE=text)[1:-1] for text in QUANTITIES)

    answers = send(served, b"[%b]" % body).json()

    assert {
        text: (one["code"], one["details"], one["final"])
        for text, one in zip(QUANTITIES, answers, strict=True)
    } == {
        text: (INVALID, {"field": "quantity", "reason": reason}, True)
        for text, reason in QUANTITIES.items()
    }
    assert served.remembered() == before


def test_one_redemptions_quantity_is_no_laxer(served: Served) -> None:
    before = served.remembered()

    answers = {
        text: served.ask(
            "partner",
            "POST",
            "/redemptions",
            content=written([redeem(quantity="HERE")], HERE=text)[1:-1]
            .replace(b'"kind": "redeem", ', b"")
            .replace(b'"id"', b'"reserve"'),
            headers={"Content-Type": "application/json", "Idempotency-Key": "k"},
        )
        for text in QUANTITIES
    }

    assert {
        text: (answer.status_code, answer.json()["code"], answer.json()["errors"])
        for text, answer in answers.items()
    } == {
        text: (422, INVALID, [{"place": "body", "field": "quantity", "reason": reason}])
        for text, reason in QUANTITIES.items()
    }
    assert served.remembered() == before


def test_points_counts_and_weights_have_bounds_too(served: Served) -> None:
    before = served.remembered()
    items = {
        "price_shown": redeem(price_shown="HERE"),
        "points": slip_item(points="HERE"),
        "quantity": earn(activity="quiz", quantity="HERE"),
    }

    for field, item in items.items():
        texts = ["-1", "1.0", "NaN", str(10**7 + 1), str(2**63), str(10**30)]
        body = b",".join(written([item], HERE=text)[1:-1] for text in texts)
        answers = send(served, b"[%b]" % body, "supervisor").json()
        assert {(one["code"], one["details"]["field"]) for one in answers} == {(INVALID, field)}

    assert served.remembered() == before


def test_an_instant_names_its_zone_and_is_not_far_from_now(served: Served) -> None:
    before = served.remembered()

    answers = served.operate("redeeming", *(earn(occurred_at=text) for text in INSTANTS))

    assert {
        text: (one["code"], one["details"].get("reason"))
        for text, one in zip(INSTANTS, answers, strict=True)
    } == INSTANTS
    assert served.remembered() == before


@pytest.mark.parametrize("moment", [1575511200, 1575511200.5, "1575511200", None, [], True])
def test_an_instant_is_text(served_once: Served, moment: object) -> None:
    [answer] = served_once.operate("redeeming", earn(occurred_at=moment))

    assert answer["details"] == {"field": "occurred_at", "reason": "not_an_instant"}


def test_what_happened_offline_long_ago_is_too_old_and_stays_so(served: Served) -> None:
    old = [
        earn(occurred_at=text, offline=True)
        for text in ("2019-11-01T10:00:00+08:00", "1970-01-01T00:00:00Z")
    ]
    accounts = served.remembered()["AccountRow"]

    answers = served.operate("redeeming", *old)

    assert [(one["code"], one["final"]) for one in answers] == [("too_old", True)] * 2
    assert served.remembered()["AccountRow"] == accounts


def test_what_is_no_card_of_ours_is_unreadable_and_is_not_repeated(served: Served) -> None:
    before = served.remembered()

    answers = served.operate(
        "redeeming",
        *(earn(card=text) for text in CARDS.values()),
        *(redeem(card=text) for text in CARDS.values()),
    )

    codes = [one["code"] for one in answers]
    assert dict(zip([*CARDS] * 2, codes, strict=True)) == dict.fromkeys(CARDS, "card_unreadable")
    said = json.dumps(answers, ensure_ascii=False)
    assert [text for text in CARDS.values() if len(text) > 3 and text in said] == []
    assert served.remembered() == before


@pytest.mark.parametrize(
    "scanned",
    [
        CODES[WANG].lower(),
        f"  {CODES[WANG]}\r\n",
        f"https://points.example/C/{CODES[WANG]}",
        f"HTTPS://POINTS.EXAMPLE/C/{CODES[WANG]}",
    ],
)
def test_a_card_is_read_however_the_scanner_spells_it(served: Served, scanned: str) -> None:
    [answer] = served.operate("redeeming", earn(card=scanned))

    assert answer["status"] == "accepted"


def test_a_slip_that_is_none_of_ours_is_unreadable(served: Served) -> None:
    before = served.remembered()
    cash = {"id": name(), "kind": "slip_cashed", "occurred_at": NOW.isoformat()}

    answers = served.operate(
        "supervisor",
        slip_item(slip="10 分"),
        cash | {"slip": "10 分", "card": CODES[WANG]},
        cash | {"slip": SLIP, "card": "no card"},
        cash | {"slip": SLIP, "card": CODES[WANG]},
    )

    assert [one["code"] for one in answers] == [
        "slip_unreadable",
        "slip_unreadable",
        "card_unreadable",
        "slip_unknown",
    ]
    assert served.remembered() == before


def test_each_field_that_is_not_as_it_must_be_is_named(served: Served) -> None:
    before = served.remembered()

    answers = served.operate("redeeming", *(earn() | given for given, _, _ in FIELDS))

    found = [(one["code"], one["details"]) for one in answers]
    assert found == [(INVALID, {"field": field, "reason": reason}) for _, field, reason in FIELDS]
    assert served.remembered() == before


def test_what_is_missing_is_named(served_once: Served) -> None:
    whole = {
        "earn": earn(),
        "redeem": redeem(),
        "undo": undo(name()),
        "slip_issued": slip_item(),
    }
    may_be_left_out = {"earn": {"card"}}
    items = [
        ({field: value for field, value in item.items() if field != left_out}, left_out)
        for kind, item in whole.items()
        for left_out in item
        if left_out not in may_be_left_out.get(kind, set())
    ]

    answers = served_once.operate("supervisor", *(item for item, _ in items))

    assert [one["details"] for one in answers] == [
        {"field": left_out, "reason": "missing"} for _, left_out in items
    ]


@pytest.mark.parametrize("item", [None, 1, "earn", [], [earn()], True, 1.5], ids=repr)
def test_an_operation_is_an_object(served_once: Served, item: object) -> None:
    [answer] = served_once.operate("redeeming", item)

    assert (answer["id"], answer["details"]) == (None, {"field": "", "reason": "not_an_object"})
