"""A household agrees to the notice, and takes it back."""

from dataclasses import replace
from datetime import timedelta

import pytest

from points.domain.consents import PAGE, Consent
from points.domain.desk import DeskFault, NotDone
from points.domain.ids import CredentialId, HouseholdId
from points.domain.notices import notice_of
from points.domain.outcomes import Refusal
from points.service.consents import (
    agree,
    notice_of_version,
    notice_today,
    read_consents,
    withdraw,
)
from points.service.posting import Book
from points.service.programmes import load_programme
from points.storage.engine import Database
from tests.desk import everything, make_file
from tests.market import LI, NOW, PROGRAMME, WANG
from tests.save import open_market

OURS = notice_of(PROGRAMME)
LATER = NOW + timedelta(hours=1)
NOBODY = HouseholdId(999_999)


@pytest.fixture
def book(database: Database) -> Book:
    return open_market(database)


def reword(book: Book) -> str:
    reworded = replace(PROGRAMME, privacy_notice="只记楼号。")
    load_programme(book, make_file(reworded), now=NOW)
    return notice_of(reworded).version


def test_a_household_agrees_where_it_stands(book: Book) -> None:
    agreed = agree(book, WANG, OURS.version, by=PAGE, now=NOW)

    expected = [Consent(household=WANG, version=OURS.version, agreed_at=NOW, by=PAGE)]
    assert agreed == expected
    assert [read_consents(book.database, one) for one in (WANG, LI)] == [expected, []]


def test_to_agree_twice_changes_nothing(book: Book) -> None:
    agree(book, WANG, OURS.version, by=PAGE, now=NOW)
    before = everything(book.database)

    agree(book, WANG, OURS.version, by=CredentialId("device:1"), now=LATER)

    assert everything(book.database) == before


def test_what_was_taken_back_can_be_agreed_to_again(book: Book) -> None:
    agree(book, WANG, OURS.version, by=PAGE, now=NOW)
    withdraw(book, WANG, now=LATER)

    again = agree(book, WANG, OURS.version, by=PAGE, now=LATER)

    assert isinstance(again, list)
    assert [one.stands for one in again] == [False, True]


def test_new_words_are_agreed_to_anew_and_the_old_ones_are_still_shown(book: Book) -> None:
    agree(book, WANG, OURS.version, by=PAGE, now=NOW)
    version = reword(book)

    agreed = agree(book, WANG, version, by=PAGE, now=LATER)

    assert isinstance(agreed, list)
    assert [one.version for one in agreed] == [OURS.version, version]
    assert notice_today(book, now=LATER).text == "只记楼号。"
    assert notice_of_version(book, OURS.version) == OURS
    assert notice_of_version(book, "0" * 12) is None


def test_nobody_agrees_to_what_was_never_written(book: Book) -> None:
    before = everything(book.database)

    refused = agree(book, WANG, "0" * 12, by=PAGE, now=NOW)

    assert refused == NotDone(reason=DeskFault.NOTICE_UNKNOWN)
    assert everything(book.database) == before


def test_who_is_not_there_agrees_to_nothing(book: Book) -> None:
    unknown = NotDone(reason=Refusal.HOUSEHOLD_UNKNOWN)

    assert agree(book, NOBODY, OURS.version, by=PAGE, now=NOW) == unknown
    assert withdraw(book, NOBODY, now=NOW) == unknown
    assert read_consents(book.database, NOBODY) == []
