from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from points.domain.access import OPERATOR, Role
from points.domain.cases import CaseKind, NewCase
from points.domain.facts import Accepted, CardState, Refused, Replayed
from points.domain.ids import (
    AccountId,
    OperationId,
    SystemAccount,
    leased,
    owed,
    system,
    wallet,
)
from points.domain.ledger import Account
from points.domain.operations import POINTS_MAX, Adjust, Merge, OperationKey, Redeem, canonical
from points.domain.outcomes import Refusal
from tests.build import (
    ask,
    make_card,
    make_catalog,
    make_device,
    make_facts,
    make_redeem,
    make_undo,
    with_version,
    without,
)
from tests.goods import BAGS, COLLEAGUE, PHONE, RICH, equip, handout, in_review, make_book
from tests.market import (
    BIN_BAGS,
    LI,
    LI_CARD,
    MARKET,
    NOW,
    PROGRAMME,
    QINGSHUI,
    REDEEMING,
    WANG,
    WANG_CARD,
    at,
)
from tests.memory import Memory

FREE = replace(BIN_BAGS, per_household_per_event=None)


def test_goods_handed_out_without_a_network_come_from_what_the_phone_had() -> None:
    book = make_book(points=100)

    outcome = book.tell(handout(quantity=2))

    assert outcome == Accepted(operation=OperationId(1001), points=-60, balance=40)
    assert (book.pieces(BAGS), book.pieces_with(4, BAGS)) == (391, 7)
    assert book.cases == []


def test_a_phone_that_had_too_few_is_not_believed_and_the_book_does_not_move() -> None:
    book = make_book(leased_pieces=1)
    before = book.facts.accounts

    asked = handout("two", quantity=2)
    outcome = book.tell(asked)

    assert outcome == in_review(Refusal.OUT_OF_STOCK, left=1)
    assert book.facts.accounts == before
    assert book.cases == [
        NewCase(
            kind=CaseKind.REVIEW,
            reference="review:operation:device:4:two",
            device=PHONE.id,
            event=MARKET.key,
            booth=REDEEMING,
            household=WANG,
            key=OperationKey("two"),
            body=canonical(asked.operation),
            is_offline=True,
            details={"doubts": "out_of_stock", "left": 1},
        )
    ]


def test_what_is_kept_is_answered_the_same_whenever_it_comes_again() -> None:
    book = make_book(leased_pieces=1)
    asked = handout("two", quantity=2)

    outcomes = [*book.post(asked, asked), book.tell(asked)]

    first = in_review(Refusal.OUT_OF_STOCK, left=1)
    assert outcomes == [first, Replayed(first), Replayed(first)]
    assert len(book.cases) == 1


def test_what_is_kept_for_a_person_may_still_be_taken_back_once_it_is_booked() -> None:
    book = make_book(leased_pieces=1)

    book.tell(handout("two", quantity=2))

    undo = ask(make_undo("two"), by=PHONE)
    assert book.tell(undo) == Refused(reason=Refusal.OPERATION_UNKNOWN)


def test_what_another_phone_had_does_not_count() -> None:
    book = make_book(leased_pieces=9)

    assert book.tell(handout(by=COLLEAGUE)) == in_review(Refusal.OUT_OF_STOCK, left=0)


def test_what_is_short_of_points_is_owed_and_a_person_is_told() -> None:
    book = make_book(points=50)
    shelf = book.facts.catalog.shelves[BAGS]

    outcome = book.tell(handout("two", quantity=2))

    assert outcome == Accepted(
        operation=OperationId(1001), points=-60, balance=0, details={"owed": 10}
    )
    assert (book.points(WANG), book.owes(WANG)) == (0, 10)
    moved = [(it.debit, it.credit, it.amount) for it in book.posted[-1].entries]
    redeemed = system(SystemAccount.REDEEMED)
    assert moved == [
        (wallet(WANG), redeemed, 50),
        (owed(WANG), redeemed, 10),
        (leased(4, shelf), system(SystemAccount.HANDED_OUT), 2),
    ]
    assert book.cases == [
        NewCase(
            kind=CaseKind.OVERSPENT,
            reference="operation:device:4:two",
            device=PHONE.id,
            event=MARKET.key,
            booth=REDEEMING,
            household=WANG,
            key=OperationKey("two"),
            operation=OperationId(1001),
            details={"owed": 10},
        )
    ]


def test_who_has_nothing_owes_everything_and_the_next_points_pay_it() -> None:
    book = make_book(points=0)
    book.tell(handout())

    gift = Adjust(household=WANG, points=40, reason="gift", approver="Chen", occurred_at=NOW)
    outcome = book.tell(ask(gift, by=OPERATOR))

    assert outcome == Accepted(operation=OperationId(1002), points=40, balance=10)
    assert book.owes(WANG) == 0


