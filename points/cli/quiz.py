"""The list of the sorting quiz: load a file, and see what is played."""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from points.cli.door import DatabaseUrl, now, opened
from points.cli.lists import read_list
from points.cli.naming import listed
from points.cli.reasons import ROW
from points.cli.words import Both, fail, say, words
from points.domain.quizzes import BIN_NAMES, Bin, Quiz, QuizColumn, QuizFault, QuizReason
from points.domain.sheets import RowReason
from points.service.posting import make_book
from points.service.quizzes import QuizRefused, load_quiz_list, read_played_quiz

app = typer.Typer(no_args_is_help=True, help="The list of the sorting quiz.")

REASONS: Mapping[QuizReason, Both] = {
    QuizReason.NAME_MISSING: ("没有写名称", "no name is written"),
    QuizReason.CATEGORY_MISSING: ("没有写类别", "no bin is written"),
    QuizReason.CATEGORY_UNKNOWN: (
        "没有这一类，请写 可回收物、有害垃圾、湿垃圾 或 干垃圾",
        "there is no such bin; write recyclable, hazardous, wet or dry",
    ),
    QuizReason.TOO_FEW_ITEMS: ("题目太少", "there are too few things"),
    QuizReason.TOO_MANY_ITEMS: ("题目太多", "there are too many things"),
}

COLUMNS: Mapping[QuizColumn, Both] = {
    QuizColumn.NAME: ("名称", "name"),
    QuizColumn.NAME_EN: ("英文", "name_en"),
    QuizColumn.CATEGORY: ("类别", "category"),
    QuizColumn.HINT: ("提示", "hint"),
    QuizColumn.HINT_EN: ("英文提示", "hint_en"),
}


@app.command()
def load(
    file: Annotated[Path, typer.Argument(help="A .csv or .xlsx file.")],
    database_url: DatabaseUrl = None,
) -> None:
    """Load a list: all of it, or nothing and every row that is wrong.

    Its first row names the columns, in any order: name and category, and if wanted name_en, hint
    and hint_en. A category is recyclable, hazardous, wet or dry.
    """
    content = read_list(file)
    with opened(database_url) as database:
        result = load_quiz_list(database, content, now=now())
    if isinstance(result, QuizRefused):
        for fault in result.faults:
            print(word_fault(fault))
        count = len(result.faults)
        fail(f"✘ {count} 处要改，题目没有换", f"✘ Faults: {count}. The list is as it was.")
    _tell(result.quiz)
    if not result.is_new:
        say("和正在用的一样", "It is the one that is played already.")
    if result.ignored:
        names = listed(result.ignored)
        say(f"没有读的列：{names}", f"Columns left unread: {names}")


@app.command()
def show(database_url: DatabaseUrl = None) -> None:
    """Show the list that is played."""
    with opened(database_url) as database:
        quiz = read_played_quiz(make_book(database, now))
    if quiz is None:
        fail(
            "还没有题目，请先运行 points quiz load 文件.csv",
            "There is no list yet. Run `points quiz load FILE.csv` first.",
        )
    for item in quiz.items:
        print("  ".join(filter(None, (_bin(item.bin), item.name, item.hint))))
    _tell(quiz)


def word_fault(fault: QuizFault) -> str:
    """Say what is wrong with a row."""
    column = f" {words(*COLUMNS[fault.column])}" if fault.column is not None else ""
    details = "".join(f" {name}={value}" for name, value in fault.details.items())
    known = ROW[fault.reason] if isinstance(fault.reason, RowReason) else REASONS[fault.reason]
    reason = words(*known)
    return words(
        f"第 {fault.row} 行{column}：{reason}（{fault.reason}{details}）",
        f"row {fault.row}{column}: {reason} ({fault.reason}{details})",
    )


def _tell(quiz: Quiz) -> None:
    counts = Counter(item.bin for item in quiz.items)
    parts = listed(f"{_bin(one)} {counts[one]}" for one in Bin)
    total = len(quiz.items)
    say(f"✔ {total} 题：{parts}", f"✔ {total} things: {parts}")


def _bin(one: Bin) -> str:
    return words(BIN_NAMES[one][0], one)
