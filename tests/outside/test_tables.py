"""Lists as offices keep them: workbooks, and text in the encodings that spreadsheets write."""

import io
import zipfile
from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any

import pytest
from openpyxl import Workbook
from openpyxl.worksheet.datavalidation import DataValidation

from points.domain.sheets import Cell, OddCell, Row, RowReason
from points.outside import tables
from points.outside.tables import UnreadableTable, read_table

TEXT = "居民区,门牌,姓名\n世纪同乐,2-301,杨𬭚\n,,\n清水湾,64-101,周杰·木拉提\n"
ROWS = [
    Row(1, ("居民区", "门牌", "姓名")),
    Row(2, ("世纪同乐", "2-301", "杨𬭚")),
    Row(3, ("", "", "")),
    Row(4, ("清水湾", "64-101", "周杰·木拉提")),
]


def workbook(*rows: tuple[Any, ...], change: Callable[[Any], None] | None = None) -> bytes:
    book = Workbook()
    sheet: Any = book.active
    for row in rows:
        sheet.append(row)
    if change is not None:
        change(sheet)
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def cells(content: bytes) -> list[tuple[Cell, ...]]:
    return [row.cells for row in read_table(content)]


def fault(content: bytes) -> RowReason:
    with pytest.raises(UnreadableTable) as caught:
        list(read_table(content))
    return caught.value.reason


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_text_is_read_in_whatever_encoding_it_was_saved(encoding: str) -> None:
    assert list(read_table(TEXT.encode(encoding))) == ROWS


@pytest.mark.parametrize("separator", [",", "\t", ";"])
def test_columns_may_be_parted_by_what_the_office_is_used_to(separator: str) -> None:
    text = TEXT.replace(",", separator).replace("64-101", '"64,101;\t"')

    assert cells(text.encode())[3] == ("清水湾", "64,101;\t", "周杰·木拉提")


def test_lines_end_as_on_any_system_and_quotes_hold_anything() -> None:
    assert cells(b'a,b\r\n"1\r\n2","3 ""x"""\r\n') == [("a", "b"), ("1\r\n2", '3 "x"')]


def test_an_empty_file_has_no_rows() -> None:
    assert list(read_table(b"")) == []


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old excel", RowReason.NOT_A_TABLE),
        (b"%PDF-1.7", RowReason.NOT_A_TABLE),
        (b"\x89PNG\r\n", RowReason.NOT_A_TABLE),
        (b"a,\xff\xff\xff\n", RowReason.ENCODING_UNKNOWN),
        (b'a,b\n"open,1\n2,3\n', RowReason.BROKEN_TABLE),
        (b"a," + b"x" * 200_000, RowReason.BROKEN_TABLE),
        (b"," * 300, RowReason.TOO_LARGE),
        (b"PK\x03\x04 and then nothing", RowReason.BROKEN_TABLE),
    ],
    ids=lambda value: ascii(value)[:30],
)
def test_what_cannot_be_read_is_said_not_guessed(content: bytes, reason: RowReason) -> None:
    assert fault(content) is reason


def test_a_broken_line_is_named() -> None:
    with pytest.raises(UnreadableTable) as caught:
        list(read_table(b'a,b\n1,2\n"x"y,3\n'))

    assert caught.value.row == 3


def test_a_workbook_gives_the_same_rows_as_text() -> None:
    content = workbook(*(row.cells for row in ROWS))

    assert [row.cells for row in read_table(content)] == [
        ROWS[0].cells,
        ROWS[1].cells,
        (),
        ROWS[3].cells,
    ]


def test_numbers_come_out_as_they_look_and_the_rest_is_named_for_what_it_is() -> None:
    content = workbook(
        (271836504, 301.0, 2.5, "  x ", True),
        ("=A1", "=1+1", "#N/A"),
        (date(2019, 2, 11), datetime.fromisoformat("2019-02-11T08:30"), time(8, 30)),
    )

    assert cells(content) == [
        ("271836504", "301", "2.5", "  x ", "True"),
        (OddCell.FORMULA, OddCell.FORMULA, OddCell.ERROR),
        (OddCell.DATE, OddCell.DATE, OddCell.DATE),
    ]


def test_a_date_beyond_all_calendars_is_an_error_and_no_noise() -> None:
    def spoil(sheet: Any) -> None:
        sheet["A1"].number_format = "yyyy-mm-dd"
        sheet["A1"] = 99_999_999_999
        sheet["A1"].number_format = "yyyy-mm-dd"

    assert cells(workbook(("x",), change=spoil)) == [(OddCell.ERROR,)]


def test_rows_that_a_workbook_leaves_out_are_counted() -> None:
    def skip(sheet: Any) -> None:
        sheet["B4"] = "2-301"

    content = workbook(("居民区", "门牌"), change=skip)

    assert [row for row in read_table(content) if row.cells] == [
        Row(1, ("居民区", "门牌")),
        Row(4, ("", "2-301")),
    ]


def test_a_workbook_that_lies_about_its_size_is_read_to_its_end() -> None:
    content = rewritten(workbook(("a", "b"), ("c", "d")), b'ref="A1:B2"', b'ref="A1"')

    assert cells(content) == [("a", "b"), ("c", "d")]


def test_drop_down_lists_do_not_disturb() -> None:
    def add_list(sheet: Any) -> None:
        sheet.add_data_validation(DataValidation(type="list", formula1='"a,b"', sqref="A1:A9"))

    content = workbook(("a",), change=add_list)
    content = rewritten(
        content,
        b"</worksheet>",
        b'<extLst><ext uri="{CCE6A557-97BC-4b89-ADB6-D9C93CAAB3DF}"/></extLst></worksheet>',
    )

    assert cells(content) == [("a",)]


def test_the_first_sheet_is_read() -> None:
    book = Workbook()
    sheet: Any = book.active
    sheet.append(["first"])
    book.create_sheet("second").append(["second"])
    written = io.BytesIO()
    book.save(written)

    assert cells(written.getvalue()) == [("first",)]


def test_another_kind_of_archive_is_no_workbook() -> None:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        archive.writestr("photo.txt", "x")

    assert fault(written.getvalue()) is RowReason.BROKEN_TABLE


def test_a_file_too_large_is_not_begun(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "FILE_BYTES_MAX", 10)

    assert fault(b"12345678901") is RowReason.TOO_LARGE


def test_a_workbook_that_unpacks_to_more_than_memory_is_not_unpacked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tables, "UNPACKED_BYTES_MAX", 1_000)

    assert fault(workbook(("a",))) is RowReason.TOO_LARGE


def rewritten(content: bytes, old: bytes, new: bytes) -> bytes:
    """Change bytes inside a workbook's first sheet."""
    written = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as before,
        zipfile.ZipFile(written, "w") as after,
    ):
        for name in before.namelist():
            part = before.read(name)
            if name == "xl/worksheets/sheet1.xml":
                assert old in part
                part = part.replace(old, new)
            after.writestr(name, part)
    return written.getvalue()
