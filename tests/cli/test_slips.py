"""Slips at the command line."""

import re
import stat
from pathlib import Path

from points.domain.checked_codes import CodeFault
from points.domain.slip_codes import read_slip_code
from tests.cli.terminal import Desk


def test_slips_are_printed_on_a_sheet_that_only_its_owner_reads(desk: Desk, tmp_path: Path) -> None:
    sheet = tmp_path / "slips.html"

    said = desk.says("slips", "print", "--count", 12, "--out", sheet)

    codes = re.findall('class="code"[^>]*>([^<]*)<', sheet.read_text("utf-8"))
    assert said == f"✔ 12 slips in {sheet}. Print it from a browser, then delete the file.\n"
    assert len(set(codes)) == 12
    assert not any(isinstance(read_slip_code(code), CodeFault) for code in codes)
    assert stat.S_IMODE(sheet.stat().st_mode) == 0o600


def test_a_sheet_that_is_there_already_is_not_written_over(desk: Desk, tmp_path: Path) -> None:
    sheet = tmp_path / "slips.html"
    sheet.write_text("somebody's")

    code, said = desk.refuses("slips", "print", "--count", 1, "--out", sheet)

    assert (code, sheet.read_text()) == (1, "somebody's")
    assert "--force" in said


def test_a_sheet_is_called_a_page(desk: Desk, tmp_path: Path) -> None:
    assert desk.refuses("slips", "print", "--count", 1, "--out", tmp_path / "slips.pdf") == (
        2,
        f"{tmp_path}/slips.pdf: what is made is an HTML page; call it slips.html.\n",
    )
