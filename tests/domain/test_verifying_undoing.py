from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from points.domain.access import OPERATOR
from points.domain.calendar import Calendar
from points.domain.chain import micros
from points.domain.findings import Code, Findings
from points.domain.ids import wallet
from points.domain.operations import Kind, Merge
from points.domain.shapes import ISSUED
from points.domain.stored import LotLine, OperationLine
from points.domain.verifying_undoing import (
    Sequel,
    SequelCheck,
    ends_of,
    kept_by,
    moves_of,
    origin_of,
)
from tests.build import ask, make_catalog, make_earn, make_redeem, make_undo
from tests.goods import PHONE, lease
from tests.lines import Lines, lines_of, open_book
from tests.market import DAY, LI, NOW, POINTS_END, PROGRAMME, WANG, ZHAO, at
from tests.memory import Memory

CALENDAR = Calendar(make_catalog().programme)


def bought_and_undone() -> Memory:
    book = open_book({WANG: 100})
    book.tell(ask(make_redeem(), key="bought"))
    book.tell(ask(make_undo("bought")))
    return book


def earned_and_undone() -> Memory:
    book = open_book()
    book.tell(ask(make_earn(), key="earned"))
    book.tell(ask(make_undo("earned")))
    return book


def undone_after_the_end() -> Memory:
    book = open_book({WANG: 100})
    book.tell(ask(make_redeem(), key="bought"))
    book.set(POINTS_END)
    book.tell(ask(make_undo("bought", occurred_at=POINTS_END), by=OPERATOR))
    return book


def merged() -> Memory:
    book = open_book({LI: 50})
    book.tell(ask(Merge(source=LI, into=WANG, occurred_at=NOW), by=OPERATOR))
    return book


def undone_after_a_merge() -> Memory:
    book = open_book({LI: 50, WANG: 100})
    book.tell(ask(make_redeem(), key="bought"))
    book.tell(ask(Merge(source=WANG, into=LI, occurred_at=NOW), by=OPERATOR))
    book.tell(ask(make_undo("bought"), by=OPERATOR))
    return book


def leased_and_undone() -> Memory:
    book = open_book()
    book.tell(ask(lease(2), by=PHONE, key="leased"))
    book.tell(ask(make_undo("leased"), by=PHONE))
    return book


def sequels(lines: Lines) -> list[Sequel]:
    operations = {one.id: one for one in lines.operations}

    def entries(number: int | None) -> list[Any]:
        return [entry for entry in lines.entries if entry.operation == number]

    return [
        Sequel(
            operation=one,
            entries=entries(one.id),
            original=operations.get(one.reverses or 0),
            original_entries=entries(one.reverses),
            lots={lot.id: lot for lot in lines.lots},
        )
        for one in lines.operations
        if one.kind in (Kind.UNDO, Kind.MERGE)
    ]


def check(given: Iterable[Sequel], lines: Lines) -> tuple[SequelCheck, list[Code]]:
    merges: dict[int, Sequence[OperationLine]] = {
        source: [one for one in lines.operations if one.details == f'{{"merged": {source}}}']
        for source in (WANG, LI)
    }
    findings = Findings()
    run = SequelCheck(CALENDAR, findings, merges)
    for sequel in given:
        run.check(sequel)
    return run, [one.code for one in findings.items]


BOOKS = [
    bought_and_undone,
    earned_and_undone,
    undone_after_the_end,
    merged,
    undone_after_a_merge,
    leased_and_undone,
]


@pytest.mark.parametrize("book", BOOKS)
def test_what_was_undone_or_merged_is_right(book: Any) -> None:
    lines = lines_of(book())
    assert sequels(lines)

    assert check(sequels(lines), lines)[1] == []


def spoilt(sequel: Sequel, **values: Any) -> Sequel:
    return replace(sequel, operation=sequel.operation._replace(**values))


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"household": ZHAO}, Code.UNDO_HOUSEHOLD),
        ({"quantity": 7}, Code.UNDO_NOT_MIRRORED),
        ({"posted_at": 1}, Code.UNDO_BEFORE),
        ({"kind": "earn"}, Code.UNDO_OF_UNDO),
    ],
)
def test_an_undo_that_does_not_fit_its_original_is_named(
    values: dict[str, Any], code: Code
) -> None:
    lines = lines_of(bought_and_undone())

    assert code in check([spoilt(sequels(lines)[0], **values)], lines)[1]


def test_an_undo_of_nothing_is_named() -> None:
    lines = lines_of(bought_and_undone())

    assert check([replace(sequels(lines)[0], original=None)], lines)[1] == [Code.UNDO_UNKNOWN]


