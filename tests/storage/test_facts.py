from collections.abc import Callable, Sequence

import pytest
from sqlalchemy import Connection

from points.domain.access import OPERATOR
from points.domain.facts import Accepted, Asked, Facts
from points.domain.ids import HouseholdId, wallet
from points.domain.operations import Merge, card_by_code
from points.service.posting import Book, post
from points.service.transactions import transaction
from points.storage.engine import Database
from points.storage.facts import HouseholdsMoved, load_facts
from points.storage.locks import lock_chain
from tests.build import ask, make_earn, make_redeem, make_undo
from tests.elsewhere import interrupted, statements_on
from tests.engines import ON_POSTGRESQL
from tests.market import CLEAN_UP, LI, LI_CARD, NOW, WANG, WANG_CARD
from tests.save import open_market, save_household

CROWD = [HouseholdId(number) for number in range(4, 104)]
CARDS = [card_by_code(owner.to_bytes(32, "big")) for owner in CROWD]


@pytest.fixture
def book(database: Database) -> Book:
    return open_market(database)


@pytest.fixture
def crowded(book: Book) -> Book:
    """A hundred more households, each of which has checked in and holds enough to redeem."""
    with transaction(book.database) as connection:
        for owner in CROWD:
            save_household(connection, owner, fingerprint=owner.to_bytes(32, "big"))
    scans = [ask(make_earn(card=card), key=f"scan {card}") for card in CARDS]
    assert {type(outcome) for outcome in post(book, scans)} == {Accepted}
    return book


def facts_of(connection: Connection, book: Book, batch: Sequence[Asked]) -> Facts:
    chain = lock_chain(connection)
    catalog = book.catalogs.current(connection)
    return load_facts(connection, batch, catalog=catalog, chain=chain, clock=NOW)


@pytest.mark.parametrize(
    "make",
    [
        lambda card: ask(make_earn(card=card)),
        lambda card: ask(make_redeem(card=card)),
        lambda card: ask(make_undo(f"scan {card}")),
        lambda card: ask(make_earn(card=card, activity=CLEAN_UP.key, building=str(card))),
    ],
    ids=["earn", "redeem", "undo", "check-in at a building of one's own"],
)
def test_a_hundred_operations_cost_as_many_questions_as_one(
    crowded: Book, make: Callable[[object], Asked]
) -> None:
    counts = []
    for size in (1, 100):
        with transaction(crowded.database) as connection:
            batch = [make(card) for card in CARDS[:size]]
            with statements_on(crowded.database) as sent:
                facts_of(connection, crowded, batch)
            counts.append(len(sent))

    assert counts[0] == counts[1] <= 20


def test_accounts_are_locked_before_what_they_hold_is_read(book: Book) -> None:
    with transaction(book.database) as connection, statements_on(book.database) as sent:
        facts_of(connection, book, [ask(make_redeem())])

    tables = [statement.split("FROM ")[1].split()[0] for statement in sent if "FROM" in statement]
    locked = len(tables) - tables[::-1].index("account")
    assert tables[0] == "chain"
    assert set(tables[locked:]) >= {"lot", "operation", "request"}


@ON_POSTGRESQL
def test_a_household_that_went_up_in_another_meanwhile_is_noticed(book: Book) -> None:
    merge = ask(Merge(source=LI, into=WANG, occurred_at=NOW), by=OPERATOR)
    database = book.database

    with (
        transaction(database) as connection,
        interrupted(database, at="FROM account", by=lambda: post(book, [merge])),
        pytest.raises(HouseholdsMoved),
    ):
        facts_of(connection, book, [ask(make_earn(card=LI_CARD))])


def test_a_merged_household_brings_the_history_of_both(book: Book) -> None:
    scans = [ask(make_earn(card=card)) for card in (WANG_CARD, LI_CARD)]
    post(book, scans)
    post(book, [ask(Merge(source=LI, into=WANG, occurred_at=NOW), by=OPERATOR)])

    with transaction(book.database) as connection:
        facts = facts_of(connection, book, [ask(make_earn(card=LI_CARD))])

    (card,) = facts.cards.values()
    assert card.household == WANG
    assert facts.communities.keys() == {WANG}
    assert [len(acts) for acts in facts.history.values()] == [3]
    assert {lot.account for lot in facts.lots} == {wallet(WANG)}
