"""A copy speaks the reader's language: every code has its words, and a name its English one."""

from enum import StrEnum
from itertools import chain

import pytest

from points.domain.binding import DeskAct
from points.domain.cases import CaseKind, Decision
from points.domain.exports import Named
from points.domain.facts import CardState
from points.domain.operations import Kind
from points.web.copies import CopyWords
from points.web.wording import Language

CHINESE, ENGLISH = CopyWords(Language.CHINESE), CopyWords(Language.ENGLISH)


@pytest.mark.parametrize("codes", [Kind, CardState, DeskAct, CaseKind, Decision])
def test_every_code_that_a_copy_may_hold_has_words_of_its_own_in_both_languages(
    codes: type[StrEnum],
) -> None:
    for words in (CHINESE, ENGLISH):
        said = [words.code(code) for code in codes]
        assert len(set(said)) == len(said)
    chinese = chain.from_iterable(CHINESE.code(code) for code in codes)
    assert not any(letter.isascii() and letter.isalpha() for letter in chinese)


def test_what_has_an_english_name_is_called_by_it_in_english_alone() -> None:
    both, one = Named(code="a", name="肥皂", name_en="Soap"), Named(code="b", name="毛巾")

    assert [CHINESE.name(both), ENGLISH.name(both)] == ["肥皂", "Soap"]
    assert [CHINESE.name(one), ENGLISH.name(one)] == ["毛巾", "毛巾"]


def test_where_something_was_done_is_told_in_words() -> None:
    places = ["page", "operator:cli", "device:7", "nobody-knows"]

    assert [*map(CHINESE.place, places)] == ["自己的网页", "服务台", "手机 7", "nobody-knows"]
    assert [*map(ENGLISH.place, places)] == ["own page", "desk", "phone 7", "nobody-knows"]


def test_a_question_is_answered_with_yes_or_no() -> None:
    assert [CHINESE.answer(yes=True), CHINESE.answer(yes=False)] == ["是", "否"]
    assert [ENGLISH.answer(yes=True), ENGLISH.answer(yes=False)] == ["yes", "no"]
