"""Gifts: points go to another household as they are, and never more than may go."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from points.domain.access import OPERATOR, Credential, Role
from points.domain.facts import (
    Accepted,
    Asked,
    CardState,
    Conflict,
    Outcome,
    PinChecked,
    Refused,
    Replayed,
)
from points.domain.ids import CredentialId, owed
from points.domain.ledger import Account
from points.domain.operations import POINTS_MAX, Give, Kind, OperationKey, ReceiveGift
from points.domain.outcomes import Refusal
from points.domain.programme import Programme
from tests.build import ask, make_card, make_catalog, make_facts, make_lot, make_redeem, make_undo
from tests.market import (
    BIN_BAGS,
    LI,
    LI_CARD,
    LI_SENIOR,
    NOW,
    PROGRAMME,
    WANG,
    WANG_CARD,
    WANG_SENIOR,
    ZHAO_CARD,
    at,
)
from tests.memory import Memory

GIVING = replace(PROGRAMME, gift_points_per_day_max=100)
FREE = replace(BIN_BAGS, per_household_per_event=None)
RESIDENT = Credential(id=CredentialId("resident:000000001"), role=Role.RESIDENT)
SOON, LATER = at("00:00") + timedelta(days=30), at("00:00") + timedelta(days=300)


def make_book(programme: Programme = GIVING) -> Memory:
    """Give Wang forty points that end soon and sixty that end later, and Li ten."""
    lots = [
        make_lot(WANG, 60, number=1, expires_at=LATER),
        make_lot(WANG, 40, number=2, expires_at=SOON),
        make_lot(LI, 10, number=3, expires_at=LATER),
    ]
    return Memory(make_facts(catalog=make_catalog(programme, FREE), lots=lots))


def give(points: int = 50, **given: Any) -> Give:
    one = Give(card=WANG_CARD, to=LI_CARD, points=points, occurred_at=NOW)
    return replace(one, **given)


def by_resident(operation: Give, *, key: str | None = None) -> Asked:
    return ask(operation, by=RESIDENT, key=key)


def said(outcome: Outcome) -> object:
    return outcome.reason if isinstance(outcome, Refused) else type(outcome)


def test_what_ends_soonest_goes_first_and_ends_when_it_would_have_ended() -> None:
    book = make_book()

    outcome = book.tell(by_resident(give(50)))

    assert isinstance(outcome, Accepted)
    assert (outcome.points, outcome.balance) == (-50, 50)
    assert book.lots(WANG) == [(50, LATER)]
    assert book.lots(LI) == [(40, SOON), (10, LATER), (10, LATER)]


def test_both_households_have_a_line_of_their_own() -> None:
    book = make_book()

    book.tell(by_resident(give(50), key="one"))

    given, received = book.posted[-2:]
    assert (given.kind, given.household, given.points, given.balance_after) == (
        Kind.GIVE,
        WANG,
        -50,
        50,
    )
    assert (received.kind, received.household, received.points, received.balance_after) == (
        Kind.GIFT_RECEIVED,
        LI,
        50,
        60,
    )
    assert (given.details, received.details) == ({"to": LI}, {"gift": given.id})
    assert (received.reference, received.ref.key) == (f"gift:{given.id}", "one received")
    assert (given.resident, received.resident) == (WANG_SENIOR, None)


def test_asked_again_at_another_minute_it_is_given_once() -> None:
    book = make_book()
    book.tell(by_resident(give(50), key="one"))

    later = give(50, occurred_at=NOW + timedelta(minutes=3))
    again = book.tell(by_resident(later, key="one"))
    other = book.tell(by_resident(give(51), key="one"))

    assert (said(again), said(other)) == (Replayed, Conflict)
    assert book.points(LI) == 60


def test_nothing_is_given_where_the_programme_allows_none() -> None:
    assert said(make_book(PROGRAMME).tell(by_resident(give(1)))) is Refusal.GIFTS_OFF


@pytest.mark.parametrize(
    ("changed", "due"),
    [
        ({"points": 100}, Accepted),
        ({"points": 101}, Refusal.GIFT_LIMIT_REACHED),
        ({"points": 0}, Refusal.QUANTITY_INVALID),
        ({"points": -5}, Refusal.QUANTITY_INVALID),
        ({"points": POINTS_MAX + 1}, Refusal.QUANTITY_INVALID),
        ({"to": WANG_CARD}, Refusal.SAME_HOUSEHOLD),
        ({"to": ZHAO_CARD}, Refusal.OTHER_COMMUNITY),
        ({"to": "number:999999999"}, Refusal.HOUSEHOLD_UNKNOWN),
        ({"card": "number:999999999"}, Refusal.CARD_UNKNOWN),
        ({"card": LI_CARD, "to": WANG_CARD, "points": 11}, Refusal.POINTS_SHORT),
        ({"card": LI_CARD, "to": WANG_CARD, "points": 10}, Accepted),
    ],
)
def test_what_may_be_given_and_to_whom(changed: dict[str, Any], due: object) -> None:
    book = make_book()

    assert said(book.tell(by_resident(give(**({"points": 50} | changed))))) is due


def test_a_day_has_one_limit_for_all_gifts_together() -> None:
    book = make_book()
    book.tell(by_resident(give(70)))

    outcome = book.tell(by_resident(give(31)))

    assert outcome == Refused(reason=Refusal.GIFT_LIMIT_REACHED, details={"limit": 100, "left": 30})
    assert said(book.tell(by_resident(give(30)))) is Accepted


def test_a_stopped_card_gives_nothing_and_its_household_still_gets() -> None:
    book = make_book()
    stopped = make_card(LI, resident=LI_SENIOR, state=CardState.FROZEN, stopped_at=NOW)
    book.facts = replace(book.facts, cards={**book.facts.cards, LI_CARD: stopped})

    assert said(book.tell(by_resident(give(5, card=LI_CARD, to=WANG_CARD)))) is Refusal.CARD_FROZEN
    assert said(book.tell(by_resident(give(5)))) is Accepted


def test_whoever_owes_gives_nothing_and_what_it_gets_pays_first() -> None:
    book = make_book()
    accounts = {**book.facts.accounts, owed(LI): Account(15)}
    lots = tuple(lot for lot in book.facts.lots if lot.id != 3)
    book.facts = replace(book.facts, accounts=accounts, lots=lots)

    from_debtor = book.tell(by_resident(give(1, card=LI_CARD, to=WANG_CARD)))
    book.tell(by_resident(give(50)))

    assert said(from_debtor) is Refusal.POINTS_SHORT
    assert (book.owes(LI), book.lots(LI)) == (0, [(25, SOON), (10, LATER)])


def test_a_gift_counts_as_spending_and_the_pin_or_the_desk_lets_more_go() -> None:
    book = make_book(replace(GIVING, unconfirmed_points_per_day_max=30))

    told = [
        book.tell(by_resident(give(20))),
        book.tell(by_resident(give(20))),
        book.tell(make_redeem()),
        book.tell(replace(by_resident(give(20)), pin=PinChecked(is_right=True))),
        book.tell(replace(by_resident(give(1)), pin=PinChecked(is_right=False))),
        book.tell(ask(give(20), by=OPERATOR)),
    ]

    assert [said(one) for one in told] == [
        Accepted,
        Refusal.SECOND_FACTOR_NEEDED,
        Refusal.SECOND_FACTOR_NEEDED,
        Accepted,
        Refusal.PIN_WRONG,
        Accepted,
    ]
    confirmed = [it.details.get("confirmed") for it in book.posted if it.kind is Kind.GIVE]
    assert confirmed == [None, "pin", "desk"]


def test_a_gift_is_not_taken_back_by_an_undo() -> None:
    book = make_book()
    book.tell(ask(give(50), by=OPERATOR, key="one"))

    for key in ("one", "one received"):
        outcome = book.tell(ask(make_undo(key), by=OPERATOR))
        assert said(outcome) is Refusal.CANNOT_UNDO


def test_nobody_asks_to_receive() -> None:
    receive = ReceiveGift(gift=1, household=LI, points=5, occurred_at=NOW)  # type: ignore[arg-type]

    for by in (OPERATOR, RESIDENT):
        assert said(make_book().tell(ask(receive, by=by))) is Refusal.NOT_ALLOWED


def test_no_phone_and_no_partner_gives() -> None:
    assert said(make_book().tell(ask(give()))) is Refusal.NOT_ALLOWED


def test_what_has_ended_is_not_given() -> None:
    book = make_book()
    book.set(SOON)

    outcome = book.tell(ask(give(61, occurred_at=SOON), by=OPERATOR, key=OperationKey("late")))

    assert said(outcome) is Refusal.POINTS_SHORT
