"""Published heads, remembered."""

from datetime import timedelta

from points.domain.anchors import Head, Heads, read_heads
from points.domain.chain import GENESIS
from points.service.transactions import snapshot, transaction
from points.storage.anchors import add_anchor, load_heads, read_anchors
from points.storage.engine import Database
from tests.market import NOW


def test_the_heads_of_an_empty_book_are_where_chains_begin(database: Database) -> None:
    with snapshot(database) as connection:
        assert load_heads(connection) == {chain: Head(0, GENESIS) for chain in range(8)}


def test_what_was_published_is_read_back_oldest_first(database: Database) -> None:
    published = [
        Heads(NOW + timedelta(hours=number), {0: Head(number, bytes([number]) * 32)})
        for number in (1, 2, 3)
    ]
    with transaction(database) as connection:
        for heads in published:
            add_anchor(connection, heads)

    with snapshot(database) as connection:
        found = [(at, read_heads(text)) for _, at, text in read_anchors(connection)]
        last = [text for _, _, text in read_anchors(connection, is_last_only=True)]

    assert found == [(heads.published_at, heads) for heads in published]
    assert [read_heads(text) for text in last] == published[-1:]
