"""Parts of the book, for whoever checks it in parts."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import ColumnElement


class Place(NamedTuple):
    """A place in the journal: before a batch, and before its first operation."""

    chain: int
    number: int
    operation: int


@dataclass(frozen=True, slots=True)
class Span:
    """Accounts from a number to before another; all of them if not told."""

    first: int | None = None
    end: int | None = None

    def where(self, account: ColumnElement[int], *, less: int = 0) -> Iterator[ColumnElement[bool]]:
        """Say that an account is among them, given by a number that is less by so much."""
        if self.first is not None:
            yield account >= self.first - less
        if self.end is not None:
            yield account < self.end - less


EVERYTHING = Span()
