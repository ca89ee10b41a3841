"""Consents as stored: found with the household that stands today."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Connection

from points.domain.consents import Consent
from points.domain.ids import CredentialId
from points.domain.notices import Notice
from points.service.transactions import transaction
from points.storage.consents import (
    add_consent,
    find_kept_notice,
    keep_notice,
    load_consents,
    withdraw_consents,
)
from points.storage.engine import Database
from points.storage.people import mark_merged
from tests.market import LI, NOW, WANG, ZHAO
from tests.save import save_people

NOTICE = Notice(version="abc", text="只记楼号", text_en="The building alone")
CONSENT = Consent(household=WANG, version="abc", agreed_at=NOW, by=CredentialId("device:1"))
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def connection(database: Database) -> Iterator[Connection]:
    with transaction(database) as opened:
        save_people(opened)
        yield opened


def test_a_wording_is_kept_once(connection: Connection) -> None:
    assert find_kept_notice(connection, "abc") is None

    keep_notice(connection, NOTICE)
    keep_notice(connection, replace(NOTICE, text="别的"))

    assert find_kept_notice(connection, "abc") == NOTICE


def test_a_household_has_its_consents_and_those_of_who_went_up_in_it(
    connection: Connection,
) -> None:
    of_li = replace(CONSENT, household=LI, agreed_at=LATER)
    for consent in (of_li, CONSENT, replace(CONSENT, household=ZHAO)):
        add_consent(connection, consent)

    mark_merged(connection, {LI: WANG})

    assert load_consents(connection, WANG) == [CONSENT, of_li]


def test_what_was_agreed_to_is_taken_back_once(connection: Connection) -> None:
    add_consent(connection, CONSENT)
    add_consent(connection, replace(CONSENT, household=LI))

    counts = [withdraw_consents(connection, WANG, at=at) for at in (LATER, NOW)]

    assert counts == [1, 0]
    assert load_consents(connection, WANG) == [replace(CONSENT, withdrawn_at=LATER)]
    assert load_consents(connection, LI)[0].stands
