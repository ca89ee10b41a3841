"""What is known of the time."""

from datetime import timedelta

from points.domain.access import OPERATOR
from points.domain.operations import Adjust
from points.service.posting import post
from points.service.transactions import snapshot, transaction
from points.storage.clock import known_instants, set_vouched
from points.storage.engine import Database
from tests.build import ask
from tests.market import NOW, WANG
from tests.save import WallClock, open_market


def test_of_an_empty_book_nothing_is_known(database: Database) -> None:
    with snapshot(database) as connection:
        assert known_instants(connection) == []


def test_the_book_knows_its_newest_batch(database: Database) -> None:
    clock = WallClock()
    book = open_market(database, points={WANG: 5}, clock=clock)
    clock.now = NOW + timedelta(hours=3)
    gift = Adjust(household=WANG, points=5, reason="gift", approver="Chen", occurred_at=clock.now)
    post(book, [ask(gift, by=OPERATOR)])

    with snapshot(database) as connection:
        assert known_instants(connection) == [clock.now]


def test_only_the_last_time_that_somebody_vouched_counts(database: Database) -> None:
    for moment in (NOW, NOW - timedelta(days=400)):
        with transaction(database) as connection:
            set_vouched(connection, moment)

    with snapshot(database) as connection:
        assert known_instants(connection) == [NOW - timedelta(days=400)]
