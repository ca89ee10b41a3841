"""What residents read is read for many as for one, and each is told of their own alone."""

from datetime import timedelta

import pytest

from points.domain.ids import HouseholdId
from points.domain.passbooks import Meeting
from points.outside.card_sheets import PrintedCard
from points.service.confirming import set_pin
from points.service.passbooks import (
    FIRST_LINES,
    PAGE_LINES,
    FrontPage,
    Glance,
    read_card_page,
    read_front_pages,
    read_statement_page,
    read_visitor,
)
from points.service.posting import Book, post
from points.service.reading import Ending
from points.service.transactions import transaction
from points.service.visits import LIVES, Opened, Shown, open_visit
from points.storage.cards import move_cards
from points.storage.engine import Database
from tests.asked import statements_asked
from tests.build import ask, make_earn, make_redeem
from tests.desk import Dice, print_blank, record
from tests.market import (
    BIN_BAGS,
    CHECK_IN,
    CORRIDORS,
    LI,
    MARKET,
    NOW,
    POINTS_END,
    TOWEL,
    WANG,
    ZHAO,
)
from tests.save import open_market


@pytest.fixture
def book(database: Database) -> Book:
    return open_market(database, points={WANG: 100, LI: 50})


def visit(book: Book, household: HouseholdId | None, seed: int = 1) -> str:
    """Give a household one more card, or nobody, and open a visit with it."""
    [card] = print_blank(book.database, 1, seed=seed)
    if household is not None:
        with transaction(book.database) as connection:
            move_cards(connection, {record(book.database, card.number).id: household})
    return opened(book, card, seed)


def opened(book: Book, card: PrintedCard, seed: int) -> str:
    shown = Shown(card.text, "192.0.2.1")
    found = open_visit(book.database, shown, now=NOW, random_bytes=Dice(seed + 100))
    assert isinstance(found, Opened)
    return found.token


def fronts(book: Book, *tokens: str) -> list[FrontPage | None]:
    return read_front_pages(book, [Glance(token=token, now=NOW) for token in tokens])


def test_a_front_page_has_all_of_ones_own_and_what_is_on(book: Book) -> None:
    post(book, [ask(make_earn()), ask(make_redeem())])

    [front] = fronts(book, visit(book, WANG))

    assert front is not None
    assert (front.savings.available, front.savings.endings) == (
        80,
        (Ending(at=POINTS_END, points=80),),
    )
    assert front.meetings == tuple(
        Meeting(event=event, session=event.sessions[0]) for event in (CORRIDORS, MARKET)
    )
    assert front.market is not None
    assert [(offer.reward, offer.stocks[0].left) for offer in front.market.offers] == [
        (BIN_BAGS, 399),
        (TOWEL, 10),
    ]
    assert [line.posted.points for line in front.lines] == [-30, 10, 100]
    assert [line.item for line in front.lines] == [BIN_BAGS, CHECK_IN, None]


def test_everybody_reads_their_own_in_the_order_asked_also_who_has_no_visit(book: Book) -> None:
    tokens = [visit(book, owner, seed) for seed, owner in enumerate((ZHAO, WANG, None, LI))]

    found = fronts(book, *tokens, "x" * 43, tokens[1])

    figures = [None if front is None else front.savings.available for front in found]
    assert figures == [0, 100, 0, 50, None, 100]
    seen = [front and [one.event for one in front.meetings] for front in found[:3]]
    assert seen == [[MARKET], [CORRIDORS, MARKET], [MARKET]]


def test_many_are_read_with_as_few_statements_as_one(book: Book) -> None:
    tokens = [visit(book, owner, seed) for seed, owner in enumerate((WANG, LI, ZHAO))]
    fronts(book, *tokens)
    counts = []
    with statements_asked() as asked:
        for some in (tokens[:1], tokens):
            asked.clear()
            fronts(book, *some)
            counts.append(len(asked))

    assert counts == [7, 7]


def test_a_statement_is_read_page_by_page(book: Book) -> None:
    token = visit(book, WANG)
    post(book, [ask(make_earn(occurred_at=NOW - timedelta(minutes=1)), key=str(n)) for n in (1, 2)])

    page = read_statement_page(book, token, before=None, now=NOW)
    gone = read_statement_page(book, token, before=None, now=NOW + LIVES)

    assert page is not None
    assert (len(page.lines), page.following, page.savings.available) == (2, None, 110)
    assert gone is None
    assert FIRST_LINES < PAGE_LINES


def test_a_card_page_knows_whether_there_is_a_pin(book: Book) -> None:
    token = visit(book, WANG)
    before = read_card_page(book, token, now=NOW)
    [card] = print_blank(book.database, 1, seed=9)
    with transaction(book.database) as connection:
        move_cards(connection, {record(book.database, card.number).id: WANG})
    set_pin(book.database, card.number, "246813", now=NOW, random_bytes=Dice())

    found = [before, read_card_page(book, token, now=NOW)]

    assert [one and (one[0].household, one[1]) for one in found] == [(WANG, False), (WANG, True)]
    assert read_card_page(book, token, now=NOW + LIVES) is None


def test_a_visitor_is_known_while_the_visit_lasts(book: Book) -> None:
    token = visit(book, WANG)

    known, gone = (read_visitor(book, token, now=now) for now in (NOW, NOW + LIVES))

    assert known is not None
    assert (known.household, gone) == (WANG, None)
