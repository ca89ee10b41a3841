"""Turn whatever ends a request early into its problem."""

import logging

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import Response

from points.service.poster import PosterStopped, QueueFull
from points.service.timekeeping import ClockInDoubt
from points.service.transactions import DatabaseUnavailable
from points.web.dependencies import tongue_of
from points.web.problems import Fault, FieldFault, Problem, answer
from points.web.shapes import wrong_fields

_OF_STATUS = {
    401: Fault.UNAUTHENTICATED,
    403: Fault.FORBIDDEN,
    404: Fault.NOT_FOUND,
    405: Fault.METHOD_NOT_ALLOWED,
}
_OF_EXCEPTION = {
    QueueFull: Fault.QUEUE_FULL,
    PosterStopped: Fault.SHUTTING_DOWN,
    DatabaseUnavailable: Fault.DATABASE_UNAVAILABLE,
    ClockInDoubt: Fault.CLOCK_IN_DOUBT,
    ClientDisconnect: Fault.BAD_REQUEST,  # heard by nobody
}

_log = logging.getLogger(__name__)


def add_handlers(app: FastAPI) -> None:
    """Let every problem be told in the same form."""
    app.add_exception_handler(Problem, _problem)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _parameters)
    for kind in _OF_EXCEPTION:
        app.add_exception_handler(kind, _known)


def unforeseen(request: Request) -> Response:
    """Answer what nobody expected, telling nothing of it."""
    return _told(request, Problem(Fault.INTERNAL_ERROR))


def _told(request: Request, problem: Problem) -> Response:
    return answer(problem, tongue_of(request), request.state.request_id)


async def _problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, Problem), "handlers are called for their own kind"
    return _told(request, error)


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException), "handlers are called for their own kind"
    code = _OF_STATUS.get(error.status_code, Fault.BAD_REQUEST)
    return _told(request, Problem(code, headers=error.headers))


async def _parameters(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError), "handlers are called for their own kind"
    errors = [
        FieldFault(place=one["loc"][0], field=fault.field, reason=fault.reason)
        for one in error.errors()
        for fault in wrong_fields([one], skip=1)
    ]
    return _told(request, Problem(Fault.INVALID, errors=errors))


async def _known(request: Request, error: Exception) -> Response:
    if not isinstance(error, ClientDisconnect):
        _log.warning("request %s: %r", request.state.request_id, error)
    return _told(request, Problem(_OF_EXCEPTION[type(error)]))
