from dataclasses import replace
from datetime import timedelta

import pytest

from points.domain.access import OPERATOR, Credential, Role
from points.domain.facts import Accepted, CardState, Posted, Refused
from points.domain.ids import (
    HouseholdId,
    LotId,
    OperationId,
    RewardKey,
    ShelfId,
    SystemAccount,
    goods,
    system,
    wallet,
)
from points.domain.ledger import Entry
from points.domain.operations import (
    QUANTITY_MAX,
    Evidence,
    Kind,
    Merge,
    MoveStock,
    canonical,
    fingerprint,
)
from points.domain.outcomes import Refusal
from points.domain.programme import Reward, Session, Shelf
from tests.build import (
    ask,
    make_card,
    make_catalog,
    make_device,
    make_facts,
    make_lot,
    make_redeem,
    make_undo,
    with_version,
    without,
)
from tests.market import (
    BIN_BAGS,
    BOOTHS,
    CORRIDORS,
    DAY,
    LI,
    LI_CARD,
    MARKET,
    NOW,
    POINTS_END,
    REDEEMING,
    WANG,
    WANG_CARD,
    WANG_SENIOR,
    Item,
    at,
)
from tests.memory import Memory

FIRST = OperationId(1000)
BAGS_SHELF = Shelf(reward=BIN_BAGS.key, booth=REDEEMING)
RICH = 100_000


def make_book(*given: Item, points: int = RICH, clock: str = "10:00") -> Memory:
    catalog = make_catalog(*given)
    return Memory(make_facts(catalog=catalog, points={WANG: points, LI: points}, now=at(clock)))


def test_points_go_for_goods_and_everything_about_it_is_written_down() -> None:
    book = make_book(points=100)
    asked = ask(make_redeem(quantity=2), key="one")

    assert book.tell(asked) == Accepted(operation=FIRST, points=-60, balance=40)

    body = canonical(asked.operation)
    spent = Entry(
        operation=FIRST,
        line=0,
        debit=wallet(WANG),
        credit=system(SystemAccount.REDEEMED),
        amount=60,
        lot=LotId(WANG),
        debit_seq=1,
        credit_seq=None,
    )
    handed_out = Entry(
        operation=FIRST,
        line=1,
        debit=goods(ShelfId(book.facts.catalog.shelves[BAGS_SHELF])),
        credit=system(SystemAccount.HANDED_OUT),
        amount=2,
        lot=None,
        debit_seq=1,
        credit_seq=None,
    )
    assert book.posted == [
        Posted(
            id=FIRST,
            ref=asked.ref,
            kind=Kind.REDEEM,
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
            item=BIN_BAGS.key,
            version=1,
            quantity=2,
            points=-60,
            balance_after=40,
            reference="market/bin-bags:1:2019-12-05:1",
            entries=(spent, handed_out),
        )
    ]
    assert book.pieces(BAGS_SHELF) == 398


def test_what_costs_nothing_needs_no_points() -> None:
    book = make_book(replace(BIN_BAGS, price=0), points=0)

    outcome = book.tell(make_redeem(price_shown=0))

    assert outcome == Accepted(operation=FIRST, points=0, balance=0)
    assert book.pieces(BAGS_SHELF) == 399


def test_points_short_says_how_many() -> None:
    outcome = make_book(points=50).tell(make_redeem(quantity=2))

    assert outcome == Refused(reason=Refusal.POINTS_SHORT, details={"short": 10, "available": 50})


def test_points_that_have_ended_buy_nothing() -> None:
    lots = [make_lot(points=29, number=1), make_lot(points=90, number=2, expires_at=NOW)]
    book = Memory(make_facts(lots=lots))

    outcome = book.tell(make_redeem())

    assert outcome == Refused(reason=Refusal.POINTS_SHORT, details={"short": 1, "available": 29})
    assert book.points(WANG) == 119


def test_ended_points_go_with_the_redemption_that_touches_them() -> None:
    lots = [make_lot(points=30, number=1), make_lot(points=90, number=2, expires_at=NOW)]
    book = Memory(make_facts(lots=lots))

    outcome = book.tell(make_redeem())

    assert outcome == Accepted(operation=FIRST, points=-30, balance=0)
    assert book.posted[0].expired == 90


def test_the_soonest_to_expire_are_spent_first() -> None:
    soon = NOW + timedelta(days=1)
    lots = [make_lot(points=20, number=1), make_lot(points=20, number=2, expires_at=soon)]
    book = Memory(make_facts(lots=lots))

    book.tell(make_redeem())

    assert book.lots(WANG) == [(10, POINTS_END)]


@pytest.mark.parametrize("quantity", [0, -1, QUANTITY_MAX + 1, 2**63])
def test_a_number_of_pieces_that_cannot_be_moves_nothing(quantity: int) -> None:
    book = make_book()
    before = book.facts.accounts

    outcome = book.tell(make_redeem(quantity=quantity))

    assert outcome == Refused(reason=Refusal.QUANTITY_INVALID)
    assert (book.posted, book.facts.accounts) == ([], before)


def test_the_largest_number_of_pieces_is_only_too_many_to_be_there() -> None:
    book = make_book(replace(BIN_BAGS, per_household_per_event=None))

    outcome = book.tell(make_redeem(quantity=QUANTITY_MAX))

    assert outcome == Refused(reason=Refusal.OUT_OF_STOCK, details={"left": 400})


def test_a_price_that_the_volunteer_did_not_see_is_not_charged() -> None:
    dearer = replace(BIN_BAGS, price=35)
    book = make_book()
    catalog = with_version(book.facts.catalog, dearer, valid_from=NOW)
    book.facts = replace(book.facts, catalog=catalog)

    assert book.tell(make_redeem()) == Refused(reason=Refusal.PRICE_CHANGED, details={"price": 35})
    assert book.tell(make_redeem(price_shown=35)) == Accepted(
        operation=FIRST, points=-35, balance=RICH - 35
    )


