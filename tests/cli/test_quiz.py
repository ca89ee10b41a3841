"""The sorting quiz at the command line: a list is loaded whole, or every fault is told by row."""

from importlib.resources import as_file, files
from pathlib import Path

import pytest

from points.cli.quiz import COLUMNS, REASONS
from points.domain.quizzes import QuizColumn, QuizReason
from tests.cli.terminal import Desk

DEMO = files("points.demo").joinpath("sorting_items.csv")
WRONG = "名称,类别\n报纸,可回收物\n,湿\n骨头,堆肥\n报纸,干\n"


@pytest.fixture
def wrong(tmp_path: Path) -> Path:
    path = tmp_path / "wrong.csv"
    path.write_text(WRONG, "utf-8")
    return path


def test_a_list_is_loaded_and_shown(desk: Desk) -> None:
    with as_file(DEMO) as file:
        loaded = desk.says("quiz", "load", file)
        again = desk.says("quiz", "load", file, language="zh")
    shown = desk.says("quiz", "show", language="zh")

    assert loaded == "✔ 64 things: recyclable 16, hazardous 14, wet 14, dry 20\n"
    assert again == "✔ 64 题：可回收物 16、有害垃圾 14、湿垃圾 14、干垃圾 20\n和正在用的一样\n"
    assert "可回收物  报纸  叠平扎好\n" in shown


def test_every_row_that_is_wrong_is_named_and_nothing_is_loaded(
    sqlite_desk: Desk, wrong: Path
) -> None:
    told = sqlite_desk.run("quiz", "load", wrong, language="zh")

    assert told.stdout.splitlines() == [
        "第 3 行 名称：没有写名称（name_missing）",
        (
            "第 4 行 类别：没有这一类，请写 可回收物、有害垃圾、湿垃圾 或 干垃圾"
            "（category_unknown found=堆肥）"
        ),
        "第 5 行 名称：表里前面已经有了（duplicate_in_file found=报纸 first_row=2）",
        "第 5 行：题目太少（too_few_items least=8）",
    ]
    assert (told.exit_code, told.stderr) == (1, "✘ 4 处要改，题目没有换\n")
    assert sqlite_desk.refuses("quiz", "show") == (
        1,
        "There is no list yet. Run `points quiz load FILE.csv` first.\n",
    )


def test_it_says_the_same_in_english(sqlite_desk: Desk, wrong: Path) -> None:
    told = sqlite_desk.run("quiz", "load", wrong)

    assert told.stdout.splitlines()[0] == "row 3 name: no name is written (name_missing)"
    assert told.stderr == "✘ Faults: 4. The list is as it was.\n"


def test_columns_that_are_not_read_are_told(sqlite_desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    lines = "".join(f"物品{place},干,5\n" for place in range(8))
    path.write_text(f"名称,类别,难度\n{lines}", "utf-8")

    assert "Columns left unread: 难度\n" in sqlite_desk.says("quiz", "load", path)


def test_a_file_that_is_not_there_is_told(sqlite_desk: Desk) -> None:
    code, told = sqlite_desk.refuses("quiz", "load", "nowhere.csv")

    assert (code, told) == (1, "nowhere.csv: there is no such file or folder\n")


def test_every_reason_and_column_has_its_words() -> None:
    assert set(REASONS) == set(QuizReason)
    assert set(COLUMNS) == set(QuizColumn)
