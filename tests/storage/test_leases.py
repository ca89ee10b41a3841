from points.domain.access import OPERATOR
from points.domain.ids import CredentialId, ShelfId
from points.domain.operations import Operation
from points.service.posting import Book, post
from points.service.transactions import snapshot
from points.storage.engine import Database
from points.storage.leases import Lease, load_leases
from tests.build import ask
from tests.goods import BAGS, give_back, lease
from tests.market import TOWEL
from tests.save import open_market


def lent(database: Database) -> Book:
    """Let three phones take goods; the third brings all of them back."""
    book = open_market(database)
    far = CredentialId("device:16777215")
    acts: list[Operation] = [
        *(lease(5), lease(2, reward=TOWEL.key), lease(1, far)),
        *(lease(3, CredentialId("device:5")), give_back(3, CredentialId("device:5"))),
    ]
    post(book, [ask(act, by=OPERATOR) for act in acts])
    return book


def test_what_phones_have_is_read_by_phone_and_shelf(database: Database) -> None:
    book = lent(database)

    with snapshot(database) as connection:
        shelves = book.catalogs.current(connection).shelves
        found = load_leases(connection)
        own = load_leases(connection, device=4)
        last = load_leases(connection, device=16777215)

    bags = shelves[BAGS]
    four = [Lease(device=4, shelf=bags, pieces=5)]
    assert [one for one in own if one.shelf == bags] == four
    assert [one.pieces for one in own] == [5, 2]
    assert found == [*own, Lease(device=16777215, shelf=bags, pieces=1)]
    assert found[2:] == last


def test_a_phone_that_brought_everything_back_has_nothing(database: Database) -> None:
    lent(database)

    with snapshot(database) as connection:
        assert load_leases(connection, device=5) == []
        assert load_leases(connection, device=3) == []
        assert ShelfId(0) not in {one.shelf for one in load_leases(connection)}
