"""Read the whole book in order, a few thousand rows at a time.

Rows come as plain tuples (`points.domain.stored`), past the ORM and past the column types: there
are millions. Every stream is in the order of an index, so that the database keeps no more of it
than we do; the few that it must sort, it sorts on disk.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    collate,
    false,
    func,
    literal,
    or_,
    select,
    text,
    tuple_,
    union_all,
)

from points.domain.anchors import Head
from points.domain.notes import NoteKind
from points.domain.operations import Kind
from points.domain.shapes import BUDGET, GOODS, LEASED, OWED, WALLET
from points.domain.stored import (
    AccountLine,
    ActLine,
    BatchLine,
    ChainLine,
    EntryLine,
    LotLine,
    NotesLine,
    OperationLine,
    RequestLine,
    SideLine,
    SlipActLine,
    SlipLine,
)
from points.storage.catalog import BudgetRow, ShelfRow
from points.storage.columns import table_of
from points.storage.ledger import (
    AccountRow,
    BatchRow,
    ChainRow,
    EntryRow,
    LotRow,
    OperationRow,
    RequestRow,
    SlipRow,
)
from points.storage.locks import first_operation
from points.storage.people import HouseholdRow
from points.storage.postgresql import be_patient
from points.storage.spans import EVERYTHING, Place, Span
from points.storage.streaming import Stream, as_line, plain, raw, stream

_NUMBERS_AT_ONCE = 1000

_account, _lot, _slip = table_of(AccountRow), table_of(LotRow), table_of(SlipRow)
_operation, _entry = table_of(OperationRow), table_of(EntryRow)
_request, _batch, _chain = table_of(RequestRow), table_of(BatchRow), table_of(ChainRow)
_household = table_of(HouseholdRow)


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the journal: one chain after one of its batches; all of it if not told."""

    chain: int | None = None
    after: int = 0
    first_operation: int = 0
    """The first operation after that batch."""
    begin: Place | None = None
    """Where a part begins that may reach over chains; before everything if not told."""
    end: Place | None = None
    """Where it ends; after everything if not told."""


def lift_limits(connection: Connection) -> None:
    """Let this transaction take the time that it takes: the limits are for posting."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET LOCAL statement_timeout = 0"))
        connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
        be_patient(connection)


def count_rows(connection: Connection) -> dict[str, int]:
    """Count operations and accounts, to tell how far a check has come."""
    return {
        table.name: int(connection.execute(select(func.count()).select_from(table)).scalar_one())
        for table in (_operation, _account)
    }


def read_chains(connection: Connection) -> dict[int, ChainLine]:
    """Read the heads of all chains."""
    statement = select(*plain(_chain, ChainLine._fields)).order_by(_chain.c.id)
    return {line.id: line for line in stream(connection, statement, as_line(ChainLine))}


def read_batches(connection: Connection, part: Part) -> Stream[BatchLine]:
    """Read batches by chain and number."""
    statement = select(*plain(_batch, BatchLine._fields)).order_by(_batch.c.chain, _batch.c.number)
    if part.chain is not None:
        statement = statement.where(_batch.c.chain == part.chain, _batch.c.number > part.after)
    place = tuple_(_batch.c.chain, _batch.c.number)
    if part.begin is not None:
        statement = statement.where(place >= part.begin[:2])
    if part.end is not None:
        statement = statement.where(place < part.end[:2])
    return stream(connection, statement, as_line(BatchLine))


def find_batches(connection: Connection, heads: Mapping[int, Head]) -> dict[int, BatchLine]:
    """Read the batches that stand where these heads do, by chain."""
    places = [
        and_(_batch.c.chain == chain, _batch.c.number == head.number)
        for chain, head in heads.items()
    ]
    statement = select(*plain(_batch, BatchLine._fields)).where(or_(false(), *places))
    return {line.chain: line for line in stream(connection, statement, as_line(BatchLine))}


def read_operations(connection: Connection, part: Part) -> Stream[OperationLine]:
    """Read operations by number."""
    columns = plain(_operation, OperationLine._fields)
    statement = _within(select(*columns), _operation.c.id, part).order_by(_operation.c.id)
    return stream(connection, statement, as_line(OperationLine))


def read_entries(connection: Connection, part: Part) -> Stream[EntryLine]:
    """Read entries by operation and line."""
    columns = plain(_entry, EntryLine._fields)
    statement = _within(select(*columns), _entry.c.operation, part)
    ordered = statement.order_by(_entry.c.operation, _entry.c.line)
    return stream(connection, ordered, as_line(EntryLine))


def read_requests(connection: Connection, part: Part) -> Stream[RequestLine]:
    """Read accepted requests by operation."""
    columns = plain(_request, RequestLine._fields)
    statement = select(*columns).where(_request.c.operation.is_not(None))
    ordered = _within(statement, _request.c.operation, part).order_by(_request.c.operation)
    return stream(connection, ordered, as_line(RequestLine))


def read_refusals(connection: Connection) -> Stream[tuple[RequestLine, str | None]]:
    """Read the requests that have no operation, in no order, each with its batch's notes."""
    columns = plain(_request, RequestLine._fields)
    place = and_(_batch.c.chain == _request.c.chain, _batch.c.number == _request.c.batch)
    statement = (
        select(*columns, raw(_batch.c.notes).label("notes"))
        .outerjoin(_batch, place)
        .where(_request.c.operation.is_(None))
    )
    return stream(connection, statement, lambda row: (RequestLine._make(row[:-1]), row[-1]))