def test_more_than_a_household_may_have_is_booked_and_a_person_is_told() -> None:
    book = make_book()
    book.tell(handout(quantity=2))

    outcome = book.tell(handout("third"))

    assert isinstance(outcome, Accepted)
    assert outcome.details == {"over_limit": 1}
    assert [(case.kind, case.details) for case in book.cases] == [
        (CaseKind.LIMIT_EXCEEDED, {"over_limit": 1})
    ]


def test_one_handout_tells_how_many_of_its_own_pieces_were_too_many() -> None:
    book = make_book(replace(PROGRAMME, offline_points_per_card_max=1000))
    book.tell(handout(quantity=3))

    outcomes = book.post(handout(quantity=2), handout())

    told = [it.details for it in outcomes if isinstance(it, Accepted)]
    assert told == [{"over_limit": 2}, {"over_limit": 1}]


def test_what_is_both_too_much_and_not_paid_for_is_one_case() -> None:
    book = make_book(points=60)
    book.tell(handout(quantity=2))

    book.tell(handout("third"))

    [case] = book.cases
    assert (case.kind, case.details) == (CaseKind.OVERSPENT, {"owed": 30, "over_limit": 1})


def test_a_phone_may_give_each_household_so_much_without_a_network() -> None:
    book = make_book(replace(PROGRAMME, offline_points_per_card_max=70), FREE)

    outcomes = book.post(handout(quantity=2), handout(), handout(card=LI_CARD, quantity=2))

    assert [type(it) for it in outcomes] == [Accepted, Refused, Accepted]
    assert outcomes[1] == in_review(Refusal.OFFLINE_LIMIT_REACHED, points_left=10)


def test_what_was_redeemed_live_or_at_another_phone_or_taken_back_leaves_the_bound_alone() -> None:
    book = make_book(replace(PROGRAMME, offline_points_per_card_max=60), FREE)
    equip(book, 2, by=COLLEAGUE)
    book.post(ask(make_redeem(quantity=2), by=PHONE), handout(by=COLLEAGUE, quantity=2))
    book.post(handout("back", quantity=2), ask(make_undo("back"), by=PHONE))

    assert isinstance(book.tell(handout(quantity=2)), Accepted)
    assert book.tell(handout()) == in_review(Refusal.OFFLINE_LIMIT_REACHED, points_left=0)


def test_two_households_that_are_one_share_the_bound() -> None:
    book = make_book(replace(PROGRAMME, offline_points_per_card_max=60), FREE)
    book.post(handout(), handout(card=LI_CARD))
    book.tell(ask(Merge(source=LI, into=WANG, occurred_at=NOW), by=OPERATOR))

    assert book.tell(handout()) == in_review(Refusal.OFFLINE_LIMIT_REACHED, points_left=0)


def test_where_nothing_may_be_spent_without_a_network_all_of_it_is_in_doubt() -> None:
    book = make_book(replace(PROGRAMME, offline_points_per_card_max=0))

    assert book.tell(handout()) == in_review(Refusal.OFFLINE_LIMIT_REACHED, points_left=0)


@pytest.mark.parametrize(
    ("hours", "is_honoured"), [(1, True), (23.99, True), (24, False), (25, False)]
)
def test_a_price_that_changed_is_honoured_for_a_day(hours: float, *, is_honoured: bool) -> None:
    dearer = replace(FREE, price=40)
    catalog = make_catalog(FREE, replace(MARKET, tolerance_minutes=60 * 48))
    catalog = with_version(catalog, dearer, valid_from=NOW - timedelta(hours=hours))
    book = Memory(make_facts(catalog=catalog, points={WANG: RICH}))
    equip(book)

    outcome = book.tell(handout(price_shown=30))

    if is_honoured:
        assert isinstance(outcome, Accepted)
        assert (outcome.points, book.posted[-1].version) == (-30, 1)
    else:
        assert outcome == in_review(Refusal.PRICE_CHANGED, price=40)


def test_of_two_versions_with_the_price_that_was_shown_the_newer_counts() -> None:
    catalog = make_catalog(FREE)
    for hours, price in ((3, 40), (2, 30), (1, 50)):
        item = replace(FREE, price=price)
        catalog = with_version(catalog, item, valid_from=NOW - timedelta(hours=hours))
    book = Memory(make_facts(catalog=catalog, points={WANG: RICH}))
    equip(book)

    book.tell(handout(price_shown=30))

    assert book.posted[-1].version == 3


def test_a_price_that_is_still_to_come_was_never_shown() -> None:
    catalog = with_version(
        make_catalog(FREE), replace(FREE, price=20), valid_from=NOW + timedelta(seconds=1)
    )
    book = Memory(make_facts(catalog=catalog, points={WANG: RICH}))
    equip(book)

    assert book.tell(handout(price_shown=20)) == in_review(Refusal.PRICE_CHANGED, price=30)


