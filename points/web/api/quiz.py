"""`GET /devices/quiz`: what the sorting quiz asks, for phones that play without a network too."""

from typing import Self

from fastapi import APIRouter, Response

from points.domain.quizzes import Bin, Quiz
from points.service.quizzes import read_played_quiz
from points.web.dependencies import Reader
from points.web.doors import DEVICES, door
from points.web.etags import TAGGED, IfNoneMatch, is_held, nothing_new, tag_of
from points.web.problems import Fault
from points.web.shapes import Said

router = APIRouter(prefix="/api/v1/devices", tags=["devices"])

_NONE = "none"


class QuizItemOut(Said):
    """Something to sort. Words that the list does not give are empty."""

    name: str
    name_en: str
    bin: Bin
    hint: str
    """Why it goes there, or how to prepare it."""
    hint_en: str


class QuizOut(Said):
    """The list that is played."""

    version: str | None
    """Null where none was loaded."""
    items: list[QuizItemOut]

    @classmethod
    def of(cls, quiz: Quiz | None) -> Self:
        """Say it."""
        if quiz is None:
            return cls(version=None, items=[])
        items = [
            QuizItemOut(
                name=one.name,
                name_en=one.name_en,
                bin=one.bin,
                hint=one.hint,
                hint_en=one.hint_en,
            )
            for one in quiz.items
        ]
        return cls(version=quiz.version, items=items)


@router.get("/quiz", response_model=QuizOut, **door(DEVICES, refuses=[Fault.INVALID], also=TAGGED))
def get_quiz(reader: Reader, response: Response, held: IfNoneMatch = "") -> QuizOut | Response:
    """Give the things to sort, each with its bin: the same for every phone."""
    quiz = QuizOut.of(read_played_quiz(reader))
    version = quiz.version or _NONE
    if is_held(held, version):
        return nothing_new(version)
    response.headers["ETag"] = tag_of(version)
    return quiz
