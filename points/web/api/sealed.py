"""`GET /devices/sealed`: balances for phones without a network, readable with the card alone."""

from base64 import urlsafe_b64encode
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import Field

from points.domain.access import Role
from points.service.sealing import RECORDS_MAX, read_sealable, seal_cards
from points.web.dependencies import Chance, Reader, Visitor
from points.web.doors import door
from points.web.etags import TAGGED, IfNoneMatch, is_held, nothing_new, tag_of
from points.web.problems import Fault
from points.web.shapes import Said

router = APIRouter(prefix="/api/v1/devices", tags=["devices"])

_Record = Annotated[list[str], Field(min_length=2, max_length=2)]
_DESKS = frozenset({Role.REDEEM, Role.SUPERVISOR})


class SealedOut(Said):
    """Sealed balances, all of the same length."""

    made_at: datetime
    records: Annotated[list[_Record], Field(max_length=RECORDS_MAX)]
    """The tag by which a card finds its record, and the record: base64url, without padding."""


@router.get(
    "/sealed",
    response_model=SealedOut,
    **door(_DESKS, refuses=[Fault.INVALID], also=TAGGED),
)
def get_sealed(visit: Visitor, reader: Reader, chance: Chance, held: IfNoneMatch = "") -> Response:
    """Give the balances of the community's cards, and of those seen at the event.

    Each is sealed by its card's code: a phone holds them all and reads one when the card is held
    before it. Where there are more than 20,000, those used most recently are given.
    """
    found = read_sealable(reader, visit.caller, now=visit.now)
    version = _text(found.version)
    if is_held(held, version):
        return nothing_new(version)
    records = [[_text(tag), _text(sealed)] for tag, sealed in seal_cards(found, chance)]
    answer = SealedOut(made_at=found.made_at.astimezone(visit.tongue.zone), records=records)
    return Response(
        answer.model_dump_json(),
        headers={"ETag": tag_of(version)},
        media_type="application/json",
    )


def _text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode().rstrip("=")
