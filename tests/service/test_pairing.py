"""A phone is invited, comes in once, and changes its token, however many answers are lost."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count

import pytest

from points.domain.access import Credential, Role
from points.domain.desk import DeskFault, NotDone
from points.domain.ids import CredentialId
from points.domain.outcomes import Refusal
from points.domain.pairing import Pairing
from points.service.credentials import come_in, credential_of_token, revoke
from points.service.pairing import (
    Invited,
    Paired,
    Station,
    change_token,
    claim_invite,
    invite_phone,
    station_of,
)
from points.service.posting import Book
from points.service.programmes import load_programme
from points.storage.engine import Database
from tests.desk import Dice, everything, make_file
from tests.market import BOOTHS, CORRIDORS, MARKET, NOW
from tests.save import open_market

REDEEMING = Pairing(name="陈的手机", role=Role.REDEEM, event=MARKET.key, booth=BOOTHS[4].key)
_seeds = count(100)


@pytest.fixture
def book(database: Database) -> Book:
    return open_market(database)


def invite(book: Book, pairing: Pairing = REDEEMING, *, now: datetime = NOW) -> str:
    made = invite_phone(book.database, pairing, now=now, random_bytes=Dice(next(_seeds)))
    assert isinstance(made, Invited), made
    return made.text


def token(number: int = 1) -> str:
    return f"pd_{number:043}"


def claim(book: Book, text: str, number: int = 1, *, now: datetime = NOW) -> Paired:
    paired = claim_invite(book, text, token(number), now=now)
    assert isinstance(paired, Paired), paired
    return paired


def refusal(book: Book, text: str, number: int = 1, *, now: datetime = NOW) -> object:
    refused = claim_invite(book, text, token(number), now=now)
    assert isinstance(refused, NotDone), refused
    return refused.reason


def test_a_phone_comes_in_with_the_token_that_it_made(book: Book) -> None:
    paired = claim(book, invite(book))

    phone = Credential(
        id=CredentialId("device:1"), role=Role.REDEEM, event=MARKET.key, booth=BOOTHS[4].key
    )
    assert paired == Paired(credential=phone, station=Station(MARKET, BOOTHS[4]), is_first=True)
    assert credential_of_token(book.database, token()) == phone


def test_an_event_without_booths_is_worked_for_as_a_whole(book: Book) -> None:
    pairing = Pairing(name="楼道", role=Role.EARN, event=CORRIDORS.key)

    assert claim(book, invite(book, pairing)).station == Station(CORRIDORS, None)


def test_the_same_claim_is_answered_the_same_for_ever(book: Book) -> None:
    text = invite(book)
    first = claim(book, text)
    before = everything(book.database)

    again = [claim(book, text, now=NOW + timedelta(days=days)) for days in (0, 1, 400)]

    assert again == [replace(first, is_first=False)] * 3
    assert everything(book.database) == before


def test_two_tries_at_the_same_moment_let_one_phone_in(book: Book) -> None:
    text = invite(book)

    with ThreadPoolExecutor(4) as tries:
        found = list(tries.map(lambda _: claim(book, text), range(8)))

    assert {one.credential.id for one in found} == {CredentialId("device:1")}
    assert sum(one.is_first for one in found) == 1


def test_phones_that_come_in_at_the_same_moment_are_different_ones(book: Book) -> None:
    texts = [invite(book) for _ in range(8)]

    with ThreadPoolExecutor(4) as phones:
        found = list(phones.map(lambda place: claim(book, texts[place], place), range(8)))

    assert len({one.credential.id for one in found}) == 8


def test_another_phone_finds_an_invite_used_and_in_the_end_locked(book: Book) -> None:
    text = invite(book)
    mine = claim(book, text)

    theirs = [refusal(book, text, 2) for _ in range(7)]

    assert theirs == [DeskFault.INVITE_USED] * 5 + [DeskFault.INVITE_LOCKED] * 2
    assert claim(book, text).credential == mine.credential


def test_a_token_of_another_phone_lets_nobody_in_and_counts_as_a_try(book: Book) -> None:
    claim(book, invite(book))
    text = invite(book)

    tries = [refusal(book, text) for _ in range(6)]

    assert tries == [DeskFault.TOKEN_TAKEN] * 5 + [DeskFault.INVITE_LOCKED]


def test_an_invite_ends_after_a_quarter_of_an_hour(book: Book) -> None:
    text = invite(book)
    at_the_end = NOW + timedelta(minutes=15)

    assert refusal(book, text, now=at_the_end) is DeskFault.INVITE_EXPIRED
    assert claim(book, text, now=at_the_end - timedelta(seconds=1)).is_first


@pytest.mark.parametrize(
    "text", ["", "pi_", "pi_" + "A" * 43, "pi_" + "A" * 44, "pd_" + "A" * 43, "pi_" + "é" * 43]
)
def test_what_is_no_invite_of_ours_is_unknown(book: Book, text: str) -> None:
    invite(book)

    assert refusal(book, text) is DeskFault.INVITE_UNKNOWN


def test_a_phone_that_was_shut_out_is_not_let_in_by_its_old_claim(book: Book) -> None:
    text = invite(book)
    revoke(book.database, claim(book, text).credential.id, now=NOW)

    assert refusal(book, text) is Refusal.CREDENTIAL_REVOKED


def test_an_invite_to_a_booth_that_went_away_leads_nowhere(book: Book) -> None:
    text = invite(book, replace(REDEEMING, role=Role.EARN, booth=BOOTHS[6].key))
    load_programme(book, make_file(less=[BOOTHS[6]]), now=NOW)

    assert refusal(book, text) is DeskFault.INVITE_EXPIRED


def test_a_phone_is_still_told_of_a_booth_that_went_away(book: Book) -> None:
    text = invite(book, replace(REDEEMING, role=Role.EARN, booth=BOOTHS[6].key))
    first = claim(book, text)
    load_programme(book, make_file(less=[BOOTHS[6]]), now=NOW)

    assert claim(book, text).station == first.station == Station(MARKET, BOOTHS[6])


@pytest.mark.parametrize(
    ("pairing", "reason"),
    [
        (replace(REDEEMING, role=Role.PARTNER), DeskFault.ROLE_INVALID),
        (replace(REDEEMING, booth=BOOTHS[7].key), DeskFault.BOOTH_DOES_NOT_REDEEM),
        (replace(REDEEMING, booth=None), DeskFault.BOOTH_NEEDED),
    ],
)
def test_who_cannot_be_let_in_is_not_invited(
    book: Book, pairing: Pairing, reason: DeskFault
) -> None:
    before = everything(book.database)

    made = invite_phone(book.database, pairing, now=NOW, random_bytes=Dice())

    assert made == NotDone(reason=reason)
    assert everything(book.database) == before


def test_no_invite_or_token_is_ever_stored_or_shown(book: Book) -> None:
    made = invite_phone(book.database, REDEEMING, now=NOW, random_bytes=Dice())
    assert isinstance(made, Invited)
    claim(book, made.text)

    kept = repr(everything(book.database)) + repr(made)
    assert made.text not in kept
    assert token() not in kept


def test_old_invites_that_nobody_took_are_forgotten(book: Book) -> None:
    text = invite(book)

    invite(book, now=NOW + timedelta(days=2))

    assert refusal(book, text) is DeskFault.INVITE_UNKNOWN


def test_a_changed_token_is_good_beside_the_old_one_until_it_is_used(book: Book) -> None:
    phone = claim(book, invite(book)).credential

    changed = [change_token(book.database, phone, token(2), now=NOW) for _ in range(2)]
    old = [come_in(book.database, token(1), now=NOW) for _ in range(2)]
    new = [come_in(book.database, token(2), now=NOW) for _ in range(2)]
    again = change_token(book.database, phone, token(2), now=NOW)

    assert (changed, again) == ([phone.id] * 2, phone.id)
    assert (old, new) == ([phone] * 2, [phone] * 2)
    assert come_in(book.database, token(1), now=NOW) == NotDone(reason=DeskFault.TOKEN_REPLACED)
    assert credential_of_token(book.database, token(1)) is None


def test_a_token_that_waited_in_vain_is_told_to_be_replaced(book: Book) -> None:
    phone = claim(book, invite(book)).credential
    for number in (2, 3):
        change_token(book.database, phone, token(number), now=NOW)

    assert come_in(book.database, token(2), now=NOW) == NotDone(reason=DeskFault.TOKEN_REPLACED)
    assert come_in(book.database, token(3), now=NOW) == phone


def test_only_a_new_token_is_taken(book: Book) -> None:
    phone = claim(book, invite(book)).credential
    other = claim(book, invite(book), 2).credential
    change_token(book.database, phone, token(3), now=NOW)
    come_in(book.database, token(3), now=NOW)

    tries = [change_token(book.database, phone, token(number), now=NOW) for number in (1, 2)]
    tries.append(change_token(book.database, other, token(3), now=NOW))

    assert tries == [NotDone(reason=DeskFault.TOKEN_TAKEN)] * 3


def test_a_claim_is_not_repeated_with_a_token_that_was_replaced(book: Book) -> None:
    text = invite(book)
    phone = claim(book, text).credential
    change_token(book.database, phone, token(2), now=NOW)
    waiting = claim(book, text).credential
    come_in(book.database, token(2), now=NOW)

    assert waiting == phone
    assert refusal(book, text) is DeskFault.TOKEN_REPLACED


def test_a_phone_that_was_shut_out_stays_out_by_whatever_token(book: Book) -> None:
    phone = claim(book, invite(book)).credential
    change_token(book.database, phone, token(2), now=NOW)
    revoke(book.database, phone.id, now=NOW)
    before = everything(book.database)

    found = [come_in(book.database, token(number), now=NOW) for number in (1, 2)]

    assert found == [replace(phone, is_revoked=True)] * 2
    assert everything(book.database) == before


def test_a_station_is_told_by_its_newest_names(book: Book) -> None:
    phone = claim(book, invite(book)).credential
    renamed = replace(BOOTHS[4], name="换礼品")
    load_programme(book, make_file(renamed), now=NOW)
    with book.database.reader.connect() as connection:
        catalog = book.catalogs.current(connection)

    assert station_of(catalog, phone) == Station(MARKET, renamed)
