"""Lists of the sorting quiz: what organisers write, and everything that may be wrong with it."""

from dataclasses import replace

import pytest

from points.domain.quizzes import (
    ASKED,
    BIN_NAMES,
    ITEMS_MAX,
    Bin,
    Quiz,
    QuizColumn,
    QuizFault,
    QuizItem,
    QuizReason,
    QuizSheet,
    read_quiz,
)
from points.domain.sheets import Cell, OddCell, Row, RowReason

HEADER = ("name", "name_en", "category", "hint")


def rows(*lines: tuple[Cell, ...], header: tuple[Cell, ...] = HEADER) -> list[Row]:
    """Number lines as a spreadsheet does, with enough sound ones below to make a quiz."""
    filler = [(f"物品{place}", "", "dry", "") for place in range(ASKED)]
    return [Row(number, line) for number, line in enumerate([header, *lines, *filler], start=1)]


def faults(*lines: tuple[Cell, ...]) -> list[QuizFault]:
    return list(read_quiz(rows(*lines)).faults)


def test_a_thing_is_read_with_its_bin_and_why() -> None:
    sheet = read_quiz(rows((" 报纸 ", "newspaper", "recyclable", "叠平扎好")))

    assert sheet.faults == ()
    assert sheet.items[0] == QuizItem(
        name="报纸", name_en="newspaper", bin=Bin.RECYCLABLE, hint="叠平扎好"
    )
    assert len(sheet.items) == ASKED + 1


@pytest.mark.parametrize(
    ("written", "bin_"),
    [(name, bin_) for bin_, names in BIN_NAMES.items() for name in (bin_, *names)]
    + [(" 湿 垃圾 ", Bin.WET), ("DRY", Bin.DRY)],
)
def test_a_bin_may_be_written_in_either_language(written: str, bin_: Bin) -> None:
    assert read_quiz(rows(("骨头", "", written, ""))).items[0].bin is bin_


def test_columns_may_stand_in_any_order_below_a_title_and_others_are_told() -> None:
    header = ("备注", "类别", "名称", "英文提示")
    lines = [(str(place), "干垃圾", f"物品{place}", "why") for place in range(ASKED)]
    table = [("题目 2019",), (), header, *lines]

    sheet = read_quiz(Row(number, line) for number, line in enumerate(table, start=1))

    assert (sheet.faults, sheet.ignored) == ((), ("备注",))
    assert sheet.items[0] == QuizItem(name="物品0", bin=Bin.DRY, hint_en="why")


@pytest.mark.parametrize(
    ("line", "column", "reason", "details"),
    [
        (("", "", "dry", ""), QuizColumn.NAME, QuizReason.NAME_MISSING, {}),
        (("骨头", "", "", ""), QuizColumn.CATEGORY, QuizReason.CATEGORY_MISSING, {}),
        (
            ("骨头", "", "compost", ""),
            QuizColumn.CATEGORY,
            QuizReason.CATEGORY_UNKNOWN,
            {"found": "compost"},
        ),
        (("骨" * 25, "", "dry", ""), QuizColumn.NAME, RowReason.TOO_LONG, {}),
        (("骨头", "", "dry", "x" * 121), QuizColumn.HINT, RowReason.TOO_LONG, {}),
        (("骨\x07头", "", "dry", ""), QuizColumn.NAME, RowReason.CONTROL_CHARACTER, {}),
        (("=1+1", "", "dry", ""), QuizColumn.NAME, RowReason.FORMULA, {}),
        ((OddCell.DATE, "", "dry", ""), QuizColumn.NAME, RowReason.DATE, {}),
        (("骨头", "", OddCell.ERROR, ""), QuizColumn.CATEGORY, RowReason.ERROR_VALUE, {}),
        (("骨头", "", "dry", "", "more"), None, RowReason.TOO_MANY_CELLS, {}),
    ],
)
def test_what_is_wrong_is_named_by_row_and_column(
    line: tuple[Cell, ...],
    column: QuizColumn | None,
    reason: RowReason | QuizReason,
    details: dict[str, str],
) -> None:
    sound = ("报纸", "", "recyclable", "")

    assert faults(sound, line) == [QuizFault(row=3, column=column, reason=reason, details=details)]


def test_a_thing_stands_in_a_list_once_however_it_is_spelled() -> None:
    twice = faults(("X光片", "", "hazardous", ""), ("Ｘ光片", "", "dry", ""))

    assert twice == [
        QuizFault(
            row=3,
            column=QuizColumn.NAME,
            reason=RowReason.DUPLICATE_IN_FILE,
            details={"found": "Ｘ光片", "first_row": 2},
        )
    ]


def test_every_fault_of_every_row_is_told() -> None:
    found = faults(("", "", "", ""), ("骨头", "", "?", "=x"), ("", "", "nowhere", ""))

    assert [(fault.row, fault.column) for fault in found] == [
        (3, QuizColumn.CATEGORY),
        (3, QuizColumn.HINT),
        (4, QuizColumn.NAME),
        (4, QuizColumn.CATEGORY),
    ]


def test_a_list_without_what_it_must_have_is_none() -> None:
    header = Row(1, ("name", "name", "hint"))

    assert read_quiz([header, Row(2, ("报纸", "", ""))]).faults == (
        QuizFault(row=1, column=QuizColumn.NAME, reason=RowReason.COLUMN_TWICE),
        QuizFault(row=1, column=QuizColumn.CATEGORY, reason=RowReason.COLUMN_MISSING),
    )
    assert read_quiz([]) == QuizSheet(
        items=(), faults=(QuizFault(row=1, reason=RowReason.EMPTY_LIST),)
    )


@pytest.mark.parametrize(
    ("count", "reason", "details"),
    [
        (ASKED - 1, QuizReason.TOO_FEW_ITEMS, {"least": ASKED}),
        (ITEMS_MAX + 1, QuizReason.TOO_MANY_ITEMS, {"most": ITEMS_MAX}),
    ],
)
def test_a_list_is_long_enough_to_be_played_and_no_longer(
    count: int, reason: QuizReason, details: dict[str, int]
) -> None:
    lines = [("name", "category"), *((f"物品{place}", "dry") for place in range(count))]

    sheet = read_quiz(Row(number, line) for number, line in enumerate(lines, start=1))

    assert sheet.faults == (QuizFault(row=count + 1, reason=reason, details=details),)


def test_a_list_is_named_by_what_it_says() -> None:
    items = read_quiz(rows(("报纸", "", "recyclable", ""))).items
    first, *others = items

    same, other = Quiz(items=items), Quiz(items=(replace(first, hint="叠平"), *others))

    assert Quiz(items=tuple(items)).version == same.version
    assert other.version != same.version