def test_an_undo_of_an_undo_is_named() -> None:
    lines = lines_of(bought_and_undone())
    undo = sequels(lines)[0]

    assert check([replace(undo, original=undo.operation)], lines)[1] == [Code.UNDO_OF_UNDO]


@pytest.mark.parametrize("book", BOOKS)
@pytest.mark.parametrize("spoil", ["amount", "left out", "repeated"])
def test_entries_that_do_not_mirror_are_named(book: Any, spoil: str) -> None:
    lines = lines_of(book())
    sequel = sequels(lines)[-1]
    entries = list(sequel.entries)
    match spoil:
        case "amount":
            entries[0] = entries[0]._replace(amount=entries[0].amount + 1)
        case "left out":
            entries.pop(0)
        case _:
            entries.append(entries[0])

    found = check([replace(sequel, entries=entries)], lines)[1]

    assert {Code.UNDO_NOT_MIRRORED, Code.MERGE_NOT_MIRRORED} & set(found)


def made(lines: Lines) -> LotLine:
    return next(lot for lot in lines.lots if lot.origin is not None)


@pytest.mark.parametrize("book", [undone_after_the_end, merged, undone_after_a_merge])
@pytest.mark.parametrize(
    ("values", "code"),
    [({"origin": None}, Code.LOT_ORIGIN), ({"expires_at": 1}, Code.LOT_EXPIRY)],
)
def test_a_lot_of_points_that_lay_in_another_keeps_its_terms(
    book: Any, values: dict[str, Any], code: Code
) -> None:
    lines = lines_of(book())
    lines.lots = [lot._replace(**values) if lot == made(lines) else lot for lot in lines.lots]

    assert code in check(sequels(lines), lines)[1]


def test_a_lot_that_is_gone_is_named() -> None:
    lines = lines_of(merged())
    lines.lots = [lot for lot in lines.lots if lot.origin is None]

    assert Code.LOT_MISSING in check(sequels(lines), lines)[1]


def test_points_go_back_into_their_lot_while_it_lives() -> None:
    lines = lines_of(bought_and_undone())
    sequel = sequels(lines)[0]
    back = sequel.entries[0]
    new = made_anew(sequel.lots[back.lot or 0], back.operation)

    forged = replace(
        sequel,
        entries=[back._replace(lot=new.id), *sequel.entries[1:]],
        lots={**sequel.lots, new.id: new},
    )

    assert Code.UNDO_NOT_MIRRORED in check([forged], lines)[1]


def made_anew(lot: LotLine, operation: int) -> LotLine:
    return lot._replace(id=operation << 15, origin=lot.id, amount=30)


def test_what_had_ended_unspent_is_kept() -> None:
    book = open_book()
    book.tell(ask(make_earn(), key="earned"))
    book.set(POINTS_END)
    book.tell(ask(make_earn(card=next(iter(book.facts.cards)), occurred_at=POINTS_END)))
    book.facts = replace(
        book.facts,
        lots=tuple(replace(lot, remaining=0, expired=lot.amount) for lot in book.facts.lots),
    )
    book.tell(ask(make_undo("earned", occurred_at=POINTS_END), by=OPERATOR))
    lines = lines_of(book)

    run, found = check(sequels(lines), lines)

    assert found == []
    assert run.kept[ISSUED] == 10


def test_nothing_is_kept_of_what_did_not_end() -> None:
    lines = lines_of(earned_and_undone())
    sequel = sequels(lines)[0]

    assert kept_by(sequel) == {ISSUED: 0}
    assert kept_by(replace(sequel, entries=())) is None


def test_each_point_that_went_back_is_paired_with_the_lot_that_it_left() -> None:
    lines = lines_of(undone_after_a_merge())

    moves = [moves_of(sequel) for sequel in sequels(lines)]

    pairs = [[(move.left, move.entry.lot, move.points) for move in found or ()] for found in moves]
    own = next(lot.id for lot in lines.lots if lot.account == wallet(WANG))
    anew = [lot.id for lot in lines.lots if lot.origin == own]
    assert pairs == [[(own, anew[0], 70)], [(own, anew[1], 30)]]


def test_points_back_after_their_end_live_for_some_days_more() -> None:
    lines = lines_of(undone_after_the_end())
    undo = sequels(lines)[0].operation
    parent = next(lot for lot in lines.lots if lot.origin is None)
    day = POINTS_END.date() + timedelta(days=PROGRAMME.refund_days_valid + 1)

    assert origin_of(parent) == parent.id
    assert ends_of(undo, parent, CALENDAR) == [micros(at("00:00", on=day))]
    assert day > DAY
