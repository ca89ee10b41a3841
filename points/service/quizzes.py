"""The sorting quiz: load a list whole or not at all, and read the one that is played."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from points.domain.quizzes import Quiz, QuizFault, QuizSheet, read_quiz
from points.outside.tables import UnreadableTable, read_table
from points.service.posting import Book
from points.service.transactions import settle, snapshot
from points.storage.engine import Database
from points.storage.quizzes import add_quiz, load_quiz, newest_version


@dataclass(frozen=True, slots=True, kw_only=True)
class QuizLoaded:
    """The list is played, from now on or already."""

    quiz: Quiz
    is_new: bool
    """Whether it is another than the one played before."""
    ignored: tuple[str, ...]
    """Headings of columns that were left unread."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuizRefused:
    """Nothing was loaded; here is everything that is wrong, in order of row."""

    faults: tuple[QuizFault, ...]


def load_quiz_list(
    database: Database, content: bytes, *, now: datetime
) -> QuizLoaded | QuizRefused:
    """Let the list of a .csv or .xlsx file be played from now on."""
    sheet = read_quiz_file(content)
    if sheet.faults:
        return QuizRefused(faults=tuple(sorted(sheet.faults, key=lambda fault: fault.row)))
    quiz = Quiz(items=sheet.items)

    def act(connection: Connection) -> QuizLoaded:
        is_new = newest_version(connection) != quiz.version
        if is_new:
            add_quiz(connection, quiz, at=now)
        return QuizLoaded(quiz=quiz, is_new=is_new, ignored=sheet.ignored)

    return settle(database, act)


def read_quiz_file(content: bytes) -> QuizSheet:
    """Read a file's list, with all that is wrong with it; nothing is loaded."""
    try:
        return read_quiz(read_table(content))
    except UnreadableTable as fault:
        return QuizSheet(items=(), faults=(QuizFault(row=fault.row, reason=fault.reason),))


def read_played_quiz(book: Book) -> Quiz | None:
    """Read the list that is played; None where none was ever loaded."""
    with snapshot(book.database) as connection:
        return load_quiz(connection)
