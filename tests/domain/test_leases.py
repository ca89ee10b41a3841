from dataclasses import replace
from typing import Any

import pytest

from points.domain.access import OPERATOR, Credential, Role
from points.domain.facts import Accepted, Refused
from points.domain.ids import BoothKey, CredentialId, OperationId, goods, leased
from points.domain.ledger import Entry
from points.domain.operations import QUANTITY_MAX, CountStock, MoveStock, Operation
from points.domain.outcomes import Refusal
from points.domain.programme import Shelf
from tests.build import ask, make_device, make_facts, make_redeem, make_undo, without
from tests.goods import BAGS, COLLEAGUE, PHONE, equip, give_back, lease
from tests.market import (
    BIN_BAGS,
    BOOTHS,
    CORRIDORS,
    LI,
    LI_CARD,
    MARKET,
    NOW,
    REDEEMING,
    TOWEL,
    WANG,
    at,
)
from tests.memory import Memory

SUPERVISOR = make_device(number=9, booth=None)
TOWELS = Shelf(reward=TOWEL.key, booth=REDEEMING)


def make_book(clock: str = "10:00") -> Memory:
    return Memory(make_facts(points={WANG: 1000, LI: 1000}, now=at(clock)))


def refusal(book: Memory, operation: Operation, by: Credential = PHONE) -> Refusal | None:
    outcome = book.tell(ask(operation, by=by))
    return outcome.reason if isinstance(outcome, Refused) else None


def test_what_a_phone_leases_leaves_the_shelf_for_an_account_of_its_own() -> None:
    book = make_book()

    assert book.tell(ask(lease(5), by=PHONE)) == Accepted(operation=OperationId(1000))

    assert (book.pieces(BAGS), book.pieces_with(4, BAGS)) == (395, 5)
    [posted] = book.posted
    shelf = book.facts.catalog.shelves[BAGS]
    assert posted.entries == (
        Entry(
            operation=OperationId(1000),
            line=0,
            debit=goods(shelf),
            credit=leased(4, shelf),
            amount=5,
            lot=None,
            debit_seq=1,
            credit_seq=1,
        ),
    )
    about = (posted.event, posted.booth, posted.item, posted.quantity, posted.points)
    assert about == (MARKET.key, REDEEMING, lease().reward, 5, 0)


def test_what_is_returned_stands_on_the_shelf_again() -> None:
    book = make_book()
    equip(book, 5)

    assert refusal(book, give_back(2)) is None

    assert (book.pieces(BAGS), book.pieces_with(4, BAGS)) == (397, 3)


def test_no_more_comes_back_than_went_out() -> None:
    book = make_book()
    equip(book, 5)

    outcome = book.tell(ask(give_back(6), by=PHONE))

    assert outcome == Refused(reason=Refusal.OUT_OF_STOCK, details={"left": 5})


def test_all_phones_together_lease_no_more_than_there_is() -> None:
    book = make_book()
    equip(book, 300)

    outcome = book.tell(ask(lease(101, COLLEAGUE.id), by=COLLEAGUE))

    assert outcome == Refused(reason=Refusal.OUT_OF_STOCK, details={"left": 100})


def test_what_is_released_later_or_kept_for_somebody_is_not_leased() -> None:
    book = make_book("09:30")

    outcome = book.tell(ask(lease(5, reward=TOWEL.key, occurred_at=at("09:30")), by=PHONE))

    assert outcome == Refused(reason=Refusal.OUT_OF_STOCK, details={"left": 4})


@pytest.mark.parametrize("pieces", [0, -1, QUANTITY_MAX + 1])
def test_a_number_of_pieces_that_is_none_is_refused(pieces: int) -> None:
    book = make_book()
    equip(book, 5)

    assert refusal(book, lease(pieces)) is Refusal.QUANTITY_INVALID
    assert refusal(book, give_back(pieces)) is Refusal.QUANTITY_INVALID


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"reward": "market/nothing"}, Refusal.REWARD_UNKNOWN),
        ({"device": COLLEAGUE.id}, Refusal.NOT_ALLOWED),
        ({"booth": BOOTHS[7].key}, Refusal.NOT_ALLOWED),
    ],
)
def test_a_phone_leases_goods_of_its_own_booth_for_itself_alone(
    change: dict[str, Any], reason: Refusal
) -> None:
    book = make_book()
    equip(book, 5, by=COLLEAGUE)

    assert refusal(book, replace(lease(), **change)) is reason
    assert refusal(book, replace(give_back(), **change)) is reason


def test_a_phone_without_a_booth_leases_nothing() -> None:
    booths: dict[str, Any] = {"booth": "", "device": SUPERVISOR.id}

    assert refusal(make_book(), replace(lease(), **booths), SUPERVISOR) is Refusal.NOT_ALLOWED


def test_the_operator_leases_to_any_phone_but_not_to_what_is_none() -> None:
    book = make_book()

    assert refusal(book, lease(3, COLLEAGUE.id), OPERATOR) is None
    assert book.pieces_with(5, BAGS) == 3
    partner = CredentialId("partner:1")
    assert refusal(book, lease(3, partner), OPERATOR) is Refusal.NOT_ALLOWED
    far = replace(lease(3), booth=BoothKey("market/99"))
    assert refusal(book, far, OPERATOR) is Refusal.BOOTH_UNKNOWN


