"""The quick look never passes what the thorough check would name, whatever is changed."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from points.domain.access import OPERATOR
from points.domain.calendar import Calendar
from points.domain.chain import micros
from points.domain.findings import Findings
from points.domain.ids import LotId, wallet
from points.domain.operations import Expire
from points.domain.verifying_accounts import AccountCheck, Balances, Holding, Holdings
from points.domain.verifying_wallets import PlainWallets
from tests.build import ask, make_catalog, make_earn, make_redeem, make_undo
from tests.lines import lines_of, open_book
from tests.market import NOW, POINTS_END, WANG, WANG_CARD
from tests.memory import Memory

CALENDAR = Calendar(make_catalog().programme)
PARTS = ("rows", "sides", "lots", "acts")


def lived() -> Memory:
    book = open_book({WANG: 100})
    book.tell(ask(make_earn(card=WANG_CARD)))
    book.tell(ask(make_redeem(), key="bought"))
    return book


def ended() -> Memory:
    book = lived()
    book.set(POINTS_END + timedelta(hours=1))
    lot = next(one.id for one in book.facts.lots if one.remaining)
    book.tell(ask(Expire(lot=LotId(lot), household=WANG, occurred_at=book.facts.now), by=OPERATOR))
    return book


def taken_back() -> Memory:
    book = lived()
    book.tell(ask(make_undo("bought")))
    return book


def wallet_of(book: Memory) -> Holding:
    lines = lines_of(book)
    streams = Holdings(
        accounts=lines.accounts, sides=lines.sides(), lots=lines.lots, acts=lines.acts()
    )
    return next(one for one in streams if one.account == wallet(WANG))


def looked_at(holding: Holding, *, now: int = micros(NOW)) -> tuple[bool, Balances]:
    balances = Balances()
    return PlainWallets(CALENDAR, balances, now=now).is_right(holding), balances


def checked(holding: Holding, *, now: int = micros(NOW)) -> tuple[bool, Balances]:
    """Tell whether the thorough check has nothing to say, and what it adds up."""
    findings = Findings()
    check = AccountCheck(CALENDAR, findings, last_at={}, now=now)
    check.check(holding)
    return not findings.items, check.balances


def others(value: Any) -> Iterator[Any]:
    if value is None:
        yield from (0, 1)
    elif isinstance(value, int):
        yield from (value + 1, value - 1, value + 86_400_000_000, value - 86_400_000_000, -value, 0)
    else:
        yield from ("2019-12-06", "undo", "merge", "{}")


def spoilt(holding: Holding) -> Iterator[Holding]:
    """Give what comes of changing each value, of leaving rows out and of having them twice."""
    for part in PARTS:
        rows: list[Any] = list(getattr(holding, part))
        for number, row in enumerate(rows):
            before, after = rows[:number], rows[number + 1 :]
            yield with_rows(holding, part, [*before, *after, row])
            for instead in ([], [row, row], *([one] for one in changed(row))):
                yield with_rows(holding, part, [*before, *instead, *after])


def changed(row: Any) -> Iterator[Any]:
    for name, value in row._asdict().items():
        for other in others(value):
            yield row._replace(**{name: other})


def with_rows(holding: Holding, part: str, rows: list[Any]) -> Holding:
    values: dict[str, Any] = {part: rows}
    return replace(holding, **values)


@pytest.mark.parametrize("book", [lived(), ended()])
def test_what_is_plainly_right_is_added_up_as_by_the_thorough_check(book: Memory) -> None:
    holding = wallet_of(book)
    late = micros(POINTS_END + timedelta(days=9))

    assert looked_at(holding) == checked(holding)
    assert looked_at(holding, now=late) == checked(holding, now=late)
    assert looked_at(holding)[0]


@pytest.mark.parametrize("book", [lived(), ended()])
def test_whatever_is_changed_is_passed_only_if_nothing_is_wrong_with_it(book: Memory) -> None:
    for holding in spoilt(wallet_of(book)):
        is_right, balances = looked_at(holding)
        assert balances == Balances() or is_right
        if is_right:
            assert (is_right, balances) == checked(holding)


def test_a_wallet_that_something_was_taken_back_from_is_left_to_the_thorough_check() -> None:
    holding = wallet_of(taken_back())

    assert not looked_at(holding)[0]
    assert checked(holding)[0]
