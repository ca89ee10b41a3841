from dataclasses import replace
from datetime import timedelta

import pytest

from points.domain.access import OPERATOR, Role
from points.domain.cases import CaseId, CaseKind
from points.domain.doubts import has_case, in_review, with_case
from points.domain.facts import Accepted, CardState, Conflict, Outcome, Refused, Replayed
from points.domain.ids import CredentialId, OperationId
from points.domain.operations import Operation, canonical
from points.domain.outcomes import Refusal
from tests.build import ask, make_card, make_device, make_earn, make_facts, make_redeem
from tests.goods import PHONE, equip, handout, lease
from tests.market import LI, MARKET, NOW, WANG, WANG_CARD
from tests.memory import Memory

HOUR = timedelta(hours=1)
REVOKED = Refused(reason=Refusal.IN_REVIEW, details={"doubts": "credential_revoked"})
PARTNER = replace(make_device(role=Role.PARTNER), id=CredentialId("partner:1"))


def make_book() -> Memory:
    return Memory(make_facts(points={WANG: 1000, LI: 1000}))


def revoked(book: Memory, *ids: CredentialId) -> Memory:
    book.facts = replace(book.facts, revoked=dict.fromkeys(ids, NOW))
    return book


BEFORE: list[Operation] = [
    make_earn(occurred_at=NOW - HOUR, is_offline=True),
    make_earn(occurred_at=NOW - HOUR),
    make_redeem(occurred_at=NOW - HOUR),
    lease(occurred_at=NOW - HOUR),
]


@pytest.mark.parametrize("operation", BEFORE, ids=lambda it: it.kind)
def test_what_a_phone_did_before_it_was_shut_out_is_for_a_person_to_judge(
    operation: Operation,
) -> None:
    book = revoked(make_book(), PHONE.id)
    before = book.facts.accounts

    assert book.tell(ask(operation, by=PHONE, key="one")) == REVOKED

    assert book.facts.accounts == before
    [case] = book.cases
    assert (case.kind, case.body) == (CaseKind.REVIEW, canonical(operation))


@pytest.mark.parametrize("moment", [NOW, NOW + timedelta(seconds=1)])
def test_what_it_did_since_is_refused(moment: object) -> None:
    book = revoked(make_book(), PHONE.id)
    late = replace(make_earn(is_offline=True), occurred_at=moment)  # type: ignore[arg-type]

    assert book.tell(ask(late, by=PHONE)) == Refused(reason=Refusal.CREDENTIAL_REVOKED)
    assert book.cases == []


def test_a_partners_till_that_was_shut_out_is_refused_whatever_it_says() -> None:
    book = revoked(make_book(), PARTNER.id)
    early = make_redeem(occurred_at=NOW - HOUR)

    assert book.tell(ask(early, by=PARTNER)) == Refused(reason=Refusal.CREDENTIAL_REVOKED)


def test_what_a_phone_may_not_do_it_could_not_do_before_either() -> None:
    phone = make_device(role=Role.EARN)
    book = revoked(make_book(), phone.id)

    outcome = book.tell(ask(make_redeem(occurred_at=NOW - HOUR), by=phone))

    assert outcome == Refused(reason=Refusal.NOT_ALLOWED)


def test_all_that_is_doubtful_about_a_handout_is_told_with_it() -> None:
    book = make_book()
    equip(book, 1)
    revoked(book, PHONE.id)

    outcome = book.tell(handout(quantity=2, price_shown=20, occurred_at=NOW - HOUR))

    assert outcome == Refused(
        reason=Refusal.IN_REVIEW,
        details={"doubts": "credential_revoked,price_changed,out_of_stock", "price": 30, "left": 1},
    )


def test_a_handout_of_an_unknown_card_is_kept_all_the_same() -> None:
    book = revoked(make_book(), PHONE.id)
    book.facts = replace(book.facts, cards={})

    assert book.tell(handout(occurred_at=NOW - HOUR)) == REVOKED
    assert book.cases[0].household is None


