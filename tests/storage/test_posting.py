from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Row, event, select, text

from points.domain.access import OPERATOR
from points.domain.chain import GENESIS, Link, batch_hash
from points.domain.facts import Accepted, Posted
from points.domain.ids import AccountId, OperationId, wallet
from points.domain.ledger import Account
from points.domain.notes import notes_marks, read_notes
from points.domain.operations import CashSlip, IssueSlip, Merge, slip_by_code
from points.service.posting import Book, post
from points.service.transactions import snapshot, transaction
from points.storage.columns import table_of
from points.storage.engine import Database
from points.storage.history import load_entries, operation_of
from points.storage.ledger import BatchRow, ChainRow, OperationRow, SlipRow
from points.storage.locks import lock_accounts, lock_chain
from points.storage.people import load_households
from tests.build import ask, make_earn, make_redeem, make_undo
from tests.engines import ON_POSTGRESQL
from tests.market import DAY, LI, LI_CARD, NOW, WANG
from tests.save import open_market

TICK = timedelta(microseconds=1)


def rows_of(book: Book, model: type[BatchRow | ChainRow | SlipRow]) -> Sequence[Row[Any]]:
    table = table_of(model)
    with snapshot(book.database) as connection:
        return connection.execute(select(table).order_by(*table.primary_key)).all()


def operations_in(book: Book) -> list[Posted]:
    with snapshot(book.database) as connection:
        rows = connection.execute(select(table_of(OperationRow)).order_by("id")).all()
        entries = load_entries(connection, [OperationId(row.id) for row in rows])
        return [operation_of(row, entries.get(OperationId(row.id), ())) for row in rows]


def test_batches_hang_together_by_their_hashes(database: Database) -> None:
    book = open_market(database, points={WANG: 100})
    post(book, [ask(make_earn()), ask(make_redeem())])
    post(book, [ask(make_earn(card=LI_CARD))])
    posted = operations_in(book)

    batches = rows_of(book, BatchRow)

    previous = GENESIS
    for batch in batches:
        link = Link(chain=0, number=batch.number, posted_at=batch.posted_at, previous=previous)
        held = [one for one in posted if one.posted_at == batch.posted_at]
        assert (batch.previous, batch.hash) == (previous, batch_hash(link, held))
        assert (batch.first_operation, batch.operations) == (held[0].id, len(held))
        previous = batch.hash
    assert [batch.number for batch in batches] == [1, 2, 3]
    assert [one.id for one in posted] == list(range(1, len(posted) + 1))


def test_the_chain_ends_where_its_last_batch_does(database: Database) -> None:
    book = open_market(database)
    post(book, [ask(make_earn())])

    chain, last = rows_of(book, ChainRow)[0], rows_of(book, BatchRow)[-1]

    end = (chain.number, chain.head, chain.last_at, chain.next_operation)
    assert end == (last.number, last.hash, last.posted_at, last.first_operation + last.operations)


def test_a_batch_that_only_repeats_writes_its_chain_as_it_stands(database: Database) -> None:
    book = open_market(database)
    written: list[str] = []
    event.listen(
        database.writer,
        "before_cursor_execute",
        lambda _c, _cursor, statement, *_rest: written.append(statement),
    )
    asked = [ask(make_earn(), key="scan"), ask(make_redeem(quantity=0), key="none")]
    post(book, asked)
    batches, chain = rows_of(book, BatchRow), rows_of(book, ChainRow)[0]

    written.clear()
    post(book, asked)
    post(book, asked[1:])

    assert (rows_of(book, BatchRow), rows_of(book, ChainRow)[0]) == (batches, chain)
    assert sum(one.startswith("UPDATE chain") for one in written) == 2


def test_a_batch_of_final_refusals_alone_is_one_that_notes_them(database: Database) -> None:
    book = open_market(database)
    before = rows_of(book, ChainRow)[0]

    post(book, [ask(make_redeem(quantity=0), key="none")])

    with snapshot(database) as connection:
        refused = connection.execute(text("SELECT * FROM request WHERE key = 'none'")).one()
    batch, chain = rows_of(book, BatchRow)[-1], rows_of(book, ChainRow)[0]
    link = Link(chain=0, number=batch.number, posted_at=batch.posted_at, previous=before.head)
    assert refused.reason == "quantity_invalid"
    assert (refused.chain, refused.batch) == (0, before.number + 1) == (0, batch.number)
    assert (batch.operations, batch.first_operation) == (0, before.next_operation)
    assert batch.hash == batch_hash(link, [], notes=notes_marks(batch.notes)) == chain.head
    assert [one.kind for one in read_notes(batch.notes)] == ["refusal"]
    assert chain.next_operation == before.next_operation


def test_accounts_stand_as_the_last_batch_left_them(database: Database) -> None:
    book = open_market(database, points={WANG: 100})
    post(book, [ask(make_redeem()), ask(make_redeem())])

    with transaction(database) as connection:
        locked = lock_accounts(connection, [wallet(WANG)])
        chain = lock_chain(connection)

    assert locked.accounts == {AccountId(wallet(WANG)): Account(balance=40, version=3)}
    assert locked.last_at == chain.last_at


def test_a_household_that_went_up_in_another_stands_in_it(database: Database) -> None:
    book = open_market(database)
    post(book, [ask(Merge(source=LI, into=WANG, occurred_at=NOW), by=OPERATOR)])

    with snapshot(database) as connection:
        assert load_households(connection, [LI]).stands == {WANG: WANG, LI: WANG}


def test_a_slip_is_cashed_and_freed_again(database: Database) -> None:
    book = open_market(database)
    slip = slip_by_code(bytes(32))
    issue = IssueSlip(slip=slip, points=30, last_day=DAY, occurred_at=NOW)
    cash = CashSlip(slip=slip, card=LI_CARD, occurred_at=NOW)
    found = []
    for one in [
        ask(issue, key="issue"),
        ask(cash, key="cash"),
        ask(make_undo("cash")),
        ask(cash, key="cash again"),
    ]:
        post(book, [one])
        (row,) = rows_of(book, SlipRow)
        found.append((row.ref, row.points, bool(row.is_cashed), row.times_cashed))

    assert found == [
        (slip, 30, False, 0),
        (slip, 30, True, 1),
        (slip, 30, False, 1),
        (slip, 30, True, 2),
    ]


@ON_POSTGRESQL
def test_facts_are_written_in_order_of_their_names(database: Database) -> None:
    book = open_market(database)
    slips = [slip_by_code(bytes([number]) * 32) for number in (2, 3, 1)]
    issues = [IssueSlip(slip=it, points=30, last_day=DAY, occurred_at=NOW) for it in slips]

    post(book, [ask(issue) for issue in issues])

    # Two writers that gave the same slips out, each in an order of its own, would cross.
    written = text("SELECT reference FROM operation WHERE kind = 'slip_issued' ORDER BY ctid")
    with snapshot(database) as connection:
        found = connection.execute(written).scalars().all()
    assert found == [f"slip:{slip}" for slip in sorted(slips)]


def test_an_undo_is_written_after_what_it_takes_back(database: Database) -> None:
    book = open_market(database, points={WANG: 100})
    batch = [ask(make_redeem(), key="bags"), ask(make_undo("bags")), ask(make_earn())]

    told = post(book, batch)

    assert {type(outcome) for outcome in told} == {Accepted}
