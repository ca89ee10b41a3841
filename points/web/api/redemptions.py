"""`POST /redemptions`: one redemption by another till, that no retry can charge twice."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Path, Response
from fastapi.concurrency import run_in_threadpool
from pydantic import Field, TypeAdapter

from points.domain.access import Role
from points.domain.facts import Accepted, Asked, Conflict, Outcome, Refused, Replayed
from points.domain.ids import OperationId
from points.domain.operations import OperationKey, Redeem, Undo
from points.domain.outcomes import Refusal
from points.service.poster import Poster as PosterThread
from points.service.reading import read_redemption
from points.web.api.items import NotTaken, check_instant, shown_card_of
from points.web.api.operations import NOT_POSTED, done
from points.web.api.parts import Pieces, Price, reward_key
from points.web.api.pins import with_pin
from points.web.bodies import body_of
from points.web.dependencies import Poster, Reader, Visit, Visitor
from points.web.doors import door
from points.web.problems import Code, Fault, Problem
from points.web.shapes import (
    KEY_LENGTH_MAX,
    KEY_PATTERN,
    CodeText,
    Instant,
    ItemName,
    Label,
    PinText,
    Said,
    Sent,
)

router = APIRouter(prefix="/api/v1/redemptions", tags=["redemptions"])

_TILLS = frozenset({Role.REDEEM, Role.SUPERVISOR, Role.PARTNER})
_POSTING: list[Code] = [*NOT_POSTED, Fault.IDEMPOTENCY_KEY_REUSED]
_OF_REDEEMING: list[Code] = [
    Fault.CARD_UNREADABLE,
    Refusal.CARD_UNKNOWN,
    Refusal.CARD_FROZEN,
    Refusal.CARD_REPLACED,
    Refusal.OTHER_COMMUNITY,
    Refusal.REWARD_UNKNOWN,
    Refusal.RESERVE_UNKNOWN,
    Refusal.NOT_ALLOWED,
    Refusal.CLOCK_OFF,
    Refusal.NOT_OPEN_YET,
    Refusal.CLOSED,
    Refusal.PRICE_CHANGED,
    Refusal.LIMIT_REACHED,
    Refusal.OUT_OF_STOCK,
    Refusal.NOT_RELEASED_YET,
    Refusal.POINTS_SHORT,
    Refusal.CODE_EXPIRED,
    Refusal.CODE_USED,
    Refusal.ALLOWANCE_ENDED,
    Refusal.ALLOWANCE_SHORT,
    Refusal.SECOND_FACTOR_NEEDED,
    Refusal.PIN_WRONG,
    Refusal.PIN_LOCKED,
    Refusal.IN_REVIEW,
    Refusal.REJECTED,
    Refusal.INTERNAL_INVARIANT,
]
_OF_VOIDING: list[Code] = [
    Fault.INVALID,
    Refusal.OPERATION_UNKNOWN,
    Refusal.ALREADY_UNDONE,
    Refusal.TOO_LATE_TO_UNDO,
    Refusal.CLOSED,
    Refusal.IN_REVIEW,
    Refusal.REJECTED,
    Refusal.INTERNAL_INVARIANT,
]
_REPLAYED = {"Idempotent-Replayed": "true"}
_REPLAYED_HEADER = {"Idempotent-Replayed": {"schema": {"type": "string", "enum": ["true"]}}}


class RedemptionIn(Sent):
    """Points for goods at the caller's booth."""

    card: CodeText
    reward: ItemName
    quantity: Pieces
    price_shown: Price
    """Points for one piece, as whoever pays saw it."""
    occurred_at: Instant | None = None
    """When it happened; the service's own instant if left out."""
    reserve: Label | None = None
    pin: Annotated[PinText | None, Field(repr=False)] = None
    """The household's PIN, typed now; never kept. A retry may leave it out."""


class RedemptionOut(Said):
    """A redemption in the book."""

    id: str
    """Its number; voids name it."""
    reward: str
    quantity: int
    points: int
    """What the household gave (-)."""
    balance: int
    """What it could spend afterwards."""
    message: str


class VoidOut(Said):
    """A redemption that was taken back."""

    id: str
    """The redemption's number."""
    voided_by: str
    """The number of the operation that took it back."""
    points: int
    """What the household got back (+)."""
    balance: int
    message: str


