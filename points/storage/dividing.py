"""Divide the book into parts that can be checked side by side.

Each batch names the hash of the one before it. So a part of the journal begins where the part
before it must end, which is read here from the very row that ends it: parts that are right each,
and that join, are right together.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from sqlalchemy import Connection, func, select

from points.domain.anchors import Head
from points.domain.shapes import OWED, WALLET
from points.domain.stored import BatchLine
from points.domain.verifying_chains import End, end_of
from points.storage.columns import table_of
from points.storage.ledger import AccountRow, OperationRow
from points.storage.locks import first_operation
from points.storage.spans import Place, Span
from points.storage.verifying import Part, find_batches, read_chains

_account, _operation = table_of(AccountRow), table_of(OperationRow)

Starts = dict[int, End]
"""Where a part begins within a chain: the end of what comes before it."""


def size_of_journal(connection: Connection) -> int:
    """Tell how many operations there should be, by what the chains say."""
    return sum(_sizes(connection).values())


def divide_journal(connection: Connection, count: int) -> list[tuple[Part, Starts]]:
    """Divide the journal into at most so many parts of about the same size."""
    begins: dict[Place, Starts] = {}
    for number in _between(connection, count):
        found = _begin(connection, number)
        if found is not None:
            begins.setdefault(*found)
    places: list[Place | None] = [None, *sorted(begins), None]
    return [
        (Part(begin=begin, end=end), begins[begin] if begin is not None else {})
        for begin, end in pairwise(places)
    ]


def divide_accounts(connection: Connection, count: int) -> list[Span]:
    """Divide wallets into at most so many spans; what belongs to no household is one more."""
    is_wallet = (_account.c.id > WALLET, _account.c.id < OWED)
    size = connection.execute(select(func.count()).where(*is_wallet)).scalar_one()
    of_wallets = select(_account.c.id).where(*is_wallet).order_by(_account.c.id).limit(1)
    begins = {
        connection.execute(of_wallets.offset(size * share // count)).scalar_one()
        for share in range(1, count)
        if size >= count
    }
    bounds: list[int | None] = [None, *sorted(begins), OWED, None]
    return [Span(first, end) for first, end in pairwise(bounds)]


def _sizes(connection: Connection) -> dict[int, int]:
    chains = read_chains(connection)
    return {
        number: max(line.next_operation - first_operation(number), 0)
        for number, line in chains.items()
    }


def _between(connection: Connection, count: int) -> Iterator[int]:
    """Number the operations that stand at the ends of equal shares."""
    sizes = sorted(_sizes(connection).items())
    total = sum(size for _, size in sizes)
    for share in range(1, count):
        left = total * share // count
        for chain, size in sizes:
            if left < size:
                yield first_operation(chain) + left
                break
            left -= size


def _begin(connection: Connection, operation: int) -> tuple[Place, Starts] | None:
    """Say where the batch of an operation begins, and what must come before it.

    None where the rows do not join: then nothing begins here, and the part that they stand in
    tells what is wrong with them.
    """
    statement = select(_operation.c.chain, _operation.c.batch).where(_operation.c.id == operation)
    found = connection.execute(statement).first()
    if found is None:
        return None
    chain, number = found
    own, before = (_batches_at(connection, chain, place) for place in (number, number - 1))
    if not own or not before or own[0].first_operation != end_of(before[0]).next_operation:
        return None
    return Place(chain, number, own[0].first_operation), {chain: end_of(before[0])}


def _batches_at(connection: Connection, chain: int, number: int) -> Sequence[BatchLine]:
    return list(find_batches(connection, {chain: Head(number=number, hash=b"")}).values())
