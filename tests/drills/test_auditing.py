"""The audit of a drill finds each way in which a book can differ from what clients were told."""

from collections.abc import Callable
from dataclasses import replace
from itertools import count
from typing import Any

import pytest
from sqlalchemy import text

from points.domain.facts import Accepted
from points.service.posting import post
from points.service.transactions import transaction
from points.storage.engine import Database
from tests.drills.auditing import Audit, audit, times_booked
from tests.drills.ground import Ground, Visitors, asked_by, prepare_ground
from tests.drills.notebooks import Noted
from tests.drills.writing import answer_of


@pytest.fixture
def ground(database: Database) -> Ground:
    return prepare_ground(database)


@pytest.fixture
def noted(ground: Ground) -> Noted:
    """What an honest client has noted after a while."""
    noted, ids = Noted(), count()
    visitors = Visitors(1, new_id=lambda: f"visit-{next(ids)}")
    for _ in range(40):
        sent = visitors.next()
        [outcome] = post(ground.book, [asked_by(ground.phone, sent)])
        key = str(sent["id"])
        noted.sent[key] = sent
        noted.answers[key] = answer_of(outcome) | {"is_final": True}
        if isinstance(outcome, Accepted):
            visitors.was_done(key)
    return noted


def accepted(noted: Noted) -> str:
    """Choose the newest, which nothing else builds on."""
    return [key for key, said in noted.answers.items() if said["code"] is None][-1]


def refused(noted: Noted) -> str:
    return [key for key, said in noted.answers.items() if said["code"]][-1]


def test_an_honest_book_is_whole(ground: Ground, noted: Noted) -> None:
    assert audit(ground.book.database, ground.phone, noted) == Audit()


def with_answer(noted: Noted, key: str, **said: object) -> Noted:
    sent = {"id": key, "kind": "earn", "card": noted.sent["visit-0"]["card"]}
    answer = {"code": None, "points": 10, "balance": 10, "is_final": True} | said
    return Noted({key: sent, **noted.sent}, noted.answers | {key: answer})


@pytest.mark.parametrize("said", [{}, {"code": "points_short", "points": 0}])
def test_what_was_acknowledged_and_is_not_there_is_lost(
    ground: Ground, noted: Noted, said: dict[str, object]
) -> None:
    found = audit(ground.book.database, ground.phone, with_answer(noted, "ghost", **said))

    assert found.lost == ["ghost"]
    assert not found.is_whole


@pytest.mark.parametrize(
    ("choose", "said"),
    [
        (accepted, {"points": 99}),
        (accepted, {"balance": 99}),
        (accepted, {"code": "points_short"}),
        (refused, {"code": "out_of_stock", "points": 0}),
    ],
)
def test_what_was_told_otherwise_is_changed(
    ground: Ground, noted: Noted, choose: Callable[[Noted], str], said: dict[str, Any]
) -> None:
    key = choose(noted)
    told = dict(noted.answers[key]) | said

    found = audit(
        ground.book.database, ground.phone, replace(noted, answers=noted.answers | {key: told})
    )

    assert found.changed == [key]


def test_what_nobody_asked_for_is_invented(ground: Ground, noted: Noted) -> None:
    key = accepted(noted)
    sent = {name: one for name, one in noted.sent.items() if name != key}
    answers = {name: one for name, one in noted.answers.items() if name != key}

    found = audit(ground.book.database, ground.phone, Noted(sent, answers))

    assert found.invented == [key]
    assert len(found.balances) == 1


def test_what_has_no_answer_is_unsettled(ground: Ground, noted: Noted) -> None:
    key = refused(noted)
    answers = {name: one for name, one in noted.answers.items() if name != key}

    found = audit(ground.book.database, ground.phone, replace(noted, answers=answers))

    assert found == Audit(unsettled=[key])


def test_a_book_that_was_tampered_with_is_not_clean(ground: Ground, noted: Noted) -> None:
    with transaction(ground.book.database) as connection:
        connection.execute(text("UPDATE account SET balance = balance + 1 WHERE balance > 999"))

    assert not audit(ground.book.database, ground.phone, noted).is_clean


def test_how_often_something_is_in_the_book_is_counted(ground: Ground, noted: Noted) -> None:
    key = accepted(noted)

    assert times_booked(ground.book.database, ground.phone, [key, "ghost"]) == {key: 1, "ghost": 0}
