"""Lists that offices hand in: what calls itself a workbook must be one."""

from pathlib import Path

from points.cli.files import read_bytes
from points.cli.reasons import word_row
from points.cli.words import REFUSED, fail
from points.domain.sheets import RowFault, RowReason

_WORKBOOKS = {".xlsx", ".xlsm"}
_PACKED = b"PK"


def read_list(path: Path) -> bytes:
    """Read a list; where it cannot be one, say why and end.

    A workbook that was cut off or renamed would be read as text, and its columns be missed.
    """
    content = read_bytes(path)
    if path.suffix.lower() in _WORKBOOKS and not content.startswith(_PACKED):
        told = word_row(RowFault(row=1, reason=RowReason.NOT_A_TABLE))
        fail(told, told, code=REFUSED)
    return content
