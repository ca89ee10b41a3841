"""Handouts that were in doubt, and that a person has judged to have happened."""

from dataclasses import replace
from datetime import timedelta

from points.domain.facts import Accepted, Refused
from points.domain.ids import OperationId
from points.domain.outcomes import Refusal
from points.domain.programme import Session
from tests.goods import BAGS, RICH, handout, in_review, make_book
from tests.market import BIN_BAGS, MARKET, NOW, PROGRAMME, at

FREE = replace(BIN_BAGS, per_household_per_event=None)


def test_what_was_in_doubt_is_booked_as_it_was_said() -> None:
    asked = handout("two", quantity=2, price_shown=20)
    book = make_book()
    asked = replace(asked, waived=frozenset({Refusal.PRICE_CHANGED}))

    outcome = book.tell(asked)

    assert outcome == Accepted(
        operation=OperationId(1001), points=-40, balance=RICH - 40, details={"approved": 1}
    )
    assert book.posted[-1].evidence == "manual"


def test_what_was_not_in_doubt_then_is_in_doubt_still() -> None:
    asked = replace(handout(price_shown=20), waived=frozenset({Refusal.OUT_OF_STOCK}))

    assert make_book().tell(asked) == in_review(Refusal.PRICE_CHANGED, price=30)


def test_what_the_phone_did_not_have_stood_at_the_booth() -> None:
    book = make_book(leased_pieces=1)
    asked = replace(handout(quantity=3), waived=frozenset({Refusal.OUT_OF_STOCK}))

    assert isinstance(book.tell(asked), Accepted)

    assert (book.pieces(BAGS), book.pieces_with(4, BAGS)) == (397, 0)


def test_goods_that_were_nowhere_cannot_be_booked() -> None:
    book = make_book(replace(FREE, stock=3), leased_pieces=1)
    asked = replace(handout(quantity=4), waived=frozenset({Refusal.OUT_OF_STOCK}))

    assert book.tell(asked) == Refused(reason=Refusal.OUT_OF_STOCK, details={"left": 3})


def test_the_bound_for_phones_is_none_for_people() -> None:
    book = make_book(replace(PROGRAMME, offline_points_per_card_max=0))

    assert isinstance(book.tell(replace(handout(), waived=frozenset())), Accepted)


def test_points_that_are_short_are_owed_and_make_a_case_of_their_own() -> None:
    book = make_book(points=10)
    asked = replace(handout("one"), waived=frozenset())

    assert book.tell(asked) == Accepted(
        operation=OperationId(1001), points=-30, balance=0, details={"owed": 20, "approved": 1}
    )
    assert [case.reference for case in book.cases] == ["operation:device:4:one"]


def test_it_may_be_approved_long_after_it_could_still_be_sent() -> None:
    asked = handout()
    book = make_book(replace(MARKET, sessions=(Session(opens=NOW, closes=at("12:00")),)))
    book.set(NOW + timedelta(days=60))

    assert isinstance(book.tell(replace(asked, waived=frozenset())), Accepted)
