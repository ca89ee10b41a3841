"""Publishing heads, and holding a book to them."""

from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from points.domain.anchors import Heads, read_heads
from points.domain.findings import Code
from points.service.anchors import check_heads_file, publish_heads
from points.service.transactions import snapshot
from points.storage.anchors import load_heads, read_anchors
from points.storage.engine import Database
from tests.books import LATER, fill
from tests.cheat import cheats_engine, do, guards_asleep, seal_anew


def anchors(database: Database) -> list[tuple[int, datetime, str]]:
    with snapshot(database) as connection:
        return list(read_anchors(connection))


def test_the_file_and_the_book_hold_the_same_heads(database: Database, tmp_path: Path) -> None:
    fill(database, steps=5)

    published = publish_heads(database, tmp_path / "heads.json", now=LATER)

    with snapshot(database) as connection:
        assert published == Heads(LATER, load_heads(connection))
    assert read_heads((tmp_path / "heads.json").read_text()) == published
    assert len(anchors(database)) == 1
    assert [path.name for path in tmp_path.glob("heads*")] == ["heads.json"]


def test_a_book_that_went_on_still_holds_what_was_published(
    database: Database, tmp_path: Path
) -> None:
    publish_heads(database, tmp_path / "empty.json", now=LATER)
    fill(database, steps=5)
    publish_heads(database, tmp_path / "heads.json", now=LATER)

    assert check_heads_file(database, tmp_path / "empty.json") == []
    assert check_heads_file(database, tmp_path / "heads.json") == []


def test_a_book_written_anew_does_not(database: Database, tmp_path: Path) -> None:
    fill(database, steps=5)
    publish_heads(database, tmp_path / "heads.json", now=LATER)
    write_anew(database)

    found = check_heads_file(database, tmp_path / "heads.json")

    assert [(one.code, one.about["file"], one.about["chain"]) for one in found] == [
        (Code.HEAD_LOST, "heads.json", 0)
    ]


def write_anew(database: Database) -> None:
    """Forge the whole chain, and even what the book says was published."""
    engine = cheats_engine(database)
    with engine.begin() as connection, guards_asleep(connection):
        last = connection.execute(text("SELECT max(number) FROM batch")).scalar_one()
        do(connection, "UPDATE operation SET evidence = 'import' WHERE id = 1")
        seal_anew(connection, first=1, last=last)
        do(connection, "DELETE FROM anchor")
    engine.dispose()


def test_a_file_that_holds_no_heads_is_named(database: Database, tmp_path: Path) -> None:
    (tmp_path / "heads.json").write_text("{}")

    found = check_heads_file(database, tmp_path / "heads.json")

    assert [(one.code, one.about) for one in found] == [
        (Code.ANCHOR_INVALID, {"file": "heads.json"})
    ]


def test_where_the_file_cannot_be_written_the_book_notes_nothing(
    database: Database, tmp_path: Path
) -> None:
    with pytest.raises(OSError, match="nowhere"):
        publish_heads(database, tmp_path / "nowhere" / "heads.json", now=LATER)

    assert anchors(database) == []
