"""Lists that offices hand in: a broken workbook is told as one, and the columns are named."""

from pathlib import Path

import pytest

from tests.cli.terminal import Desk, run

WORKBOOK_BROKEN = {
    "text.xlsx": (b"no workbook", "not_a_table"),
    "empty.xlsx": (b"", "not_a_table"),
    "locked.xlsx": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "not_a_table"),
    "cut.xlsx": (b"PK\x03\x04 and then nothing", "broken_table"),
    "picture.csv": (b"BM\x00\x00\x01\x00", "not_a_table"),
}


@pytest.mark.parametrize("name", WORKBOOK_BROKEN)
@pytest.mark.parametrize("command", ["households import", "quiz load"])
def test_a_broken_workbook_is_told_as_one(
    sqlite_desk: Desk, tmp_path: Path, name: str, command: str
) -> None:
    content, reason = WORKBOOK_BROKEN[name]
    file = tmp_path / name
    file.write_bytes(content)

    result = sqlite_desk.run(*command.split(), file)

    assert result.exit_code == 1
    told = result.stdout + result.stderr
    assert (reason in told, "column_missing" in told) == (True, False), told


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8-sig"])
def test_a_list_is_read_as_spreadsheets_in_china_save_it(
    sqlite_desk: Desk, tmp_path: Path, encoding: str
) -> None:
    file = tmp_path / "list.csv"
    file.write_bytes("居民区;门牌;姓名\n清水湾;64-301;王\n".encode(encoding))

    assert sqlite_desk.says("households", "import", file).startswith("✔ 1 rows: 1 added")


@pytest.mark.parametrize(
    ("command", "language", "columns"),
    [
        ("households import", "zh", ("居民区", "门牌", "姓名", "卡号")),
        ("households import", "en", ("community", "door", "name", "cards")),
        ("quiz load", "zh", ("名称", "类别", "英文", "提示", "英文提示")),
        ("quiz load", "en", ("name", "category", "name_en", "hint", "hint_en")),
    ],
)
def test_help_names_the_columns(command: str, language: str, columns: tuple[str, ...]) -> None:
    said = run(*command.split(), "--help", language=language).stdout

    assert [column for column in columns if column not in said] == []
