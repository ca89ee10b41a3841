"""Cases and settlements are read as they stand, and a cheat's changes to them are named."""

import pytest
from sqlalchemy import Connection, text

from points.domain.access import OPERATOR
from points.domain.cases import CaseId, Decision
from points.domain.facts import Accepted
from points.domain.findings import Code
from points.service.cases import Matter, Settling, settle_case
from points.service.posting import Book, post
from points.service.transactions import snapshot, transaction
from points.service.verifying import verify
from points.storage.access import add_credential
from points.storage.engine import Database
from points.storage.verifying_cases import find_named, read_cases, read_settlements
from tests.build import ask
from tests.cheat import guards_asleep
from tests.goods import PHONE, handout, lease
from tests.market import NOW, SINCE_EVER, WANG
from tests.save import open_market


@pytest.fixture
def book(database: Database) -> Book:
    """A debt that was forgiven, an approval, a rejection, and one that is still open."""
    book = open_market(database, points={WANG: 10})
    with transaction(database) as connection:
        add_credential(connection, PHONE, name="4", token_hash=bytes(32), added_at=SINCE_EVER)
    unseen = [handout(f"unseen {number}", price_shown=20) for number in range(3)]
    outcomes = post(book, [ask(lease(5), by=PHONE), handout("owing"), *unseen])
    assert isinstance(outcomes[1], Accepted)
    for number, decision in ((1, Decision.FORGIVE), (2, Decision.APPROVE), (3, Decision.REJECT)):
        settling = Settling(
            case=CaseId(number),
            key=f"s{number}",
            decision=decision,
            note="n",
            by=OPERATOR,
            name="C",
        )
        assert isinstance(settle_case(book, settling, now=NOW), Matter)
    return book


def test_they_are_read_by_number(book: Book) -> None:
    with snapshot(book.database) as connection:
        cases, settlements = [*read_cases(connection)], [*read_settlements(connection)]
        named = find_named(connection)

    assert [it.kind for it in cases[:4]] == ["overspent", "review", "review", "review"]
    assert [(it.id, it.decision) for it in settlements] == [
        (1, "forgive"),
        (2, "approve"),
        (3, "reject"),
    ]
    assert len(named) == 3


def test_a_book_with_cases_is_clean(book: Book) -> None:
    report = verify(book.database, now=NOW)

    assert (report.findings, report.gaps) == ((), ())
    assert report.counts["cases"] == 5


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ("DELETE FROM cases WHERE id = 4", Code.CASE_MISSING),
        ("DELETE FROM request WHERE reason = 'in_review'", Code.CASE_DIFFERS),
        ("DELETE FROM settlement WHERE id = 3", Code.CASE_DIFFERS),
        ("UPDATE cases SET household = 2 WHERE id = 4", Code.CASE_DIFFERS),
        ("UPDATE cases SET body = body || ' ' WHERE id = 4", Code.CASE_DIFFERS),
        ("UPDATE cases SET id = 99 WHERE id = 3", Code.SETTLEMENT_DIFFERS),
        ("UPDATE settlement SET decision = 'approve' WHERE id = 3", Code.SETTLEMENT_DIFFERS),
        ("UPDATE settlement SET operation = 1 WHERE id = 1", Code.SETTLEMENT_DIFFERS),
    ],
)
def test_what_a_cheat_changes_is_named(book: Book, change: str, code: Code) -> None:
    with book.database.turn(), book.database.writer.connect() as connection:
        _cheat(connection, change, is_sqlite=book.database.is_sqlite)

    assert code in {finding.code for finding in verify(book.database, now=NOW).findings}


def _cheat(connection: Connection, change: str, *, is_sqlite: bool) -> None:
    if is_sqlite:
        driver = connection.connection.dbapi_connection
        assert driver is not None
        driver.execute("PRAGMA foreign_keys = OFF")
    with connection.begin(), guards_asleep(connection):
        connection.execute(text(change))
