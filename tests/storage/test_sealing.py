"""Which cards a phone may carry sealed: their community's, those seen at the event, the newest."""

from datetime import timedelta

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import insert, text

from points.domain.facts import CardState
from points.domain.ids import CommunityKey, EventKey
from points.domain.people import Home
from points.domain.sealing import sealing_of
from points.outside.card_sheets import PrintedCard
from points.service.cards import freeze_card
from points.service.households import bind_card, merge_households
from points.service.posting import Book, post
from points.service.transactions import snapshot, transaction
from points.storage import migrate as migrating
from points.storage.columns import table_of
from points.storage.engine import Database, open_database
from points.storage.migrate import migrate
from points.storage.people import CardRow
from points.storage.sealing import SealableCard, load_sealable
from tests.build import ask, make_device, make_earn
from tests.desk import print_blank, record, ref, scan
from tests.market import (
    CLEAN_UP,
    CORRIDORS,
    MARKET,
    NOW,
    POINTS_END,
    QINGSHUI,
    SHIJI,
    WANG,
)
from tests.save import card_row, open_market


@pytest.fixture
def book(database: Database) -> Book:
    return open_market(database)


def found(
    book: Book,
    event: EventKey = CORRIDORS.key,
    community: CommunityKey | None = SHIJI.key,
    *,
    days: int = 0,
    limit: int = 100,
) -> list[SealableCard]:
    now = NOW + timedelta(days=days)
    with snapshot(book.database) as connection:
        return load_sealable(connection, event, community, now=now, limit=limit)


def sealed(*cards: tuple[PrintedCard, CardState, int]) -> list[SealableCard]:
    expected = [
        SealableCard(sealing=sealing_of(card.code), state=state, available=points)
        for card, state, points in cards
    ]
    return sorted(expected, key=lambda card: card.sealing.tag)


def live_in(book: Book, card: PrintedCard, community: CommunityKey, door: str = "2-301") -> None:
    bind_card(book, card.number, Home(community=community, door=door), now=NOW)


def clean_up(book: Book, card: PrintedCard) -> None:
    phone = make_device(event=CORRIDORS.key, booth=None, number=30)
    earn = make_earn(card=ref(card), activity=CLEAN_UP.key, building="3")
    post(book, [ask(earn, by=phone)])


def test_a_communitys_cards_are_carried_with_what_they_can_spend(book: Book) -> None:
    mine, theirs, nobodys = print_blank(book.database, 3)
    live_in(book, mine, SHIJI.key)
    live_in(book, theirs, QINGSHUI.key)
    for card in (mine, theirs, nobodys):
        scan(book, card)

    assert found(book) == sealed((mine, CardState.ACTIVE, 10))


def test_a_card_seen_at_the_event_is_carried_whoever_has_it(book: Book) -> None:
    seen, unseen = print_blank(book.database, 2)
    clean_up(book, seen)
    scan(book, unseen)

    assert found(book) == sealed((seen, CardState.ACTIVE, 0))


def test_at_an_event_for_everybody_all_cards_with_points_are_carried(book: Book) -> None:
    mine, theirs, _blank = print_blank(book.database, 3)
    live_in(book, theirs, QINGSHUI.key)
    for card in (mine, theirs):
        scan(book, card)

    everybodys = found(book, EventKey("another fair"), None)

    assert everybodys == sealed((mine, CardState.ACTIVE, 10), (theirs, CardState.ACTIVE, 10))


def test_every_card_of_a_household_tells_of_the_same_points(book: Book) -> None:
    one, other = print_blank(book.database, 2)
    scan(book, one)
    live_in(book, one, SHIJI.key)
    live_in(book, other, SHIJI.key)
    freeze_card(book.database, one.number, now=NOW)

    assert found(book) == sealed((one, CardState.FROZEN, 10), (other, CardState.ACTIVE, 10))


def test_cards_of_a_household_that_went_up_in_another_are_carried_once(book: Book) -> None:
    gone, left = print_blank(book.database, 2)
    for card in (gone, left):
        scan(book, card)
    live_in(book, left, SHIJI.key)
    source, into = (record(book.database, card.number).household for card in (gone, left))
    merge_households(book, source, into, now=NOW)

    assert found(book) == sealed((gone, CardState.ACTIVE, 20), (left, CardState.ACTIVE, 20))
    assert found(book, MARKET.key, None) == found(book)


def test_points_that_have_ended_are_not_counted(book: Book) -> None:
    card = print_blank(book.database, 1)[0]
    live_in(book, card, SHIJI.key)
    scan(book, card)

    last_day, after = ((POINTS_END - NOW).days, (POINTS_END - NOW).days + 1)

    assert [one.available for one in found(book, days=last_day)] == [10]
    assert [one.available for one in found(book, days=after)] == [0]


def test_where_there_are_too_many_those_used_last_are_carried(book: Book) -> None:
    first, second, never = print_blank(book.database, 3)
    for place, card in enumerate((first, second, never)):
        live_in(book, card, SHIJI.key, f"2-30{place}")
    scan(book, first)
    scan(book, second)

    assert found(book, limit=1) == sealed((second, CardState.ACTIVE, 10))
    assert found(book, limit=2) == sealed(
        (first, CardState.ACTIVE, 10), (second, CardState.ACTIVE, 10)
    )


def test_a_card_from_before_there_were_records_has_none(book: Book) -> None:
    with transaction(book.database) as connection:
        old = card_row(WANG, fingerprint=b"old") | {"id": 404, "number": "404"}
        connection.execute(insert(table_of(CardRow)), [old])

    assert found(book) == []


def test_cards_that_were_there_before_records_came_stay_as_they_were(
    blank_database_url: str,
) -> None:
    database = open_database(blank_database_url)
    config = migrating._config()
    (step,) = [
        one
        for one in ScriptDirectory.from_config(config).walk_revisions()
        if one.path.endswith("_sealed_balances.py")
    ]
    with database.turn(), database.writer.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, str(step.down_revision))
        connection.execute(text("INSERT INTO household (id, added_at) VALUES (1, 0)"))
        connection.execute(
            text(
                "INSERT INTO card (id, number, fingerprint, household, state, printed_at)"
                " VALUES (7, '123', :fingerprint, 1, 'active', 5)"
            ),
            {"fingerprint": b"7"},
        )

    migrate(database)

    with snapshot(database) as connection:
        (row,) = connection.execute(text("SELECT * FROM card")).mappings()
    assert {name: value for name, value in row.items() if value is not None} == {
        "id": 7,
        "number": "123",
        "fingerprint": b"7",
        "household": 1,
        "state": "active",
        "printed_at": 5,
    }
    database.dispose()
