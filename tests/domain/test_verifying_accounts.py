from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from points.domain.access import OPERATOR
from points.domain.calendar import Calendar
from points.domain.chain import micros
from points.domain.findings import Code, Findings
from points.domain.ids import LotId, owed, wallet
from points.domain.operations import Expire, Merge
from points.domain.shapes import GOODS, WALLET
from points.domain.stored import ActLine
from points.domain.verifying_accounts import (
    BALANCE_MAX,
    OVERDUE_AFTER,
    AccountCheck,
    Balances,
    Holding,
    Holdings,
)
from tests.build import ask, make_catalog, make_earn, make_redeem, make_undo
from tests.lines import Lines, lines_of, open_book
from tests.market import LI, NOW, POINTS_END, WANG, WANG_CARD
from tests.memory import Memory

CALENDAR = Calendar(make_catalog().programme)


def lived() -> Memory:
    """Wang earns, redeems and takes it back; Li is merged in; then all of it ends."""
    book = open_book({WANG: 100, LI: 50})
    book.tell(ask(make_earn(card=WANG_CARD)))
    book.tell(ask(make_redeem(), key="bought"))
    book.tell(ask(make_undo("bought")))
    book.tell(ask(make_redeem()))
    book.tell(ask(Merge(source=LI, into=WANG, occurred_at=NOW), by=OPERATOR))
    return book


def lived_to_the_end() -> Memory:
    book = lived()
    book.set(POINTS_END + timedelta(hours=1))
    lot = next(one.id for one in book.facts.lots if one.remaining)
    book.tell(ask(Expire(lot=LotId(lot), household=WANG, occurred_at=book.facts.now), by=OPERATOR))
    return book


def holdings(lines: Lines) -> list[Holding]:
    merges: dict[int, list[ActLine]] = {LI: [act for act in lines.acts() if act.kind == "merge"]}
    streams = Holdings(
        accounts=lines.accounts,
        sides=lines.sides(),
        lots=lines.lots,
        acts=lines.acts(),
        merges=merges,
    )
    return list(streams)


def check(lines: Lines, *, now: int | None = None) -> tuple[Balances, list[Code]]:
    findings = Findings()
    last_at = {row.id: row.last_at for row in lines_of(lived()).accounts}
    run = AccountCheck(CALENDAR, findings, last_at=last_at, now=now or micros(NOW))
    for holding in holdings(lines):
        run.check(holding)
    return run.balances, [one.code for one in findings.items]


def test_a_book_that_was_lived_is_right_and_is_added_up() -> None:
    lines = lines_of(lived())

    balances, found = check(lines)

    assert found == []
    assert (balances.accounts, balances.lots) == (len(lines.accounts), len(lines.lots))
    assert balances.by_side[WALLET] == 130
    assert balances.by_side[GOODS] == sum(row.balance for row in lines.accounts if row.id > GOODS)
    assert balances.lots_overdue == 0


def test_points_may_end_once_their_time_has_come() -> None:
    assert check(lines_of(lived_to_the_end()))[1] == []


def test_all_that_is_stored_of_an_account_comes_together() -> None:
    lines = lines_of(lived())

    found = {holding.account: holding for holding in holdings(lines)}

    mine = found[wallet(WANG)]
    assert list(found) == sorted(found)
    assert [row.id for row in mine.rows] == [wallet(WANG)]
    assert {lot.account for lot in mine.lots} == {wallet(WANG)}
    assert {side.account for side in mine.sides} == {wallet(WANG)}
    assert [act.kind for act in mine.acts] == [
        "adjust",
        "earn",
        "redeem",
        "undo",
        "redeem",
        "merge",
    ]
    # What went up in another is emptied by an operation of that other.
    assert [act.kind for act in found[wallet(LI)].acts] == ["adjust", "merge"]


def change(rows: list[Any], account: int, **values: Any) -> None:
    place = next(
        place for place, row in enumerate(rows) if getattr(row, "account", row[0]) == account
    )
    rows[place] = rows[place]._replace(**values)


def remove(rows: list[Any], account: int) -> None:
    rows[:] = [row for row in rows if getattr(row, "account", row[0]) != account]