def test_a_reward_that_was_just_withdrawn_may_have_been_handed_out() -> None:
    catalog = without(make_catalog(FREE), FREE, valid_from=NOW - timedelta(hours=1))
    book = Memory(make_facts(catalog=catalog, points={WANG: RICH}))
    book.facts = replace(book.facts, accounts={**book.facts.accounts, **_five_with(book)})

    assert isinstance(book.tell(handout()), Accepted)
    unheard = handout(price_shown=31)
    assert book.tell(unheard) == Refused(reason=Refusal.REWARD_UNKNOWN)


def _five_with(book: Memory) -> dict[AccountId, Account]:
    return {leased(4, book.facts.catalog.shelves[BAGS]): Account(5)}


@pytest.mark.parametrize("state", [CardState.FROZEN, CardState.REPLACED])
def test_a_card_that_was_stopped_before_is_for_a_person_to_judge(state: CardState) -> None:
    book = make_book()
    stopped = make_card(WANG, state=state, stopped_at=NOW)
    book.facts = replace(book.facts, cards={**book.facts.cards, WANG_CARD: stopped})
    reason = {
        CardState.FROZEN: Refusal.CARD_FROZEN,
        CardState.REPLACED: Refusal.CARD_REPLACED,
    }[state]

    before = handout(occurred_at=NOW - timedelta(seconds=1))
    assert isinstance(book.tell(before), Accepted)
    assert book.tell(handout()) == in_review(reason)


@pytest.mark.parametrize(
    ("clock", "reason"), [("08:30", Refusal.NOT_OPEN_YET), ("12:30", Refusal.CLOSED)]
)
def test_outside_the_hours_of_the_event_it_is_for_a_person_to_judge(
    clock: str, reason: Refusal
) -> None:
    book = make_book()
    book.set(at("13:00"))

    outcome = book.tell(handout(occurred_at=at(clock)))

    assert isinstance(outcome, Refused)
    assert (outcome.reason, outcome.details["doubts"]) == (Refusal.IN_REVIEW, reason)


def test_everything_that_is_doubtful_is_told_at_once() -> None:
    book = make_book(leased_pieces=1)
    book.facts = replace(
        book.facts,
        cards={**book.facts.cards, WANG_CARD: make_card(state=CardState.FROZEN, stopped_at=NOW)},
        catalog=make_catalog(replace(PROGRAMME, offline_points_per_card_max=10)),
    )

    outcome = book.tell(handout(quantity=2, price_shown=20))

    assert outcome == in_review(
        *(Refusal.CARD_FROZEN, Refusal.PRICE_CHANGED),
        *(Refusal.OUT_OF_STOCK, Refusal.OFFLINE_LIMIT_REACHED),
        points_left=10,
        left=1,
        price=30,
    )


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"card": "code:ff"}, Refusal.CARD_UNKNOWN),
        ({"reward": "market/nothing"}, Refusal.REWARD_UNKNOWN),
        ({"reserve": "giants"}, Refusal.RESERVE_UNKNOWN),
        ({"quantity": 0}, Refusal.QUANTITY_INVALID),
        ({"price_shown": -1}, Refusal.QUANTITY_INVALID),
        ({"price_shown": POINTS_MAX, "quantity": 2}, Refusal.QUANTITY_INVALID),
        ({"occurred_at": NOW + timedelta(hours=1)}, Refusal.CLOCK_OFF),
        ({"occurred_at": NOW - timedelta(days=15)}, Refusal.TOO_OLD),
    ],
)
def test_what_cannot_have_happened_is_refused_as_ever(
    change: dict[str, Any], reason: Refusal
) -> None:
    asked = handout()
    redeem: Redeem = replace(make_redeem(is_offline=True), **change)

    outcome = make_book().tell(replace(asked, operation=redeem))

    assert isinstance(outcome, Refused)
    assert outcome.reason is reason


def test_where_nothing_is_handed_out_nothing_was() -> None:
    elsewhere = make_device(booth=None)

    outcome = make_book().tell(handout(by=elsewhere))

    assert outcome == Refused(reason=Refusal.NOT_ALLOWED)


def test_a_household_of_another_community_is_refused_as_ever() -> None:
    outcome = make_book(replace(MARKET, community=QINGSHUI.key)).tell(handout())

    assert outcome == Refused(reason=Refusal.OTHER_COMMUNITY)


def test_what_was_sent_live_before_keeps_its_answer() -> None:
    book = make_book(leased_pieces=1)
    live = ask(make_redeem(), by=PHONE, key="one")
    first = book.tell(live)
    assert isinstance(first, Accepted)

    assert book.tell(handout("one")) == Replayed(first)
    assert book.pieces_with(4, BAGS) == 1


@pytest.mark.parametrize("role", [Role.REDEEM, Role.SUPERVISOR])
def test_whoever_hands_goods_out_may_do_so_without_a_network(role: Role) -> None:
    assert isinstance(make_book().tell(handout(by=make_device(role=role))), Accepted)