_Body = Annotated[RedemptionIn, Depends(body_of(RedemptionIn))]
_Key = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=KEY_LENGTH_MAX,
        pattern=KEY_PATTERN,
        description="Names this redemption: 1 to 200 visible ASCII characters, kept in retries.",
    ),
]
_Number = Annotated[str, Path(pattern=r"^[1-9][0-9]{0,17}$", description="Its number.")]


@router.post(
    "",
    status_code=201,
    **door(
        _TILLS,
        takes=TypeAdapter(RedemptionIn),
        refuses=_POSTING + _OF_REDEEMING,
        also={
            200: {
                "model": RedemptionOut,
                "description": "Done before under this key; the first answer again.",
                "headers": _REPLAYED_HEADER,
            }
        },
    ),
)
async def post_redemption(
    key: _Key, body: _Body, visit: Visitor, poster: Poster, response: Response
) -> RedemptionOut:
    """Redeem once, however often it is asked for under the same key.

    A retry repeats the key and the body. It may leave `occurred_at` out, as the first request did:
    what is compared is what was sent, not when it came in. A refusal that is final is repeated as
    well; one that is not may come out otherwise.
    """
    operation = _redeem(body, visit)
    asked = Asked(credential=visit.caller, key=OperationKey(key), operation=operation)
    if body.pin is not None:
        asked = await run_in_threadpool(with_pin, poster.book, asked, body.pin)
    accepted = _accepted(await _posted(poster, asked), response)
    return RedemptionOut(
        id=str(accepted.operation),
        reward=operation.reward,
        quantity=operation.quantity,
        points=accepted.points,
        balance=accepted.balance or 0,
        message=done(operation.kind, accepted, visit.tongue),
    )


@router.post(
    "/{number}/void",
    **door(
        _TILLS,
        refuses=_POSTING + _OF_VOIDING,
        also={
            200: {
                "description": "Taken back, now or before.",
                "headers": _REPLAYED_HEADER,
            }
        },
    ),
)
async def void_redemption(
    number: _Number, visit: Visitor, reader: Reader, poster: Poster, response: Response
) -> VoidOut:
    """Take one's own redemption back: points and goods return. Asking again changes nothing."""
    found = await run_in_threadpool(read_redemption, reader, visit.caller, OperationId(int(number)))
    if found is None:
        raise Problem(Refusal.OPERATION_UNKNOWN)
    undo = Undo(undoes=found.ref.key, occurred_at=visit.now, is_timed_here=True)
    # The blank keeps this name apart from all that callers can choose.
    asked = Asked(credential=visit.caller, key=OperationKey(f"void {number}"), operation=undo)
    accepted = _accepted(await _posted(poster, asked), response)
    return VoidOut(
        id=number,
        voided_by=str(accepted.operation),
        points=accepted.points,
        balance=accepted.balance or 0,
        message=done(undo.kind, accepted, visit.tongue),
    )


def _redeem(body: RedemptionIn, visit: Visit) -> Redeem:
    try:
        check_instant(body.occurred_at or visit.now)
        card = shown_card_of(body.card)
    except NotTaken as reason:
        raise Problem(reason.code) from None
    return Redeem(
        card=card,
        reward=reward_key(body.reward, visit.caller),
        quantity=body.quantity,
        price_shown=body.price_shown,
        occurred_at=body.occurred_at or visit.now,
        reserve=body.reserve or "",
        is_timed_here=body.occurred_at is None,
    )


async def _posted(poster: PosterThread, asked: Asked) -> Outcome:
    outcomes: list[Outcome] = await poster.submit_from_loop([asked])
    return outcomes[0]


def _accepted(outcome: Outcome, response: Response) -> Accepted:
    """Give what was accepted, now or before.

    Raises:
        Problem: It was refused, or the key names something else.
    """
    if isinstance(outcome, Conflict):
        raise Problem(Fault.IDEMPOTENCY_KEY_REUSED)
    is_replayed = isinstance(outcome, Replayed)
    verdict = outcome.first if isinstance(outcome, Replayed) else outcome
    if isinstance(verdict, Refused):
        headers = _REPLAYED if is_replayed else {}
        raise Problem(verdict.reason, details=verdict.details, headers=headers)
    if is_replayed:
        response.status_code = HTTPStatus.OK
        response.headers.update(_REPLAYED)
    return verdict
