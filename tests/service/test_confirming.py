"""PINs and one-time codes on a real database: kept as hashes, throttled, used once, checked."""

from dataclasses import replace
from datetime import datetime, timedelta
from threading import Thread

import pytest
from sqlalchemy import text

from points.domain.cards import CardNumber
from points.domain.desk import DeskFault, NotDone
from points.domain.facts import Accepted, Asked, Outcome, PinChecked, Refused, Replayed
from points.domain.findings import Code
from points.domain.one_time_codes import one_time_fingerprint
from points.domain.operations import CardRef, card_by_code
from points.domain.outcomes import Refusal
from points.domain.shown_cards import card_by_one_time_code
from points.service.cards import freeze_card
from points.service.confirming import (
    LIVE_MAX,
    MadeCode,
    change_pin,
    check_pin,
    forget_pin,
    has_pin,
    make_code,
    set_pin,
    try_pin,
)
from points.service.posting import Book, post
from points.service.rebuilding import rebuild
from points.service.transactions import transaction
from points.service.verifying import verify
from points.storage.engine import Database
from points.storage.triggers import guard
from tests.build import ask, make_catalog, make_redeem
from tests.cheat import guards_asleep
from tests.desk import NOBODYS_NUMBER, Dice, everything
from tests.market import BIN_BAGS, LI, NOW, PROGRAMME, WANG, WANG_CARD
from tests.save import WallClock, open_market

LIMITED = replace(PROGRAMME, unconfirmed_points_per_day_max=60)
FREE = replace(BIN_BAGS, per_household_per_event=None)
NUMBER = CardNumber(f"{WANG:09}")
MINUTE = timedelta(minutes=1)


def open_up(database: Database, clock: WallClock | None = None) -> Book:
    catalog = make_catalog(LIMITED, FREE)
    return open_market(database, catalog=catalog, points={WANG: 500, LI: 500}, clock=clock)


def give_pin(database: Database, pin: str = "271836", *, now: datetime = NOW) -> object:
    return set_pin(database, NUMBER, pin, now=now, random_bytes=Dice())


def code_of(
    database: Database, *, now: datetime = NOW, pin: str | None = None, seed: int = 1
) -> MadeCode:
    made = make_code(database, NUMBER, now=now, random_bytes=Dice(seed), pin=pin)
    assert isinstance(made, MadeCode), made
    return made


def ref_of(made: MadeCode) -> CardRef:
    return card_by_one_time_code(one_time_fingerprint(made.code))


def redeem(book: Book, card: CardRef, key: str, quantity: int = 3) -> Outcome:
    asked = ask(make_redeem(card=card, quantity=quantity, occurred_at=book.clock()), key=key)
    return post(book, [asked])[0]


def why(outcome: Outcome) -> object:
    return outcome.reason if isinstance(outcome, Refused) else type(outcome)


def test_a_pin_is_set_at_the_desk_and_known_from_then_on(database: Database) -> None:
    open_up(database)

    assert give_pin(database) == WANG
    assert has_pin(database, WANG)
    assert not has_pin(database, LI)
    assert check_pin(database, WANG_CARD, "271836", now=NOW) == PinChecked(is_right=True)
    assert check_pin(database, WANG_CARD, "271837", now=NOW) == PinChecked(is_right=False)
    assert "271836" not in repr(everything(database))


def test_a_pin_that_everybody_tries_first_is_not_taken(database: Database) -> None:
    open_up(database)

    assert give_pin(database, "111111") == NotDone(
        reason=DeskFault.PIN_INVALID, details={"fault": "too_plain"}
    )
    unknown = set_pin(database, NOBODYS_NUMBER, "271836", now=NOW, random_bytes=Dice())
    assert unknown == NotDone(reason=Refusal.CARD_UNKNOWN, details={"number": NOBODYS_NUMBER})


def test_a_household_without_a_pin_has_none_to_try(database: Database) -> None:
    open_up(database)

    assert check_pin(database, WANG_CARD, "271836", now=NOW) is None
    assert check_pin(database, card_by_code(bytes(32)), "271836", now=NOW) is None


def test_guessing_waits_longer_and_longer_and_the_right_pin_waits_too(database: Database) -> None:
    open_up(database)
    give_pin(database)

    told = [try_pin(database, WANG, "000001", now=NOW) for _ in range(3)]
    locked = try_pin(database, WANG, "271836", now=NOW + MINUTE - timedelta(seconds=1))
    fourth = try_pin(database, WANG, "000001", now=NOW + MINUTE)

    wrong = PinChecked(is_right=False)
    assert told == [wrong, wrong, PinChecked(is_right=False, again_at=NOW + MINUTE)]
    assert locked == told[-1]
    assert fourth == PinChecked(is_right=False, again_at=NOW + 6 * MINUTE)
    assert try_pin(database, WANG, "271836", now=NOW + 6 * MINUTE) == PinChecked(is_right=True)
    assert try_pin(database, WANG, "000001", now=NOW + 6 * MINUTE) == wrong  # counted anew


def test_a_new_pin_at_the_desk_may_be_tried_at_once_and_forgetting_leaves_none(
    database: Database,
) -> None:
    open_up(database)
    give_pin(database)
    for _ in range(5):
        try_pin(database, WANG, "000001", now=NOW)

    give_pin(database, "918273")

    assert try_pin(database, WANG, "918273", now=NOW) == PinChecked(is_right=True)
    assert forget_pin(database, NUMBER) == WANG
    assert not has_pin(database, WANG)


