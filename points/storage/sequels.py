"""Read operations that depend on others, each with all that it depends on."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from itertools import islice

from sqlalchemy import Connection

from points.domain.stored import EntryLine, LotLine, OperationLine
from points.domain.verifying_undoing import Sequel
from points.storage.streaming import Stream
from points.storage.verifying import find_entries, find_lots, find_operations, read_sequels

SEQUELS_AT_ONCE = 200


def load_sequels(connection: Connection, *, at_once: int = SEQUELS_AT_ONCE) -> Stream[Sequel]:
    """Read every undo and merge, in the order of posting.

    Args:
        connection: Read from.
        at_once: How many are read together, each as the lots stood before the first of them.
    """
    with closing(read_sequels(connection)) as lines:
        while some := list(islice(lines, at_once)):
            yield from _with_what_came_before(connection, some)


def _with_what_came_before(
    connection: Connection, operations: Sequence[OperationLine]
) -> Stream[Sequel]:
    """Give each of these operations with its entries, its original and their lots."""
    undone = {one.reverses for one in operations if one.reverses is not None}
    originals = find_operations(connection, undone)
    entries = find_entries(connection, {one.id for one in operations} | undone)
    named = {entry.lot for lines in entries.values() for entry in lines if entry.lot is not None}
    lots = _Families(find_lots(connection, named))
    for operation in operations:
        mine = entries.get(operation.id, [])
        original = originals.get(operation.reverses or 0)
        before = entries.get(original.id, []) if original is not None else []
        yield Sequel(
            operation=operation,
            entries=mine,
            original=original,
            original_entries=before,
            lots=lots.of((*mine, *before)),
        )


class _Families:
    """Lots by number, and by the lot that their points were first earned in."""

    def __init__(self, lots: Mapping[int, LotLine]) -> None:
        self._lots = lots
        self._later: dict[int, list[LotLine]] = {}
        for lot in lots.values():
            if lot.origin is not None:
                self._later.setdefault(lot.origin, []).append(lot)

    def of(self, entries: Iterable[EntryLine]) -> dict[int, LotLine]:
        named = {entry.lot for entry in entries if entry.lot is not None}
        found = {number: self._lots[number] for number in named if number in self._lots}
        later = [lot for number in named for lot in self._later.get(number, ())]
        return found | {lot.id: lot for lot in later}
