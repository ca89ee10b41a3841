"""Lists of the sorting quiz. Each that was loaded stays: journals of phones name it by version."""

import json
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import Connection, insert, select
from sqlmodel import Field, SQLModel

from points.domain.quizzes import Bin, Quiz, QuizItem
from points.storage.columns import BIG, Moment, table_of


class QuizListRow(SQLModel, table=True):
    """A list as it was loaded. The newest is played."""

    __tablename__ = "quiz_list"
    __table_args__ = {"sqlite_strict": True}

    id: int | None = Field(default=None, primary_key=True, sa_type=BIG)
    version: str
    body: str
    """Its things, as JSON."""
    loaded_at: datetime = Field(sa_type=Moment)


_list = table_of(QuizListRow)


def add_quiz(connection: Connection, quiz: Quiz, *, at: datetime) -> None:
    """Keep a list: from now on it is played."""
    body = json.dumps([asdict(item) for item in quiz.items], ensure_ascii=False)
    connection.execute(insert(_list).values(version=quiz.version, body=body, loaded_at=at))


def newest_version(connection: Connection) -> str | None:
    """Name the list that is played; None where none was ever loaded."""
    found = connection.execute(select(_list.c.version).order_by(_list.c.id.desc()).limit(1))
    version: str | None = found.scalar()
    return version


def load_quiz(connection: Connection) -> Quiz | None:
    """Read the list that is played; None where none was ever loaded."""
    text = connection.execute(select(_list.c.body).order_by(_list.c.id.desc()).limit(1)).scalar()
    if text is None:
        return None
    return Quiz(items=tuple(_item(one) for one in json.loads(text)))


def _item(kept: dict[str, str]) -> QuizItem:
    words = {name: text for name, text in kept.items() if name != "bin"}
    return QuizItem(bin=Bin(kept["bin"]), **words)
