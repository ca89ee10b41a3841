"""All of an act is done, or none of it and a word why not."""

import pytest
from sqlalchemy import Connection

from points.domain.access import OPERATOR
from points.domain.desk import NotDone
from points.domain.facts import Asked
from points.domain.ids import HouseholdId
from points.domain.operations import Merge, OperationKey
from points.domain.outcomes import Refusal
from points.service.desk import post_all, settle_whole
from points.service.transactions import DatabaseUnavailable
from points.storage.cards import set_card_state
from points.storage.engine import Database
from tests.build import ask
from tests.desk import everything, print_blank, record
from tests.market import LI, NOW, WANG, ZHAO
from tests.save import open_market


def merge(source: HouseholdId, into: HouseholdId, *, key: str) -> Asked:
    return ask(Merge(source=source, into=into, occurred_at=NOW), key=key, by=OPERATOR)


def test_what_is_accepted_or_was_before_is_done(database: Database) -> None:
    book = open_market(database)
    asked = merge(LI, WANG, key="one")

    first = settle_whole(database, lambda connection: post_all(connection, book, [asked]))
    again = settle_whole(database, lambda connection: post_all(connection, book, [asked]))

    assert not isinstance(first, NotDone)
    assert (again, first[0].details) == (first, {"merged": LI})


def test_asking_for_nothing_writes_nothing(database: Database) -> None:
    book = open_market(database)
    before = everything(database)

    assert settle_whole(database, lambda connection: post_all(connection, book, [])) == []
    assert everything(database) == before


def test_a_refusal_takes_everything_back_and_is_not_final(database: Database) -> None:
    book = open_market(database)
    card = record(database, print_blank(database, 1)[0].number)
    before = everything(database)
    refused = merge(ZHAO, WANG, key="other-community")

    def act(connection: Connection) -> None:
        set_card_state(connection, card.id, card.state.FROZEN, stopped_at=NOW)
        post_all(connection, book, [merge(LI, WANG, key="fine"), refused])

    assert settle_whole(database, act) == NotDone(reason=Refusal.OTHER_COMMUNITY)
    assert everything(database) == before


def test_a_name_given_to_something_else_is_never_reused(database: Database) -> None:
    book = open_market(database)
    post_first = merge(LI, WANG, key="one")
    settle_whole(database, lambda connection: post_all(connection, book, [post_first]))
    other = Asked(
        credential=OPERATOR, key=OperationKey("one"), operation=merge(WANG, LI, key="one").operation
    )

    with pytest.raises(DatabaseUnavailable):
        settle_whole(database, lambda connection: post_all(connection, book, [other]))
