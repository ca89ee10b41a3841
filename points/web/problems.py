"""What goes wrong, as HTTP: one closed table of codes with their statuses, and RFC 9457 documents.

A refusal of the domain is a code too. In `POST /operations` it is an answer like any other; where
one act is the whole request, it is a problem with the status given here.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from http import HTTPStatus
from typing import Literal

from starlette.responses import Response

from points.domain.facts import Detail
from points.domain.outcomes import Refusal
from points.web.shapes import Said
from points.web.wording import Language, Tongue, say, title

MEDIA_TYPE = "application/problem+json"
TYPE_ROOT = "/api/v1/problems"


class Fault(StrEnum):
    """Why a request, or an item of it, never reached the book. Public: add, never rename."""

    BAD_REQUEST = "bad_request"
    INVALID_JSON = "invalid_json"
    UNAUTHENTICATED = "unauthenticated"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not_found"
    METHOD_NOT_ALLOWED = "method_not_allowed"
    BODY_TOO_LARGE = "body_too_large"
    UNSUPPORTED_MEDIA_TYPE = "unsupported_media_type"
    INVALID = "invalid"
    CARD_UNREADABLE = "card_unreadable"
    SLIP_UNREADABLE = "slip_unreadable"
    INVITE_UNKNOWN = "invite_unknown"
    INVITE_EXPIRED = "invite_expired"
    INVITE_USED = "invite_used"
    INVITE_LOCKED = "invite_locked"
    TOKEN_TAKEN = "token_taken"  # noqa: S105 -- a code, no secret
    TOKEN_REPLACED = "token_replaced"  # noqa: S105 -- the same
    CASE_UNKNOWN = "case_unknown"
    CASE_SETTLED = "case_settled"
    DECISION_UNFIT = "decision_unfit"
    FORGIVING_LIMITED = "forgiving_limited"
    NOTHING_OWED = "nothing_owed"
    CARD_BOUND = "card_bound"
    SAME_CARD = "same_card"
    COMMUNITY_UNKNOWN = "community_unknown"
    NOTICE_UNKNOWN = "notice_unknown"
    CONSENT_NEEDED = "consent_needed"
    PIN_INVALID = "pin_invalid"
    PIN_ALREADY_SET = "pin_already_set"
    IDEMPOTENCY_KEY_REUSED = "idempotency_key_reused"
    TOO_MANY_REQUESTS = "too_many_requests"
    INTERNAL_ERROR = "internal_error"
    QUEUE_FULL = "queue_full"
    DATABASE_UNAVAILABLE = "database_unavailable"
    CLOCK_IN_DOUBT = "clock_in_doubt"
    SHUTTING_DOWN = "shutting_down"

    @property
    def is_final(self) -> bool:
        """Whether sending the same again can never succeed."""
        return self not in _MAY_CHANGE


Code = Refusal | Fault

_MAY_CHANGE = frozenset(
    {
        # A phone may be paired again, and a programme loaded, before it sends the same once more.
        Fault.UNAUTHENTICATED,
        Fault.TOKEN_REPLACED,
        Fault.FORBIDDEN,
        Fault.NOT_FOUND,
        Fault.TOO_MANY_REQUESTS,
        Fault.INTERNAL_ERROR,
        Fault.QUEUE_FULL,
        Fault.DATABASE_UNAVAILABLE,
        Fault.CLOCK_IN_DOUBT,
        Fault.SHUTTING_DOWN,
    }
)

_STATUS_OF_FAULT: Mapping[Fault, HTTPStatus] = {
    Fault.BAD_REQUEST: HTTPStatus.BAD_REQUEST,
    Fault.INVALID_JSON: HTTPStatus.BAD_REQUEST,
    Fault.UNAUTHENTICATED: HTTPStatus.UNAUTHORIZED,
    Fault.FORBIDDEN: HTTPStatus.FORBIDDEN,
    Fault.NOT_FOUND: HTTPStatus.NOT_FOUND,
    Fault.METHOD_NOT_ALLOWED: HTTPStatus.METHOD_NOT_ALLOWED,
    Fault.BODY_TOO_LARGE: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    Fault.UNSUPPORTED_MEDIA_TYPE: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    Fault.INVALID: HTTPStatus.UNPROCESSABLE_ENTITY,
    Fault.CARD_UNREADABLE: HTTPStatus.UNPROCESSABLE_ENTITY,
    Fault.SLIP_UNREADABLE: HTTPStatus.UNPROCESSABLE_ENTITY,
    Fault.INVITE_UNKNOWN: HTTPStatus.NOT_FOUND,
    Fault.INVITE_EXPIRED: HTTPStatus.GONE,
    Fault.INVITE_USED: HTTPStatus.CONFLICT,
    Fault.INVITE_LOCKED: HTTPStatus.CONFLICT,
    Fault.TOKEN_TAKEN: HTTPStatus.CONFLICT,
    Fault.TOKEN_REPLACED: HTTPStatus.UNAUTHORIZED,
    Fault.CASE_UNKNOWN: HTTPStatus.NOT_FOUND,
    Fault.CASE_SETTLED: HTTPStatus.CONFLICT,
    Fault.DECISION_UNFIT: HTTPStatus.CONFLICT,
    Fault.FORGIVING_LIMITED: HTTPStatus.CONFLICT,
    Fault.NOTHING_OWED: HTTPStatus.CONFLICT,
    Fault.CARD_BOUND: HTTPStatus.CONFLICT,
    Fault.SAME_CARD: HTTPStatus.CONFLICT,
    Fault.COMMUNITY_UNKNOWN: HTTPStatus.NOT_FOUND,
    Fault.NOTICE_UNKNOWN: HTTPStatus.CONFLICT,
    Fault.CONSENT_NEEDED: HTTPStatus.CONFLICT,
    Fault.PIN_INVALID: HTTPStatus.UNPROCESSABLE_ENTITY,
    Fault.PIN_ALREADY_SET: HTTPStatus.CONFLICT,
    Fault.IDEMPOTENCY_KEY_REUSED: HTTPStatus.UNPROCESSABLE_ENTITY,
    Fault.TOO_MANY_REQUESTS: HTTPStatus.TOO_MANY_REQUESTS,
    Fault.INTERNAL_ERROR: HTTPStatus.INTERNAL_SERVER_ERROR,
    Fault.QUEUE_FULL: HTTPStatus.SERVICE_UNAVAILABLE,
    Fault.DATABASE_UNAVAILABLE: HTTPStatus.SERVICE_UNAVAILABLE,
    Fault.CLOCK_IN_DOUBT: HTTPStatus.SERVICE_UNAVAILABLE,
    Fault.SHUTTING_DOWN: HTTPStatus.SERVICE_UNAVAILABLE,
}

# Every other refusal says that the request is at odds with how things stand: 409.
_STATUS_OF_REFUSAL: Mapping[Refusal, HTTPStatus] = {
    Refusal.CREDENTIAL_REVOKED: HTTPStatus.FORBIDDEN,
    Refusal.NOT_ALLOWED: HTTPStatus.FORBIDDEN,
    Refusal.CARD_UNKNOWN: HTTPStatus.NOT_FOUND,
    Refusal.HOUSEHOLD_UNKNOWN: HTTPStatus.NOT_FOUND,
    Refusal.ACTIVITY_UNKNOWN: HTTPStatus.NOT_FOUND,
    Refusal.REWARD_UNKNOWN: HTTPStatus.NOT_FOUND,
    Refusal.RESERVE_UNKNOWN: HTTPStatus.NOT_FOUND,
    Refusal.BOOTH_UNKNOWN: HTTPStatus.NOT_FOUND,
    Refusal.BUILDING_UNKNOWN: HTTPStatus.NOT_FOUND,
    Refusal.BUDGET_UNKNOWN: HTTPStatus.NOT_FOUND,
    Refusal.OPERATION_UNKNOWN: HTTPStatus.NOT_FOUND,
    Refusal.SLIP_UNKNOWN: HTTPStatus.NOT_FOUND,
    Refusal.QUANTITY_INVALID: HTTPStatus.UNPROCESSABLE_ENTITY,
    Refusal.MATERIAL_UNKNOWN: HTTPStatus.UNPROCESSABLE_ENTITY,
    Refusal.INTERNAL_INVARIANT: HTTPStatus.INTERNAL_SERVER_ERROR,
}

_SECONDS_TO_RETRY: Mapping[Code, int] = {
    Fault.QUEUE_FULL: 1,
    Fault.DATABASE_UNAVAILABLE: 2,
    Fault.CLOCK_IN_DOUBT: 60,
    Fault.SHUTTING_DOWN: 5,
}


class FieldFault(Said):
    """What is wrong with one field."""

    place: Literal["body", "header", "path", "query"]
    field: str
    """Its name; deeper ones with dots, as in `grams.paper`."""
    reason: str


class ProblemOut(Said):
    """A problem document (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    """Names this one answer; the same id is in `X-Request-Id` and in the log."""
    code: str
    final: bool
    """Whether sending the same request again can never succeed."""
    details: dict[str, int | str]
    """Figures that belong to the code, such as `short` or `next_at`."""
    errors: list[FieldFault]
    """For `invalid`: every field at fault."""


class Problem(Exception):
    """Ends a request with the problem of this code."""

    def __init__(
        self,
        code: Code,
        *,
        details: Mapping[str, Detail] | None = None,
        errors: Sequence[FieldFault] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """Say what goes wrong and which figures belong to it."""
        super().__init__(code)
        self.code = code
        self.details = dict(details or {})
        self.errors = list(errors)
        self.headers = dict(headers or {})


def all_codes() -> list[Code]:
    """Give every code, faults of requests first, as the generated table lists them."""
    return [*Fault, *Refusal]


def status_of(code: Code) -> HTTPStatus:
    """Give the status that the code has where it is a whole request's answer."""
    if isinstance(code, Fault):
        return _STATUS_OF_FAULT[code]
    return _STATUS_OF_REFUSAL.get(code, HTTPStatus.CONFLICT)


def answer(problem: Problem, tongue: Tongue, request_id: str) -> Response:
    """Write a problem down as the answer to a request."""
    figures = problem.details | _first_fault(problem)
    document = ProblemOut(
        type=f"{TYPE_ROOT}/{problem.code}",
        title=title(problem.code, tongue.language),
        status=status_of(problem.code),
        detail=say(problem.code, figures, tongue),
        instance=f"urn:uuid:{request_id}",
        code=problem.code,
        final=problem.code.is_final,
        details=problem.details,
        errors=problem.errors,
    )
    return Response(
        document.model_dump_json(),
        status_code=document.status,
        headers=_headers(problem, tongue.language),
        media_type=MEDIA_TYPE,
    )


def problems_table() -> str:
    """Write the table of all codes for `docs/problems.md`."""
    lines = ["| code | HTTP | final | 中文 | English |", "|---|---|---|---|---|"]
    for code in all_codes():
        zh, en = (title(code, language) for language in Language)
        final = "yes" if code.is_final else "no"
        lines.append(f"| `{code}` | {status_of(code).value} | {final} | {zh} | {en} |")
    return "\n".join(lines) + "\n"


def _first_fault(problem: Problem) -> dict[str, Detail]:
    if not problem.errors:
        return {}
    first = problem.errors[0]
    return {"field": first.field, "reason": first.reason}


def _headers(problem: Problem, language: Language) -> dict[str, str]:
    headers = {"Content-Language": language, "Vary": "Accept-Language"} | problem.headers
    if status_of(problem.code) is HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = 'Bearer realm="points"'
    if problem.code in _SECONDS_TO_RETRY:
        headers["Retry-After"] = str(_SECONDS_TO_RETRY[problem.code])
    return headers
