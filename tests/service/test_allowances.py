"""Allowances on a real database: made, spent by one redemption after the other, ended at once."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from points.domain.access import OPERATOR
from points.domain.allowance_codes import allowance_fingerprint
from points.domain.allowances import LIVE_MAX, Terms
from points.domain.cards import CardNumber, make_card_number
from points.domain.desk import DeskFault, NotDone
from points.domain.facts import Accepted, CardState, Outcome, Refused, Replayed
from points.domain.findings import Code
from points.domain.ids import HouseholdId
from points.domain.operations import CardRef, Redeem
from points.domain.outcomes import Refusal
from points.domain.shown_cards import card_by_allowance
from points.service.allowances import (
    MadeAllowance,
    end_allowance,
    make_allowance,
    read_allowances,
)
from points.service.confirming import Giver, set_pin
from points.service.households import merge_households
from points.service.posting import Book, post
from points.service.reading import Balance, Page, read_balance, read_statement
from points.service.rebuilding import rebuild
from points.service.transactions import transaction
from points.service.verifying import verify
from points.storage.cards import numbers_taken
from points.storage.engine import Database
from tests.build import ask, make_catalog, make_device, make_redeem, make_undo
from tests.cheat import guards_asleep
from tests.desk import Dice, everything
from tests.market import BIN_BAGS, DAY, LI, NOW, PROGRAMME, WANG, WANG_CARD
from tests.save import WallClock, open_market

LIMITED = replace(PROGRAMME, unconfirmed_points_per_day_max=60)
FREE = replace(BIN_BAGS, per_household_per_event=None)
GRANDCHILD = Terms(label="孙女小王", points_max=100, last_day=DAY)
NUMBER = CardNumber(f"{WANG:09}")
PIN = "271836"


def open_up(database: Database, clock: WallClock | None = None) -> Book:
    catalog = make_catalog(LIMITED, FREE)
    book = open_market(database, catalog=catalog, points={WANG: 500, LI: 500}, clock=clock)
    set_pin(database, NUMBER, PIN, now=NOW, random_bytes=Dice())
    return book


def make(
    book: Book, terms: Terms = GRANDCHILD, *, pin: str | None = PIN, seed: int = 1
) -> MadeAllowance:
    giver = Giver(household=WANG, pin=pin)
    made = make_allowance(book, giver, terms, now=NOW, random_bytes=Dice(seed))
    assert isinstance(made, MadeAllowance), made
    return made


def ref_of(made: MadeAllowance) -> CardRef:
    return card_by_allowance(allowance_fingerprint(made.code))


def buy(made: MadeAllowance, quantity: int = 1) -> Redeem:
    return make_redeem(card=ref_of(made), quantity=quantity)


def why(outcome: Outcome) -> object:
    return outcome.reason if isinstance(outcome, Refused) else type(outcome)


def test_somebody_spends_a_households_points_and_the_statement_says_who(
    database: Database,
) -> None:
    book = open_up(database)
    made = make(book)

    told = [post(book, [ask(buy(made, 2), key=key)])[0] for key in ("one", "one", "two")]

    assert [why(one) for one in told] == [Accepted, Replayed, Refusal.ALLOWANCE_SHORT]
    assert isinstance(told[0], Accepted)
    assert (told[0].balance, told[1]) == (40, Replayed(told[0]))
    lines = read_statement(book, make_device(), WANG_CARD, page=Page(before=None, limit=5), now=NOW)
    assert not isinstance(lines, Refusal)
    assert [(line.posted.points, line.spent_by) for line in lines.lines] == [
        (-60, "孙女小王"),
        (500, None),
    ]
    assert [(it.number, it.left) for it in read_allowances(book, WANG)] == [
        (made.record.number, 40)
    ]
    assert verify(database, now=NOW).findings == ()


def test_neither_the_code_is_stored_nor_the_label_in_the_book(database: Database) -> None:
    book = open_up(database)
    made = make(book)
    post(book, [ask(buy(made))])

    stored = everything(database)

    assert made.code not in repr(stored)
    assert made.code not in repr(made)
    with transaction(database) as connection:
        for table, column in (("operation", "details"), ("request", "body")):
            found = connection.execute(text(f"SELECT {column} FROM {table}")).scalars()
            assert not any("小王" in str(one) for one in found)


def test_the_balance_is_what_is_left_of_it_and_a_statement_there_is_none(
    database: Database,
) -> None:
    book = open_up(database)
    made = make(book)
    page = Page(before=None, limit=5)

    balance = read_balance(book, make_device(), ref_of(made), now=NOW)
    tomorrow = read_balance(book, make_device(), ref_of(made), now=NOW + timedelta(days=1))

    assert balance == Balance(
        card=CardState.ACTIVE, available=100, booked=100, owed=0, expiring_soon=()
    )
    assert tomorrow is Refusal.ALLOWANCE_ENDED
    assert isinstance(
        read_statement(book, make_device(), ref_of(made), page=page, now=NOW), Refusal
    )


def test_what_was_ended_is_over_at_once_and_may_be_ended_again(database: Database) -> None:
    book = open_up(database)
    made = make(book)

    ended = end_allowance(book, WANG, made.record.number, now=NOW)
    again = end_allowance(book, WANG, made.record.number, now=NOW + timedelta(hours=1))

    assert ended == again == replace(made.record, ended_at=NOW)
    assert why(post(book, [ask(buy(made))])[0]) is Refusal.ALLOWANCE_ENDED
    assert read_balance(book, make_device(), ref_of(made), now=NOW) is Refusal.ALLOWANCE_ENDED


def test_nobody_ends_or_sees_anothers(database: Database) -> None:
    book = open_up(database)
    made = make(book)

    assert end_allowance(book, LI, made.record.number, now=NOW) == NotDone(
        reason=DeskFault.ALLOWANCE_UNKNOWN, details={"number": made.record.number}
    )
    assert read_allowances(book, LI) == read_allowances(book, HouseholdId(99)) == ()


def test_it_is_not_made_with_a_wrong_pin_for_nobody_or_too_often(database: Database) -> None:
    book = open_up(database)

    def try_to(giver: Giver) -> object:
        return make_allowance(book, giver, GRANDCHILD, now=NOW, random_bytes=Dice())

    assert try_to(Giver(household=WANG, pin="000001")) == NotDone(reason=Refusal.PIN_WRONG)
    assert try_to(Giver(household=HouseholdId(99))) == NotDone(reason=Refusal.HOUSEHOLD_UNKNOWN)
    for seed in range(LIVE_MAX):
        make(book, pin=None, seed=seed)
    assert try_to(Giver(household=WANG)) == NotDone(
        reason=DeskFault.TOO_MANY_ALLOWANCES, details={"most": LIVE_MAX}
    )


def test_without_the_pin_it_spends_no_more_than_a_card_alone(database: Database) -> None:
    book = open_up(database)
    bare, sure = make(book, pin=None, seed=1), make(book, seed=2)

    assert why(post(book, [ask(buy(bare, 3))])[0]) is Refusal.SECOND_FACTOR_NEEDED
    assert why(post(book, [ask(buy(sure, 3))])[0]) is Accepted


def test_its_number_is_on_no_card_and_no_card_gets_it(database: Database) -> None:
    book = open_up(database)
    made = make(book)

    with transaction(database) as connection:
        numbers = [made.record.number, make_card_number(10_000_000)]
        assert numbers_taken(connection, numbers) == {made.record.number}


def test_it_goes_with_its_household_and_what_was_taken_back_is_left_again(
    database: Database,
) -> None:
    book = open_up(database)
    made = make(book, replace(GRANDCHILD, points_max=1000))
    merge_households(book, WANG, LI, now=NOW)

    spent = post(book, [ask(buy(made, 20), key="one")])[0]
    post(book, [ask(make_undo("one"), by=OPERATOR)])

    assert why(spent) is Accepted
    assert [it.left for it in read_allowances(book, LI)] == [1000]
    assert verify(database, now=NOW).findings == ()


@pytest.mark.parametrize("tampering", ["spent = 0", "spent = 90", "points_max = 30"])
def test_what_was_tampered_with_is_found_and_what_was_spent_is_restored(
    database: Database, tampering: str
) -> None:
    book = open_up(database)
    post(book, [ask(buy(make(book), 2))])
    with transaction(database) as connection, guards_asleep(connection):
        connection.execute(text(f"UPDATE allowance SET {tampering}"))

    found = {one.code for one in verify(database, now=NOW).findings}
    rebuild(database)
    left = {one.code for one in verify(database, now=NOW).findings}

    is_terms = "points_max" in tampering
    beyond = {Code.LIMIT_EXCEEDED} if is_terms else set()
    assert found == {Code.ALLOWANCE_DIFFERS} | beyond
    assert left == (found if is_terms else set())
