"""Read lists as offices keep them: .xlsx, and .csv in UTF-8, UTF-16 or GB18030.

What a file is shows in its first bytes, not in its name. Cells come out as text, exactly as they
stand; a number loses its ".0", and what is no text at all comes out as an `OddCell`.
"""

import codecs
import csv
import io
import warnings
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date, time, timedelta
from itertools import islice
from typing import Any

from openpyxl import load_workbook

from points.domain.sheets import Cell, OddCell, Row, RowReason

FILE_BYTES_MAX = 64 << 20
UNPACKED_BYTES_MAX = 1 << 30
COLUMNS_MAX = 256
ROWS_MAX = 1_048_576

_ZIP = b"PK\x03\x04"
_NOT_TEXT = (b"\xd0\xcf\x11\xe0", b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"{\\rtf")
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_SEPARATORS = ",\t;"
_BEGINNING = 10_000
_PART = 1_000


class UnreadableTable(Exception):
    """The file cannot be read as a table, or not to its end."""

    def __init__(self, reason: RowReason, row: int = 1) -> None:
        """Say why, and at which row."""
        super().__init__(reason)
        self.reason = reason
        self.row = row


def read_table(content: bytes) -> Iterator[Row]:
    """Read the rows of a file, one after another. Of a workbook the first sheet is read.

    Raises:
        UnreadableTable: At the first row that cannot be read, or before any.
    """
    if len(content) > FILE_BYTES_MAX:
        raise UnreadableTable(RowReason.TOO_LARGE)
    cells = _read_workbook(content) if content.startswith(_ZIP) else _read_text(content)
    for number, row in enumerate(cells, start=1):
        if number > ROWS_MAX or len(row) > COLUMNS_MAX:
            raise UnreadableTable(RowReason.TOO_LARGE, number)
        yield Row(number, row)


def _read_text(content: bytes) -> Iterator[tuple[Cell, ...]]:
    text = _decode(content)
    separator = _find_separator(text)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        for row in rows:
            yield tuple(row)
    except csv.Error as error:
        raise UnreadableTable(RowReason.BROKEN_TABLE, rows.line_num) from error


def _decode(content: bytes) -> str:
    if content.startswith(_NOT_TEXT):
        raise UnreadableTable(RowReason.NOT_A_TABLE)
    encodings = ["utf-16"] if content.startswith(_UTF_16) else ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:  # GB18030 reads many a picture and program as text, too
            raise UnreadableTable(RowReason.NOT_A_TABLE)
        return text
    raise UnreadableTable(RowReason.ENCODING_UNKNOWN)


def _find_separator(text: str) -> str:
    """Choose what the header is parted by: commas, or the tabs and semicolons of some offices."""
    for line in io.StringIO(text[:_BEGINNING]):
        separator = max(_SEPARATORS, key=line.count)
        if separator in line:
            return separator
    return _SEPARATORS[0]


def _read_workbook(content: bytes) -> Iterator[tuple[Cell, ...]]:
    try:
        _check_size(content)
        with _unsurprised():
            book = load_workbook(io.BytesIO(content), read_only=True, keep_links=False)
        sheet = book.worksheets[0]
        # Some programs write a size into the file that is not its own.
        sheet.reset_dimensions()
        rows = sheet.iter_rows()
        while part := _read_part(rows):
            yield from part
        book.close()
    except UnreadableTable:
        raise
    except Exception as error:
        # A workbook can be broken anywhere, and openpyxl then fails with anything.
        raise UnreadableTable(RowReason.BROKEN_TABLE) from error


def _check_size(content: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        if sum(part.file_size for part in packed.infolist()) > UNPACKED_BYTES_MAX:
            raise UnreadableTable(RowReason.TOO_LARGE)


def _read_part(rows: Iterator[Any]) -> list[tuple[Cell, ...]]:
    with _unsurprised():
        return [_trimmed(_cell(cell) for cell in row) for row in islice(rows, _PART)]


@contextmanager
def _unsurprised() -> Iterator[None]:
    """Let openpyxl meet drop-down lists and styles that it does not know, and say nothing."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        yield


def _trimmed(cells: Iterable[Cell]) -> tuple[Cell, ...]:
    listed = list(cells)
    while listed and listed[-1] == "":
        listed.pop()
    return tuple(listed)


def _cell(cell: Any) -> Cell:  # noqa: ANN401 -- openpyxl has no type for it
    match cell.data_type, cell.value:
        case _, None:
            return ""
        case "f", _:
            return OddCell.FORMULA
        case "e", _:
            return OddCell.ERROR
        case _, date() | time() | timedelta():
            return OddCell.DATE
        case _, float() as number if number.is_integer():
            return str(int(number))
        case _, value:
            return str(value)
