"""`POST /cards/codes`: a code for a card that is held up; its family moves it on a page by that."""

from datetime import datetime
from typing import Annotated, Self

from fastapi import APIRouter, Depends
from pydantic import TypeAdapter

from points.domain.cards import spoken
from points.domain.family import in_groups
from points.domain.outcomes import Refusal
from points.service.family import Given, give_code
from points.web.api.binding import card_ref
from points.web.api.devices import done_or_problem
from points.web.bodies import body_of
from points.web.dependencies import Chance, Reader, Visit, Visitor
from points.web.doors import DEVICES, door
from points.web.problems import Code, Fault
from points.web.shapes import CodeText, Said, Sent

router = APIRouter(prefix="/api/v1/cards", tags=["cards"])

_REFUSES: list[Code] = [
    Fault.CARD_UNREADABLE,
    Refusal.CARD_UNKNOWN,
    Refusal.CARD_FROZEN,
    Refusal.CARD_REPLACED,
]


class CodeIn(Sent):
    """A card, held up."""

    card: CodeText


class CodeOut(Said):
    """A code, told once. It is good for one use."""

    code: str
    """Eight digits in groups, as they are said aloud."""
    number: str
    """The spoken number of the card that it is for."""
    spoken: str
    """The same in groups."""
    ends_at: datetime

    @classmethod
    def of(cls, given: Given, visit: Visit) -> Self:
        """Say it by the clocks of the visitor's zone."""
        return cls(
            code=in_groups(given.code),
            number=given.number,
            spoken=spoken(given.number),
            ends_at=given.ends_at.astimezone(visit.tongue.zone),
        )


@router.post(
    "/codes", status_code=201, **door(DEVICES, takes=TypeAdapter(CodeIn), refuses=_REFUSES)
)
def post_code(
    body: Annotated[CodeIn, Depends(body_of(CodeIn))],
    visit: Visitor,
    reader: Reader,
    chance: Chance,
) -> CodeOut:
    """Give a code for a quarter of an hour; any other code of the card ends.

    Whoever types it on a household's page takes the card in, or lets it go.
    """
    given = give_code(reader, visit.caller, card_ref(body.card), now=visit.now, random_bytes=chance)
    return CodeOut.of(done_or_problem(given), visit)
