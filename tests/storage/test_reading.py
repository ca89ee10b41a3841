import pytest

from points.domain.access import OPERATOR
from points.domain.facts import Accepted, Card, CardState, Outcome
from points.domain.ids import CardId, CredentialId, HouseholdId, OperationId
from points.domain.operations import Kind, Merge, card_by_code
from points.domain.programme import Shelf
from points.service.posting import Book, post
from points.service.transactions import snapshot
from points.storage.engine import Database
from points.storage.reading import (
    Holder,
    Lines,
    Place,
    Purse,
    find_holders,
    find_redemption,
    load_lines,
    load_pieces,
    load_purses,
)
from tests.build import ask, make_device, make_earn, make_redeem, make_undo
from tests.market import (
    BIN_BAGS,
    LI,
    LI_CARD,
    NOW,
    POINTS_END,
    QUIZ,
    REDEEMING,
    SHIJI,
    WANG,
    WANG_CARD,
    WANG_SENIOR,
)
from tests.save import open_market


@pytest.fixture
def book(database: Database) -> Book:
    return open_market(database, points={WANG: 100, LI: 50})


def numbers(outcomes: list[Outcome]) -> list[OperationId]:
    accepted = [outcome for outcome in outcomes if isinstance(outcome, Accepted)]
    assert len(accepted) == len(outcomes), outcomes
    return [outcome.operation for outcome in accepted]


def lines(book: Book, *members: HouseholdId, before: Place | None = None, limit: int = 10) -> Lines:
    with snapshot(book.database) as connection:
        return load_lines(connection, members, before=before, limit=limit)


def test_a_card_leads_to_its_household(book: Book) -> None:
    with snapshot(book.database) as connection:
        found = find_holders(connection, [WANG_CARD, card_by_code(b"x" * 32)])

    card = Card(
        id=CardId(WANG),
        household=WANG,
        resident=WANG_SENIOR,
        state=CardState.ACTIVE,
        stopped_at=None,
    )
    wang = Holder(card=card, household=WANG, members=(WANG,), community=SHIJI.key)
    assert found == {WANG_CARD: wang}


def test_after_a_merge_either_card_leads_to_the_household_that_stands(book: Book) -> None:
    merge = Merge(source=LI, into=WANG, occurred_at=NOW)
    numbers(post(book, [ask(merge, by=OPERATOR)]))

    with snapshot(book.database) as connection:
        holders = find_holders(connection, [WANG_CARD, LI_CARD])

    found = {card: (one.household, one.members) for card, one in holders.items()}
    assert found == dict.fromkeys((WANG_CARD, LI_CARD), (WANG, (WANG, LI)))


def test_a_purse_tells_what_is_booked_and_when_what_is_left_ends(book: Book) -> None:
    numbers(post(book, [ask(make_earn()), ask(make_earn(activity=QUIZ.key, quantity=5))]))

    with snapshot(book.database) as connection:
        purses = load_purses(connection, [WANG, HouseholdId(99)])

    assert purses == {
        WANG: Purse(balance=115, owed=0, endings=((POINTS_END, 115),)),
        HouseholdId(99): Purse(balance=0, owed=0, endings=()),
    }


def test_lines_come_newest_first_and_know_what_took_them_back(book: Book) -> None:
    [earned] = numbers(post(book, [ask(make_earn(), key="scan")]))
    [undone] = numbers(post(book, [ask(make_undo("scan"))]))

    found = lines(book, WANG)

    assert [line.id for line in found.posted][:2] == [undone, earned]
    assert found.undone_by == {earned: undone}
    assert found.has_more is False


def test_lines_of_one_batch_come_in_the_order_of_their_numbers(book: Book) -> None:
    batch = [ask(make_earn()), ask(make_redeem()), ask(make_earn(activity=QUIZ.key, quantity=1))]

    made = numbers(post(book, batch))

    found = lines(book, WANG).posted
    assert [line.id for line in found][:3] == made[::-1]
    assert len({line.posted_at for line in found[:3]}) == 1


def test_lines_behind_a_place_follow_on_it(book: Book) -> None:
    batch = [ask(make_earn()), ask(make_redeem()), ask(make_earn(activity=QUIZ.key, quantity=1))]
    numbers(post(book, batch))
    everything = lines(book, WANG).posted

    first = lines(book, WANG, limit=2)
    last = first.posted[-1]
    second = lines(book, WANG, before=Place(last.posted_at, last.id), limit=2)

    assert first.posted + second.posted == everything
    assert (first.has_more, second.has_more) == (True, False)


def test_only_lines_of_the_households_asked_for_are_read(book: Book) -> None:
    numbers(post(book, [ask(make_earn()), ask(make_earn(card=LI_CARD))]))

    assert {line.household for line in lines(book, LI).posted} == {LI}
    assert {line.household for line in lines(book, WANG, LI).posted} == {WANG, LI}


def test_pieces_are_counted_by_shelf_and_an_unused_shelf_is_empty(book: Book) -> None:
    numbers(post(book, [ask(make_redeem(quantity=2))]))
    with snapshot(book.database) as connection:
        catalog = book.catalogs.current(connection)
        shelves = [
            catalog.shelves[Shelf(reward=BIN_BAGS.key, booth=booth)]
            for booth in sorted({shelf.booth for shelf in catalog.shelves})
        ]
        pieces = load_pieces(connection, shelves)
        nothing = load_pieces(connection, [])

    home = catalog.shelves[Shelf(reward=BIN_BAGS.key, booth=REDEEMING)]
    assert pieces == dict.fromkeys(shelves, 0) | {home: 398}
    assert nothing == {}


def test_a_redemption_is_found_by_whoever_asked_for_it_alone(book: Book) -> None:
    device, other = make_device(), CredentialId("device:5")
    batch = [ask(make_redeem(), key="goods", by=device), ask(make_earn(), by=device)]
    redeemed, earned = numbers(post(book, batch))

    with snapshot(book.database) as connection:
        found = find_redemption(connection, device.id, redeemed)
        rest = [
            find_redemption(connection, other, redeemed),
            find_redemption(connection, device.id, earned),
            find_redemption(connection, device.id, OperationId(10**17)),
        ]

    assert found is not None
    assert (found.ref.key, found.kind, found.points) == ("goods", Kind.REDEEM, -30)
    assert rest == [None, None, None]


def test_a_lot_that_is_spent_is_not_told_of(book: Book) -> None:
    spent = [ask(make_redeem(card=LI_CARD)), ask(make_earn(card=LI_CARD))]
    numbers(post(book, spent))

    with snapshot(book.database) as connection:
        purse = load_purses(connection, [LI])[LI]

    assert purse.endings == ((POINTS_END, 30),)
