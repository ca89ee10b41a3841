"""Walk sorted rows side by side, so that rows of a kind are met by what they belong to.

Nothing is kept but the rows of one key, so there is no book too large to walk through.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
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
        self._rows: Iterator[Row] = iter(rows)
        self._key_of = key
        self._stray = stray
        # The row that comes next, in a list of its own until it is handed out; empty at the end.
        self._next: list[Row] = []
        self._key: Any = None
        self._step()

    def of(self, key: Any) -> Sequence[Row]:  # noqa: ANN401 -- whatever orders the rows
        """Give the rows of this key. Keys must be asked for in rising order."""
        while self._next and self._key < key:
            self._pass()
        if self._key != key or not self._next:
            return ()
        found, key_of = self._next, self._key_of
        # Millions of rows pass here, nearly all alone with their key.
        for row in self._rows:
            following = key_of(row)
            if following != key:
                self._next, self._key = [row], following
                return found
            found.append(row)
        self._next = []
        return found

    def next_key(self) -> Any:  # noqa: ANN401 -- whatever orders the rows
        """Give the key of the rows that come next, None at the end."""
        return self._key if self._next else None

    def end(self) -> None:
        """Tell of all rows that are left: nobody will ask for them."""
        while self._next:
            self._pass()

    def _pass(self) -> None:
        if self._stray is not None:
            self._stray(self._next[0])
        self._step()

    def _step(self) -> None:
        self._next = []
        for row in self._rows:
            self._next, self._key = [row], self._key_of(row)
            return
