"""What a household may allow, and what an allowance may be used for."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from points.domain.access import OPERATOR
from points.domain.allowances import AllowanceRecord, Terms, terms_fault
from points.domain.cards import CardNumber
from points.domain.desk import DeskFault, NotDone
from points.domain.facts import Accepted, Allowance, CardState, Outcome, Refused, Replayed
from points.domain.ids import AllowanceId
from points.domain.operations import CashSlip, Merge, Redeem, SlipRef
from points.domain.outcomes import Refusal
from points.domain.programme import Programme
from points.domain.shown_cards import card_by_allowance
from tests.build import ask, make_card, make_catalog, make_earn, make_facts, make_redeem, make_undo
from tests.market import BIN_BAGS, DAY, LI, NOW, PROGRAMME, WANG
from tests.memory import Memory

FREE = replace(BIN_BAGS, per_household_per_event=None)
CARD = card_by_allowance(bytes([7]) * 32)
GRANDCHILD = Terms(label="孙女", points_max=100, last_day=DAY)


def make_book(programme: Programme = PROGRAMME, **given: Any) -> Memory:
    card = make_card(WANG, resident=None)
    allowance = replace(
        Allowance(id=AllowanceId(5), card=card, points_max=100, last_day=DAY, is_confirmed=True),
        **given,
    )
    facts = make_facts(catalog=make_catalog(programme, FREE), points={WANG: 500, LI: 500})
    return Memory(replace(facts, allowances={CARD: allowance}))


def buy(quantity: int = 1, **given: Any) -> Redeem:
    return make_redeem(card=CARD, quantity=quantity, **given)


def said(outcome: Outcome) -> object:
    return outcome.reason if isinstance(outcome, Refused) else type(outcome)


@pytest.mark.parametrize(
    ("changed", "due"),
    [
        ({}, None),
        ({"last_day": DAY + timedelta(days=366)}, None),
        ({"label": ""}, DeskFault.NAME_INVALID),
        ({"label": "=1+1"}, DeskFault.NAME_INVALID),
        ({"points_max": 0}, DeskFault.ALLOWANCE_INVALID),
        ({"points_max": 10_000_001}, DeskFault.ALLOWANCE_INVALID),
        ({"last_day": DAY - timedelta(days=1)}, DeskFault.ALLOWANCE_INVALID),
        ({"last_day": DAY + timedelta(days=367)}, DeskFault.ALLOWANCE_INVALID),
    ],
)
def test_a_household_allows_some_points_to_somebody_until_a_day(
    changed: dict[str, Any], due: object
) -> None:
    fault = terms_fault(replace(GRANDCHILD, **changed), DAY)

    assert (fault.reason if isinstance(fault, NotDone) else None) is due


@pytest.mark.parametrize(
    ("spent", "ended", "today", "is_live"),
    [
        (99, False, DAY, True),
        (100, False, DAY, False),
        (0, True, DAY, False),
        (0, False, DAY + timedelta(days=1), False),
    ],
)
def test_an_allowance_lives_until_it_is_spent_ended_or_over(
    *, spent: int, ended: bool, today: date, is_live: bool
) -> None:
    record = AllowanceRecord(
        id=AllowanceId(5),
        number=CardNumber("271836501"),
        terms=GRANDCHILD,
        spent=spent,
        made_at=NOW,
        ended_at=NOW if ended else None,
    )

    assert (record.is_live(today), record.left) == (is_live, 100 - spent)
    assert "孙女" not in repr(record)


def test_it_spends_the_households_points_and_tells_only_what_is_left_of_itself() -> None:
    book = make_book()

    told = [book.tell(ask(buy(2), key=key)) for key in ("one", "one")]

    first = told[0]
    assert isinstance(first, Accepted)
    assert (first.points, first.balance) == (-60, 40)
    assert told[1] == Replayed(first)
    assert book.posted[-1].details == {
        "allowance": 5,
        "allowance_left": 40,
        "confirmed": "allowance",
    }
    assert (book.points(WANG), book.facts.allowances[CARD].spent) == (440, 60)


def test_no_more_is_spent_than_was_allowed_also_within_one_batch() -> None:
    book = make_book()

    told = book.post(ask(buy(2)), ask(buy(2)), ask(buy(1)))

    short = Refused(reason=Refusal.ALLOWANCE_SHORT, details={"left": 40})
    assert [said(told[0]), told[1], said(told[2])] == [Accepted, short, Accepted]


def test_what_is_taken_back_may_be_spent_again() -> None:
    book = make_book()
    book.tell(ask(buy(3), key="first"))
    book.tell(make_undo("first"))

    assert book.facts.allowances[CARD].spent == 0
    assert said(book.tell(buy(3))) is Accepted


@pytest.mark.parametrize(
    ("changed", "due"),
    [
        ({"last_day": DAY}, Accepted),
        ({"last_day": DAY - timedelta(days=1)}, Refusal.ALLOWANCE_ENDED),
        (
            {"card": make_card(WANG, state=CardState.FROZEN, stopped_at=NOW + timedelta(hours=1))},
            Refusal.ALLOWANCE_ENDED,
        ),
    ],
)
def test_it_is_over_after_its_last_day_and_at_once_where_the_household_ended_it(
    changed: dict[str, Any], due: object
) -> None:
    assert said(make_book(**changed).tell(buy())) is due


def test_it_earns_nothing_and_cashes_no_slip() -> None:
    book = make_book()

    earned = book.tell(make_earn(card=CARD))
    cashed = book.tell(CashSlip(slip=SlipRef("aa"), card=CARD, occurred_at=NOW))

    assert [said(one) for one in (earned, cashed)] == [Refusal.CARD_UNKNOWN] * 2


def test_it_goes_with_its_household_into_another() -> None:
    book = make_book(points_max=1000)
    book.tell(ask(Merge(source=WANG, into=LI, occurred_at=NOW), by=OPERATOR))

    assert said(book.tell(buy(20))) is Accepted
    assert book.posted[-1].household == LI


def test_of_a_household_that_has_too_little_whoever_carries_it_learns_nothing() -> None:
    outcome = make_book(points_max=10_000).tell(buy(30))

    assert outcome == Refused(reason=Refusal.POINTS_SHORT)


@pytest.mark.parametrize(
    ("is_confirmed", "due"), [(True, Accepted), (False, Refusal.SECOND_FACTOR_NEEDED)]
)
def test_one_made_without_the_pin_spends_no_more_than_a_card_alone(
    *, is_confirmed: bool, due: object
) -> None:
    limited = replace(PROGRAMME, unconfirmed_points_per_day_max=60)
    book = make_book(limited, is_confirmed=is_confirmed)

    assert said(book.tell(buy(3))) is due


def test_without_a_network_a_person_looks_at_what_went_beyond_it() -> None:
    book = make_book(points_max=40)
    book.facts = replace(
        book.facts,
        allowances={CARD: replace(book.facts.allowances[CARD], last_day=DAY)},
    )

    outcome = book.tell(buy(2, is_offline=True))

    assert said(outcome) is Refusal.IN_REVIEW
    assert isinstance(outcome, Refused)
    assert "allowance_short" in str(outcome.details["doubts"]).split(",")
    assert book.cases[0].household == WANG
