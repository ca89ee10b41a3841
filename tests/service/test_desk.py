"""All of an act is done, or none of it and a word why not."""

import pytest
from sqlalchemy import Connection

from points.domain.access import OPERATOR
from points.domain.desk import NotDone
from points.domain.facts import Asked
from points.domain.ids import HouseholdId
from points.domain.operations import Merge, OperationKey
from points.domain.outcomes import Refusal
from points.domain.people import Home
from points.outside.card_sheets import PrintedCard
from points.service.cards import replace_card
from points.service.cleanups import SharedOut, share_out
from points.service.desk import post_all, settle_whole
from points.service.households import bind_card, merge_households
from points.service.imports import import_households
from points.service.posting import make_book, post
from points.service.programmes import load_programme
from points.service.sweeping import sweep
from points.service.transactions import DatabaseUnavailable
from points.service.verifying import verify
from points.storage.cards import set_card_state
from points.storage.engine import Database
from tests.build import ask, make_earn
from tests.desk import everything, make_file, print_blank, record, ref, scan
from tests.market import CLEAN_UP, LI, NOW, POINTS_END, SHIJI, WANG, ZHAO
from tests.save import WallClock, open_market


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


def test_a_day_at_the_desk_leaves_the_book_whole(database: Database) -> None:
    """Load, print, scan, bind, import, merge, replace, share out and sweep; then verify."""
    clock = WallClock()
    book = make_book(database, clock)
    load_programme(book, make_file(), now=NOW)
    cards = print_blank(database, 6)
    for card in cards[:5]:
        scan(book, card)
    home = Home(community=SHIJI.key, door="2-301", name="王伟")
    for card in cards[:2]:
        bind_card(book, card.number, home, now=NOW)
    listed = f"community,door,name,cards\nshiji,1,李娜,{cards[2].number} {cards[3].number}\n"
    import_households(book, listed.encode(), now=NOW)
    merge_households(
        book, household_of(cards[0], database), household_of(cards[2], database), now=NOW
    )
    replace_card(database, cards[4].number, by=cards[5].number, now=NOW)
    earn = make_earn(card=ref(cards[5]), activity=CLEAN_UP.key, building="3")
    post(book, [ask(earn, by=OPERATOR)])
    shared = share_out(book, CLEAN_UP.key, "3", now=NOW)
    clock.now = POINTS_END
    swept = sweep(book, now=POINTS_END, confirmed=True)

    report = verify(database, now=POINTS_END)

    assert isinstance(shared, SharedOut)
    assert swept.points == 70
    assert (report.findings, report.gaps) == ((), ())


def household_of(card: PrintedCard, database: Database) -> HouseholdId:
    return record(database, card.number).household
