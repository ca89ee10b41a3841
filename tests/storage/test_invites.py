"""Invites, remembered."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Connection

from points.domain.access import Role
from points.domain.pairing import Claim, Invite, Pairing
from points.service.transactions import transaction
from points.storage.access import add_credential, revoke_credential
from points.storage.engine import Database
from points.storage.invites import (
    add_claim,
    add_invite,
    claimed_among,
    count_wrong_claim,
    forget_invites,
    hold_invite,
)
from points.storage.tokens import add_next_token, make_current
from tests.build import make_device
from tests.market import BOOTHS, CORRIDORS, MARKET, NOW

PHONE = make_device(number=7)
TOKEN, NEXT = b"t" * 32, b"n" * 32
LATER = NOW + timedelta(minutes=15)
OF_BOOTH = Invite(
    pairing=Pairing(name="展位4", role=Role.REDEEM, event=MARKET.key, booth=BOOTHS[4].key),
    ends_at=LATER,
)
OF_EVENT = Invite(
    pairing=Pairing(name="楼道", role=Role.SUPERVISOR, event=CORRIDORS.key), ends_at=LATER
)
FIRST, SECOND = b"1" * 32, b"2" * 32


@pytest.fixture
def connection(database: Database) -> Iterator[Connection]:
    with transaction(database) as opened:
        add_credential(opened, PHONE, name="7", token_hash=TOKEN, added_at=NOW)
        add_invite(opened, OF_BOOTH, invite_hash=FIRST, added_at=NOW)
        add_invite(opened, OF_EVENT, invite_hash=SECOND, added_at=NOW)
        yield opened


def claim(connection: Connection) -> Claim:
    made = Claim(device=PHONE.id, token_hash=TOKEN)
    add_claim(connection, FIRST, made, at=NOW)
    return made


def test_an_invite_is_found_as_it_was_made(connection: Connection) -> None:
    found = [hold_invite(connection, one) for one in (FIRST, SECOND, bytes(32))]

    assert found == [OF_BOOTH, OF_EVENT, None]


def test_an_invite_remembers_who_took_it(connection: Connection) -> None:
    made = claim(connection)

    assert hold_invite(connection, FIRST) == replace(OF_BOOTH, claim=made)
    assert claimed_among(connection, MARKET.key) == {PHONE.id: NOW}
    assert claimed_among(connection, CORRIDORS.key) == {}


def test_an_invite_knows_what_became_of_the_phone_and_its_token(connection: Connection) -> None:
    made = claim(connection)
    add_next_token(connection, PHONE.id, NEXT, at=NOW)
    make_current(connection, PHONE.id, NEXT, at=NOW)
    has_ended = hold_invite(connection, FIRST)
    revoke_credential(connection, PHONE.id, NOW)

    assert has_ended == replace(OF_BOOTH, claim=replace(made, has_ended=True))
    assert hold_invite(connection, FIRST) == replace(
        OF_BOOTH, claim=replace(made, has_ended=True, is_revoked=True)
    )


def test_wrong_claims_are_counted_for_each_invite(connection: Connection) -> None:
    for _ in range(3):
        count_wrong_claim(connection, FIRST)

    assert hold_invite(connection, FIRST) == replace(OF_BOOTH, wrong_claims=3)
    assert hold_invite(connection, SECOND) == OF_EVENT


def test_only_what_nobody_took_and_nobody_can_take_is_forgotten(connection: Connection) -> None:
    made = claim(connection)

    forget_invites(connection, ended_before=LATER)
    before = hold_invite(connection, SECOND)
    forget_invites(connection, ended_before=LATER + timedelta(microseconds=1))

    assert before == OF_EVENT
    assert hold_invite(connection, SECOND) is None
    assert hold_invite(connection, FIRST) == replace(OF_BOOTH, claim=made)