def read_notes_of(connection: Connection, *kinds: NoteKind) -> Stream[NotesLine]:
    """Read the notes of the batches that note anything of these kinds, or of any that begin so."""
    [notes] = plain(_batch, ["notes"])
    statement = select(*plain(_batch, ("chain", "number")), notes).where(
        or_(*(notes.contains(kind.value, autoescape=True) for kind in kinds))
    )
    ordered = statement.order_by(_batch.c.chain, _batch.c.number)
    return stream(connection, ordered, as_line(NotesLine))


def read_accounts(connection: Connection, span: Span = EVERYTHING) -> Stream[AccountLine]:
    """Read accounts by number."""
    columns = plain(_account, AccountLine._fields)
    statement = select(*columns).where(*span.where(_account.c.id)).order_by(_account.c.id)
    return stream(connection, statement, as_line(AccountLine))


def read_nobodys(connection: Connection) -> Stream[int]:
    """Read the accounts that were never moved and belong to nobody, by number.

    Of those that were moved, their entries tell whose they are.
    """
    owners = union_all(
        *(
            select((owner.c.id + side).label("account"))
            for side, owner in (
                (WALLET, _household),
                (OWED, _household),
                (BUDGET, table_of(BudgetRow)),
                (GOODS, table_of(ShelfRow)),
            )
        )
    )
    unused = select(_account.c.id).where(_account.c.version == 0, _account.c.id < LEASED)
    statement = unused.where(_account.c.id.not_in(owners)).order_by(_account.c.id)
    return stream(connection, statement, itemgetter(0))


def read_sides(connection: Connection, span: Span = EVERYTHING) -> Stream[SideLine]:
    """Read each entry from both of its accounts, by account and the account's own numbers."""
    names = ("operation", "line", "amount", "lot", "expires_at")
    operation, line, amount, lot, expires_at = plain(_entry, names)
    debit, credit, debit_seq, credit_seq = plain(
        _entry, ("debit", "credit", "debit_seq", "credit_seq")
    )
    halves = (
        (_entry.c.debit, debit, debit_seq, 0, credit),
        (_entry.c.credit, credit, credit_seq, 1, debit),
    )
    both = union_all(
        *(
            select(
                account.label("account"),
                seq.label("seq"),
                operation,
                line,
                literal(is_credit).label("is_credit"),
                amount,
                lot,
                other.label("other"),
                expires_at,
            ).where(column >= WALLET, *span.where(column))
            for column, account, seq, is_credit, other in halves
        )
    )
    return stream(connection, both.order_by("account", "seq"), as_line(SideLine))


def read_lots(connection: Connection, span: Span = EVERYTHING) -> Stream[LotLine]:
    """Read lots by account."""
    columns = plain(_lot, LotLine._fields)
    statement = select(*columns).where(*span.where(_lot.c.account))
    ordered = statement.order_by(_lot.c.account, _lot.c.id)
    return stream(connection, ordered, as_line(LotLine))


def read_acts(connection: Connection, span: Span = EVERYTHING) -> Stream[ActLine]:
    """Read operations by household, each household's in the order of posting."""
    undo = _operation.alias("undo")
    columns = plain(_operation, [name for name in ActLine._fields if name != "undone_by"])
    statement = (
        select(*columns, raw(undo.c.id).label("undone_by"))
        .outerjoin(undo, undo.c.reverses == _operation.c.id)
        .where(_operation.c.household.is_not(None))
        .where(*span.where(_operation.c.household, less=WALLET))
        .order_by(_operation.c.household, _operation.c.posted_at, _operation.c.id)
    )
    return stream(connection, statement, as_line(ActLine))


def read_sequels(connection: Connection) -> Stream[OperationLine]:
    """Read the operations that depend on others: undos and merges, in the order of posting."""
    columns = plain(_operation, OperationLine._fields)
    is_sequel = or_(
        _operation.c.kind.in_((Kind.UNDO, Kind.MERGE)), _operation.c.reverses.is_not(None)
    )
    statement = select(*columns).where(is_sequel)
    ordered = statement.order_by(_operation.c.posted_at, _operation.c.id)
    return stream(connection, ordered, as_line(OperationLine))