def test_guesses_that_are_made_at_once_are_counted_one_by_one(database: Database) -> None:
    open_up(database)
    give_pin(database)
    told: list[PinChecked | None] = []

    def guess() -> None:
        told.append(try_pin(database, WANG, "000001", now=NOW))

    threads = [Thread(target=guess) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [one and one.is_right for one in told] == [False] * 8
    with transaction(database) as connection:
        assert connection.execute(text("SELECT tries FROM pin")).scalar_one() == 3


def test_a_household_changes_its_pin_only_by_the_old_one(database: Database) -> None:
    open_up(database)

    def change(old: str, new: str) -> NotDone | None:
        return change_pin(database, WANG, (old, new), now=NOW, random_bytes=Dice())

    assert change("", "918273") == NotDone(reason=DeskFault.PIN_UNSET)
    give_pin(database)
    assert change("271836", "111111") == NotDone(
        reason=DeskFault.PIN_INVALID, details={"fault": "too_plain"}
    )
    assert change("000001", "918273") == NotDone(reason=Refusal.PIN_WRONG)
    assert change("271836", "918273") is None
    assert try_pin(database, WANG, "918273", now=NOW) == PinChecked(is_right=True)


def test_a_code_pays_once_is_told_again_and_stands_in_the_book(database: Database) -> None:
    book = open_up(database)
    give_pin(database)
    made = code_of(database, pin="271836")

    told = [redeem(book, ref_of(made), key) for key in ("one", "one", "two")]

    assert [why(one) for one in told] == [Accepted, Replayed, Refusal.CODE_USED]
    assert (made.is_confirmed, made.valid_until) == (True, NOW + timedelta(seconds=60))
    assert made.code not in repr(everything(database))
    assert made.code not in repr(made)
    assert verify(database, now=NOW).findings == ()


@pytest.mark.parametrize(
    ("later", "due"),
    [
        (timedelta(seconds=60) - timedelta(microseconds=1), Accepted),
        (timedelta(seconds=60), Refusal.CODE_EXPIRED),
        (timedelta(milliseconds=60_000), Refusal.CODE_EXPIRED),
        (timedelta(hours=8), Refusal.CODE_EXPIRED),
    ],
)
def test_a_code_ends_to_the_microsecond(database: Database, later: timedelta, due: object) -> None:
    clock = WallClock()
    book = open_up(database, clock)
    made = code_of(database)
    clock.now = NOW + later
    asked = ask(make_redeem(card=ref_of(made), occurred_at=clock.now), key="one")

    assert why(post(book, [asked])[0]) is due


def test_a_code_without_the_pin_is_no_more_than_a_card(database: Database) -> None:
    book = open_up(database)

    assert why(redeem(book, ref_of(code_of(database)), "one")) is Refusal.SECOND_FACTOR_NEEDED
    assert why(redeem(book, ref_of(code_of(database, seed=2)), "two", 2)) is Accepted


def test_a_code_is_refused_with_a_wrong_pin_without_one_and_for_a_stopped_card(
    database: Database,
) -> None:
    open_up(database)

    def make(pin: str | None = None) -> object:
        return make_code(database, NUMBER, now=NOW, random_bytes=Dice(), pin=pin)

    assert make("271836") == NotDone(reason=DeskFault.PIN_UNSET)
    give_pin(database)
    assert make("000001") == NotDone(reason=Refusal.PIN_WRONG)
    freeze_card(database, NUMBER, now=NOW)
    assert make() == NotDone(reason=Refusal.CARD_FROZEN, details={"number": NUMBER})


def test_only_so_many_codes_wait_and_those_that_ended_are_removed(database: Database) -> None:
    open_up(database)
    for seed in range(LIVE_MAX):
        code_of(database, seed=seed)

    more = make_code(database, NUMBER, now=NOW, random_bytes=Dice(99))
    code_of(database, now=NOW + MINUTE, seed=100)

    assert more == NotDone(reason=DeskFault.TOO_MANY_CODES)
    with transaction(database) as connection:
        assert connection.execute(text("SELECT count(*) FROM one_time_code")).scalar_one() == 1


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE one_time_code SET used_by = NULL",
        "UPDATE one_time_code SET used_by = 1",
        "DELETE FROM one_time_code",
    ],
)
def test_a_use_that_was_tampered_with_is_found_and_can_be_restored(
    database: Database, tampering: str
) -> None:
    book = open_up(database)
    redeem(book, ref_of(code_of(database)), "one", 2)
    with transaction(database) as connection, guards_asleep(connection):
        connection.execute(text(tampering))

    found = verify(database, now=NOW).findings
    if "DELETE" not in tampering:
        rebuild(database)

    assert {one.code for one in found} == {Code.CODE_DIFFERS}
    left = () if "DELETE" not in tampering else found
    assert verify(database, now=NOW).findings == left


def test_spending_past_the_limit_behind_the_service_is_found(database: Database) -> None:
    book = open_up(database)
    asked: list[Asked] = [
        ask(make_redeem(quantity=1, occurred_at=NOW), key=f"{place}") for place in range(2)
    ]
    post(book, asked)
    assert verify(database, now=NOW).findings == ()

    with transaction(database) as connection:
        connection.execute(text("DROP TRIGGER catalog_refuses_update" + _on(database)))
        connection.execute(
            text("UPDATE catalog SET body = replace(body, :old, :new) WHERE kind = 'programme'"),
            {
                "old": '"unconfirmed_points_per_day_max":60',
                "new": '"unconfirmed_points_per_day_max":30',
            },
        )
        guard(connection, ["catalog"])

    assert [one.code for one in verify(database, now=NOW).findings] == [Code.LIMIT_EXCEEDED]


def _on(database: Database) -> str:
    return "" if database.is_sqlite else " ON catalog"
