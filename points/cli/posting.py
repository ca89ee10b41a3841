"""Post an operator's act through the one door, and say what came of it."""

from collections.abc import Mapping
from typing import Annotated

import typer

from points.cli.reasons import with_code
from points.cli.words import fail, note, say, words
from points.domain.access import OPERATOR
from points.domain.facts import Accepted, Asked, Conflict, Outcome, Refused, Replayed
from points.domain.operations import Operation, OperationKey
from points.service.posting import Book, post
from points.service.transactions import DatabaseUnavailable

Key = Annotated[
    str | None, typer.Option("--key", help="To repeat an act that may have got lost: its id.")
]


def post_one(book: Book, operation: Operation, *, key: str) -> None:
    """Post one operation and say what came of it; where it is refused, say why and end."""
    try:
        [accepted] = post_all(book, {key: operation})
    except (DatabaseUnavailable, KeyboardInterrupt):
        note(
            f"不知道记上没有。再做一次时加上 --key {key} 就不会记两次",
            f"Nobody knows whether this was booked. With --key {key} the same command cannot "
            "count twice.",
        )
        raise
    _tell(accepted, key)


def post_all(book: Book, operations: Mapping[str, Operation]) -> list[Accepted]:
    """Post operations by their keys; where one is refused, say why and end."""
    batch = [
        Asked(credential=OPERATOR, key=OperationKey(key), operation=operation)
        for key, operation in operations.items()
    ]
    outcomes = post(book, batch)
    return [_accepted(outcome, key) for key, outcome in zip(operations, outcomes, strict=True)]


def _accepted(outcome: Outcome, key: str) -> Accepted:
    verdict = outcome.first if isinstance(outcome, Replayed) else outcome
    match verdict:
        case Accepted():
            return verdict
        case Refused(reason=reason, details=details):
            told = f"✘ {with_code(reason, details)}"
            fail(told, told)
        case Conflict():
            fail(
                f"✘ 编号 {key} 早已记过一笔，这次没有再记",
                f"✘ The id {key} is in the book already; nothing was booked again.",
            )


def _tell(accepted: Accepted, key: str) -> None:
    total = (
        ""
        if accepted.balance is None
        else words(
            f"，{accepted.points:+} 分，现在 {accepted.balance} 分",
            f": {accepted.points:+} points, {accepted.balance} in all",
        )
    )
    say(
        f"✔ 记下了{total}    编号 {key}",
        f"✔ Booked{total}    id {key}",
    )
