"""What phones are told, in a form in which it can be compared whole."""

from collections.abc import Iterable
from dataclasses import replace

from points.client import Outcome


def accepted(points: int, balance: int | None, **details: object) -> Outcome:
    """Say what it means to be accepted, whoever asked."""
    return Outcome(
        id=None,
        status="accepted",
        code=None,
        points=points,
        balance=balance,
        is_final=True,
        message="",
        details=details,
    )


def refused(code: str, *, is_final: bool = True, **details: object) -> Outcome:
    """Say what it means to be refused, whoever asked."""
    return replace(accepted(0, None, **details), status="refused", code=code, is_final=is_final)


def again(first: Outcome) -> Outcome:
    """Say what whoever repeats a question is told."""
    return replace(first, status="replayed")


def nameless(outcome: Outcome) -> Outcome:
    """Give what two equal answers have in common."""
    return replace(outcome, id=None, message="")


def sorted_out(outcomes: Iterable[Outcome]) -> list[Outcome]:
    """Put answers in an order in which they can be compared, whoever came first."""
    return sorted(map(nameless, outcomes), key=repr)
