"""Lists of the sorting quiz in the database: the newest is played, none is lost."""

from sqlalchemy import func, select

from points.domain.quizzes import Bin, Quiz, QuizItem
from points.service.transactions import snapshot, transaction
from points.storage.columns import table_of
from points.storage.engine import Database
from points.storage.quizzes import QuizListRow, add_quiz, load_quiz, newest_version
from tests.market import NOW

FIRST = Quiz(items=(QuizItem(name="报纸", name_en="newspaper", bin=Bin.RECYCLABLE, hint="叠平"),))
SECOND = Quiz(items=(QuizItem(name="𬭚", bin=Bin.DRY),))


def test_before_any_list_there_is_none(database: Database) -> None:
    with snapshot(database) as connection:
        assert (load_quiz(connection), newest_version(connection)) == (None, None)


def test_the_newest_list_is_played_and_the_older_ones_stay(database: Database) -> None:
    with transaction(database) as connection:
        add_quiz(connection, FIRST, at=NOW)
        add_quiz(connection, SECOND, at=NOW)

    with snapshot(database) as connection:
        assert (load_quiz(connection), newest_version(connection)) == (SECOND, SECOND.version)
        kept = connection.execute(select(func.count()).select_from(table_of(QuizListRow)))
        assert kept.scalar() == 2
