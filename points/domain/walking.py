"""Walk sorted rows side by side, so that rows of a kind are met by what they belong to.

Nothing is kept but the rows of one key, so there is no book too large to walk through.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any, Generic, TypeVar

Row = TypeVar("Row")


class Followers(Generic[Row]):
    """Rows in order of a key, handed out to whoever asks in the same order.

    Rows that nobody asks for are strays: each is told once, when it is passed.
    """

    def __init__(
        self,
        rows: Iterable[Row],
        key: Callable[[Row], Any],
        *,
        stray: Callable[[Row], None] | None = None,
    ) -> None:
        """Start before the first row.

        Args:
            rows: In order of their key.
            key: Gives a row's key.
            stray: Told of every row that belongs to nobody.
        """
        self._groups: Iterator[tuple[Any, Iterator[Row]]] = groupby(rows, key)
        self._stray = stray
        self._key: Any = None
        self._rows: list[Row] = []
        self._is_open = True
        self._step()

    def of(self, key: Any) -> Sequence[Row]:  # noqa: ANN401 -- whatever orders the rows
        """Give the rows of this key. Keys must be asked for in rising order."""
        while self._is_open and self._key < key:
            self._pass()
        if not self._is_open or self._key != key:
            return ()
        found = self._rows
        self._step()
        return found

    def next_key(self) -> Any:  # noqa: ANN401 -- whatever orders the rows
        """Give the key of the rows that come next, None at the end."""
        return self._key if self._is_open else None

    def end(self) -> None:
        """Tell of all rows that are left: nobody will ask for them."""
        while self._is_open:
            self._pass()

    def _pass(self) -> None:
        if self._stray is not None:
            for row in self._rows:
                self._stray(row)
        self._step()

    def _step(self) -> None:
        following = next(self._groups, None)
        if following is None:
            self._is_open = False
            return
        self._key, rows = following
        self._rows = list(rows)