SHELF = next(row.id for row in lines_of(lived()).accounts if row.id > GOODS)


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (lambda it: change(it.accounts, wallet(WANG), balance=1), Code.ACCOUNT_BALANCE),
        (lambda it: change(it.accounts, wallet(WANG), version=1), Code.ACCOUNT_VERSION),
        (lambda it: change(it.accounts, wallet(WANG), last_at=1), Code.ACCOUNT_TIME),
        (lambda it: change(it.accounts, SHELF, balance=1), Code.ACCOUNT_BALANCE),
        (lambda it: change(it.accounts, SHELF, last_at=1), Code.ACCOUNT_TIME),
        (lambda it: change(it.accounts, SHELF, balance=2**53), Code.ACCOUNT_ABOVE_MAX),
        (lambda it: remove(it.accounts, wallet(WANG)), Code.ACCOUNT_MISSING),
        (lambda it: it.accounts.insert(0, it.accounts[0]._replace(id=5)), Code.ACCOUNT_UNKNOWN),
        (lambda it: it.accounts.append(it.accounts[0]._replace(id=9 << 48)), Code.ACCOUNT_UNKNOWN),
        (lambda it: change(it.lots, wallet(WANG), amount=1), Code.LOT_AMOUNT),
        (lambda it: change(it.lots, wallet(WANG), remaining=1), Code.LOT_REMAINING),
        (lambda it: change(it.lots, wallet(WANG), remaining=1), Code.LOT_SUM),
        (lambda it: change(it.lots, wallet(WANG), expired=1), Code.LOT_EXPIRED),
        (lambda it: change(it.lots, wallet(WANG), origin=1), Code.LOT_ORIGIN),
        (lambda it: change(it.lots, wallet(WANG), expires_at=1), Code.LOT_EXPIRY),
        (lambda it: change(it.lots, wallet(WANG), expires_at=1), Code.SPENT_AFTER_EXPIRY),
        (lambda it: change(it.lots, wallet(WANG), id=1), Code.LOT_UNKNOWN),
        (lambda it: remove(it.lots, wallet(WANG)), Code.LOT_MISSING),
        (lambda it: it.lots.append(it.lots[0]._replace(account=owed(WANG))), Code.LOT_UNKNOWN),
        (lambda it: it.entries.pop(), Code.ACCOUNT_BALANCE),
        (lambda it: it.operations.pop(), Code.SEQUENCE_BROKEN),
    ],
)
def test_whatever_is_spoilt_is_named(spoil: Callable[[Lines], object], code: Code) -> None:
    lines = lines_of(lived())

    spoil(lines)

    assert code in check(lines)[1]


def test_points_promised_for_longer_than_the_rules_say_are_named() -> None:
    lines = lines_of(lived())
    longer = micros(POINTS_END + timedelta(days=365))

    change(lines.lots, wallet(WANG), expires_at=longer)
    lines.entries = [
        one._replace(expires_at=longer) if one.credit == wallet(WANG) and one.expires_at else one
        for one in lines.entries
    ]

    assert Code.LOT_EXPIRY in check(lines)[1]


def test_a_balance_that_was_told_wrongly_is_named() -> None:
    lines = lines_of(lived())
    lines.operations = [
        one._replace(balance_after=1) if one.kind == "earn" else one for one in lines.operations
    ]

    assert check(lines)[1] == [Code.OPERATION_BALANCE]


def test_points_taken_as_expired_before_their_time_are_named() -> None:
    lines = lines_of(lived_to_the_end())
    later = micros(POINTS_END + timedelta(days=2))

    change(lines.lots, wallet(WANG), expires_at=later)

    assert Code.EXPIRED_TOO_EARLY in check(lines)[1]


def test_points_left_lying_long_after_their_end_are_counted() -> None:
    lines = lines_of(lived())
    end = micros(POINTS_END)

    assert check(lines, now=end + OVERDUE_AFTER)[0].lots_overdue == 0
    assert check(lines, now=end + OVERDUE_AFTER + 1)[0].lots_overdue == 3


def test_an_account_that_was_never_moved_holds_nothing_and_has_no_time() -> None:
    lines = lines_of(lived())
    unused = lines.accounts[0]._replace(id=GOODS + 99, balance=0, version=0, last_at=0)

    def found(**changes: int) -> list[Code]:
        spoilt = unused._replace(**changes)
        return check(replace(lines, accounts=[*lines.accounts, spoilt]))[1]

    assert found() == []
    assert Code.ACCOUNT_TIME in found(last_at=1)
    assert Code.ACCOUNT_BALANCE in found(balance=1)
    assert BALANCE_MAX == 2**53 - 1
