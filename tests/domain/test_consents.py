"""Which wording of the notice is told today, and which were told before."""

from dataclasses import replace
from datetime import timedelta

from points.domain.consents import Consent, current_notice, find_notice
from points.domain.ids import CredentialId, HouseholdId
from points.domain.notices import notice_of
from points.domain.programme import Version, Versions
from tests.build import make_catalog
from tests.market import NOW, PROGRAMME, SINCE_EVER

REWORDED = replace(PROGRAMME, privacy_notice="只记楼号。")
CATALOG = replace(
    make_catalog(),
    programme=Versions(
        (
            Version(number=1, valid_from=SINCE_EVER, item=PROGRAMME),
            Version(number=2, valid_from=NOW, item=REWORDED),
        )
    ),
)


def test_the_notice_of_today_is_the_programmes_newest_that_is_in_force() -> None:
    before = current_notice(CATALOG, NOW - timedelta(seconds=1))

    assert (before, current_notice(CATALOG, NOW)) == (notice_of(PROGRAMME), notice_of(REWORDED))


def test_a_wording_of_before_is_found_by_its_version_and_one_that_never_was_is_not() -> None:
    versions = [notice_of(one).version for one in (PROGRAMME, REWORDED)]

    assert [find_notice(CATALOG, one) for one in (*versions, "0" * 12)] == [
        notice_of(PROGRAMME),
        notice_of(REWORDED),
        None,
    ]


def test_a_consent_stands_until_it_is_taken_back() -> None:
    consent = Consent(
        household=HouseholdId(1), version="ab", agreed_at=NOW, by=CredentialId("device:1")
    )

    assert (consent.stands, replace(consent, withdrawn_at=NOW).stands) == (True, False)
