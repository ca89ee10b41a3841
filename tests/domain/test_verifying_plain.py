"""The quick look never passes what the thorough check would name, whatever is changed."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest

from points.domain.calendar import Calendar
from points.domain.findings import Findings
from points.domain.programme import Versions
from points.domain.stored import EntryLine, OperationLine, RequestLine
from points.domain.verifying_operations import OperationCheck, Totals
from points.domain.verifying_plain import PlainOperations
from tests.build import ask, make_catalog, make_earn, make_redeem, make_undo
from tests.lines import lines_of, open_book
from tests.market import WANG

CALENDAR = Calendar(make_catalog().programme)


class Told(NamedTuple):
    """An operation with its entries and requests."""

    operation: OperationLine
    entries: list[EntryLine]
    requests: list[RequestLine]


def everything() -> dict[str, Told]:
    book = open_book({WANG: 100})
    book.tell(ask(make_earn(), key="earn"))
    book.tell(ask(make_redeem(), key="redeem"))
    book.tell(ask(make_undo("redeem"), key="undo"))
    lines = lines_of(book)
    return {
        one.key: Told(
            one,
            [entry for entry in lines.entries if entry.operation == one.id],
            [request for request in lines.requests if request.operation == one.id],
        )
        for one in lines.operations
    }


TOLD = everything()
PLAIN = ("earn", "redeem")
MAY_BE_NONE = frozenset(
    {"household", "resident", "event", "booth", "item", "version", "balance_after", "reference"}
    | {"reverses", "lot", "expires_at", "debit_seq", "credit_seq", "body", "reason"}
    | {"chain", "batch"}
)


def looked_at(told: Told) -> tuple[bool, Totals]:
    totals = Totals()
    return PlainOperations(CALENDAR, totals).is_right(*told), totals


def checked(told: Told) -> tuple[bool, Totals]:
    """Tell whether the thorough check has nothing to say, and what it adds up."""
    findings = Findings()
    check = OperationCheck(CALENDAR, findings)
    check.check(*told)
    return not findings.items and not findings.gaps, check.totals


def others(name: str, value: Any) -> Iterator[Any]:
    """Give other values that the column may hold."""
    if name in MAY_BE_NONE:
        yield None
    if isinstance(value, int):
        yield from (value + 1, value - 1, -value, value << 48, 0)
    elif isinstance(value, str):
        yield from (f"{value}0", value[:-1], "", "earn", "redeem", "{}")
    elif isinstance(value, bytes):
        yield bytes(32)
    else:
        yield from (0, 1, "1")


def spoilt(told: Told) -> Iterator[Told]:
    """Give what comes of changing each value, of leaving rows out and of having them twice."""
    for name, value in told.operation._asdict().items():
        for other in others(name, value):
            yield told._replace(operation=told.operation._replace(**{name: other}))
    for part in ("entries", "requests"):
        rows: list[Any] = getattr(told, part)
        for number, row in enumerate(rows):
            before, after = rows[:number], rows[number + 1 :]
            for instead in ([], [row, row], *([one] for one in changed(row))):
                values: dict[str, Any] = {part: [*before, *instead, *after]}
                yield told._replace(**values)


def changed(row: Any) -> Iterator[Any]:
    for name, value in row._asdict().items():
        for other in others(name, value):
            yield row._replace(**{name: other})


@pytest.mark.parametrize("key", PLAIN)
def test_what_is_plainly_right_is_added_up_as_by_the_thorough_check(key: str) -> None:
    assert looked_at(TOLD[key]) == checked(TOLD[key])
    assert looked_at(TOLD[key])[0]


@pytest.mark.parametrize("key", PLAIN)
def test_whatever_is_changed_is_passed_only_if_nothing_is_wrong_with_it(key: str) -> None:
    passed = 0
    for told in spoilt(TOLD[key]):
        is_right, totals = looked_at(told)
        if is_right:
            passed += 1
            assert (is_right, totals) == checked(told)
        else:
            assert totals == Totals()
    assert passed > 0  # where an entry stands among its account's is not asked here


def test_anything_else_is_left_to_the_thorough_check() -> None:
    assert not looked_at(TOLD["undo"])[0]


def test_days_are_not_asked_for_where_no_programme_tells_them() -> None:
    empty = Calendar(Versions(()))
    told = TOLD["earn"]
    other = replace_day(told)

    assert PlainOperations(empty, Totals()).is_right(*other)
    assert not looked_at(other)[0]


def replace_day(told: Told) -> Told:
    day = "2019-12-24"
    reference = (told.operation.reference or "").replace(told.operation.local_day, day)
    return told._replace(operation=told.operation._replace(local_day=day, reference=reference))