def test_nothing_is_leased_to_a_phone_that_was_shut_out() -> None:
    book = make_book()
    book.facts = replace(book.facts, revoked={PHONE.id: NOW})

    assert refusal(book, lease(), OPERATOR) is Refusal.CREDENTIAL_REVOKED


@pytest.mark.parametrize("by", [OPERATOR, SUPERVISOR], ids=["operator", "supervisor"])
def test_what_a_lost_phone_had_is_brought_back_by_whoever_answers_for_the_event(
    by: Credential,
) -> None:
    book = make_book()
    equip(book, 5)
    book.facts = replace(book.facts, revoked={PHONE.id: NOW})

    assert refusal(book, give_back(5), by) is None

    assert (book.pieces(BAGS), book.pieces_with(4, BAGS)) == (400, 0)


def test_what_was_withdrawn_since_comes_back_but_nobody_takes_more_of_it() -> None:
    book = make_book()
    equip(book, 5)
    gone = without(book.facts.catalog, BIN_BAGS, valid_from=NOW)
    book.facts = replace(book.facts, catalog=gone)

    assert refusal(book, give_back(5)) is None
    assert refusal(book, lease(1)) is Refusal.REWARD_UNKNOWN


def test_a_supervisor_of_another_event_brings_nothing_back() -> None:
    book = make_book()
    equip(book, 5)
    foreign = make_device(number=8, booth=None, event=CORRIDORS.key)

    assert refusal(book, give_back(5), foreign) is Refusal.REWARD_UNKNOWN


def test_a_live_redemption_takes_what_is_free_at_the_booth_first_then_the_phones_own() -> None:
    book = make_book()
    equip(book, 5)
    count = CountStock(
        reward=BAGS.reward, booth=REDEEMING, counted=1, reason="rain", occurred_at=NOW
    )
    assert refusal(book, count, OPERATOR) is None

    assert refusal(book, make_redeem(quantity=2)) is None
    assert (book.pieces(BAGS), book.pieces_with(4, BAGS)) == (0, 4)

    too_much = ask(make_redeem(card=LI_CARD, quantity=5), by=PHONE)
    assert book.tell(too_much) == Refused(
        reason=Refusal.LIMIT_REACHED, details={"limit": 2, "left": 2}
    )
    others = book.tell(ask(make_redeem(card=LI_CARD), by=COLLEAGUE))
    assert others == Refused(reason=Refusal.OUT_OF_STOCK, details={"left": 0})


def test_what_is_released_later_stays_while_the_phone_hands_out_its_own() -> None:
    book = make_book()
    towels = lease(2, reward=TOWEL.key)
    assert refusal(book, towels) is None
    move = MoveStock(
        reward=TOWEL.key, source=REDEEMING, booth=BOOTHS[7].key, quantity=8, occurred_at=NOW
    )
    assert refusal(book, move, OPERATOR) is None
    assert book.pieces(TOWELS) == 6  # all of them kept back until eleven

    one = make_redeem(reward=TOWEL.key, price_shown=800)
    assert refusal(book, one) is None

    assert (book.pieces(TOWELS), book.pieces_with(4, TOWELS)) == (6, 1)


def test_undoing_brings_each_piece_back_to_where_it_was() -> None:
    book = make_book()
    equip(book, 5)
    count = CountStock(
        reward=BAGS.reward, booth=REDEEMING, counted=1, reason="rain", occurred_at=NOW
    )
    assert refusal(book, count, OPERATOR) is None
    book.tell(ask(make_redeem(quantity=2), by=PHONE, key="two"))

    book.tell(ask(make_undo("two"), by=PHONE))

    assert (book.pieces(BAGS), book.pieces_with(4, BAGS)) == (1, 5)


def test_a_lease_that_is_taken_back_leaves_all_as_if_it_had_never_been() -> None:
    book = make_book()
    equip(book, 3)
    book.tell(ask(lease(5), by=PHONE, key="given up"))

    outcome = book.tell(ask(make_undo("given up"), by=PHONE))

    assert isinstance(outcome, Accepted)
    assert (book.pieces(BAGS), book.pieces_with(4, BAGS)) == (397, 3)
    undone = book.posted[-1]
    about = (undone.household, undone.event, undone.booth, undone.item, undone.quantity)
    assert about == (None, MARKET.key, REDEEMING, BAGS.reward, 5)


def test_a_lease_is_not_taken_back_once_its_goods_were_handed_out() -> None:
    book = make_book()
    book.tell(ask(lease(5), by=PHONE, key="given up"))
    assert refusal(book, make_redeem(is_offline=True)) is None

    outcome = book.tell(ask(make_undo("given up"), by=PHONE))

    assert outcome == Refused(reason=Refusal.OUT_OF_STOCK, details={"left": 4})
    assert book.pieces_with(4, BAGS) == 4


@pytest.mark.parametrize("role", [Role.EARN, Role.PARTNER])
def test_who_hands_nothing_out_leases_nothing(role: Role) -> None:
    by = make_device(role=role)

    assert refusal(make_book(), lease(), by) is Refusal.NOT_ALLOWED
