"""Letting phones and partners in at the command line."""

import re
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest

from points.domain.access import Role
from points.outside.qr_images import qr_text
from points.service.credentials import credential_of_token
from points.service.pairing import Paired, claim_invite
from tests.cli.terminal import Desk, run


def test_a_phone_is_let_in_by_a_token_told_once_and_shut_out_at_once(desk: Desk) -> None:
    let_in = desk.run("devices", "add", "--booth", 4, "--role", "redeem")
    token = let_in.stdout.strip()
    known = credential_of_token(desk.database, token)

    gone = desk.says("devices", "revoke", "device:1")

    assert let_in.stderr == "device:1: its token, shown only this once:\n"
    assert known is not None
    assert (known.role, known.booth) == (Role.REDEEM, "fair/4")
    assert gone == "device:1 is shut out.\n"
    after = credential_of_token(desk.database, token)
    assert after is not None
    assert after.is_revoked


TOKEN = "pd_" + "A" * 43


def invited(desk: Desk, *arguments: object) -> Paired:
    """Invite a phone and claim what was printed."""
    link = desk.run("devices", "invite", *arguments).stdout.splitlines()[-1]
    text = link.partition("#i=")[2]
    paired = claim_invite(desk.book, text, TOKEN, now=datetime.now(UTC))
    assert isinstance(paired, Paired), paired
    return paired


def test_an_invite_is_a_link_and_a_code_that_let_one_phone_in(desk: Desk) -> None:
    result = desk.run("devices", "invite", "--booth", 4, "--role", "redeem")
    sentence, *drawn, link = result.stdout.splitlines()
    paired = claim_invite(desk.book, link.partition("#i=")[2], TOKEN, now=datetime.now(UTC))

    assert re.fullmatch(
        r"redeem 4: scan it with the phone's camera before \d\d:\d\d\. It is for one phone\.",
        sentence,
    )
    assert re.fullmatch(r"http://127\.0\.0\.1:8000/scan#i=pi_[A-Za-z0-9_-]{43}", link)
    assert drawn == re.sub("\x1b\\[[0-9;]*m", "", qr_text(link)).split("\n")
    assert "POINTS_PUBLIC_URL is not set" in result.stderr
    assert isinstance(paired, Paired)
    assert (paired.credential.role, paired.credential.booth) == (Role.REDEEM, "fair/4")


def test_an_invite_leads_to_where_phones_reach_the_service(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = ("devices", "invite", "--booth", 12, "--role", "earn", "--name", "Chen's phone")
    result = run(
        *asked, POINTS_DATABASE_URL=desk.url, POINTS_PUBLIC_URL="https://points.example/putuo/"
    )

    assert result.stderr == ""
    assert result.stdout.startswith("Chen's phone: scan it")
    assert "\nhttps://points.example/putuo/scan#i=pi_" in result.stdout


def test_a_supervisor_is_invited_to_the_whole_event(desk: Desk) -> None:
    paired = invited(desk, "--role", "supervisor")

    assert (paired.credential.event, paired.credential.booth) == ("fair", None)


def test_who_cannot_be_invited_is_told_what_fits(desk: Desk) -> None:
    code, said = desk.refuses("devices", "invite", "--booth", 12, "--role", "redeem")

    assert (code, said) == (
        1,
        (
            "Booths that hand goods out: 4, 16\n"
            "this booth does not hand goods out (booth_does_not_redeem)\n"
        ),
    )


def test_a_partner_gets_the_first_booth_that_hands_out_and_is_told_so(desk: Desk) -> None:
    result = desk.run("keys", "add", "--scope", "redeem")

    known = credential_of_token(desk.database, result.stdout.strip())
    assert known is not None
    assert (known.role, known.booth) == (Role.PARTNER, "fair/4")
    assert result.stderr == (
        "No --booth was said, so it is booth 4 (it could also be 16).\n"
        "partner:1: its token, shown only this once:\n"
    )


def test_a_token_goes_to_a_file_that_only_its_owner_reads(desk: Desk, tmp_path: Path) -> None:
    out = tmp_path / "token"

    said = desk.says("devices", "add", "--booth", 12, "--role", "earn", "--out", out)

    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert credential_of_token(desk.database, out.read_text().strip()) is not None
    assert out.read_text().strip() not in said


def test_what_does_not_fit_is_told_with_what_does(desk: Desk) -> None:
    earning_only = desk.refuses("devices", "add", "--booth", 12, "--role", "redeem")
    no_booth = desk.refuses("devices", "add", "--booth", 99, "--role", "earn")
    stranger = desk.refuses("devices", "revoke", "device:77")

    assert earning_only == (
        1,
        (
            "Booths that hand goods out: 4, 16\n"
            "this booth does not hand goods out (booth_does_not_redeem)\n"
        ),
    )
    assert no_booth == (2, "There is no booth 99. There are: 4, 12, 16\n")
    assert stranger == (1, "there is no such device or key (credential_unknown)\n")
