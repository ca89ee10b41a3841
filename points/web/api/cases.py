"""`/cases`: what a supervisor must settle, and how it was."""

from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Literal, Self

from fastapi import APIRouter, Depends, Path, Query
from pydantic import StringConstraints, TypeAdapter

from points.domain.access import Role
from points.domain.cases import (
    NOTE_LENGTH_MAX,
    CaseId,
    CaseKind,
    Decision,
    Settlement,
    Wish,
    decisions_for,
    doubts_of,
)
from points.domain.desk import DeskFault, NotDone
from points.domain.facts import Posted
from points.domain.operations import Kind
from points.domain.outcomes import Refusal
from points.service.cases import Matter, Settling, read_cases, settle_case
from points.web.bodies import body_of
from points.web.dependencies import Reader, Visit, Visitor
from points.web.doors import door
from points.web.problems import Code, Fault, Problem
from points.web.shapes import Said, Sent, UuidText
from points.web.wording import say, title

router = APIRouter(prefix="/api/v1", tags=["cases"])

CASES_MAX = 200
LEADS = frozenset({Role.SUPERVISOR})
"""Who answers for an event."""

_IS_OPEN = {"open": True, "settled": False, "all": None}
_OF_SETTLING: list[Code] = [
    Fault.CASE_UNKNOWN,
    Fault.CASE_SETTLED,
    Fault.DECISION_UNFIT,
    Fault.FORGIVING_LIMITED,
    Fault.NOTHING_OWED,
    # What is approved is held to every rule that was not in doubt.
    *(it for it in Refusal if it not in (Refusal.IN_REVIEW, Refusal.REJECTED)),
]

Note = Annotated[
    str,
    StringConstraints(
        strict=True, min_length=1, max_length=NOTE_LENGTH_MAX, pattern=r"^[^\x00-\x1f\x7f]+$"
    ),
]


class DoubtOut(Said):
    """A reason why an operation is not simply believed."""

    code: Refusal
    message: str


class SettlementOut(Said):
    """How a case was settled."""

    decision: Decision
    by: str
    """The phone or desk at which it was."""
    name: str
    """Who it was, where no phone tells."""
    note: str
    at: datetime
    operation: str | None
    """The number of what was posted because of it."""

    @classmethod
    def of(cls, settlement: Settlement, visit: Visit) -> Self:
        """Say it by the clocks of the visitor's zone."""
        operation = settlement.operation
        return cls(
            decision=settlement.decision,
            by=settlement.settled_by,
            name=settlement.name,
            note=settlement.note,
            at=settlement.settled_at.astimezone(visit.tongue.zone),
            operation=None if operation is None else str(operation),
        )


class ActOut(Said):
    """The operation that a case is about."""

    id: str
    """The name that its phone gave it."""
    kind: Kind
    item: str | None
    """What was earned by, or handed out."""
    quantity: int | None
    points: int | None
    """What the household gave (-) or would give; null where only the book could tell."""
    occurred_at: datetime
    is_booked: bool

    @classmethod
    def of(cls, matter: Matter, visit: Visit) -> Self | None:
        """Say it by the clocks of the visitor's zone; None where the case is about none."""
        key, done = matter.case.about.key, matter.posted or matter.kept
        if key is None or done is None:
            return None
        return cls(
            id=key,
            kind=done.kind,
            item=matter.item,
            quantity=matter.quantity,
            points=matter.points,
            occurred_at=done.occurred_at.astimezone(visit.tongue.zone),
            is_booked=isinstance(done, Posted),
        )


class CaseOut(Said):
    """Something that a person must settle, or has settled."""

    id: str
    kind: CaseKind
    message: str
    opened_at: datetime
    device: str
    booth: int | None
    household: int | None
    """The household's number; the desk knows whose it is."""
    card: str | None
    """The spoken number of one of its cards."""
    operation: ActOut | None
    doubts: list[DoubtOut]
    """Why what is kept is not booked, the first found first."""
    details: dict[str, int | str]
    suggested: Decision
    decisions: list[Decision]
    """The ways to settle it."""
    settlement: SettlementOut | None
    """Null while it is open."""

    @classmethod
    def of(cls, matter: Matter, visit: Visit) -> Self:
        """Say it in the visitor's language."""
        case, about = matter.case, matter.case.about
        settled = case.settlement
        return cls(
            id=str(case.id),
            kind=about.kind,
            message=say(f"case_{about.kind}", about.details, visit.tongue),
            opened_at=case.opened_at.astimezone(visit.tongue.zone),
            device=about.device,
            booth=booth_number(about.booth),
            household=about.household,
            card=matter.number,
            operation=ActOut.of(matter, visit),
            doubts=[
                DoubtOut(code=doubt, message=title(doubt, visit.tongue.language))
                for doubt in doubts_of(about.details)
            ],
            details=dict(about.details),
            suggested=matter.suggested,
            decisions=list(decisions_for(about.kind)),
            settlement=None if settled is None else SettlementOut.of(settled, visit),
        )


class SettleIn(Sent):
    """How a case is to be settled."""

    id: UuidText
    """Names the settling, chosen before it was first sent and kept through every retry."""
    decision: Decision
    note: Note


@router.get("/cases", **door(LEADS, refuses=[Fault.INVALID]))
def get_cases(
    visit: Visitor,
    reader: Reader,
    state: Annotated[Literal["open", "settled", "all"], Query()] = "open",
    before: Annotated[int | None, Query(ge=1, le=2**53)] = None,
    limit: Annotated[int, Query(ge=1, le=CASES_MAX)] = CASES_MAX,
) -> list[CaseOut]:
    """List what a person must settle at the caller's event, the newest first.

    The page that follows is asked for by `before`, with the last number of this one.
    """
    since = None if before is None else CaseId(before)
    wish = Wish(is_open=_IS_OPEN[state], before=since, limit=limit)
    return [CaseOut.of(matter, visit) for matter in read_cases(reader, visit.caller, wish)]


@router.post(
    "/cases/{number}/settle",
    status_code=HTTPStatus.OK,
    **door(LEADS, takes=TypeAdapter(SettleIn), refuses=_OF_SETTLING),
)
def settle(
    number: Annotated[str, Path(pattern=r"^[1-9][0-9]{0,15}$", description="Its number.")],
    body: Annotated[SettleIn, Depends(body_of(SettleIn))],
    visit: Visitor,
    reader: Reader,
) -> CaseOut:
    """Settle a case, once; the same settling sent again gets the same answer.

    What is approved is booked under its own name, and held to every rule that was not in doubt: if
    it cannot be booked, the case stays open and the answer says why.
    """
    settling = Settling(
        case=CaseId(int(number)),
        key=body.id,
        decision=body.decision,
        note=body.note,
        by=visit.caller,
    )
    settled = settle_case(reader, settling, now=visit.now)
    if isinstance(settled, NotDone):
        reason = settled.reason
        code = Fault(reason.value) if isinstance(reason, DeskFault) else reason
        raise Problem(code, details=settled.details)
    return CaseOut.of(settled, visit)


def booth_number(booth: str | None) -> int | None:
    """Give a booth's number off its key."""
    return None if booth is None else int(booth.partition("/")[2])
