"""`/devices`: what phones tell of themselves, and what their supervisors see of them."""

from datetime import datetime
from typing import Annotated, Self

from fastapi import APIRouter, Depends
from fastapi.concurrency import run_in_threadpool
from pydantic import Field, StringConstraints, TypeAdapter

from points.domain.access import Role
from points.domain.closing import Report, Shortfall, Watched
from points.domain.intake import Intake, read_entry
from points.domain.journals import WHOLE_MAX, Entry, Head
from points.service.phones import hear_report, keep_journal, watch_phones
from points.web.api.bundle import bundle_content, version_of
from points.web.api.devices import DeviceOut
from points.web.bodies import body_of
from points.web.dependencies import Reader, Visit, Visitor
from points.web.doors import DEVICES, door
from points.web.problems import Fault, FieldFault, Problem
from points.web.shapes import Instant, Label, Said, Sent, Whole

router = APIRouter(prefix="/api/v1/devices", tags=["devices"])

LINES_MAX = 500
"""Most lines of a journal in one request."""

_LINE_LENGTH_MAX = 1024
_SUPERVISORS = frozenset({Role.SUPERVISOR})

Count = Annotated[Whole, Field(ge=0, le=1_000_000)]
LineNumber = Annotated[Whole, Field(ge=0, le=WHOLE_MAX)]
LineHash = Annotated[str, StringConstraints(strict=True, pattern=r"^[0-9a-f]{64}$")]
LineText = Annotated[str, StringConstraints(strict=True, max_length=_LINE_LENGTH_MAX)]


class JournalEndIn(Sent):
    """Where the phone's journal ends."""

    number: LineNumber
    """0 before the first line."""
    hash: LineHash
    """Of that line; 64 noughts before the first."""


class ReportIn(Sent):
    """What a phone says of itself."""

    at: Instant
    """By its own clock."""
    waiting: Count
    """Operations that it has not sent, or has no answer to."""
    attention: Count
    """Operations that a person must look at."""
    oldest_waiting_at: Instant | None = None
    journal: JournalEndIn
    volunteer: Label | None = None
    """Who holds it."""
    app: Label | None = None
    """The scanner's version."""


class LinesIn(Sent):
    """Lines of a phone's journal, in the order of their numbers."""

    lines: Annotated[list[LineText], Field(min_length=1, max_length=LINES_MAX)]
    """Each the canonical JSON of a line, as its hash is made of."""


class JournalEndOut(Said):
    """Where a phone's journal ends here."""

    number: int
    """The last line that is here; 0 before the first."""
    hash: str

    @classmethod
    def of(cls, head: Head) -> Self:
        """Say it."""
        return cls(number=head.n, hash=head.hash)


class ReportOut(Said):
    """What a phone is told when it has reported."""

    server_time: datetime
    device: DeviceOut
    journal: JournalEndOut
    bundle: str
    """The version of all that it works with: a newer one is to be fetched."""
    is_closing: bool
    """Whether its event is being closed, or is: it should send what it holds."""


class LinesOut(JournalEndOut):
    """What is here now of the phone's journal, on the way that it tells."""

    wanted: int
    """The number to send next: another than the one that follows where lines are missing here."""


class PhoneOut(Said):
    """A phone as its supervisor sees it."""

    device: str
    name: str
    role: Role
    booth: str | None
    holder: str | None
    """The volunteer who holds it, as far as it said."""
    last_seen_at: datetime | None
    waiting: int | None
    """Operations that it holds; null where it never reported."""
    attention: int | None
    oldest_waiting_at: datetime | None
    app: str | None
    is_revoked: bool
    is_accounted: bool
    """Whether its event may close, as far as this phone goes."""
    shortfalls: list[Shortfall]
    """Why it may not."""

    @classmethod
    def of(cls, watched: Watched, visit: Visit) -> Self:
        """Say it by the clocks of the visitor's zone."""
        phone, zone = watched.phone, visit.tongue.zone
        report = phone.report
        oldest = None if report is None else report.oldest_waiting_at
        return cls(
            device=phone.device,
            name=phone.name,
            role=phone.role,
            booth=phone.booth,
            holder=phone.holder,
            last_seen_at=None if report is None else report.arrived_at.astimezone(zone),
            waiting=None if report is None else report.waiting,
            attention=None if report is None else report.attention,
            oldest_waiting_at=None if oldest is None else oldest.astimezone(zone),
            app=None if report is None else report.app,
            is_revoked=phone.is_revoked,
            is_accounted=not watched.shortfalls,
            shortfalls=list(watched.shortfalls),
        )


@router.post("/heartbeat", **door(DEVICES, takes=TypeAdapter(ReportIn)))
async def post_heartbeat(
    body: Annotated[ReportIn, Depends(body_of(ReportIn))], visit: Visitor, reader: Reader
) -> ReportOut:
    """Hear what a phone says of itself: every minute, and whenever its queue has gone."""
    return await run_in_threadpool(_heard, body, visit, reader)


@router.post("/journal", **door(DEVICES, takes=TypeAdapter(LinesIn)))
async def post_journal(
    body: Annotated[LinesIn, Depends(body_of(LinesIn))], visit: Visitor, reader: Reader
) -> LinesOut:
    """Keep lines of a phone's journal. What is here already is skipped.

    Lines are taken as far as they follow from what is here; `wanted` says where to go on.
    """
    lines = [_entry(place, text) for place, text in enumerate(body.lines)]
    intake: Intake = await run_in_threadpool(
        keep_journal, reader, visit.caller, lines, now=visit.now
    )
    return LinesOut(number=intake.head.n, hash=intake.head.hash, wanted=intake.wanted)


@router.get("", **door(_SUPERVISORS))
def get_devices(visit: Visitor, reader: Reader) -> list[PhoneOut]:
    """List the phones of the supervisor's event: when they reported, and what they still hold."""
    assert visit.caller.event is not None, "a supervisor works for an event"
    found = watch_phones(reader, visit.caller.event, now=visit.now)
    return [PhoneOut.of(one, visit) for one in found]


def _heard(body: ReportIn, visit: Visit, reader: Reader) -> ReportOut:
    caller = visit.caller
    report = Report(
        arrived_at=visit.now,
        said_at=body.at,
        waiting=body.waiting,
        attention=body.attention,
        oldest_waiting_at=body.oldest_waiting_at,
        journal=Head(body.journal.number, body.journal.hash),
        app=body.app,
    )
    heard = hear_report(reader, caller, report, holder=body.volunteer)
    return ReportOut(
        server_time=visit.now,
        device=DeviceOut.of(caller.id, caller.role, heard.station),
        journal=JournalEndOut.of(heard.journal),
        bundle=version_of(bundle_content(reader, caller, now=visit.now)),
        is_closing=heard.is_closing,
    )


def _entry(place: int, text: str) -> Entry:
    entry = read_entry(text)
    if entry is None:
        fault = FieldFault(place="body", field=f"lines.{place}", reason="not_in_form")
        raise Problem(Fault.INVALID, errors=[fault])
    return entry
