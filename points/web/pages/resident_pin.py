"""`/me/pin`: a household changes its PIN by the one that it has.

A first PIN is never chosen here: whoever has but a photo of a card could choose it before the
household does. The page says where it is chosen instead.
"""

from fastapi import APIRouter
from fastapi.concurrency import run_in_threadpool
from starlette.responses import Response

from points.domain.desk import DeskFault, NotDone
from points.domain.pins import PinFault
from points.service.confirming import change_pin
from points.service.passbooks import read_card_page
from points.web.dependencies import random_bytes
from points.web.doors import open_door
from points.web.pages.resident import ask_for_card
from points.web.pages.visitors import Leaf, Reader, Reading

router = APIRouter(tags=["pages"], include_in_schema=False, route_class=Leaf)

_FAULTS = {PinFault.NOT_SIX_DIGITS: "pin_not_six", PinFault.TOO_PLAIN: "pin_too_plain"}


@router.get("/me/pin", **open_door())
async def show_pin(reader: Reading) -> Response:
    """Offer to change the PIN, or tell where a first one is chosen."""
    return await _page(reader, "")


@router.post("/me/pin", **open_door())
async def choose_pin(reader: Reading) -> Response:
    """Change the PIN, where the old one was typed right."""
    form = await reader.form()
    found = await run_in_threadpool(
        read_card_page, reader.running.book, reader.token, now=reader.now
    )
    if found is None:
        return ask_for_card(reader)
    new = form.get("new", "")
    if new != form.get("again", ""):
        return await _page(reader, reader.words("pin_differs"))
    fault = await run_in_threadpool(
        change_pin,
        reader.running.book.database,
        found[0].household,
        (form.get("old", ""), new),
        now=reader.now,
        random_bytes=random_bytes,
    )
    return (
        reader.page("pin_done") if fault is None else await _page(reader, _why_not(fault, reader))
    )


async def _page(reader: Reader, says: str) -> Response:
    found = await run_in_threadpool(
        read_card_page, reader.running.book, reader.token, now=reader.now
    )
    if found is None:
        return ask_for_card(reader)
    _, has_pin = found
    return reader.page("pin", {"says": says, "has_pin": has_pin})


def _why_not(fault: NotDone, reader: Reader) -> str:
    if fault.reason is DeskFault.PIN_INVALID:
        return reader.words(_FAULTS[PinFault(str(fault.details["fault"]))])
    return reader.why_not(fault)
