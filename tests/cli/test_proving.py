"""Proving the book at the command line: clean, cheated, restored, published."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Connection

from points.cli import proving
from points.cli.proving import COUNTS, STAGES
from points.domain.verifying import Report, Stage
from points.service.transactions import DatabaseUnavailable
from points.service.verifying import verify
from tests.cheat import cheats_engine, do, guards_asleep
from tests.cli.terminal import Desk, run

GIFT = ("--points", 25, "--reason", "paper ledger", "--approver", "Chen")


@pytest.fixture
def desk(desk: Desk) -> Desk:
    """A desk at which Wang's household, number 1, was given points."""
    desk.cards(1)
    desk.says("adjust", 1, *GIFT)
    return desk


def cheat(desk: Desk, *statements: str) -> None:
    def act(connection: Connection) -> None:
        for statement in statements:
            do(connection, statement)

    engine = cheats_engine(desk.database)
    with engine.begin() as connection, guards_asleep(connection):
        act(connection)
    engine.dispose()


MORE_POINTS = "UPDATE account SET balance = balance + 1 WHERE id / 281474976710656 = 1"
OTHER_ENTRY = "UPDATE entry SET amount = amount + 1"


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", r"✔ The book is whole, all agree: \d+ operations, \d+ entries, \d+ batches, "),
        ("zh", r"✔ 账目完整，全部相符：\d+ 笔操作，\d+ 条分录，\d+ 个批次，"),
    ],
)
def test_a_whole_book_is_said_to_be_whole(desk: Desk, language: str, said: str) -> None:
    result = desk.run("verify", language=language)

    assert (result.exit_code, result.stderr) == (0, "")
    last = result.stdout.splitlines()[-1]
    assert re.match(said, last), last


def test_what_disagrees_is_named_and_the_exit_code_says_so(desk: Desk) -> None:
    cheat(desk, MORE_POINTS)

    result = desk.run("verify")

    assert result.exit_code == 1
    assert "✘ [account_balance] an account's balance differs from its entries" in result.stdout
    assert re.search(r"^✘ \d+ findings in \d+ operations", result.stdout, re.MULTILINE)


def test_a_book_that_cannot_be_reached_was_not_checked(tmp_path: Path) -> None:
    result = run("verify", "--database", f"sqlite:///{tmp_path / 'points.db'}")

    assert result.exit_code == 2
    assert "There is no database file" in result.stderr


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            "en",
            "? Incomplete: not everything could be checked; 0 findings in nothing that could be",
        ),
        ("zh", "? 没有查完，已知 0 处不符：什么也没有读到"),
    ],
)
def test_a_server_that_does_not_answer_is_a_sentence_and_no_traceback(
    language: str, said: str, caplog: pytest.LogCaptureFixture
) -> None:
    nobody = "postgresql://points:secret@127.0.0.1:1/points"  # port 1 is never listened on

    result = run("verify", "--database", nobody, language=language)

    assert result.exit_code == 2
    assert result.stdout.splitlines()[-1].startswith(said)
    assert (caplog.text, result.stderr) == ("", "")
    assert "secret" not in result.output


def test_a_book_without_tables_is_incomplete(blank_database_url: str, tmp_path: Path) -> None:
    (tmp_path / "blank.db").touch()

    result = run("verify", "--database", blank_database_url, language="zh")

    assert result.exit_code in {2, 3}
    assert "没有查完" in result.stdout


def test_only_the_newest_is_checked_where_that_is_enough(desk: Desk, tmp_path: Path) -> None:
    desk.says("heads", "export", tmp_path / "heads.json")

    whole, tail = desk.run("verify"), desk.run("verify", "--tail")

    assert (whole.exit_code, tail.exit_code) == (0, 0)
    assert " 0 operations, 0 entries" in tail.stdout


def test_of_many_findings_the_rest_is_counted(desk: Desk) -> None:
    accounts = "INSERT INTO account (id, balance, version, last_at) VALUES "
    rows = (f"(281474976710656 + {number}, 1, 0, 0)" for number in range(1000, 1150))
    cheat(desk, accounts + ", ".join(rows))

    result = desk.run("verify")

    assert result.exit_code == 1
    assert "✘ [account_balance] and 50 more" in result.stdout


