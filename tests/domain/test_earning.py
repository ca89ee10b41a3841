from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction

import pytest

from points.domain.access import OPERATOR, Credential, Role
from points.domain.facts import Accepted, Outcome, Posted, Refused
from points.domain.ids import (
    ActivityKey,
    OperationId,
    SystemAccount,
    budget,
    lot_id,
    owed,
    system,
    wallet,
)
from points.domain.ledger import Account, Entry, Lot
from points.domain.operations import (
    QUANTITY_MAX,
    Earn,
    Evidence,
    Kind,
    Phase,
    canonical,
    fingerprint,
)
from points.domain.outcomes import Refusal
from points.domain.periods import DaysValid
from points.domain.programme import Activity, Event, Fixed
from tests.build import (
    ask,
    make_catalog,
    make_device,
    make_earn,
    make_facts,
    make_lot,
    with_version,
    without,
)
from tests.market import (
    BOOTHS,
    CHECK_IN,
    CORRIDORS,
    DAY,
    GAME,
    HAND_IN,
    MARKET,
    NOW,
    POINTS_END,
    PROGRAMME,
    QUIZ,
    REDEEMING,
    SHIFT,
    SORTING,
    WANG,
    WANG_SENIOR,
    at,
)
from tests.memory import Memory

FIRST = OperationId(1000)


def accepted(points: int, **details: int) -> Accepted:
    return Accepted(operation=FIRST, points=points, balance=points, details=details)


def test_fixed_points_are_paid_and_everything_about_it_is_written_down() -> None:
    book = Memory()
    asked = ask(make_earn(), key="one")

    assert book.tell(asked) == accepted(10)

    body = canonical(asked.operation)
    paid = Entry(
        operation=FIRST,
        line=0,
        debit=system(SystemAccount.ISSUED),
        credit=wallet(WANG),
        amount=10,
        lot=lot_id(FIRST, 0),
        expires_at=POINTS_END,
        debit_seq=None,
        credit_seq=1,
    )
    assert book.posted == [
        Posted(
            id=FIRST,
            ref=asked.ref,
            kind=Kind.EARN,
            body=body,
            fingerprint=fingerprint(body),
            evidence=Evidence.LIVE,
            occurred_at=NOW,
            posted_at=NOW,
            local_day=DAY,
            household=WANG,
            resident=WANG_SENIOR,
            event=MARKET.key,
            booth=REDEEMING,
            item=CHECK_IN.key,
            version=1,
            quantity=1,
            points=10,
            balance_after=10,
            reference="market/check-in:1:2019-12-05:1",
            entries=(paid,),
        )
    ]
    assert book.facts.lots == (
        Lot(
            id=lot_id(FIRST, 0),
            account=wallet(WANG),
            amount=10,
            remaining=10,
            expires_at=POINTS_END,
        ),
    )


@pytest.mark.parametrize(("right", "points"), [(0, 0), (1, 1), (10, 10), (11, 10)])
def test_every_correct_answer_pays_up_to_a_most(right: int, points: int) -> None:
    outcome = Memory().tell(make_earn(activity=QUIZ.key, quantity=right))

    assert outcome == accepted(points)


@pytest.mark.parametrize(
    ("grams", "points"),
    [
        ({"paper": 499}, 0),
        ({"paper": 500}, 1),
        ({"glass": 4999}, 0),
        ({"glass": 5000}, 1),
        ({"paper": 1250, "metal": 62, "glass": 20}, 3),
    ],
)
def test_weight_pays_by_the_gram_and_is_rounded_down_once(
    grams: Mapping[str, int], points: int
) -> None:
    book = Memory()

    assert book.tell(make_earn(activity=HAND_IN.key, grams=grams)) == accepted(points)
    assert book.posted[0].quantity == sum(grams.values())


def test_weights_are_added_before_they_are_rounded() -> None:
    apart = [{"paper": 300}, {"metal": 75}]
    together = {"paper": 300, "metal": 75}
    exact = Fraction(2) * 300 / 1000 + Fraction(8) * 75 / 1000

    paid = [Memory().tell(make_earn(activity=HAND_IN.key, grams=one)) for one in apart]

    assert exact > 1
    assert paid == [accepted(0), accepted(0)]
    assert Memory().tell(make_earn(activity=HAND_IN.key, grams=together)) == accepted(1)


def test_a_material_without_a_rate_is_not_weighed() -> None:
    outcome = Memory().tell(make_earn(activity=HAND_IN.key, grams={"paper": 1000, "gold": 1}))

    assert outcome == Refused(reason=Refusal.MATERIAL_UNKNOWN)


@pytest.mark.parametrize(
    "scan",
    [
        make_earn(quantity=0),
        make_earn(quantity=2),
        make_earn(quantity=-1),
        make_earn(grams={"paper": 1000}),
        make_earn(phase=Phase.CHECK_IN),
        make_earn(building="3"),
        make_earn(activity=QUIZ.key),
        make_earn(activity=QUIZ.key, quantity=-1),
        make_earn(activity=QUIZ.key, quantity=QUANTITY_MAX + 1),
        make_earn(activity=QUIZ.key, quantity=2**63),
        make_earn(activity=HAND_IN.key),
        make_earn(activity=HAND_IN.key, grams={}),
        make_earn(activity=HAND_IN.key, grams={"paper": 0}),
        make_earn(activity=HAND_IN.key, grams={"paper": -1000, "metal": 9000}),
        make_earn(activity=HAND_IN.key, grams={"paper": QUANTITY_MAX + 1}),
        make_earn(activity=HAND_IN.key, grams={"paper": 1000}, quantity=3),
        make_earn(activity=SHIFT.key),
    ],
)
def test_a_scan_that_counts_wrongly_moves_nothing(scan: Earn) -> None:
    book = Memory()

    assert book.tell(scan) == Refused(reason=Refusal.QUANTITY_INVALID)
    assert (book.posted, book.facts.accounts) == ([], make_facts().accounts)


