"""What must be shown to spend much: a card is enough up to the limit, and not a point further."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from points.domain.facts import (
    Accepted,
    Asked,
    CardState,
    Outcome,
    PinChecked,
    Refused,
    Replayed,
    ShownCode,
)
from points.domain.ids import HouseholdId
from points.domain.one_time_codes import Lifetime
from points.domain.operations import CardRef, CashSlip, Redeem, SlipRef, canonical
from points.domain.outcomes import Refusal
from points.domain.programme import Programme, Session
from points.domain.shown_cards import card_by_one_time_code
from tests.build import ask, make_card, make_catalog, make_earn, make_facts, make_redeem, make_undo
from tests.market import (
    BIN_BAGS,
    CHECK_IN,
    DAY,
    LI,
    LI_CARD,
    MARKET,
    NOW,
    PROGRAMME,
    WANG,
    WANG_CARD,
    WANG_SENIOR,
    at,
)
from tests.memory import Memory

LIMITED = replace(PROGRAMME, unconfirmed_points_per_day_max=60)
FREE = replace(BIN_BAGS, per_household_per_event=None)
CODE = card_by_one_time_code(bytes([1]) * 32)
PIN = PinChecked(is_right=True)
RICH = {WANG: 500, LI: 500}


def make_book(programme: Programme = LIMITED, *, code: ShownCode | None = None) -> Memory:
    facts = make_facts(catalog=make_catalog(programme, FREE), points=RICH)
    codes: Mapping[CardRef, ShownCode] = {} if code is None else {CODE: code}
    return Memory(replace(facts, codes=codes))


def shown(
    *, made_at: datetime = NOW, is_confirmed: bool = True, household: HouseholdId = WANG
) -> ShownCode:
    card = make_card(household, resident=WANG_SENIOR)
    return ShownCode(card=card, lifetime=Lifetime(made_at), is_confirmed=is_confirmed)


def buy(quantity: int = 1, **given: Any) -> Redeem:
    return make_redeem(quantity=quantity, **given)


def with_pin(operation: Redeem, pin: PinChecked = PIN, *, key: str | None = None) -> Asked:
    return replace(ask(operation, key=key), pin=pin)


def needed(left: int) -> Refused:
    return Refused(reason=Refusal.SECOND_FACTOR_NEEDED, details={"limit": 60, "left": left})


def said(outcome: Outcome) -> object:
    return outcome.reason if isinstance(outcome, Refused) else type(outcome)


def test_a_card_alone_spends_up_to_the_limit_and_not_a_point_more() -> None:
    book = make_book()

    assert said(book.tell(buy(2))) is Accepted
    assert book.tell(buy(1)) == needed(left=0)
    assert book.points(WANG) == 440


def test_what_is_left_is_told_and_the_household_of_another_card_has_its_own() -> None:
    book = make_book()
    book.tell(buy(1))

    assert book.tell(buy(2)) == needed(left=30)
    assert said(book.tell(buy(2, card=LI_CARD))) is Accepted


def test_without_a_limit_nothing_more_is_asked_for() -> None:
    assert said(make_book(PROGRAMME).tell(buy(10))) is Accepted


def test_a_limit_of_nothing_asks_for_it_from_the_first_point() -> None:
    book = make_book(replace(PROGRAMME, unconfirmed_points_per_day_max=0))

    assert said(book.tell(buy(1))) is Refusal.SECOND_FACTOR_NEEDED
    assert said(book.tell(with_pin(buy(1)))) is Accepted


def test_the_next_day_begins_at_midnight_of_the_programmes_zone() -> None:
    opens, closes = at("08:00", on=DAY), at("20:00", on=DAY + timedelta(days=1))
    night = replace(MARKET, sessions=(Session(opens=opens, closes=closes),))
    midnight = at("00:00", on=DAY + timedelta(days=1))
    book = Memory(make_facts(catalog=make_catalog(LIMITED, FREE, night), points=RICH))
    told = []

    for now in (NOW, midnight - timedelta(seconds=1), midnight):
        book.set(now)
        told.append(said(book.tell(buy(2, occurred_at=now))))

    assert told == [Accepted, Refusal.SECOND_FACTOR_NEEDED, Accepted]


def test_what_was_taken_back_leaves_the_day_as_it_was() -> None:
    book = make_book()
    book.tell(ask(buy(2), key="first"))
    book.tell(make_undo("first"))

    assert said(book.tell(buy(2))) is Accepted


def test_the_pin_lets_more_go_and_is_written_down_as_a_fact_alone() -> None:
    book = make_book()

    outcome = book.tell(with_pin(buy(3)))

    assert said(outcome) is Accepted
    assert book.posted[-1].details == {"confirmed": "pin"}
    assert said(book.tell(buy(2))) is Accepted  # confirmed points leave what a card may spend


def test_the_same_redemption_is_asked_again_with_the_pin_and_once_more_without() -> None:
    book = make_book()
    alone = ask(buy(3), key="one")

    told = [book.tell(one) for one in (alone, with_pin(buy(3), key="one"), alone)]

    assert [said(one) for one in told] == [Refusal.SECOND_FACTOR_NEEDED, Accepted, Replayed]
    assert canonical(alone.operation) == book.posted[-1].body


@pytest.mark.parametrize(
    ("pin", "refused"),
    [
        (PinChecked(is_right=False), Refused(reason=Refusal.PIN_WRONG)),
        (
            PinChecked(is_right=False, again_at=at("10:05")),
            Refused(reason=Refusal.PIN_LOCKED, details={"again_at": "2019-12-05T02:05:00+00:00"}),
        ),
    ],
)
def test_a_wrong_pin_is_refused_even_where_none_was_needed(
    pin: PinChecked, refused: Refused
) -> None:
    book = make_book()

    outcome = book.tell(with_pin(buy(1), pin, key="one"))

    assert outcome == refused
    assert not refused.reason.is_final
    assert said(book.tell(with_pin(buy(1), key="one"))) is Accepted


def test_a_code_made_with_the_pin_lets_more_go_once() -> None:
    book = make_book(code=shown())

    told = [book.tell(ask(buy(3, card=CODE), key=key)) for key in ("one", "one", "two")]

    assert [said(one) for one in told] == [Accepted, Replayed, Refusal.CODE_USED]
    assert book.posted[-1].details == {"confirmed": "code", "code": CODE}
    assert (book.posted[-1].household, book.posted[-1].resident) == (WANG, WANG_SENIOR)
    assert book.facts.codes[CODE].used_by == book.posted[-1].id


def test_two_redemptions_of_one_batch_never_use_the_same_code() -> None:
    book = make_book(code=shown())

    told = book.post(*(ask(buy(1, card=CODE), key=key) for key in ("one", "two", "one")))

    assert [said(one) for one in told] == [Accepted, Refusal.CODE_USED, Replayed]


@pytest.mark.parametrize(
    ("rule", "due"), [("pin", Refusal.SECOND_FACTOR_NEEDED), ("code", Accepted)]
)
def test_a_code_made_without_the_pin_is_enough_only_where_the_programme_says_so(
    rule: Any, due: object
) -> None:
    book = make_book(replace(LIMITED, second_factor=rule), code=shown(is_confirmed=False))

    assert said(book.tell(buy(3, card=CODE))) is due


def test_a_code_that_was_not_enough_is_not_used_up_and_the_pin_still_helps() -> None:
    book = make_book(code=shown(is_confirmed=False))

    told = [book.tell(buy(3, card=CODE)), book.tell(with_pin(buy(3, card=CODE)))]

    assert [said(one) for one in told] == [Refusal.SECOND_FACTOR_NEEDED, Accepted]
    assert book.posted[-1].details["confirmed"] == "pin"


@pytest.mark.parametrize(
    ("age", "due"),
    [
        (timedelta(seconds=60) - timedelta(microseconds=1), Accepted),
        (timedelta(seconds=60), Refusal.CODE_EXPIRED),
        (timedelta(hours=8), Refusal.CODE_EXPIRED),
        (timedelta(seconds=-61), Refusal.CODE_EXPIRED),
    ],
)
def test_a_code_lives_sixty_seconds_whatever_instant_the_phone_claims(
    age: timedelta, due: object
) -> None:
    book = make_book(code=shown(made_at=NOW - age))

    for claimed in (NOW, NOW - timedelta(minutes=9), NOW + timedelta(minutes=9)):
        again = make_book(code=shown(made_at=NOW - age))
        assert said(again.tell(buy(card=CODE, occurred_at=claimed))) is due
    assert said(book.tell(buy(card=CODE))) is due


def test_a_code_ends_by_the_clock_also_where_the_book_is_ahead_of_it() -> None:
    book = make_book(code=shown(made_at=NOW))
    book.facts = replace(book.facts, now=NOW + timedelta(hours=1), clock=NOW)

    assert said(book.tell(buy(card=CODE))) is Accepted


def test_a_code_that_nobody_made_is_told_as_one_that_has_ended() -> None:
    outcome = make_book().tell(buy(card=CODE))

    assert outcome == Refused(reason=Refusal.CODE_EXPIRED)


def test_a_code_stops_with_its_card() -> None:
    stopped = make_card(WANG, state=CardState.FROZEN, stopped_at=NOW - timedelta(seconds=1))
    book = make_book(code=replace(shown(), card=stopped))

    assert said(book.tell(buy(card=CODE))) is Refusal.CARD_FROZEN


def test_a_code_neither_earns_nor_cashes_slips() -> None:
    book = make_book(code=shown())

    earned = book.tell(make_earn(card=CODE, activity=CHECK_IN.key))
    cashed = book.tell(CashSlip(slip=SlipRef("aa"), card=CODE, occurred_at=NOW))

    assert [said(one) for one in (earned, cashed)] == [Refusal.CARD_UNKNOWN] * 2
    assert book.facts.codes[CODE].used_by is None


def test_a_household_refused_for_other_reasons_is_not_asked_for_its_pin_first() -> None:
    book = make_book()

    assert said(book.tell(buy(30))) is Refusal.POINTS_SHORT
    assert said(book.tell(buy(3, price_shown=31))) is Refusal.PRICE_CHANGED


def test_the_operation_names_no_code_and_no_pin_but_their_marks() -> None:
    body = canonical(buy(card=CODE))

    assert f'"card":"{CODE}"' in body
    assert "pin" not in body
    assert WANG_CARD not in body
