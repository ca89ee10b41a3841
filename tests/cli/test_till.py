"""What stands between a booth's command and the client: tokens, lost answers, plain sentences."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from points.client import TRIES_MAX
from tests.cli.terminal import Stall
from tests.live import Fault, Line, bad_line

CHECK_IN = ("scan", "--activity", "check-in", "--as", "booth-4")


@pytest.fixture
def line(stall: Stall, monkeypatch: pytest.MonkeyPatch) -> Iterator[Line]:
    monkeypatch.setattr("points.cli.till.time.sleep", lambda _: None)
    with bad_line(stall.address) as line:
        yield line


def test_an_answer_that_is_lost_is_asked_for_again_and_said_so(stall: Stall, line: Line) -> None:
    line.fail(Fault.ANSWER_LOST)

    scanned = stall.run(*CHECK_IN, typed=stall.card(), server=line.address)

    assert scanned.exit_code == 0
    assert scanned.stderr == "No answer yet, trying again ...\n"
    assert "It counts once" in scanned.stdout


@pytest.mark.parametrize("language", ["en", "zh"])
def test_an_act_without_any_answer_tells_how_to_repeat_it_and_so_counts_once(
    stall: Stall, line: Line, language: str
) -> None:
    card = stall.card()
    line.fail(*[Fault.ANSWER_LOST] * TRIES_MAX)

    lost = stall.run(*CHECK_IN, typed=card, server=line.address, language=language)
    [again] = re.findall(r"--id \S+ --at \S+", lost.stderr)
    repeated = stall.says(*CHECK_IN, *again.split(), typed=card)

    assert (lost.exit_code, lost.stdout) == (1, "")
    assert "It counts once" in repeated
    assert stall.says("balance", card, "--as", "booth-4") == "100 points to spend\n"


def test_a_service_that_is_not_there_is_told_with_its_address(stall: Stall, line: Line) -> None:
    nobody = "http://127.0.0.1:1"

    english = stall.run("balance", "x", "--as", "booth-4", server=nobody)
    chinese = stall.run("balance", "x", "--as", "booth-4", server=nobody, language="zh")

    assert (english.exit_code, chinese.exit_code) == (1, 1)
    assert f"No answer from {nobody}. Is the service running?" in english.stderr
    assert f"连不上服务 {nobody}，它在运行吗？" in chinese.stderr


def test_ctrl_c_while_an_act_is_on_its_way_tells_how_to_repeat_it(
    stall: Stall, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(_seconds: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("points.cli.till.time.sleep", interrupt)
    line.fail(Fault.ANSWER_LOST)

    scanned = stall.run(*CHECK_IN, typed=stall.card(), server=line.address)

    assert scanned.exit_code == 130
    assert re.search(r"--id \S+ --at \S+\n\nInterrupted\.\n$", scanned.stderr)


@pytest.mark.parametrize("server", ["localhost:8000", "ftp://x", "http://"])
def test_an_address_that_is_none_is_said_so(stall: Stall, server: str) -> None:
    asked = stall.run("balance", "x", "--as", "booth-4", server=server)

    assert asked.exit_code == 2
    assert asked.stderr.startswith(f"{server}: the service's address")


def test_a_token_goes_by_its_name_or_its_file(stall: Stall) -> None:
    card, file = stall.card(), stall.data / "tokens" / "booth-4"

    assert stall.says("balance", card, "--as", "booth-4") == stall.says(
        "balance", card, "--as", str(file)
    )


def test_a_token_that_is_not_there_is_answered_by_those_that_are(stall: Stall) -> None:
    english = stall.run("balance", "x", "--as", "booth-5")
    chinese = stall.run("balance", "x", "--as", "booth-5", language="zh")

    there = stall.data / "tokens"
    assert (english.exit_code, chinese.exit_code) == (2, 2)
    assert english.stderr == (
        f"There is no token booth-5. In {there} there are: booth-12, booth-4, lead, partner\n"
    )
    assert chinese.stderr == f"找不到令牌 booth-5。{there} 里有：booth-12、booth-4、lead、partner\n"


@pytest.mark.parametrize(
    "content", [b"", b"two words", b"\xff\xfe", b"-----BEGIN PRIVATE KEY-----"]
)
def test_a_file_that_holds_no_token_is_not_sent_anywhere(
    stall: Stall, tmp_path: Path, content: bytes
) -> None:
    file = tmp_path / "letter"
    file.write_bytes(content)

    asked = stall.run("balance", "x", "--as", file)

    assert asked.exit_code == 2
    assert str(file) in asked.stderr
    assert "PRIVATE" not in asked.stderr


def test_a_token_that_is_not_known_is_a_sentence_with_its_code(
    stall: Stall, tmp_path: Path
) -> None:
    file = tmp_path / "token"
    file.write_text("pd_" + "x" * 43)

    asked = stall.run("balance", "x", "--as", file)

    assert asked.exit_code == 1
    assert asked.stderr.endswith("(unauthenticated)\n")


def test_a_phone_that_was_shut_out_hears_so(stall: Stall, tmp_path: Path) -> None:
    file = tmp_path / "token"
    stall.desk.says("devices", "add", "--role", "earn", "--booth", 12, "--out", file)
    [device] = re.findall(r"device:\d+", stall.desk.says("devices", "revoke", "device:4"))

    asked = stall.run("balance", "x", "--as", file)

    assert device == "device:4"
    assert asked.exit_code == 1
    assert asked.stderr.endswith("(credential_revoked)\n")