def test_a_scan_may_say_that_it_counts_once() -> None:
    assert Memory().tell(make_earn(quantity=1)) == accepted(10)


EARNER = Role.EARN


@pytest.mark.parametrize(
    ("phone", "activity", "is_known"),
    [
        (make_device(role=EARNER, booth=BOOTHS[7].key), GAME.key, True),
        (make_device(role=EARNER, booth=BOOTHS[7].key), CHECK_IN.key, False),
        (make_device(role=EARNER, booth=None), GAME.key, True),
        (make_device(role=Role.REDEEM), CHECK_IN.key, True),
        (make_device(role=Role.REDEEM), GAME.key, False),
        (make_device(role=Role.SUPERVISOR), GAME.key, True),
        (make_device(role=Role.SUPERVISOR, event=CORRIDORS.key), GAME.key, False),
        (make_device(role=EARNER, booth=None, event=CORRIDORS.key), GAME.key, False),
        (OPERATOR, GAME.key, True),
        (OPERATOR, ActivityKey("market/none"), False),
    ],
)
def test_a_phone_knows_the_activities_of_its_booth_and_a_supervisors_those_of_the_event(
    phone: Credential, activity: ActivityKey, *, is_known: bool
) -> None:
    outcome = Memory().tell(ask(make_earn(activity=activity), by=phone))

    assert (outcome != Refused(reason=Refusal.ACTIVITY_UNKNOWN)) is is_known


def test_an_activity_that_was_withdrawn_is_unknown_from_then_on() -> None:
    catalog = without(make_catalog(), CHECK_IN, valid_from=NOW)

    def told(scan: Earn) -> Outcome:
        return Memory(make_facts(catalog=catalog)).tell(scan)

    assert told(make_earn()) == Refused(reason=Refusal.ACTIVITY_UNKNOWN)
    assert told(make_earn(occurred_at=NOW - timedelta(minutes=1))) == accepted(10)


def test_an_activity_of_a_withdrawn_event_is_unknown() -> None:
    catalog = without(make_catalog(), MARKET, valid_from=NOW)

    outcome = Memory(make_facts(catalog=catalog)).tell(make_earn())

    assert outcome == Refused(reason=Refusal.ACTIVITY_UNKNOWN)


def test_a_scan_is_paid_by_the_rule_of_its_moment_however_late_it_arrives() -> None:
    catalog = with_version(make_catalog(), replace(CHECK_IN, rule=Fixed(points=99)), valid_from=NOW)
    book = Memory(make_facts(catalog=catalog, now=NOW + timedelta(days=3)))

    late = make_earn(occurred_at=NOW - timedelta(seconds=1), is_offline=True)

    assert book.tell(late) == accepted(10)
    assert book.posted[0].version == 1


def test_an_award_is_counted_against_the_budgets_of_activity_and_event() -> None:
    catalog = make_catalog(replace(CHECK_IN, points_budget=25), replace(MARKET, points_budget=40))
    book = Memory(make_facts(catalog=catalog))

    book.tell(make_earn())

    assert (book.left_to_award(CHECK_IN.key), book.left_to_award(MARKET.key)) == (15, 30)
    granted = [
        (entry.debit, entry.credit, entry.amount)
        for entry in book.posted[0].entries
        if entry.lot is None
    ]
    assert granted == [
        (budget(catalog.budgets[item]), system(SystemAccount.GRANTED), 10)
        for item in (CHECK_IN.key, MARKET.key)
    ]


@pytest.mark.parametrize("limited", [SORTING, MARKET], ids=["of the activity", "of the event"])
def test_an_award_that_a_budget_does_not_cover_is_refused_whole(
    limited: Activity | Event,
) -> None:
    book = Memory(make_facts(catalog=make_catalog(replace(limited, points_budget=15))))

    paid, refused = book.post(make_earn(activity=SORTING.key), make_earn(activity=SORTING.key))

    assert (paid, refused) == (accepted(10), Refused(reason=Refusal.BUDGET_EXHAUSTED))
    assert book.left_to_award(limited.key) == 5


def test_an_empty_budget_does_not_stop_what_pays_nothing() -> None:
    catalog = make_catalog(replace(QUIZ, points_budget=0))

    outcome = Memory(make_facts(catalog=catalog)).tell(make_earn(activity=QUIZ.key, quantity=0))

    assert outcome == accepted(0)


def test_points_pay_first_what_the_household_owes() -> None:
    facts = make_facts()
    book = Memory(replace(facts, accounts={**facts.accounts, owed(WANG): Account(4, 1)}))

    outcome = book.tell(make_earn())

    assert outcome == Accepted(operation=FIRST, points=10, balance=6)
    assert (book.owes(WANG), book.lots(WANG)) == (0, [(6, POINTS_END)])


def test_what_has_ended_goes_as_soon_as_the_household_is_touched() -> None:
    book = Memory(make_facts(lots=[make_lot(points=70, expires_at=NOW)]))

    assert book.tell(make_earn()) == accepted(10)
    assert (book.posted[0].expired, book.points(WANG)) == (70, 10)


def test_points_that_ended_on_their_way_are_not_shown_as_spendable() -> None:
    catalog = make_catalog(replace(PROGRAMME, expires=DaysValid(1)))
    book = Memory(make_facts(catalog=catalog, now=at("00:00", on=DAY.replace(day=7))))

    outcome = book.tell(make_earn(is_offline=True))

    assert outcome == Accepted(operation=FIRST, points=10, balance=0)
    assert (book.posted[0].expired, book.lots(WANG)) == (10, [])
