"""What nobody foresaw, and a database in trouble: nothing half done, and over by itself."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import Connection, event, text
from sqlalchemy.exc import DBAPIError

from points.domain.facts import Accepted, Refused, Replayed
from points.domain.ids import EventKey, HouseholdId
from points.domain.operations import (
    CashSlip,
    card_by_code,
    slip_by_code,
)
from points.domain.outcomes import Refusal
from points.domain.programme import Catalog, Fixed
from points.service.posting import make_book, post
from points.service.transactions import DatabaseUnavailable, transaction
from points.storage.engine import Database, open_database
from tests.build import ask, make_catalog, make_earn
from tests.engines import ON_POSTGRESQL
from tests.lossy import losing_the_answer_to
from tests.market import (
    NOW,
    SORTING,
    WANG,
    WANG_CARD,
)
from tests.save import WallClock, open_market, save_household
from tests.service.test_posting import everything_in, gift
from tests.trouble import TROUBLES, Trouble, open_impatiently


def far_too_much(points: int) -> Catalog:
    """Set up an activity that pays more than the book can hold, as no programme file may."""
    return make_catalog(replace(SORTING, rule=Fixed(points=points), counts_towards_day=False))


LOST_EVENT = make_catalog(replace(SORTING, event=EventKey("nowhere")))


@pytest.mark.parametrize(
    "catalog",
    [far_too_much(10**13), far_too_much(2**63), LOST_EVENT],
    ids=["against a rule of the tables", "against every number", "against a rule of ours"],
)
def test_an_operation_that_nobody_foresaw_fails_alone(
    database: Database, catalog: Catalog, caplog: pytest.LogCaptureFixture
) -> None:
    book = open_market(database, catalog=catalog)
    crowd = [HouseholdId(number) for number in range(4, 104)]
    with transaction(database) as connection:
        for owner in crowd:
            save_household(connection, owner, fingerprint=bytes([owner]) * 32)
    batch = [ask(make_earn(card=card_by_code(bytes([owner]) * 32))) for owner in crowd]
    batch[37] = ask(make_earn(activity=SORTING.key), key="poison")

    told = post(book, batch)

    (alarm,) = [record for record in caplog.records if record.levelname == "CRITICAL"]
    assert alarm.message == "an operation breaks the book's own rules"
    assert told[37] == Refused(reason=Refusal.INTERNAL_INVARIANT)
    assert {type(outcome) for outcome in told[:37] + told[38:]} == {Accepted}
    assert everything_in(database).points_of(WANG, crowd[37], crowd[36], crowd[38]) == [
        0,
        0,
        10,
        10,
    ]
    assert post(book, batch[37:38]) == [Refused(reason=Refusal.INTERNAL_INVARIANT)]


def test_a_fault_that_would_hit_everyone_is_told_as_it_is(database: Database) -> None:
    book = open_market(database)
    with transaction(database) as connection:
        connection.execute(text("ALTER TABLE slip RENAME TO mislaid"))
    cash = CashSlip(slip=slip_by_code(bytes(32)), card=WANG_CARD, occurred_at=NOW)

    with pytest.raises(DBAPIError, match="slip"):
        post(book, [ask(cash), ask(make_earn())])


@pytest.fixture
def impatient(database_url: str) -> Iterator[Database]:
    opened = open_impatiently(database_url)
    yield opened
    opened.dispose()


@pytest.mark.parametrize("trouble", TROUBLES, ids=lambda it: it.__name__)
def test_a_database_in_trouble_moves_nothing_and_works_again_afterwards(
    impatient: Database, trouble: Trouble
) -> None:
    book = open_market(impatient, points={WANG: 10_000})
    gifts = [gift(WANG, 1) for _ in range(200)]
    before = everything_in(impatient)

    with trouble(impatient), pytest.raises(DatabaseUnavailable):
        post(book, gifts)

    assert everything_in(impatient) == before
    assert {type(outcome) for outcome in post(book, gifts)} == {Accepted}
    assert everything_in(impatient).points_of(WANG) == [10_200]


@ON_POSTGRESQL
def test_a_session_ended_at_its_commit_is_no_reason_to_fail(database: Database) -> None:
    book = open_market(database)
    ended: list[int] = []

    @event.listens_for(database.writer, "commit")
    def end_once(connection: Connection) -> None:
        if not ended:
            ended.append(connection.execute(text("SELECT pg_backend_pid()")).scalar_one())
            with database.reader.connect() as other:
                other.execute(text("SELECT pg_terminate_backend(:session)"), {"session": ended[0]})

    (told,) = post(book, [ask(make_earn())])

    assert isinstance(told, Accepted)
    assert everything_in(database).points_of(WANG) == [10]


@ON_POSTGRESQL
def test_an_answer_lost_after_the_commit_is_given_again_and_nothing_done_twice(
    database: Database, database_url: str
) -> None:
    open_market(database)
    with losing_the_answer_to(b"COMMIT", database_url) as url:
        far = open_database(url)

        (told,) = post(make_book(far, WallClock()), [ask(make_earn())])

        far.dispose()
    assert isinstance(told, Replayed)
    assert isinstance(told.first, Accepted)
    assert everything_in(database).points_of(WANG) == [10]
