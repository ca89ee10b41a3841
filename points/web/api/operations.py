"""`POST /operations`: what a device did, one or five hundred, each with its own answer."""

from dataclasses import dataclass, field
from typing import Literal

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool
from pydantic import TypeAdapter

from points.domain.access import Credential
from points.domain.batch import evidence_of
from points.domain.cases import doubts_of
from points.domain.facts import (
    Accepted,
    Asked,
    Conflict,
    Detail,
    Outcome,
    Refused,
    Replayed,
    Verdict,
    is_in_review,
)
from points.domain.operations import Evidence, OperationKey
from points.domain.outcomes import Refusal
from points.web.api.items import (
    BATCH,
    BATCH_MAX,
    Item,
    NotTaken,
    RedeemIn,
    id_in,
    operation_of,
    read_item,
)
from points.web.api.pins import with_pin
from points.web.bodies import read_json
from points.web.dependencies import Bearer, tongue_of
from points.web.doors import DEVICES, door
from points.web.problems import Code, Fault, FieldFault, Problem
from points.web.running import running_of
from points.web.shapes import Said, WrongField
from points.web.straight import Straight, written
from points.web.wording import Tongue, say

router = APIRouter(prefix="/api/v1/operations", tags=["operations"], route_class=Straight)

NOT_POSTED: list[Code] = [Fault.QUEUE_FULL, Fault.SHUTTING_DOWN, Fault.CLOCK_IN_DOUBT]
"""Why nothing of a request was posted, and the same may be sent again."""


class OutcomeOut(Said):
    """The answer to one operation."""

    id: str | None
    """The operation's name; null where not even that could be read."""
    status: Literal["accepted", "replayed", "refused", "conflict", "review"]
    """`replayed` gives the first answer again, for ever: accepted where `code` is null. `review`
    keeps the operation for a person; asked again, it is `review` until that person has decided."""
    code: Refusal | Fault | None
    """Why not, or what is in doubt first of all; null where the operation is in the book."""
    points: int
    """What the household gained (+) or gave (-)."""
    balance: int | None
    """What it could spend afterwards."""
    details: dict[str, int | str]
    """Figures that belong to the code, such as `short` or `next_at`."""
    final: bool
    """Whether sending the same again changes nothing. If not, keep it and send it later."""
    message: str
    """For people, in the language asked for."""
    evidence: Evidence | None
    """How well it is proven, where it was accepted just now."""
    case: str | None
    """What it leaves for a person to settle, if anything."""


@dataclass(frozen=True, slots=True)
class _Read:
    """One place of the list: what to ask the book, or why not to."""

    id: str | None
    kind: str
    asked: Asked | None = None
    pin: str | None = field(default=None, repr=False)
    refused: tuple[Refusal | Fault, dict[str, Detail]] | None = None


async def _batch(request: Request) -> list[object]:
    content = await read_json(request)
    if not isinstance(content, list):
        raise _misshapen("not_a_list")
    if not 1 <= len(content) <= BATCH_MAX:
        raise _misshapen("too_many" if content else "too_few")
    return content


_ANSWER = TypeAdapter(list[OutcomeOut])


@router.post(
    "",
    response_model=list[OutcomeOut],
    **door(
        DEVICES,
        takes=BATCH,
        refuses=NOT_POSTED,
        admits_revoked=True,  # what a phone did before it was shut out is not lost
    ),
)
async def post_operations(request: Request, caller: Bearer) -> Response:
    """Post operations and answer each, in the order sent.

    A refused operation is an answer, not an HTTP error, and so is one that is misshapen: it spares
    those beside it. What was taken is posted even if the caller is gone before the answer. A phone
    that was shut out may still bring what it holds; each operation is answered for itself.
    """
    read = [_read(item, caller) for item in await _batch(request)]
    batch = [one.asked for one in read if one.asked is not None]
    running = running_of(request.app.state)
    if len(read) == 1 and batch and read[0].pin is not None:
        batch = [await run_in_threadpool(with_pin, running.book, batch[0], read[0].pin)]
    poster = running.poster
    outcomes: list[Outcome] = await poster.submit_from_loop(batch) if batch else []
    answers, tongue = iter(outcomes), tongue_of(request)
    told = [
        _not_taken(one, tongue) if one.asked is None else _out(one, next(answers), tongue)
        for one in read
    ]
    return written(_ANSWER, told, tongue)


