"""Letting phones and partners in at the command line."""

import stat
from pathlib import Path

from points.domain.access import Role
from points.service.credentials import credential_of_token
from tests.cli.terminal import Desk


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
