"""Tokens: shown once, kept as hashes, good until they are revoked."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from points.domain.access import Credential, Role
from points.domain.desk import DeskFault, NotDone
from points.domain.facts import Accepted, Refused
from points.domain.ids import CredentialId
from points.domain.outcomes import Refusal
from points.domain.pairing import Pairing
from points.service.credentials import (
    Admitted,
    add_device,
    add_partner_key,
    credential_of_token,
    revoke,
)
from points.service.posting import Book, post
from points.storage.engine import Database
from tests.build import ask, make_earn
from tests.desk import Dice, everything
from tests.market import BOOTHS, MARKET, NOW, WANG_CARD
from tests.save import open_market

PHONE = Pairing(name="陈的手机", role=Role.REDEEM, event=MARKET.key, booth=BOOTHS[4].key)
TILL = replace(PHONE, name="便利店", role=Role.PARTNER)


@pytest.fixture
def book(database: Database) -> Book:
    return open_market(database)


def admit(book: Book, pairing: Pairing, *, seed: int = 1) -> Admitted:
    add = add_device if pairing.is_device else add_partner_key
    admitted = add(book.database, pairing, now=NOW, random_bytes=Dice(seed))
    assert isinstance(admitted, Admitted), admitted
    return admitted


def test_phones_and_partners_are_numbered_apart(book: Book) -> None:
    admitted = [
        admit(book, pairing, seed=seed) for seed, pairing in enumerate((PHONE, TILL, PHONE, TILL))
    ]

    assert [one.credential.id for one in admitted] == [
        "device:1",
        "partner:1",
        "device:2",
        "partner:2",
    ]
    assert [one.token[:3] for one in admitted] == ["pd_", "pk_", "pd_", "pk_"]
    assert {len(one.token) for one in admitted} == {46}


def test_numbers_go_on_past_nine(book: Book) -> None:
    ids = [admit(book, PHONE, seed=seed).credential.id for seed in range(11)]

    assert ids[-2:] == ["device:10", "device:11"]


def test_a_token_says_whose_it_is(book: Book) -> None:
    admitted = admit(book, PHONE)

    assert credential_of_token(book.database, admitted.token) == Credential(
        id=CredentialId("device:1"), role=Role.REDEEM, event=MARKET.key, booth=BOOTHS[4].key
    )


@pytest.mark.parametrize(
    "token", ["", "pd_", "pd_" + "A" * 43, "pk_" + "é" * 43, "pd_" + "A" * 4096, "Bearer x", "\0"]
)
def test_what_is_no_token_is_nobodys(book: Book, token: str) -> None:
    admit(book, PHONE)

    assert credential_of_token(book.database, token) is None


def test_a_token_with_anything_around_it_is_nobodys(book: Book) -> None:
    token = admit(book, PHONE).token

    around = [f" {token}", f"{token}\n", token.upper(), token[:-1], f"{token}A", "pk_" + token[3:]]
    assert [credential_of_token(book.database, text) for text in around] == [None] * len(around)


def test_no_token_is_ever_stored_or_shown(book: Book) -> None:
    admitted = admit(book, PHONE)

    assert admitted.token not in repr(everything(book.database))
    assert admitted.token not in repr(admitted)


def test_a_revoked_phone_is_out_at_once_and_known_as_such(book: Book) -> None:
    phone = replace(PHONE, role=Role.SUPERVISOR)
    admitted = admit(book, phone)
    scan = ask(make_earn(card=WANG_CARD), by=admitted.credential)

    revoked = revoke(book.database, admitted.credential.id, now=NOW)
    refused = post(book, [scan])[0]

    assert revoked == admitted.credential.id
    assert refused == Refused(reason=Refusal.CREDENTIAL_REVOKED)
    found = credential_of_token(book.database, admitted.token)
    assert found == replace(admitted.credential, is_revoked=True)


def test_a_phone_that_is_in_may_scan(book: Book) -> None:
    admitted = admit(book, PHONE)

    assert isinstance(
        post(book, [ask(make_earn(card=WANG_CARD), by=admitted.credential)])[0], Accepted
    )


def test_revoking_again_keeps_the_first_instant(book: Book) -> None:
    phone = admit(book, PHONE).credential.id
    revoke(book.database, phone, now=NOW)
    before = everything(book.database)

    assert revoke(book.database, phone, now=NOW.replace(hour=11)) == phone
    assert everything(book.database) == before


def test_nobody_cannot_be_revoked(book: Book) -> None:
    assert revoke(book.database, CredentialId("device:9"), now=NOW) == NotDone(
        reason=DeskFault.CREDENTIAL_UNKNOWN
    )


@pytest.mark.parametrize(
    ("add", "pairing", "reason"),
    [
        (add_device, TILL, DeskFault.ROLE_INVALID),
        (add_partner_key, PHONE, DeskFault.ROLE_INVALID),
        (add_device, replace(PHONE, role=Role.OPERATOR), DeskFault.ROLE_INVALID),
        (add_device, replace(PHONE, booth=BOOTHS[7].key), DeskFault.BOOTH_DOES_NOT_REDEEM),
        (add_partner_key, replace(TILL, booth=None), DeskFault.BOOTH_NEEDED),
    ],
)
def test_who_cannot_be_let_in_gets_no_token(
    book: Book, add: type, pairing: Pairing, reason: DeskFault
) -> None:
    before = everything(book.database)

    refused = add(book.database, pairing, now=NOW, random_bytes=Dice())

    assert refused == NotDone(reason=reason)
    assert everything(book.database) == before


def test_phones_let_in_at_the_same_moment_get_different_numbers(book: Book) -> None:
    with ThreadPoolExecutor(4) as desks:
        admitted = list(desks.map(lambda seed: admit(book, PHONE, seed=seed), range(12)))

    assert sorted(int(one.credential.id.partition(":")[2]) for one in admitted) == list(
        range(1, 13)
    )
