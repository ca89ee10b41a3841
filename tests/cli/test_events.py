"""Closing an event at the command line: who is missing, what is left, and what to sign."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path

from points.domain.journals import GENESIS, Head
from points.service.pairing import Paired, claim_invite
from points.service.phones import hear_report
from tests.cli.terminal import Desk
from tests.desk import everything
from tests.told import make_report


def pair(desk: Desk, number: int = 1) -> Paired:
    """Let a phone in as Chen's."""
    link = desk.run("devices", "invite", "--booth", 4, "--role", "redeem").stdout.splitlines()[-1]
    text, token = link.partition("#i=")[2], f"pd_{number:043}"
    paired = claim_invite(desk.book, text, token, now=datetime.now(UTC), holder="Chen")
    assert isinstance(paired, Paired)
    return paired


def report(desk: Desk, paired: Paired, *, waiting: int = 0) -> None:
    told = make_report(at=datetime.now(UTC), waiting=waiting, journal=Head(0, GENESIS))
    hear_report(desk.book, paired.credential, told, holder="Chen")


def test_an_event_closes_once_every_phone_is_accounted_for(desk: Desk, tmp_path: Path) -> None:
    paired, out = pair(desk), tmp_path / "sheet.json"
    report(desk, paired, waiting=23)
    refused = desk.refuses("events", "close", "fair", "--out", out)
    report(desk, paired)

    closed = desk.says("events", "close", "fair", "--out", out)

    assert refused[0] == 1
    assert re.fullmatch(
        r"phone 1 has not reported since the end, still holds 23 scans, held by Chen, "
        r"last seen \d\d:\d\d\n"
        r"✘ It cannot be closed yet\. Bring these phones to a network and open the scanner; if one "
        r"is lost for good, --write-off device:1 gives it up\.\n",
        refused[1],
    )
    first, *_, last = closed.splitlines()
    assert re.fullmatch(
        r"✔ 集市: closed at \d{4}-\d\d-\d\d \d\d:\d\d, all of 1 phones accounted for\.", first
    )
    assert "Open cases: 0" in closed
    assert last == f"The closing sheet is in {out}: sign it, and give a copy away."
    assert json.loads(out.read_text("utf-8"))["closing"]["event"] == "fair"
    assert "✔" in desk.says("heads", "check", out)


def test_closing_again_gives_the_sheet_again_and_changes_nothing(
    desk: Desk, tmp_path: Path
) -> None:
    first = desk.says("events", "close", "fair")
    before = everything(desk.database)

    second = desk.says("events", "close", "fair", "--out", tmp_path / "sheet.json")

    assert second.splitlines()[:-1] == first.splitlines()
    assert everything(desk.database) == before


def test_a_phone_is_given_up_by_name_and_reason(desk: Desk) -> None:
    report(desk, pair(desk), waiting=23)
    giving_up = ("events", "close", "fair", "--write-off", "device:1")

    nameless = desk.refuses(*giving_up, "--by", "Chen")
    closed = desk.says(*giving_up, "--by", "Chen", "--reason", "fell into the lake")

    assert nameless == (2, "To write a phone off, say --by whom and for what --reason.\n")
    assert "device:1: written off\nOpen cases: 1\n" in closed


def test_an_event_is_opened_again_by_name_and_reason(desk: Desk) -> None:
    reopening = ("events", "reopen", "fair", "--by", "Chen", "--reason", "phone 7 turned up")
    never = desk.refuses(*reopening)
    desk.says("events", "close", "fair")

    said = desk.says(*reopening)

    assert never == (1, "the event is not closed (event_not_closed)\n")
    assert said == "fair is open again.\n"


def test_phones_are_listed_and_their_holders_forgotten(desk: Desk) -> None:
    report(desk, pair(desk), waiting=23)

    before = desk.says("devices", "list")
    forgotten = desk.says("events", "forget-volunteers", "fair")
    after = desk.says("devices", "list")

    assert re.fullmatch(
        r"device:1  redeem 4  still holds 23 scans  held by Chen  last seen \d\d:\d\d\n", before
    )
    assert forgotten == "1 notes of volunteers are erased.\n"
    assert "Chen" not in after


def test_a_file_that_is_there_is_not_written_over(desk: Desk, tmp_path: Path) -> None:
    out = tmp_path / "sheet.json"
    out.write_text("mine")

    code, _ = desk.refuses("events", "close", "fair", "--out", out)

    assert (code, out.read_text()) == (1, "mine")
    desk.says("events", "close", "fair", "--out", out, "--force")
    assert json.loads(out.read_text("utf-8"))["closing"]["event"] == "fair"


def test_what_cannot_be_closed_is_told_with_what_can(desk: Desk) -> None:
    code, said = desk.refuses("events", "close", "faire")

    assert (code, said) == (2, "There is no event faire. There are: corridors, fair\n")