def read_merged(connection: Connection) -> Stream[tuple[int, int]]:
    """Read the households that went up in another, each with the one that it names."""
    statement = select(_household.c.id, _household.c.merged_into).where(
        _household.c.merged_into.is_not(None)
    )
    return stream(connection, statement, tuple)


def read_repeated(connection: Connection) -> Stream[tuple[str, int]]:
    """Read the facts that the book holds more than once, with how often."""
    statement = (
        select(_operation.c.reference, func.count())
        .where(_operation.c.reference.is_not(None))
        .group_by(_operation.c.reference)
        .having(func.count() > 1)
    )
    return stream(connection, statement, tuple)


def read_undone_twice(connection: Connection) -> Stream[tuple[int, int]]:
    """Read the operations that were undone more than once, with how often."""
    statement = (
        select(_operation.c.reverses, func.count())
        .where(_operation.c.reverses.is_not(None))
        .group_by(_operation.c.reverses)
        .having(func.count() > 1)
    )
    return stream(connection, statement, tuple)


def read_slips(connection: Connection) -> Stream[SlipLine]:
    """Read slips by their codes' fingerprints."""
    columns = plain(_slip, SlipLine._fields)
    statement = select(*columns).order_by(_in_bytes(connection, _slip.c.ref))
    return stream(connection, statement, as_line(SlipLine))


def read_slip_acts(connection: Connection) -> Stream[SlipActLine]:
    """Read what was done with slips, by slip and operation."""
    undo = _operation.alias("undo")
    slip = _slip_of(connection)
    names = ("id", "kind", "posted_at", "quantity")
    statement = (
        select(
            slip.label("slip"),
            *plain(_operation, names),
            raw(_request.c.body).label("body"),
            raw(undo.c.id).label("undone_by"),
        )
        .outerjoin(undo, undo.c.reverses == _operation.c.id)
        .outerjoin(_request, _request.c.operation == _operation.c.id)
        .where(_operation.c.kind.in_((Kind.SLIP_ISSUED, Kind.SLIP_CASHED)))
        .order_by(_in_bytes(connection, slip), _operation.c.id)
    )
    return stream(connection, statement, as_line(SlipActLine))


def find_operations(connection: Connection, numbers: Iterable[int]) -> dict[int, OperationLine]:
    """Read these operations."""
    columns = plain(_operation, OperationLine._fields)
    return {
        line.id: line
        for some in _portions(numbers)
        for line in stream(
            connection,
            select(*columns).where(_operation.c.id.in_(some)),
            as_line(OperationLine),
        )
    }


def find_entries(connection: Connection, numbers: Iterable[int]) -> dict[int, list[EntryLine]]:
    """Read the entries of these operations, in order of line."""
    columns = plain(_entry, EntryLine._fields)
    found: dict[int, list[EntryLine]] = {}
    for some in _portions(numbers):
        statement = (
            select(*columns)
            .where(_entry.c.operation.in_(some))
            .order_by(_entry.c.operation, _entry.c.line)
        )
        for line in stream(connection, statement, as_line(EntryLine)):
            found.setdefault(line.operation, []).append(line)
    return found


def find_lots(connection: Connection, numbers: Iterable[int]) -> dict[int, LotLine]:
    """Read these lots, and those that their points moved to since."""
    columns = plain(_lot, LotLine._fields)
    return {
        line.id: line
        for some in _portions(numbers)
        for line in stream(
            connection,
            select(*columns).where(or_(_lot.c.id.in_(some), _lot.c.origin.in_(some))),
            as_line(LotLine),
        )
    }


def _within(statement: Select[Any], column: ColumnElement[int], part: Part) -> Select[Any]:
    if part.begin is not None:
        statement = statement.where(column >= part.begin.operation)
    if part.end is not None:
        statement = statement.where(column < part.end.operation)
    if part.chain is None:
        return statement
    return statement.where(column >= part.first_operation, column < first_operation(part.chain + 1))


def _slip_of(connection: Connection) -> ColumnElement[str]:
    """Give the slip that an operation's fact is about: "slip:<slip>" or "slip:<slip>:<times>"."""
    fact = func.coalesce(_operation.c.reference, "")
    if connection.dialect.name == "postgresql":
        return func.split_part(fact, ":", 2)
    rest = func.substr(fact, len("slip:") + 1)
    return func.substr(rest, 1, func.instr(rest.concat(":"), ":") - 1)


def _in_bytes(connection: Connection, column: ColumnElement[str]) -> ColumnElement[str]:
    """Order text as Python does, whatever the database's language."""
    return collate(column, "C" if connection.dialect.name == "postgresql" else "BINARY")


def _portions(numbers: Iterable[int]) -> Iterator[list[int]]:
    ordered = sorted(set(numbers))
    for start in range(0, len(ordered), _NUMBERS_AT_ONCE):
        yield ordered[start : start + _NUMBERS_AT_ONCE]
