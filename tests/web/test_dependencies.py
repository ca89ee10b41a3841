from uuid import UUID

import pytest

from points.domain.ids import CredentialId
from points.service.transactions import transaction
from points.storage.access import revoke_credential
from points.web.dependencies import new_request_id
from tests.market import NOW
from tests.web.served import Served, token_of


def test_no_two_requests_have_the_same_id() -> None:
    ids = {new_request_id() for _ in range(100)}

    assert len(ids) == 100
    assert all(UUID(one).version == 4 for one in ids)


def test_a_token_says_who_asks_whatever_the_case_of_its_scheme(served_once: Served) -> None:
    for scheme in ("Bearer", "bearer", "BEARER"):
        headers = {"Authorization": f"{scheme} {token_of('stamps')}"}
        answer = served_once.http.get("/api/v1/booths", headers=headers)
        assert [booth["key"] for booth in answer.json()] == ["market/1"]


def test_who_is_shut_out_is_so_at_the_next_request(served: Served) -> None:
    before = served.ask("stamps", "GET", "/events").status_code
    with transaction(served.book.database) as connection:
        revoke_credential(connection, CredentialId("device:1"), NOW)

    after = served.ask("stamps", "GET", "/events")

    assert (before, after.status_code, after.json()["code"]) == (200, 403, "credential_revoked")


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_the_language_of_an_answer_is_said(served_once: Served, language: str) -> None:
    headers = {"Accept-Language": language}
    answer = served_once.ask("stamps", "GET", "/events", headers=headers)

    assert answer.headers["Content-Language"] == language
    assert answer.headers["Vary"] == "Accept-Language"


def test_the_instant_of_a_request_is_that_of_the_clock_handed_in(served: Served) -> None:
    told = served.ask("partner", "GET", "/rewards").json()[1]["stock"][0]["next_release"]["at"]
    served.clock.now = NOW.replace(hour=11)
    later = served.ask("partner", "GET", "/rewards").json()[1]["stock"][0]["next_release"]

    assert (told, later) == ("2019-12-05T11:00:00+08:00", None)
