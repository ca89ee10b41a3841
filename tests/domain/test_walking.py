from collections.abc import Iterator

from points.domain.walking import Followers


def first(row: tuple[int, str]) -> int:
    return row[0]


def test_rows_are_met_by_their_key() -> None:
    rows = Followers([(1, "a"), (1, "b"), (3, "c")], first)

    assert [list(rows.of(key)) for key in (1, 2, 3, 4)] == [
        [(1, "a"), (1, "b")],
        [],
        [(3, "c")],
        [],
    ]


def test_rows_that_nobody_asks_for_are_strays() -> None:
    strays: list[tuple[int, str]] = []
    rows = Followers([(1, "a"), (2, "b"), (3, "c"), (4, "d")], first, stray=strays.append)

    assert list(rows.of(3)) == [(3, "c")]
    assert strays == [(1, "a"), (2, "b")]
    rows.end()
    assert strays == [(1, "a"), (2, "b"), (4, "d")]


def test_the_next_key_is_known_without_going_there() -> None:
    rows = Followers([(2, "a")], first)

    assert (rows.next_key(), rows.next_key()) == (2, 2)
    assert list(rows.of(2)) == [(2, "a")]
    assert rows.next_key() is None


def test_no_more_is_read_than_the_rows_of_one_key() -> None:
    read: list[int] = []

    def rows() -> Iterator[tuple[int, str]]:
        for number in range(1000):
            read.append(number)
            yield number, ""

    followers = Followers(rows(), first)
    followers.of(10)

    assert len(read) <= 13
