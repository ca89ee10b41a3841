"""`PUT /cards/pin`: a resident chooses the household's PIN, on the lead's phone turned to them.

It needs an answer at once, and nothing of it waits on a phone.
"""

from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import TypeAdapter

from points.domain.access import Role
from points.domain.cards import spoken
from points.domain.outcomes import Refusal
from points.service.booth_pins import NewPin, set_pin_at_booth
from points.web.api.binding import card_ref
from points.web.api.devices import done_or_problem
from points.web.bodies import body_of
from points.web.dependencies import Chance, Reader, Visitor
from points.web.doors import door
from points.web.problems import Code, Fault
from points.web.shapes import CodeText, PinText, Said, Sent

router = APIRouter(prefix="/api/v1/cards", tags=["cards"])

_LEADS = frozenset({Role.SUPERVISOR})
_REFUSES: list[Code] = [
    Fault.CARD_UNREADABLE,
    Fault.PIN_INVALID,
    Fault.PIN_ALREADY_SET,
    Refusal.CARD_UNKNOWN,
    Refusal.CARD_FROZEN,
    Refusal.CARD_REPLACED,
    Refusal.PIN_WRONG,
    Refusal.PIN_LOCKED,
]


class PinIn(Sent):
    """A PIN for the household of a card that is held up."""

    card: CodeText
    pin: PinText
    """Six digits, not all the same and not in order."""
    old: PinText | None = None
    """The PIN until now. Where the answer was lost, ask again with the new one here as well."""
    vouched: bool = False
    """Whether the lead has looked at the person, who has forgotten the PIN until now."""


class PinOut(Said):
    """The household has the PIN."""

    number: str
    """The spoken number of the card that was held up."""
    spoken: str
    """The same in groups."""


@router.put("/pin", status_code=200, **door(_LEADS, takes=TypeAdapter(PinIn), refuses=_REFUSES))
def put_pin(
    body: Annotated[PinIn, Depends(body_of(PinIn))],
    visit: Visitor,
    reader: Reader,
    chance: Chance,
) -> PinOut:
    """Set a household's first PIN, or another one for whoever knows it or is vouched for.

    Only the lead's phone may: whoever has a photo of a card must not choose the PIN that protects
    it, and a phone that hands goods out must not lift the limit that the PIN is there for.
    """
    asked = NewPin(
        card=card_ref(body.card), typed=body.pin, old=body.old, is_vouched_for=body.vouched
    )
    done = set_pin_at_booth(reader, visit.caller, asked, now=visit.now, random_bytes=chance)
    number = done_or_problem(done)
    return PinOut(number=number, spoken=spoken(number))
