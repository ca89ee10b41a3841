import json
from pathlib import Path
from typing import Any

import pytest
from starlette.responses import Response

from points.domain.outcomes import Refusal
from points.web.problems import (
    Code,
    Fault,
    FieldFault,
    Problem,
    all_codes,
    answer,
    problems_table,
    status_of,
)
from points.web.shapes import REASONS
from points.web.wording import Language, Tongue, title
from tests.market import NOW, SHANGHAI

DOCUMENT = Path(__file__).parents[2] / "docs" / "problems.md"
ENGLISH = Tongue(Language.ENGLISH, SHANGHAI, NOW)
REQUEST_ID = "b0a7b9a0-0000-4000-8000-000000000001"


def written(problem: Problem) -> tuple[Response, dict[str, Any]]:
    response = answer(problem, ENGLISH, REQUEST_ID)
    return response, json.loads(bytes(response.body))


def test_a_problem_is_a_document_as_rfc_9457_has_it() -> None:
    response, said = written(Problem(Refusal.POINTS_SHORT, details={"short": 40}))

    assert response.status_code == 409
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.headers["Content-Language"] == "en"
    assert said == {
        "type": "/api/v1/problems/points_short",
        "title": "A few points short. One item fewer may do",
        "status": 409,
        "detail": "40 points short",
        "instance": f"urn:uuid:{REQUEST_ID}",
        "code": "points_short",
        "final": True,
        "details": {"short": 40},
        "errors": [],
    }


def test_every_code_has_a_status_and_words_in_each_language() -> None:
    for code in all_codes():
        assert 400 <= status_of(code) <= 503
        assert all(title(code, language) for language in Language)


def test_no_two_codes_share_a_name() -> None:
    assert len(set(map(str, all_codes()))) == len(list(Fault)) + len(list(Refusal))


def test_what_may_be_sent_again_is_not_final() -> None:
    def final(status: int) -> set[bool]:
        return {code.is_final for code in Fault if status_of(code) == status}

    assert (final(503), final(500), final(401), final(422)) == ({False}, {False}, {False}, {True})


@pytest.mark.parametrize("code", [Fault.UNAUTHENTICATED, Fault.TOKEN_REPLACED])
def test_who_is_not_let_in_is_told_how(code: Code) -> None:
    response, _ = written(Problem(code))

    assert response.headers["WWW-Authenticate"] == 'Bearer realm="points"'


@pytest.mark.parametrize(
    ("code", "seconds"),
    [(Fault.QUEUE_FULL, "1"), (Fault.DATABASE_UNAVAILABLE, "2"), (Fault.SHUTTING_DOWN, "5")],
)
def test_who_should_come_back_is_told_when(code: Code, seconds: str) -> None:
    response, said = written(Problem(code))

    assert (response.status_code, response.headers["Retry-After"]) == (503, seconds)
    assert said["final"] is False


def test_every_field_at_fault_is_listed_and_the_first_is_said() -> None:
    faults = [
        FieldFault(place="body", field="quantity", reason="too_small"),
        FieldFault(place="header", field="Idempotency-Key", reason="missing"),
    ]

    _, said = written(Problem(Fault.INVALID, errors=faults))

    assert said["detail"] == "quantity is not as it must be: too_small"
    assert [one["field"] for one in said["errors"]] == ["quantity", "Idempotency-Key"]


def test_further_headers_go_with_the_answer() -> None:
    response, _ = written(Problem(Fault.METHOD_NOT_ALLOWED, headers={"Allow": "POST"}))

    assert response.headers["Allow"] == "POST"


def test_the_table_of_problems_is_the_one_in_the_documents() -> None:
    document = DOCUMENT.read_text("utf-8")

    assert document.endswith(problems_table()), (
        "write points.web.problems.problems_table() into docs/problems.md"
    )
    assert [reason for reason in REASONS if f"`{reason}`" not in document] == []
