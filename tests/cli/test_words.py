"""How the command line speaks and asks."""

import sys
from io import StringIO

import pytest
import typer

from points.cli.words import agreed, fail, note, progress_by_stage, say, speaks_chinese, words


@pytest.mark.parametrize(
    ("environment", "is_chinese"),
    [
        ({}, False),
        ({"LANG": "zh_CN.UTF-8"}, True),
        ({"LANG": "en_US.UTF-8"}, False),
        ({"LANG": "en_US.UTF-8", "LC_ALL": "zh_CN.UTF-8"}, True),
        ({"LANG": "zh_CN.UTF-8", "LC_MESSAGES": "C"}, False),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": ""}, True),
        ({"LANG": "zh_CN.UTF-8", "POINTS_LANGUAGE": "en"}, False),
        ({"LC_ALL": "C", "POINTS_LANGUAGE": "zh-CN"}, True),
    ],
)
def test_the_terminals_language_is_found_as_other_programs_find_it(
    environment: dict[str, str], *, is_chinese: bool
) -> None:
    assert speaks_chinese(environment) is is_chinese


@pytest.mark.parametrize(("language", "said"), [("zh", "好"), ("en", "good")])
def test_one_of_two_languages_is_spoken(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    language: str,
    said: str,
) -> None:
    monkeypatch.setenv("POINTS_LANGUAGE", language)

    say("好", "good")
    note("好", "good")

    assert words("好", "good") == said
    assert capsys.readouterr() == (f"{said}\n", f"{said}\n")


def test_a_failure_is_said_beside_the_answer_and_ends_with_its_code(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("POINTS_LANGUAGE", "en")

    with pytest.raises(typer.Exit) as ended:
        fail("不行", "no", code=2)

    assert ended.value.exit_code == 2
    assert capsys.readouterr() == ("", "no\n")


@pytest.mark.parametrize(
    ("typed", "by_default", "answer"),
    [
        ("y\n", False, True),
        ("YES\n", False, True),
        ("是\n", False, True),
        ("n\n", True, False),
        ("不\n", True, False),
        ("\n", False, False),
        ("\n", True, True),
        ("", True, False),
        ("perhaps\ny\n", False, True),
        ("perhaps", True, False),
    ],
)
def test_only_a_clear_answer_is_one_and_the_end_of_the_input_is_a_no(
    monkeypatch: pytest.MonkeyPatch, typed: str, *, by_default: bool, answer: bool
) -> None:
    monkeypatch.setattr(sys, "stdin", StringIO(typed))

    assert agreed("行吗？", "Shall I?", by_default=by_default) is answer


def test_progress_is_shown_to_nobody_where_nobody_looks(capsys: pytest.CaptureFixture[str]) -> None:
    with progress_by_stage({"a": ("甲", "first"), "b": ("乙", "second")}) as tell:
        tell(1, None, "a")
        tell(2, 2, "a")
        tell(1, 2, "b")

    assert capsys.readouterr() == ("", "")
