"""Gifts on a real database: given once, in both statements, checked and undone by nobody."""

from dataclasses import replace

import pytest
from sqlalchemy import text

from points.domain.cards import CardNumber
from points.domain.desk import DeskFault, NotDone
from points.domain.facts import Accepted
from points.domain.findings import Code
from points.domain.operations import Kind, card_by_number
from points.domain.outcomes import Refusal
from points.service.confirming import set_pin
from points.service.gifts import GiftRules, Wish, gift_rules, give_at_desk, give_points
from points.service.posting import Book
from points.service.reading import Page, read_statement
from points.service.rebuilding import rebuild
from points.service.transactions import transaction
from points.service.verifying import verify
from points.storage.engine import Database
from points.storage.triggers import guard
from tests.build import make_catalog, make_device
from tests.desk import Dice
from tests.market import LI, NOW, PROGRAMME, WANG, ZHAO
from tests.save import open_market

WANGS, LIS, ZHAOS = (CardNumber(f"{owner:09}") for owner in (WANG, LI, ZHAO))
GIVING = replace(
    PROGRAMME,
    gift_points_per_day_max=300,
    unconfirmed_points_per_day_max=100,
    pool_card=LIS,
)
PIN = "271836"


def open_up(database: Database) -> Book:
    book = open_market(database, catalog=make_catalog(GIVING), points={WANG: 500, LI: 20})
    set_pin(database, WANGS, PIN, now=NOW, random_bytes=Dice())
    return book


def wish(points: int = 50, to: CardNumber = LIS) -> Wish:
    return Wish(giver=WANGS, to=to, points=points)


def lines(book: Book, number: CardNumber) -> list[tuple[Kind, int, int | None]]:
    page = Page(before=None, limit=9)
    found = read_statement(book, make_device(), card_by_number(number), page=page, now=NOW)
    assert not isinstance(found, Refusal)
    posted = [line.posted for line in found.lines]
    return [(it.kind, it.points, it.balance_after) for it in posted]


def test_a_gift_is_a_line_in_both_statements_and_given_once(database: Database) -> None:
    book = open_up(database)

    first, again = (give_points(book, wish(), "one", now=NOW) for _ in range(2))

    assert isinstance(first, Accepted)
    assert (first.points, first.balance, again) == (-50, 450, first)
    assert lines(book, WANGS)[0] == (Kind.GIVE, -50, 450)
    assert lines(book, LIS)[0] == (Kind.GIFT_RECEIVED, 50, 70)
    assert verify(database, now=NOW).findings == ()


def test_the_same_name_for_another_gift_is_told(database: Database) -> None:
    book = open_up(database)
    give_points(book, wish(), "one", now=NOW)

    assert give_points(book, wish(51), "one", now=NOW) == NotDone(reason=DeskFault.KEY_REUSED)


def test_more_than_a_session_may_give_takes_the_pin_or_the_desk(database: Database) -> None:
    book = open_up(database)

    alone = give_points(book, wish(101), "one", now=NOW)
    wrong = give_points(book, wish(101), "one", now=NOW, pin="000001")
    right = give_points(book, wish(101), "one", now=NOW, pin=PIN)
    at_desk = give_at_desk(book, wish(150), "two", now=NOW)
    too_much = give_at_desk(book, wish(50), "three", now=NOW)

    assert alone == NotDone(
        reason=Refusal.SECOND_FACTOR_NEEDED, details={"limit": 100, "left": 100}
    )
    assert wrong == NotDone(reason=Refusal.PIN_WRONG)
    assert [type(it) for it in (right, at_desk)] == [Accepted, Accepted]
    assert too_much == NotDone(
        reason=Refusal.GIFT_LIMIT_REACHED, details={"limit": 300, "left": 49}
    )
    assert verify(database, now=NOW).findings == ()


def test_another_community_gets_nothing(database: Database) -> None:
    assert give_points(open_up(database), wish(to=ZHAOS), "one", now=NOW) == NotDone(
        reason=Refusal.OTHER_COMMUNITY
    )


def test_the_programme_says_how_much_and_which_pool(database: Database) -> None:
    book = open_up(database)

    assert gift_rules(book, now=NOW) == GiftRules(points_per_day_max=300, pool=LIS)


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE entry SET expires_at = expires_at + 86400000000 WHERE operation = {newest}",
        "UPDATE operation SET reference = 'gift:1' WHERE id = {newest}",
        "UPDATE operation SET kind = 'give' WHERE id = {newest}",
    ],
)
def test_a_gift_that_was_tampered_with_is_found(database: Database, tampering: str) -> None:
    book = open_up(database)
    give_points(book, wish(), "one", now=NOW)
    table = tampering.split()[1]
    with transaction(database) as connection:
        on = "" if database.is_sqlite else f" ON {table}"
        connection.execute(text(f"DROP TRIGGER {table}_refuses_update{on}"))
        newest = connection.execute(text("SELECT max(id) FROM operation")).scalar_one()
        connection.execute(text(tampering.format(newest=newest)))
        guard(connection, [table])

    found = {one.code for one in verify(database, now=NOW).findings}

    assert {Code.BATCH_CHANGED, Code.GIFT_DIFFERS} <= found


def test_accounts_and_lots_are_restored_with_their_gifts(database: Database) -> None:
    book = open_up(database)
    give_points(book, wish(), "one", now=NOW)
    with transaction(database) as connection:
        connection.execute(text("UPDATE lot SET remaining = 0"))
        connection.execute(text("UPDATE account SET balance = 0"))

    rebuild(database)

    assert verify(database, now=NOW).findings == ()
    assert lines(book, LIS)[0] == (Kind.GIFT_RECEIVED, 50, 70)
