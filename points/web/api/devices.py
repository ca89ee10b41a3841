"""`/devices`: a phone claims its invite, and changes its token.

The phone makes its tokens itself and keeps each before it tells it, so an answer that was lost on
the way strands nobody: what was asked is asked again in the same words.
"""

from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Self, TypeVar

from fastapi import APIRouter, Depends, Response
from fastapi.concurrency import run_in_threadpool
from pydantic import StringConstraints, TypeAdapter

from points.domain.access import Role
from points.domain.desk import DeskFault, NotDone
from points.domain.outcomes import Refusal
from points.service.pairing import Station, change_token, claim_invite
from points.web.bodies import body_of
from points.web.dependencies import Host, Now, Reader, Tried, Visitor
from points.web.doors import DEVICES, door, open_door
from points.web.problems import Code, Fault, Problem
from points.web.shapes import Label, Said, Sent

router = APIRouter(prefix="/api/v1/devices", tags=["devices"])

Result = TypeVar("Result")

_OF_CLAIMS: list[Code] = [
    Fault.INVITE_UNKNOWN,
    Fault.INVITE_EXPIRED,
    Fault.INVITE_USED,
    Fault.INVITE_LOCKED,
    Fault.TOKEN_TAKEN,
    Fault.TOKEN_REPLACED,
    Refusal.CREDENTIAL_REVOKED,
    Fault.TOO_MANY_REQUESTS,
    Fault.DATABASE_UNAVAILABLE,
]

InviteText = Annotated[str, StringConstraints(strict=True, max_length=200)]
"""What the QR says behind `#i=`; what is no invite is unknown, not misshapen."""

TokenText = Annotated[str, StringConstraints(strict=True, pattern=r"^pd_[A-Za-z0-9_-]{43}$")]
"""`pd_` and 32 random bytes in base64url, made by the phone and kept before they are told."""


class ClaimIn(Sent):
    """A phone comes with an invite and a token of its own."""

    invite: InviteText
    token: TokenText
    volunteer: Label | None = None
    """Who holds the phone now."""
    app: Label | None = None
    """The scanner's version."""


class TokenIn(Sent):
    """Another token, from whose first use on it is the only one."""

    token: TokenText


class EventNamed(Said):
    """The event that a phone works for."""

    key: str
    name: str
    name_en: str


class BoothNamed(Said):
    """The booth at which a phone works."""

    number: int
    name: str


class DeviceOut(Said):
    """A phone, and where it works."""

    device: str
    """Its name: `device:7`."""
    role: Role
    event: EventNamed
    booth: BoothNamed | None
    """Null where it works for the whole event."""

    @classmethod
    def of(cls, device: str, role: Role, station: Station) -> Self:
        """Say it."""
        event, booth = station.event, station.booth
        return cls(
            device=device,
            role=role,
            event=EventNamed(key=event.key, name=event.name, name_en=event.name_en),
            booth=None if booth is None else BoothNamed(number=booth.number, name=booth.name),
        )


class ClaimOut(DeviceOut):
    """A phone that was let in."""

    host_name: str
    """The service's name in addresses, for people to compare with what they were told."""
    server_time: datetime


class TokenOut(Said):
    """The other token is kept; the one that was used stays good until that one is."""

    device: str
    server_time: datetime


@router.post(
    "/claim",
    status_code=201,
    **open_door(
        takes=TypeAdapter(ClaimIn),
        refuses=_OF_CLAIMS,
        also={200: {"model": ClaimOut, "description": "Claimed before; the same answer again."}},
    ),
)
async def post_claim(
    _: Tried,
    body: Annotated[ClaimIn, Depends(body_of(ClaimIn))],
    reader: Reader,
    now: Now,
    host: Host,
    response: Response,
) -> ClaimOut:
    """Let a phone in by its invite, once; the same claim made again gets the same answer.

    An invite lasts for a quarter of an hour, and for one phone. What repeats a claim is answered
    for as long as the phone stands.
    """
    paired = done_or_problem(
        await run_in_threadpool(
            claim_invite, reader, body.invite, body.token, now=now, holder=body.volunteer
        )
    )
    if not paired.is_first:
        response.status_code = HTTPStatus.OK
    device = DeviceOut.of(paired.credential.id, paired.credential.role, paired.station)
    return ClaimOut(**dict(device), host_name=host, server_time=now)


@router.put("/token", **door(DEVICES, takes=TypeAdapter(TokenIn), refuses=[Fault.TOKEN_TAKEN]))
async def put_token(
    body: Annotated[TokenIn, Depends(body_of(TokenIn))], visit: Visitor, reader: Reader
) -> TokenOut:
    """Keep another token beside the current one, until it is used: then it is the only one.

    Asking again changes nothing. A token that was used before is not taken.
    """
    changed = await run_in_threadpool(
        change_token, reader.database, visit.caller, body.token, now=visit.now
    )
    return TokenOut(device=done_or_problem(changed), server_time=visit.now)


def done_or_problem(result: Result | NotDone) -> Result:
    """Give what was done.

    Raises:
        Problem: Nothing was.
    """
    if not isinstance(result, NotDone):
        return result
    reason = result.reason
    code = Fault(reason.value) if isinstance(reason, DeskFault) else reason
    raise Problem(code, details=result.details)
