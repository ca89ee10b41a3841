"""What goes wrong outside of points, as a sentence; what goes wrong inside, as it is."""

import errno
from pathlib import Path

import pytest
import typer

from points.cli.trouble import fail_about, in_chinese, trouble_told
from tests.cli.terminal import Stall, run


@pytest.fixture
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POINTS_LANGUAGE", "en")


@pytest.fixture
def chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POINTS_LANGUAGE", "zh")


@pytest.mark.usefixtures("english")
def test_a_file_in_trouble_is_named_with_the_reason(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(typer.Exit) as ended, trouble_told():
        Path("/no/such/folder").read_text()

    assert ended.value.exit_code == 1
    assert capsys.readouterr().err == "/no/such/folder: there is no such file or folder\n"


@pytest.mark.usefixtures("chinese")
@pytest.mark.parametrize(
    ("number", "said"),
    [(errno.ENOSPC, "卡：磁盘满了"), (errno.EACCES, "卡：没有权限"), (errno.EIO, "卡：as told")],
)
def test_a_reason_is_said_in_chinese_where_there_are_words_for_it(
    capsys: pytest.CaptureFixture[str], number: int, said: str
) -> None:
    with pytest.raises(typer.Exit):
        fail_about("卡", OSError(number, "as told"))

    assert capsys.readouterr().err == f"{said}\n"


@pytest.mark.usefixtures("english")
def test_ctrl_c_ends_a_command_with_the_code_that_shells_know(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(typer.Exit) as ended, trouble_told():
        raise KeyboardInterrupt

    assert ended.value.exit_code == 130
    assert capsys.readouterr().err == "\nInterrupted.\n"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_is_no_text_is_said_so(stall: Stall, language: str) -> None:
    asked = stall.run("balance", "caf\udce9", "--as", "booth-4", language=language)

    assert asked.exit_code == 2
    assert "UTF-8" in asked.stderr


@pytest.mark.parametrize("error", [ZeroDivisionError, AssertionError, BrokenPipeError])
def test_a_fault_of_ours_and_a_reader_who_has_had_enough_are_left_alone(
    error: type[Exception],
) -> None:
    with pytest.raises(error), trouble_told():
        raise error


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (("scan",), "缺少选项 '--activity'\n看写法：points scan --help\n"),
        (("scna",), "没有命令 'scna'，是不是 'scan'？\n看写法：points --help\n"),
        (("xyz",), "没有命令 'xyz'\n看写法：points --help\n"),
        (("balance", "--foo"), "没有选项 --foo\n看写法：points balance --help\n"),
        (("verify", "a", "b"), "多出了 (a b)\n看写法：points verify --help\n"),
        (("households", "merge", "1"), "缺少参数 'into'\n看写法：points households merge --help\n"),
        (("start", "--port", "0"), "'--port' 的内容不对：至少是 1\n看写法：points start --help\n"),
        (
            ("start", "--port", "65536"),
            "'--port' 的内容不对：至多是 65535\n看写法：points start --help\n",
        ),
        (("serve", "--port", "x"), "'--port' 的内容不对：应是整数\n看写法：points serve --help\n"),
        (
            ("keys", "add", "--scope", "all"),
            "'--scope' 的内容不对：'all' 不在这几种里：'redeem'\n看写法：points keys add --help\n",
        ),
    ],
)
def test_a_slip_of_the_pen_is_told_in_chinese_with_where_to_look(
    typed: tuple[str, ...], said: str
) -> None:
    result = run(*typed, language="zh")

    assert (result.exit_code, result.stderr) == (2, said)


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        ("Invalid value for '--count': 0 is too small", "'--count' 的内容不对：0 is too small"),
        ("Option '--quantity' requires an argument.", "选项 '--quantity' 缺少内容"),
        ("Missing command.", "缺少命令"),
        (
            "Invalid value for '--on': '1' does not match the format YYYY-MM-DD.",
            "'--on' 的内容不对：'1' 不合写法 YYYY-MM-DD",
        ),
        ("Something new", "Something new"),
    ],
)
def test_what_the_library_says_is_said_in_chinese_as_far_as_there_are_words(
    english: str, chinese: str
) -> None:
    assert in_chinese(english) == chinese


def test_a_slip_of_the_pen_is_told_without_the_workings_of_a_library() -> None:
    result = run("programme", "load", "x", "--rehearse-on", "tomorrow")

    assert result.exit_code == 2
    assert result.stderr.splitlines()[-1] == (
        "Error: Invalid value for '--rehearse-on': 'tomorrow' does not match the format YYYY-MM-DD."
    )


@pytest.mark.parametrize(("language", "usage"), [("en", "Usage: "), ("zh", "用法：")])
def test_a_group_without_a_command_shows_its_help(language: str, usage: str) -> None:
    result = run("cards", language=language)

    assert result.exit_code == 2
    assert result.stderr.startswith(f"{usage}points cards ")
