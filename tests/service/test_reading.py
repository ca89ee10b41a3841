from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text, update

from points.domain.access import Credential, Role
from points.domain.facts import Accepted, CardState
from points.domain.ids import BoothKey, EventKey
from points.domain.operations import card_by_code
from points.domain.outcomes import Refusal
from points.domain.programme import Release
from points.service.posting import Book, post
from points.service.reading import (
    Balance,
    Ending,
    Page,
    Statement,
    Stock,
    is_ready,
    read_activities,
    read_balance,
    read_booths,
    read_events,
    read_offers,
    read_redemption,
    read_statement,
)
from points.service.transactions import transaction
from points.storage.columns import table_of
from points.storage.engine import Database
from points.storage.people import CardRow
from tests.build import ask, make_catalog, make_device, make_earn, make_redeem
from tests.market import (
    BIN_BAGS,
    BOOTHS,
    CHECK_IN,
    CORRIDORS,
    MARKET,
    NOW,
    POINTS_END,
    REDEEMING,
    TOWEL,
    WANG,
    WANG_CARD,
    ZHAO_CARD,
    at,
)
from tests.save import open_market

TILL = make_device(role=Role.REDEEM)
CORRIDOR = make_device(role=Role.SUPERVISOR, event=CORRIDORS.key, booth=None, number=11)
NEWEST = Page(before=None, limit=50)


@pytest.fixture
def book(database: Database) -> Book:
    return open_market(database, points={WANG: 100})


def statement(book: Book, page: Page = NEWEST, *, caller: Credential = TILL) -> Statement:
    found = read_statement(book, caller, WANG_CARD, page=page, now=NOW)
    assert isinstance(found, Statement)
    return found


def test_a_balance_is_what_can_be_spent_and_when_it_ends(book: Book) -> None:
    calm = Balance(card=CardState.ACTIVE, available=100, booked=100, owed=0, expiring_soon=())
    soon = POINTS_END - timedelta(days=30)

    assert read_balance(book, TILL, WANG_CARD, now=NOW) == calm
    assert read_balance(book, TILL, WANG_CARD, now=soon) == replace(
        calm, expiring_soon=(Ending(at=POINTS_END, points=100),)
    )
    assert read_balance(book, TILL, WANG_CARD, now=POINTS_END) == replace(calm, available=0)


def test_a_card_that_nobody_knows_or_of_another_community_is_unknown(book: Book) -> None:
    stray = card_by_code(b"x" * 32)

    found = [
        read_balance(book, TILL, stray, now=NOW),
        read_balance(book, CORRIDOR, ZHAO_CARD, now=NOW),
        read_statement(book, CORRIDOR, ZHAO_CARD, page=NEWEST, now=NOW),
    ]

    assert found == [Refusal.CARD_UNKNOWN] * 3


@pytest.mark.parametrize(
    ("state", "refusal"),
    [
        (CardState.FROZEN, Refusal.CARD_FROZEN),
        (CardState.REPLACED, Refusal.CARD_REPLACED),
    ],
)
def test_a_stopped_card_tells_its_figures_to_supervisors_alone(
    book: Book, state: CardState, refusal: Refusal
) -> None:
    with transaction(book.database) as connection:
        connection.execute(update(table_of(CardRow)).values(state=state, stopped_at=NOW))

    tills = read_balance(book, TILL, WANG_CARD, now=NOW)
    supervisors = read_balance(book, make_device(), WANG_CARD, now=NOW)

    assert tills is refusal
    assert isinstance(supervisors, Balance)
    assert (supervisors.card, supervisors.available) == (state, 100)


def test_a_statement_tells_what_happened_and_where_it_goes_on(book: Book) -> None:
    post(book, [ask(make_earn()), ask(make_redeem())])

    first = statement(book, Page(before=None, limit=2))
    second = statement(book, Page(before=first.following, limit=2))

    assert [line.item for line in first.lines] == [BIN_BAGS, CHECK_IN]
    assert [line.item for line in second.lines] == [None]
    assert (second.following, second.balance.available) == (None, 80)


def test_the_market_is_foreign_to_nobody(book: Book) -> None:
    post(book, [ask(make_earn())])

    assert [line.is_foreign for line in statement(book, caller=CORRIDOR).lines] == [False, False]


def test_the_programme_is_shown_as_the_caller_may_see_it(book: Book) -> None:
    assert read_events(book, TILL, now=NOW) == [MARKET]
    assert read_booths(book, TILL, now=NOW) == [BOOTHS[4]]
    assert read_activities(book, TILL, now=NOW) == [CHECK_IN]


def test_an_offer_tells_what_is_left_what_is_kept_and_what_comes(book: Book) -> None:
    [bags, towels] = read_offers(book, TILL, now=NOW)

    assert (bags.reward, towels.reward) == (BIN_BAGS, TOWEL)
    assert bags.stocks == (Stock(booth=BOOTHS[4], left=400, reserved={}, next_release=None),)
    assert towels.stocks == (
        Stock(
            booth=BOOTHS[4],
            left=10,
            reserved={"elders": 4},
            next_release=Release(at=at("11:00"), pieces=6),
        ),
    )


@pytest.mark.parametrize(
    ("clock", "left"), [("08:59", 0), ("09:00", 4), ("10:00", 10), ("11:00", 16)]
)
def test_what_is_released_later_is_not_left_now(book: Book, clock: str, left: int) -> None:
    towels = read_offers(book, TILL, now=at(clock))[1]

    assert [stock.left for stock in towels.stocks] == [left]


def test_a_booth_that_hands_nothing_out_offers_nothing(book: Book) -> None:
    stamps = make_device(role=Role.EARN, booth=BoothKey("market/1"))

    assert read_offers(book, stamps, now=NOW) == []
    assert read_offers(book, CORRIDOR, now=NOW) == []


def test_a_second_booth_that_hands_out_has_no_releases_of_its_own(database: Database) -> None:
    second = replace(BOOTHS[7], redeems=True)
    book = open_market(database, catalog=make_catalog(second))
    supervisor = make_device(booth=None)

    towels = read_offers(book, supervisor, now=NOW)[1]

    assert [(stock.booth.key, stock.left, stock.reserved) for stock in towels.stocks] == [
        (REDEEMING, 10, {"elders": 4}),
        (second.key, 0, {}),
    ]
    assert towels.stocks[1].next_release is None


def test_a_redemption_is_found_by_its_number(book: Book) -> None:
    [outcome] = post(book, [ask(make_redeem(), key="goods", by=TILL)])
    assert isinstance(outcome, Accepted)

    found = read_redemption(book, TILL, outcome.operation)

    assert found is not None
    assert found.ref.key == "goods"
    assert read_redemption(book, CORRIDOR, outcome.operation) is None


def test_a_book_is_ready_when_its_tables_are_those_of_this_release(book: Book) -> None:
    before = is_ready(book)
    with transaction(book.database) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'other'"))

    assert (before, is_ready(book)) == (True, False)


def test_a_caller_of_no_event_sees_nothing(book: Book) -> None:
    nobody = make_device(event=EventKey("nowhere"), booth=None)

    assert read_events(book, nobody, now=NOW) == []
    assert read_balance(book, nobody, WANG_CARD, now=NOW) is Refusal.CARD_UNKNOWN
