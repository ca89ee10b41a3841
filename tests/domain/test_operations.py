from dataclasses import fields, replace
from datetime import UTC, timedelta
from hashlib import sha256
from typing import get_args

import pytest

from points.domain.operations import (
    Kind,
    Operation,
    Phase,
    canonical,
    card_by_code,
    card_by_number,
    fingerprint,
    is_by_number,
    slip_by_code,
)
from tests.build import make_earn, make_redeem, make_undo
from tests.market import GAME, LI_CARD, NOW


def test_a_card_is_named_by_the_fingerprint_of_its_code_or_by_its_spoken_number() -> None:
    by_code, by_number = card_by_code(b"\x01\xff"), card_by_number("123-456-789")

    assert (by_code, is_by_number(by_code)) == ("code:01ff", False)
    assert (by_number, is_by_number(by_number)) == ("number:123-456-789", True)


def test_a_slip_is_named_by_the_fingerprint_of_its_code() -> None:
    assert slip_by_code(b"\x01\xff") == "01ff"


def test_every_kind_has_one_operation() -> None:
    assert [operation.kind for operation in get_args(Operation)] == [
        *(Kind.EARN, Kind.REDEEM, Kind.UNDO, Kind.ADJUST, Kind.EXPIRE, Kind.MERGE),
        *(Kind.STOCK_RECEIVED, Kind.STOCK_MOVED, Kind.STOCK_COUNTED),
        *(Kind.STOCK_LEASED, Kind.STOCK_RETURNED),
        *(Kind.SLIP_ISSUED, Kind.SLIP_CASHED, Kind.BUILDING_CLOSED, Kind.SHARE, Kind.BUDGET_SET),
        *(Kind.GIVE, Kind.GIFT_RECEIVED),
    ]


def test_an_operation_is_written_as_one_line_in_a_fixed_order() -> None:
    earn = make_earn(card=LI_CARD, grams={"paper": 2, "metal": 1}, phase=Phase.CHECK_IN)

    assert canonical(earn) == (
        '{"activity":"market/check-in","building":null,'
        f'"card":"{LI_CARD}","grams":{{"metal":1,"paper":2}},"kind":"earn",'
        '"occurred_at":"2019-12-05T02:00:00.000000+00:00","phase":"check_in","quantity":null}'
    )


def test_the_same_content_reads_the_same_whatever_the_zone_and_the_order() -> None:
    here = make_earn(occurred_at=NOW, grams={"paper": 1, "metal": 2})
    there = make_earn(occurred_at=NOW.astimezone(UTC), grams={"metal": 2, "paper": 1})

    assert canonical(here) == canonical(there)


def test_a_scan_sent_again_as_offline_is_still_the_same_scan() -> None:
    for live in (make_earn(), make_redeem(), make_undo("one")):
        assert canonical(live) == canonical(replace(live, is_offline=True))


@pytest.mark.parametrize(
    "other",
    [
        make_earn(card=LI_CARD),
        make_earn(activity=GAME.key),
        make_earn(occurred_at=NOW + timedelta(microseconds=1)),
        make_earn(quantity=1),
        make_earn(grams={"paper": 1}),
        make_earn(phase=Phase.CHECK_OUT),
        make_earn(building="3"),
    ],
)
def test_any_other_content_reads_differently(other: Operation) -> None:
    assert canonical(other) != canonical(make_earn())


def test_every_field_but_how_it_travelled_is_written_down() -> None:
    body = canonical(make_redeem())

    written = {name for name in (field.name for field in fields(make_redeem())) if name in body}

    assert written == {field.name for field in fields(make_redeem())} - {
        *("is_offline", "is_timed_here")
    }


def test_an_instant_that_is_our_own_is_not_part_of_what_was_asked() -> None:
    later = NOW + timedelta(minutes=1)

    for asked in (make_redeem(), make_undo("one")):
        first, again = (
            replace(asked, occurred_at=moment, is_timed_here=True) for moment in (NOW, later)
        )
        assert canonical(first) == canonical(again) != canonical(asked)


def test_a_fingerprint_is_the_sha_256_of_the_text() -> None:
    assert fingerprint("纸") == sha256("纸".encode()).digest()
