"""Lists of households: every row read, every fault named, whatever the columns are called."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from points.domain.cards import make_card_number
from points.domain.ids import CommunityKey
from points.domain.people import Home
from points.domain.programme import Community
from points.domain.sheets import (
    CARDS_MAX,
    Cell,
    Column,
    Line,
    OddCell,
    Row,
    RowFault,
    RowReason,
    Sheet,
    read_sheet,
)

SHIJI = Community(
    key=CommunityKey("shiji"), name="世纪同乐", name_en="Century Tongle", estate="同乐苑"
)
QINGSHUI = Community(key=CommunityKey("qingshui"), name="清水湾")
HEADER = ("居民区", "门牌", "姓名", "卡号")
FIRST, SECOND, THIRD = (make_card_number(10_000_000 + step) for step in range(3))


def read(*rows: tuple[Cell, ...], header: tuple[Cell, ...] | None = HEADER) -> Sheet:
    every = rows if header is None else (header, *rows)
    numbered = [Row(number, cells) for number, cells in enumerate(every, start=1)]
    return read_sheet(numbered, [SHIJI, QINGSHUI])


def reasons(sheet: Sheet) -> list[tuple[int, Column | None, RowReason]]:
    return [(fault.row, fault.column, fault.reason) for fault in sheet.faults]


def home(door: str = "2-301", name: str | None = "王伟") -> Home:
    return Home(community=SHIJI.key, door=door, name=name)


def test_a_row_becomes_a_household() -> None:
    sheet = read(("世纪同乐", "2-301", "王伟", FIRST))

    assert sheet == Sheet(lines=(Line(row=2, home=home(), cards=(FIRST,)),), faults=())


@pytest.mark.parametrize(
    "header",
    [
        ("community", "door", "name", "card number"),
        ("Community", " DOOR ", "Name", "Card_Numbers"),
        ("居民区 ", "门牌号", "户主姓名", "积分卡号"),
    ],
)
def test_columns_are_found_in_either_language(header: tuple[str, ...]) -> None:
    sheet = read(("世纪同乐", "2-301", "王伟", FIRST), header=header)

    assert sheet.lines == (Line(row=2, home=home(), cards=(FIRST,)),)


def test_columns_stand_in_any_order_and_two_may_be_left_out() -> None:
    assert read(("2-301", "世纪同乐"), header=("门牌", "居民区")).lines == (
        Line(row=2, home=home(name=None)),
    )


def test_what_stands_above_the_header_is_passed_over_and_counted() -> None:
    sheet = read(
        ("世纪同乐住户名册",),
        (),
        ("", "", "2019-12-01"),
        HEADER,
        ("shiji", "2-301", "王伟"),
        header=None,
    )

    assert sheet == Sheet(lines=(Line(row=5, home=home()),), faults=())


def test_columns_that_nobody_asked_for_are_named_and_left_unread() -> None:
    header = ("电话", "居民区", "门牌", "", "=备注")

    sheet = read(("13900000000", "世纪同乐", "2-301", "", "x"), header=header)

    assert (len(sheet.lines), sheet.ignored) == (1, ("电话", "=备注"))


@pytest.mark.parametrize("name", ["shiji", "世纪同乐", "century  TONGLE", " 世纪同乐 ", "同乐苑"])
def test_a_community_is_known_by_its_key_or_any_of_its_names(name: str) -> None:
    assert [line.home.community for line in read((name, "2-301")).lines] == [SHIJI.key]


def test_a_name_that_two_communities_share_says_nothing() -> None:
    twin = Community(key=CommunityKey("shiji-2"), name="世纪同乐")
    rows = [Row(1, HEADER), Row(2, ("世纪同乐", "2-301")), Row(3, ("shiji-2", "2-301"))]

    sheet = read_sheet(rows, [SHIJI, twin])

    assert reasons(sheet) == [(2, Column.COMMUNITY, RowReason.COMMUNITY_AMBIGUOUS)]
    assert [line.home.community for line in sheet.lines] == [twin.key]


@pytest.mark.parametrize(
    "written",
    [
        f"{FIRST} {SECOND}",
        f"{FIRST}、{SECOND}",
        f"{FIRST}，{SECOND}",
        f"{FIRST};{SECOND}",
        f"{FIRST}\n{SECOND}",
        f" {FIRST[:3]} {FIRST[3:6]} {FIRST[6:]}  {SECOND[:3]}-{SECOND[3:6]}-{SECOND[6:]} ",
        "".join(chr(ord(digit) + 0xFEE0) for digit in FIRST) + "、" + SECOND,
    ],
    ids=ascii,
)
def test_several_cards_may_stand_in_one_cell(written: str) -> None:
    assert read(("shiji", "2-301", "", written)).lines[0].cards == (FIRST, SECOND)


def test_a_card_named_twice_in_its_own_row_is_one_card() -> None:
    assert read(("shiji", "2-301", "", f"{FIRST} {FIRST}")).lines[0].cards == (FIRST,)


@pytest.mark.parametrize("name", ["周杰·木拉提", "杨𬭚", "欧阳 娜娜"])
def test_names_survive_as_they_are(name: str) -> None:
    assert read(("shiji", "2-301", name)).lines == (Line(row=2, home=home(name=name)),)


@pytest.mark.parametrize(
    ("row", "column", "reason"),
    [
        (("", "2-301"), Column.COMMUNITY, RowReason.COMMUNITY_MISSING),
        (("丹丰", "2-301"), Column.COMMUNITY, RowReason.COMMUNITY_UNKNOWN),
        (("shiji", ""), Column.DOOR, RowReason.DOOR_MISSING),
        (("shiji",), Column.DOOR, RowReason.DOOR_MISSING),
        (("shiji", "9" * 65), Column.DOOR, RowReason.TOO_LONG),
        (("shiji", "2\x07301"), Column.DOOR, RowReason.CONTROL_CHARACTER),
        (("shiji", "=A1"), Column.DOOR, RowReason.FORMULA),
        (("shiji", OddCell.FORMULA), Column.DOOR, RowReason.FORMULA),
        (("shiji", OddCell.DATE), Column.DOOR, RowReason.DATE),
        (("shiji", OddCell.ERROR), Column.DOOR, RowReason.ERROR_VALUE),
        ((OddCell.FORMULA, "2-301"), Column.COMMUNITY, RowReason.FORMULA),
        (("shiji", "2-301", "王" * 129), Column.NAME, RowReason.TOO_LONG),
        (("shiji", "2-301", "@王"), Column.NAME, RowReason.FORMULA),
        (("shiji", "2-301", "王\n伟"), Column.NAME, RowReason.CONTROL_CHARACTER),
        (("shiji", "2-301", "", "123456789"), Column.CARDS, RowReason.NUMBER_INVALID),
        (("shiji", "2-301", "", "无"), Column.CARDS, RowReason.NUMBER_INVALID),
        (("shiji", "2-301", "", OddCell.DATE), Column.CARDS, RowReason.DATE),
        (("shiji", "2-301", "王", "", "", "x"), None, RowReason.TOO_MANY_CELLS),
    ],
    ids=ascii,
)
def test_every_bad_cell_is_named(
    row: tuple[Cell, ...], column: Column | None, reason: RowReason
) -> None:
    sheet = read(row, ("shiji", "2-302"))

    assert reasons(sheet) == [(2, column, reason)]
    assert [line.row for line in sheet.lines] == [3]


def test_a_row_with_three_faults_says_all_three() -> None:
    sheet = read(("丹丰", OddCell.DATE, "+王"))

    assert reasons(sheet) == [
        (2, Column.COMMUNITY, RowReason.COMMUNITY_UNKNOWN),
        (2, Column.DOOR, RowReason.DATE),
        (2, Column.NAME, RowReason.FORMULA),
    ]


def test_a_door_stands_in_a_list_once_even_where_its_first_row_is_bad() -> None:
    sheet = read(
        ("shiji", "2-301", "@"),
        ("世纪同乐", "２－３０１", "王伟"),
        ("qingshui", "2-301"),
    )

    assert sheet.faults[1] == RowFault(
        row=3,
        column=Column.DOOR,
        reason=RowReason.DUPLICATE_IN_FILE,
        details={"found": "2-301", "first_row": 2},
    )
    assert [line.row for line in sheet.lines] == [4]


def test_a_card_stands_in_a_list_once() -> None:
    sheet = read(("shiji", "1", "", FIRST), ("shiji", "2", "", f"{SECOND} {FIRST}"))

    assert sheet.faults == (
        RowFault(
            row=3,
            column=Column.CARDS,
            reason=RowReason.DUPLICATE_IN_FILE,
            details={"found": FIRST, "first_row": 2},
        ),
    )


def test_a_row_names_no_more_cards_than_a_household_can_carry() -> None:
    numbers = [make_card_number(10_000_000 + step) for step in range(CARDS_MAX + 1)]

    full = read(("shiji", "1", "", " ".join(numbers[:-1])))
    too_full = read(("shiji", "1", "", " ".join(numbers)))

    assert (len(full.lines[0].cards), full.faults) == (CARDS_MAX, ())
    assert reasons(too_full) == [(2, Column.CARDS, RowReason.TOO_MANY_CARDS)]


@pytest.mark.parametrize(
    ("header", "faults"),
    [
        (("姓名",), [(Column.COMMUNITY, "missing"), (Column.DOOR, "missing")]),
        (("居民区", "姓名"), [(Column.DOOR, "missing")]),
        (("居民区", "门牌", "门牌号"), [(Column.DOOR, "twice")]),
        (("一", "二"), [(Column.COMMUNITY, "missing"), (Column.DOOR, "missing")]),
    ],
    ids=ascii,
)
def test_a_header_that_cannot_be_used_is_the_only_fault(
    header: tuple[str, ...], faults: list[tuple[Column, str]]
) -> None:
    sheet = read(("shiji", "2-301", "2-302"), header=header)

    assert reasons(sheet) == [(1, column, RowReason(f"column_{what}")) for column, what in faults]
    assert sheet.lines == ()


def test_a_list_without_a_row_is_empty() -> None:
    assert reasons(read(header=None)) == [(1, None, RowReason.EMPTY_LIST)]
    assert reasons(read((), ("", " "), header=None)) == [(1, None, RowReason.EMPTY_LIST)]
    assert read() == Sheet(lines=(), faults=())


def test_what_is_shown_of_a_cell_is_short_and_harmless() -> None:
    sheet = read(("\x1b[31m" + "x" * 100, "1"))

    assert sheet.faults[0].details["found"] == "�[31m" + "x" * 55 + "…"


cells = st.one_of(
    st.sampled_from([*OddCell, "shiji", "世纪同乐", "2-301", FIRST, "", *HEADER]), st.text()
)


@given(st.lists(st.lists(cells, max_size=6).map(tuple), max_size=15))
def test_any_table_at_all_is_answered_and_no_row_is_lost(rows: list[tuple[Cell, ...]]) -> None:
    sheet = read(*rows)

    filled = {
        number
        for number, row in enumerate(rows, start=2)
        if any(not isinstance(cell, str) or cell.strip() for cell in row)
    }
    spoken_of = {line.row for line in sheet.lines} | {fault.row for fault in sheet.faults}
    assert filled <= spoken_of or reasons(sheet)[0][2] in (
        RowReason.COLUMN_TWICE,
        RowReason.COLUMN_MISSING,
    )
    assert not {line.row for line in sheet.lines} & {fault.row for fault in sheet.faults}