def _misshapen(reason: str) -> Problem:
    return Problem(Fault.INVALID, errors=[FieldFault(place="body", field="", reason=reason)])


def _read(content: object, caller: Credential) -> _Read:
    item = read_item(content)
    if isinstance(item, WrongField):
        details: dict[str, Detail] = {"field": item.field, "reason": item.reason}
        return _Read(id_in(content), "", refused=(Fault.INVALID, details))
    try:
        pin = item.pin if isinstance(item, RedeemIn) and not item.offline else None
        return _Read(item.id, item.kind, asked=_asked(item, caller), pin=pin)
    except NotTaken as reason:
        return _Read(item.id, item.kind, refused=(reason.code, {}))


def _asked(item: Item, caller: Credential) -> Asked:
    return Asked(credential=caller, key=OperationKey(item.id), operation=operation_of(item, caller))


def _not_taken(read: _Read, tongue: Tongue) -> OutcomeOut:
    assert read.refused is not None, "what was not asked says why"
    code, details = read.refused
    return OutcomeOut(
        id=read.id,
        status="refused",
        code=code,
        points=0,
        balance=None,
        details=details,
        final=code.is_final,
        message=say(code, details, tongue),
        evidence=None,
        case=None,
    )


def _out(read: _Read, outcome: Outcome, tongue: Tongue) -> OutcomeOut:
    match outcome:
        case Replayed(first=first):
            return _verdict(read, first, tongue, is_first=False)
        case Conflict():
            conflict = _Read(read.id, read.kind, refused=(Fault.IDEMPOTENCY_KEY_REUSED, {}))
            return _not_taken(conflict, tongue).model_copy(update={"status": "conflict"})
        case Accepted() | Refused():
            return _verdict(read, outcome, tongue, is_first=True)


def _verdict(read: _Read, verdict: Verdict, tongue: Tongue, *, is_first: bool) -> OutcomeOut:
    if is_in_review(verdict):
        return _kept(read, verdict, tongue)
    if isinstance(verdict, Refused):
        refused = _Read(read.id, read.kind, refused=(verdict.reason, dict(verdict.details)))
        answer = _not_taken(refused, tongue)
        return answer if is_first else answer.model_copy(update={"status": "replayed"})
    assert read.asked is not None, "what was accepted was asked"
    return OutcomeOut(
        id=read.id,
        status="accepted" if is_first else "replayed",
        code=None,
        points=verdict.points,
        balance=verdict.balance,
        details=dict(verdict.details),
        final=True,
        message=done(read.kind, verdict, tongue) if is_first else say("done_before", {}, tongue),
        evidence=evidence_of(read.asked) if is_first else None,
        case=None if verdict.case is None else str(verdict.case),
    )


def _kept(read: _Read, refused: Refused, tongue: Tongue) -> OutcomeOut:
    kept = _Read(read.id, read.kind, refused=(refused.reason, dict(refused.details)))
    doubts = doubts_of(refused.details)
    return _not_taken(kept, tongue).model_copy(
        update={
            "status": "review",
            "code": doubts[0] if doubts else refused.reason,
            "case": str(refused.case),
        }
    )


def done(kind: str, accepted: Accepted, tongue: Tongue) -> str:
    """Say what was done."""
    figures = {"points": accepted.points, "balance": accepted.balance}
    return say(f"done_{kind}", {**accepted.details, **figures}, tongue)