def test_what_is_approved_counts_although_its_phone_was_shut_out() -> None:
    book = revoked(make_book(), PHONE.id)
    kept = ask(make_earn(occurred_at=NOW - HOUR), by=PHONE)

    outcome = book.tell(replace(kept, waived=frozenset({Refusal.CREDENTIAL_REVOKED})))

    assert outcome == Accepted(
        operation=OperationId(1000), points=10, balance=1010, details={"approved": 1}
    )


def test_what_is_approved_is_held_to_all_other_rules() -> None:
    book = revoked(make_book(), PHONE.id)
    frozen = make_card(state=CardState.FROZEN, stopped_at=NOW - 2 * HOUR)
    book.facts = replace(book.facts, cards={WANG_CARD: frozen})
    kept = ask(make_earn(occurred_at=NOW - HOUR), by=PHONE)

    outcome = book.tell(replace(kept, waived=frozenset({Refusal.CREDENTIAL_REVOKED})))

    assert outcome == Refused(reason=Refusal.CARD_FROZEN)


def closed(book: Memory) -> Memory:
    book.facts = replace(book.facts, closed_events=frozenset({MARKET.key}))
    return book


@pytest.mark.parametrize("operation", [make_earn(), make_redeem(), lease()], ids=lambda it: it.kind)
def test_what_comes_after_an_event_was_closed_is_for_a_person_to_judge(
    operation: Operation,
) -> None:
    outcome = closed(make_book()).tell(ask(operation, by=PHONE))

    assert outcome == Refused(reason=Refusal.IN_REVIEW, details={"doubts": "closed"})


def test_a_partners_till_is_told_that_the_event_is_closed() -> None:
    outcome = closed(make_book()).tell(ask(make_redeem(), by=PARTNER))

    assert outcome == Refused(reason=Refusal.CLOSED)


def test_the_operator_goes_on_after_the_event_was_closed() -> None:
    book = make_book()
    equip(book)

    outcome = closed(book).tell(ask(lease(1, PHONE.id), by=OPERATOR))

    assert isinstance(outcome, Accepted)


def test_an_event_that_is_not_closed_goes_on_beside_one_that_is() -> None:
    elsewhere = make_device(event=MARKET.key, number=7)
    book = make_book()
    book.facts = replace(book.facts, closed_events=frozenset({"corridors"}))  # type: ignore[arg-type]

    assert isinstance(book.tell(ask(make_earn(), by=elsewhere)), Accepted)


def test_figures_of_the_first_doubt_go_before_those_of_others() -> None:
    doubts = [
        Refused(reason=Refusal.PRICE_CHANGED, details={"price": 30, "left": 1}),
        Refused(reason=Refusal.OUT_OF_STOCK, details={"left": 2}),
    ]

    assert in_review(doubts).details == {
        "doubts": "price_changed,out_of_stock",
        "price": 30,
        "left": 1,
    }


OWING = Accepted(operation=OperationId(1), details={"owed": 5})


@pytest.mark.parametrize(
    ("outcome", "has_one"),
    [
        (OWING, True),
        (Replayed(OWING), True),
        (Accepted(operation=OperationId(1), details={"over_limit": 1}), True),
        (Accepted(operation=OperationId(1), details={"approved": 1}), False),
        (REVOKED, True),
        (Replayed(REVOKED), True),
        (Refused(reason=Refusal.REJECTED), False),
        (Conflict(), False),
    ],
)
def test_an_outcome_has_a_case_where_a_person_must_look(outcome: Outcome, *, has_one: bool) -> None:
    assert has_case(outcome) is has_one


def test_an_outcome_is_told_with_its_case_now_and_later() -> None:
    seven = CaseId(7)

    assert with_case(REVOKED, seven) == replace(REVOKED, case=seven)
    assert with_case(Replayed(OWING), seven) == Replayed(replace(OWING, case=seven))
