"""Pages of help: whole, in one language, and no wider than a terminal."""

from collections.abc import Iterator
from typing import Any

import pytest

from points.cli.help_pages import lines_of, wide
from points.cli.operating import SECTIONS, load_command
from tests.cli.terminal import run

NAMES = [name for places in SECTIONS.values() for name in places]
COLUMNS = 80
LIBRARY = ("Usage", "Options", "Arguments", "Commands", "OPTIONS", "COMMAND", "ARGS", "required")
LIBRARY_NOTES = ("default", "env var", "Show this", "<=x", "x>=", "<str", "<int", "<path", "%Y")


def pages(name: str, command: Any | None = None, parent: Any | None = None) -> Iterator[str]:
    """Give the help of a command and of all its parts."""
    found = load_command(name) if command is None else command
    with found.context_class(found, info_name=name, parent=parent) as context:
        yield found.get_help(context)
        for part, inner in getattr(found, "commands", {}).items():
            yield from pages(part, inner, context)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_line_of_help_is_cut_or_wider_than_a_terminal(
    language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("POINTS_LANGUAGE", language)
    monkeypatch.setenv("COLUMNS", str(COLUMNS))
    lines = [
        line for name in NAMES for page in pages(name) for line in page.splitlines() if line.strip()
    ]

    assert [line for line in lines if wide(line) > COLUMNS] == []
    assert [line for line in lines if line.endswith("...") and line.startswith("  ")] == []


@pytest.mark.parametrize("words", [LIBRARY, LIBRARY_NOTES])
def test_chinese_help_has_none_of_the_librarys_english(
    words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("POINTS_LANGUAGE", "zh")
    told = [page for name in NAMES for page in pages(name)] + [run("--help", language="zh").stdout]

    assert [(word, page) for page in told for word in words if word in page] == []


def test_a_group_tells_the_whole_of_what_its_commands_do() -> None:
    assert (
        """\
  replace  Give a household a new card for a lost or worn one, which stops for
           ever.
"""
        in run("cards", "--help", COLUMNS="80").stdout
    )


def test_a_page_says_what_may_be_typed() -> None:
    assert (
        run("migrate", "--help", language="zh", COLUMNS="80").stdout
        == """\
用法：points migrate [选项]

  建表，或升级到这个版本。重复做没有关系。

选项：
  --database <文字>  数据库地址，默认 sqlite:///var/points.db；带密码的最好写在
                     POINTS_DATABASE_URL 里
  --help             显示这一页
"""
    )
    assert (
        "  --port <整数>      监听的端口 【1 到 65535】\n"
        in run("start", "--help", language="zh", COLUMNS="80").stdout
    )


@pytest.mark.parametrize(
    ("paragraph", "lines"),
    [
        ("", []),
        ("积分卡", ["积分", "卡"]),
        ("积分，卡", ["积", "分，", "卡"]),
        ("a b c d", ["a b", "c d"]),
        ("abcdefgh i", ["abcdefgh", "i"]),
        ("用 a 卡", ["用 a", "卡"]),
    ],
)
def test_a_line_breaks_at_spaces_and_beside_chinese_letters(
    paragraph: str, lines: list[str]
) -> None:
    assert list(lines_of(paragraph, 5 if paragraph != "a b c d" else 4)) == lines
