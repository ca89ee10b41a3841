"""Personal data at the desk: agreed to, given out, erased."""

import json
import stat
from pathlib import Path

from tests.cli.terminal import Desk

HOME = ("--community", "qingshuiwan", "--door", "64-101", "--name", "王伟")


def bound(desk: Desk) -> str:
    number = desk.number()
    desk.says("cards", "bind", number, *HOME)
    return number


def test_the_notice_is_shown_and_agreed_to_by_its_version(sqlite_desk: Desk) -> None:
    number = bound(sqlite_desk)

    notice = sqlite_desk.says("people", "notice")
    agreed = sqlite_desk.says("people", "agree", number)

    version = notice.splitlines()[-1].removeprefix("version ")
    assert "只登记居民区和楼号" in notice
    assert agreed == f"✔ household 1 agreed to the notice (version {version}).\n"


def test_a_household_is_given_all_that_is_kept_of_it_in_a_file_of_its_own(
    desk: Desk, tmp_path: Path
) -> None:
    number = bound(desk)
    machine, people = tmp_path / "wang.json", tmp_path / "wang.csv"

    desk.says("people", "export", number, "--out", machine)
    desk.says("people", "export", "--household", 1, "--out", people, language="zh")

    told = json.loads(machine.read_text("utf-8"))
    assert told["household"][0] == {
        "number": 1,
        "community": "qingshuiwan",
        "door": "64-101",
        "building": None,
        "name": "王伟",
    }
    assert "王伟" in people.read_text("utf-8-sig")
    assert [stat.S_IMODE(path.stat().st_mode) for path in (machine, people)] == [0o600] * 2


def test_what_is_neither_form_is_said_before_anything_is_done(
    sqlite_desk: Desk, tmp_path: Path
) -> None:
    refused = sqlite_desk.refuses("people", "export", "--household", 1, "--out", tmp_path / "a.txt")

    assert refused == (2, f"{tmp_path}/a.txt: call it .json or .csv.\n")


def test_a_household_is_erased_once_somebody_said_yes(desk: Desk) -> None:
    number = bound(desk)

    kept = desk.run("people", "erase", number, typed="n\n")
    erased = desk.run("people", "erase", number, typed="y\n")

    assert (kept.exit_code, erased.exit_code) == (1, 0)
    assert "household 1 (not bound)" in desk.says("cards", "show", number)
    assert desk.says("people", "erase", number, "--yes", "--later", language="zh") == (
        "✔ 户 1 的个人信息删掉了，分和卡都在\n"
    )


def test_whoever_went_quiet_is_forgotten_at_night(sqlite_desk: Desk) -> None:
    bound(sqlite_desk)

    said = sqlite_desk.says("people", "forget-old")

    assert said == "✔ erased 0 households, 0 volunteers' names.\n"