def test_balances_are_restored_from_the_book(desk: Desk) -> None:
    cheat(desk, MORE_POINTS)

    rebuilt = desk.says("rebuild", "--yes")

    assert re.fullmatch(
        r"✔ Rebuilt: \d+ accounts, \d+ lots, 0 slips\. Now run `points verify`\.\n", rebuilt
    )
    assert desk.run("verify").exit_code == 0


@pytest.mark.parametrize("typed", ["n\n", "\n", ""])
def test_nothing_is_rebuilt_without_a_yes(desk: Desk, typed: str) -> None:
    cheat(desk, MORE_POINTS)

    asked = desk.run("rebuild", typed=typed)

    assert (asked.exit_code, asked.stdout) == (1, "")
    assert asked.stderr == ("Nobody can post until it is done. Begin? [y/N] Nothing was rebuilt.\n")
    assert desk.run("verify").exit_code == 1


def test_a_book_that_contradicts_itself_restores_nothing(desk: Desk) -> None:
    cheat(desk, OTHER_ENTRY)

    refused = desk.run("rebuild", "--yes", language="zh")

    assert refused.exit_code == 1
    assert "✘ [batch_changed]" in refused.stdout
    assert refused.stderr == "✘ 账目本身有矛盾，什么也没有改。请先恢复备份\n"


def test_heads_are_published_and_found_again(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "heads.json"

    published = desk.says("heads", "export", file)
    desk.says("adjust", 1, *GIFT)
    found = desk.says("heads", "check", file, language="zh")

    batches = sum(head["number"] for head in json.loads(file.read_text())["heads"].values())
    assert published == (
        f"✔ Heads of {batches} batches in {file}. Give a copy to somebody else to keep.\n"
    )
    assert found == "✔ 链头都还在账本里\n"


def test_heads_that_are_gone_are_found_out(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "heads.json"
    desk.says("heads", "export", file)
    cheat(desk, "UPDATE batch SET hash = previous")

    result = desk.run("heads", "check", file)

    assert (result.exit_code, result.stderr) == (1, "✘ 1 findings.\n")
    assert "[head_lost]" in result.stdout


def test_a_file_that_holds_no_heads_is_said_so(desk: Desk, tmp_path: Path) -> None:
    letter = tmp_path / "letter"
    letter.write_text("Dear committee")

    result = desk.run("heads", "check", letter)

    assert result.exit_code == 1
    assert "[anchor_invalid]" in result.stdout


def test_a_file_that_is_not_there_is_said_so(desk: Desk, tmp_path: Path) -> None:
    missing = tmp_path / "heads.json"

    assert desk.refuses("heads", "check", missing) == (
        1,
        f"{missing}: there is no such file or folder\n",
    )


def test_published_heads_are_not_overwritten_by_mistake(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "heads.json"
    file.write_text("precious")

    refused = desk.refuses("heads", "export", file)

    assert refused == (1, f"{file} is there already; to replace it, say --force.\n")
    assert file.read_text() == "precious"
    assert "✔" in desk.says("heads", "export", file, "--force")


def test_a_folder_that_is_not_there_publishes_nothing(desk: Desk, tmp_path: Path) -> None:
    nowhere = tmp_path / "none" / "heads.json"

    assert desk.refuses("heads", "export", nowhere) == (
        1,
        f"{nowhere}: there is no such file or folder\n",
    )


def test_every_stage_and_count_has_its_words(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    assert set(STAGES) == set(Stage)
    counted: dict[str, int] = {}
    check: Callable[..., Report] = verify

    def look(*arguments: object, **named: object) -> Report:
        report = check(*arguments, **named)
        counted.update(report.counts)
        return report

    monkeypatch.setattr(proving, "verify_book", look)
    desk.run("verify")

    assert set(counted) <= set(COUNTS)


def test_a_database_that_goes_away_meanwhile_is_no_traceback(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def go_away(*_: object, **__: object) -> None:
        raise DatabaseUnavailable("the database does not answer now")

    monkeypatch.setattr(proving, "rebuild_caches", go_away)

    assert desk.refuses("rebuild", "--yes") == (
        1,
        "The database cannot be used now: the database does not answer now\n",
    )
