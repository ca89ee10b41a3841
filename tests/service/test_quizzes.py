"""Loading lists of the sorting quiz: whole or not at all."""

from importlib.resources import files

from points.domain.quizzes import Bin, QuizFault, QuizReason
from points.domain.sheets import RowReason
from points.service.quizzes import (
    QuizLoaded,
    QuizRefused,
    load_quiz_list,
    read_played_quiz,
    read_quiz_file,
)
from points.storage.engine import Database
from tests.market import NOW
from tests.save import open_market

DEMO = files("points.demo").joinpath("sorting_items.csv").read_bytes()
SHORT = "名称,类别\n报纸,可回收物\n".encode("gb18030")


def test_a_list_is_played_from_the_moment_it_is_loaded(database: Database) -> None:
    loaded = load_quiz_list(database, DEMO, now=NOW)

    assert isinstance(loaded, QuizLoaded)
    assert (loaded.is_new, loaded.ignored) == (True, ())
    assert read_played_quiz(open_market(database)) == loaded.quiz


def test_the_same_list_again_changes_nothing(database: Database) -> None:
    first = load_quiz_list(database, DEMO, now=NOW)

    again = load_quiz_list(database, DEMO, now=NOW)

    assert isinstance(first, QuizLoaded)
    assert again == QuizLoaded(quiz=first.quiz, is_new=False, ignored=())


def test_a_list_with_a_fault_leaves_the_one_before_it(database: Database) -> None:
    before = load_quiz_list(database, DEMO, now=NOW)
    refused = load_quiz_list(database, SHORT, now=NOW)

    fault = QuizFault(row=2, reason=QuizReason.TOO_FEW_ITEMS, details={"least": 8})
    assert refused == QuizRefused(faults=(fault,))
    assert isinstance(before, QuizLoaded)
    assert read_played_quiz(open_market(database)) == before.quiz


def test_what_is_no_table_is_refused_with_its_reason(database: Database) -> None:
    assert load_quiz_list(database, b"%PDF-1.7", now=NOW) == QuizRefused(
        faults=(QuizFault(row=1, reason=RowReason.NOT_A_TABLE),)
    )


def test_the_demos_list_asks_for_every_bin() -> None:
    items = read_quiz_file(DEMO).items

    assert len(items) == 64
    assert {item.bin for item in items} == set(Bin)
