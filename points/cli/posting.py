"""Post an operator's act through the one door, and say what came of it."""

from points.cli.reasons import word
from points.cli.words import fail, say, words
from points.domain.access import OPERATOR
from points.domain.facts import Accepted, Asked, Conflict, Refused, Replayed
from points.domain.operations import Operation, OperationKey
from points.service.posting import Book, post


def post_one(book: Book, operation: Operation, *, key: str) -> Accepted:
    """Post one operation; where it is refused, say why and end."""
    asked = Asked(credential=OPERATOR, key=OperationKey(key), operation=operation)
    [outcome] = post(book, [asked])
    verdict = outcome.first if isinstance(outcome, Replayed) else outcome
    match verdict:
        case Accepted() as accepted:
            _tell(accepted, key, is_repeated=isinstance(outcome, Replayed))
            return accepted
        case Refused(reason=reason, details=details):
            shown = ", ".join(f"{name}={value}" for name, value in details.items())
            fail(
                f"{word(reason, details)}（{reason} {shown}）",
                f"{word(reason, details)} ({reason} {shown})",
            )
        case Conflict():
            fail(f"编号 {key} 已经用过", f"The id {key} was used for something else.")


def _tell(accepted: Accepted, key: str, *, is_repeated: bool) -> None:
    total = (
        ""
        if accepted.balance is None
        else words(
            f"，{accepted.points:+} 分，现在 {accepted.balance} 分",
            f", {accepted.points:+} points, {accepted.balance} in all",
        )
    )
    again = words("（早已记下）", " (it was there already)") if is_repeated else ""
    say(
        f"记下了：第 {accepted.operation} 笔{total}{again}  编号 {key}",
        f"Booked as operation {accepted.operation}{total}{again}  id {key}",
    )
