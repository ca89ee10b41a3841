import pytest

from points.web.problems import all_codes
from tests.web.served import Served


def test_the_document_names_every_route_that_is_served(served_once: Served) -> None:
    document = served_once.http.get("/api/v1/openapi.json").json()

    assert document["openapi"] == "3.1.0"
    assert sorted(document["paths"]) == [
        "/api/v1/activities",
        "/api/v1/balances",
        "/api/v1/booths",
        "/api/v1/cards/bind",
        "/api/v1/cards/codes",
        "/api/v1/cards/freeze",
        "/api/v1/cards/pin",
        "/api/v1/cases",
        "/api/v1/cases/{number}/settle",
        "/api/v1/devices",
        "/api/v1/devices/bundle",
        "/api/v1/devices/claim",
        "/api/v1/devices/heartbeat",
        "/api/v1/devices/journal",
        "/api/v1/devices/quiz",
        "/api/v1/devices/sealed",
        "/api/v1/devices/token",
        "/api/v1/docs",
        "/api/v1/events",
        "/api/v1/events/{event}",
        "/api/v1/exposure",
        "/api/v1/openapi.json",
        "/api/v1/operations",
        "/api/v1/problems/{code}",
        "/api/v1/redemptions",
        "/api/v1/redemptions/{number}/void",
        "/api/v1/rewards",
        "/api/v1/statements",
        "/healthz",
        "/readyz",
    ]


def test_the_page_shows_every_route_and_every_problem(served_once: Served) -> None:
    page = served_once.http.get("/api/v1/docs")

    paths = served_once.http.get("/api/v1/openapi.json").json()["paths"]
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    assert all(f" {path}</code>" in page.text for path in paths)
    assert all(f"<code>{code}</code>" in page.text for code in all_codes())


def test_the_page_loads_nothing_from_elsewhere(served_once: Served) -> None:
    page = served_once.http.get("/api/v1/docs")

    assert page.headers["Content-Security-Policy"] == (
        "default-src 'none'; style-src 'unsafe-inline'"
    )
    assert "://" not in page.text


def test_each_problem_can_be_looked_up_where_its_type_points(served_once: Served) -> None:
    problem = served_once.ask("stamps", "GET", "/events/nowhere").json()

    assert served_once.http.get(problem["type"]).json() == {
        "code": "not_found",
        "status": 404,
        "final": False,
        "zh": "没有这个地址，或看不到它",
        "en": "There is nothing here that this token may see",
    }
    answers = [served_once.http.get(f"/api/v1/problems/{code}") for code in all_codes()]
    assert {answer.status_code for answer in answers} == {200}


@pytest.mark.parametrize("code", ["nothing", "NOT_FOUND", "x" * 64])
def test_a_code_that_is_none_is_not_found(served_once: Served, code: str) -> None:
    assert served_once.http.get(f"/api/v1/problems/{code}").status_code == 404