def test_a_new_price_does_not_reach_back() -> None:
    dearer = replace(BIN_BAGS, price=35)
    book = make_book()
    catalog = with_version(book.facts.catalog, dearer, valid_from=NOW)
    book.facts = replace(book.facts, catalog=catalog)

    outcome = book.tell(make_redeem(occurred_at=NOW - timedelta(seconds=1)))

    assert outcome == Accepted(operation=FIRST, points=-30, balance=RICH - 30)


def test_a_household_gets_no_more_than_its_share() -> None:
    outcomes = make_book().post(
        make_redeem(), make_redeem(quantity=2), make_redeem(), make_redeem()
    )

    assert outcomes[1] == Refused(reason=Refusal.LIMIT_REACHED, details={"limit": 2, "left": 1})
    assert isinstance(outcomes[2], Accepted)
    assert outcomes[3] == Refused(reason=Refusal.LIMIT_REACHED, details={"limit": 2, "left": 0})


def test_what_was_brought_back_does_not_count_against_the_share() -> None:
    outcomes = make_book().post(
        ask(make_redeem(quantity=2), key="one"), make_undo("one"), make_redeem(quantity=2)
    )

    assert isinstance(outcomes[2], Accepted)


def test_merged_households_have_one_share_between_them() -> None:
    book = make_book()
    book.post(make_redeem(), make_redeem(card=LI_CARD, quantity=2))
    book.tell(ask(Merge(source=LI, into=WANG, occurred_at=NOW), by=OPERATOR))

    outcome = book.tell(make_redeem(card=LI_CARD))

    assert outcome == Refused(reason=Refusal.LIMIT_REACHED, details={"limit": 2, "left": 0})


def test_what_is_not_there_is_not_sold() -> None:
    book = make_book(replace(BIN_BAGS, stock=3))

    outcomes = book.post(make_redeem(quantity=2), make_redeem(card=LI_CARD, quantity=2))

    assert outcomes[1] == Refused(reason=Refusal.OUT_OF_STOCK, details={"left": 1})


def test_only_what_stands_at_the_own_booth_is_sold() -> None:
    book = make_book(replace(BOOTHS[7], redeems=True))
    there = make_device(booth=BOOTHS[7].key, number=7)

    before = book.tell(ask(make_redeem(), by=there))
    move = MoveStock(
        reward=BIN_BAGS.key, source=REDEEMING, booth=BOOTHS[7].key, quantity=1, occurred_at=NOW
    )
    after = book.post(move, ask(make_redeem(), by=there), ask(make_redeem(), by=there))[1:]

    assert before == Refused(reason=Refusal.OUT_OF_STOCK, details={"left": 0})
    assert after == [
        Accepted(operation=OperationId(1001), points=-30, balance=RICH - 30),
        Refused(reason=Refusal.OUT_OF_STOCK, details={"left": 0}),
    ]
    assert book.pieces(BAGS_SHELF) == 399


@pytest.mark.parametrize(
    "phone",
    [
        make_device(booth=BOOTHS[7].key),
        make_device(booth=None),
        make_device(role=Role.PARTNER, booth=BOOTHS[1].key),
        OPERATOR,
    ],
)
def test_goods_are_handed_out_only_where_a_booth_does_so(phone: Credential) -> None:
    outcome = make_book().tell(ask(make_redeem(), by=phone))

    assert outcome == Refused(reason=Refusal.NOT_ALLOWED)


def test_a_partner_redeems_at_its_booth() -> None:
    partner = make_device(role=Role.PARTNER)

    assert isinstance(make_book().tell(ask(make_redeem(), by=partner)), Accepted)


@pytest.mark.parametrize("reward", [replace(BIN_BAGS, event=CORRIDORS.key), None])
def test_a_reward_of_another_event_or_none_is_unknown(reward: Reward | None) -> None:
    book = make_book(*([reward] if reward else []))
    key = BIN_BAGS.key if reward else RewardKey("market/none")

    assert book.tell(make_redeem(reward=key)) == Refused(reason=Refusal.REWARD_UNKNOWN)


@pytest.mark.parametrize("item", [BIN_BAGS, MARKET])
def test_what_was_withdrawn_is_unknown_from_then_on(item: Item) -> None:
    facts = make_facts(catalog=without(make_catalog(), item, valid_from=NOW), points={WANG: 100})

    assert Memory(facts).tell(make_redeem()) == Refused(reason=Refusal.REWARD_UNKNOWN)


def test_nothing_is_handed_out_when_the_event_is_over() -> None:
    over = replace(MARKET, sessions=(Session(opens=at("08:00"), closes=at("10:00")),))

    assert make_book(over).tell(make_redeem()) == Refused(reason=Refusal.CLOSED)


def test_a_lost_card_buys_nothing() -> None:
    book = make_book()
    lost = make_card(state=CardState.FROZEN, stopped_at=NOW)
    book.facts = replace(book.facts, cards={WANG_CARD: lost})

    assert book.tell(make_redeem()) == Refused(reason=Refusal.CARD_FROZEN)


def test_a_card_whose_household_merged_spends_what_both_have() -> None:
    book = make_book(points=20)
    book.tell(ask(Merge(source=HouseholdId(2), into=WANG, occurred_at=NOW), by=OPERATOR))

    assert book.tell(make_redeem(card=LI_CARD)) == Accepted(
        operation=OperationId(1001), points=-30, balance=10
    )
