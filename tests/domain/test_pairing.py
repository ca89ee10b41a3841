"""Who may be let in, and for what."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from points.domain.access import Role
from points.domain.desk import DeskFault, NotDone
from points.domain.ids import BoothKey, CredentialId, EventKey
from points.domain.outcomes import Refusal
from points.domain.pairing import (
    Claim,
    Invite,
    Pairing,
    decide_claim,
    is_wrong,
    pairing_fault,
)
from tests.build import make_catalog, without
from tests.market import BOOTHS, CORRIDORS, MARKET, NOW

PHONE = Pairing(name="陈的手机", role=Role.EARN, event=MARKET.key, booth=BOOTHS[7].key)
CATALOG = make_catalog()


@pytest.mark.parametrize(
    "pairing",
    [
        PHONE,
        replace(PHONE, role=Role.REDEEM, booth=BOOTHS[4].key),
        replace(PHONE, role=Role.PARTNER, booth=BOOTHS[4].key),
        replace(PHONE, role=Role.SUPERVISOR),
        replace(PHONE, role=Role.SUPERVISOR, booth=None),
        replace(PHONE, event=CORRIDORS.key, booth=None),
    ],
)
def test_phones_and_partners_work_where_they_can(pairing: Pairing) -> None:
    assert pairing_fault(CATALOG, pairing) is None


@pytest.mark.parametrize(
    ("pairing", "reason"),
    [
        (replace(PHONE, role=Role.OPERATOR), DeskFault.ROLE_INVALID),
        (replace(PHONE, name=" "), DeskFault.NAME_INVALID),
        (replace(PHONE, name="陈\n"), DeskFault.NAME_INVALID),
        (replace(PHONE, event=EventKey("fair")), DeskFault.EVENT_UNKNOWN),
        (replace(PHONE, booth=None), DeskFault.BOOTH_NEEDED),
        (replace(PHONE, role=Role.PARTNER, booth=None), DeskFault.BOOTH_NEEDED),
        (
            replace(PHONE, role=Role.REDEEM, event=CORRIDORS.key, booth=None),
            DeskFault.BOOTH_NEEDED,
        ),
        (replace(PHONE, booth=BoothKey("market/99")), Refusal.BOOTH_UNKNOWN),
        (replace(PHONE, event=CORRIDORS.key), Refusal.BOOTH_UNKNOWN),
        (replace(PHONE, role=Role.REDEEM), DeskFault.BOOTH_DOES_NOT_REDEEM),
        (replace(PHONE, role=Role.PARTNER), DeskFault.BOOTH_DOES_NOT_REDEEM),
    ],
)
def test_nobody_is_let_in_where_they_could_not_work(
    pairing: Pairing, reason: DeskFault | Refusal
) -> None:
    fault = pairing_fault(CATALOG, pairing)

    assert isinstance(fault, NotDone)
    assert fault.reason is reason


def test_what_was_withdrawn_is_unknown() -> None:
    no_event = without(CATALOG, MARKET, valid_from=NOW)
    no_booth = without(CATALOG, BOOTHS[7], valid_from=NOW)

    assert pairing_fault(no_event, PHONE) == NotDone(reason=DeskFault.EVENT_UNKNOWN)
    assert pairing_fault(no_booth, PHONE) == NotDone(reason=Refusal.BOOTH_UNKNOWN)


MINE, THEIRS = b"m" * 32, b"t" * 32
DEVICE = CredentialId("device:7")
INVITE = Invite(pairing=PHONE, ends_at=NOW)
TAKEN = replace(INVITE, claim=Claim(device=DEVICE, token_hash=MINE))
LOCKED = replace(INVITE, wrong_claims=5)
EARLIER = NOW - timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("invite", "token_hash", "now", "decided"),
    [
        (INVITE, MINE, EARLIER, None),
        (replace(INVITE, wrong_claims=4), MINE, EARLIER, None),
        (INVITE, MINE, NOW, DeskFault.INVITE_EXPIRED),
        (None, MINE, EARLIER, DeskFault.INVITE_UNKNOWN),
        (LOCKED, MINE, EARLIER, DeskFault.INVITE_LOCKED),
        (LOCKED, MINE, NOW, DeskFault.INVITE_LOCKED),
        (TAKEN, THEIRS, EARLIER, DeskFault.INVITE_USED),
        (TAKEN, THEIRS, NOW, DeskFault.INVITE_USED),
        (TAKEN, MINE, NOW + timedelta(days=400), DEVICE),
        (replace(TAKEN, wrong_claims=5), MINE, NOW, DEVICE),
        (replace(TAKEN, wrong_claims=5), THEIRS, NOW, DeskFault.INVITE_LOCKED),
    ],
)
def test_an_invite_lets_one_phone_in_and_knows_it_again(
    invite: Invite | None, token_hash: bytes, now: datetime, decided: DeskFault | CredentialId
) -> None:
    found = decide_claim(invite, token_hash, is_new=invite is not TAKEN, now=now)

    assert found == (NotDone(reason=decided) if isinstance(decided, DeskFault) else decided)


def test_a_token_that_somebody_has_lets_nobody_else_in() -> None:
    found = decide_claim(INVITE, THEIRS, is_new=False, now=EARLIER)

    assert found == NotDone(reason=DeskFault.TOKEN_TAKEN)


@pytest.mark.parametrize(
    ("claim", "reason"),
    [
        (Claim(device=DEVICE, token_hash=MINE, is_revoked=True), Refusal.CREDENTIAL_REVOKED),
        (Claim(device=DEVICE, token_hash=MINE, has_ended=True), DeskFault.TOKEN_REPLACED),
    ],
)
def test_a_phone_that_was_shut_out_or_has_another_token_is_not_let_in_again(
    claim: Claim, reason: DeskFault | Refusal
) -> None:
    invite = replace(INVITE, claim=claim)

    assert decide_claim(invite, MINE, is_new=False, now=EARLIER) == NotDone(reason=reason)


def test_only_what_another_phone_tries_counts_against_an_invite() -> None:
    counted = {fault for fault in DeskFault if is_wrong(fault)}

    assert counted == {DeskFault.INVITE_USED, DeskFault.TOKEN_TAKEN}
