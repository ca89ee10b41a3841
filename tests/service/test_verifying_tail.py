"""Checking only what is new, and telling how far it has come."""

from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from points.domain.access import OPERATOR
from points.domain.anchors import Head, Heads, write_heads
from points.domain.findings import Code
from points.domain.operations import Adjust
from points.domain.verifying import Mode, Result, Stage
from points.service.anchors import publish_heads
from points.service.posting import post
from points.service.verifying import verify
from points.storage.engine import Database
from tests.books import LATER, fill
from tests.build import ask
from tests.cheat import do, guards_asleep
from tests.market import LI, NOW
from tests.service.test_verifying import batches, check, codes


def test_the_tail_is_what_was_posted_since_heads_were_published(
    database: Database, tmp_path: Path
) -> None:
    book = fill(database, steps=5)
    publish_heads(database, tmp_path / "heads.json", now=book.clock())
    more = [
        ask(
            Adjust(household=LI, points=5, reason="more", approver="desk", occurred_at=NOW),
            by=OPERATOR,
        )
        for _ in range(2)
    ]

    before = verify(database, now=LATER, mode=Mode.TAIL)
    post(book, more)
    after = verify(database, now=LATER, mode=Mode.TAIL)

    assert (before.result, before.counts["operations"]) == (Result.CLEAN, 0)
    assert (after.result, after.counts["operations"]) == (Result.CLEAN, 2)


@pytest.mark.parametrize(("change_at", "found"), [(1, set()), (80, {Code.BATCH_CHANGED})])
def test_only_what_was_changed_in_the_tail_is_named_by_a_check_of_the_tail(
    spoilt: Connection, change_at: int, found: set[Code]
) -> None:
    half = batches(spoilt) // 2
    wanted = text(f"SELECT first_operation, hash FROM batch WHERE chain = 0 AND number = {half}")
    first, hashed = spoilt.execute(wanted).one()
    assert 1 < first < 80
    heads = Heads(LATER, {0: Head(half, bytes(hashed))})
    with guards_asleep(spoilt):
        do(spoilt, "UPDATE anchor SET heads = :heads", heads=write_heads(heads))
        do(spoilt, f"UPDATE operation SET evidence = 'import' WHERE id = {change_at}")

    assert codes(check(spoilt, Mode.TAIL)) == found


def test_progress_is_told_up_to_the_end(whole_book: Database) -> None:
    told: dict[Stage, tuple[int, int]] = {}

    def tell(done: int, total: int, stage: Stage) -> None:
        told[stage] = (done, total)

    report = verify(whole_book, now=LATER, progress=tell)

    operations = report.counts["operations"]
    assert told[Stage.CHAINS] == (operations, operations)
    assert told[Stage.ACCOUNTS][0] == told[Stage.ACCOUNTS][1]
