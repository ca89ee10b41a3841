"""A resident's pages: the way in by a card's code, what there is at a glance, and the statement.

A card's code is in an address once, when its QR is opened: the answer leads on to an address that
everybody has, and a cookie says whose page it is. No log holds the address (`points.web.envelope`).
"""

import re

from fastapi import APIRouter
from fastapi.concurrency import run_in_threadpool
from starlette.responses import Response

from points.domain.cards import read_card_number
from points.domain.chain import instant_of, micros
from points.service.passbooks import Glance, read_statement_page
from points.service.visits import HeldBack, Opened, Shown, Unopened, end_visit, open_visit
from points.storage.reading import Place
from points.web.dependencies import random_bytes
from points.web.doors import open_door
from points.web.pages import rendering
from points.web.pages.passbook import ending_of, front_of, rows_of
from points.web.pages.visitors import COME_BACK_TO, HOME, Leaf, Reader, Reading, held_back
from points.web.problems import Fault, Problem

router = APIRouter(tags=["pages"], include_in_schema=False, route_class=Leaf)

_STATUS = {
    Unopened.UNREADABLE: 404,
    Unopened.UNKNOWN: 404,
    Unopened.FROZEN: 410,
    Unopened.REPLACED: 410,
}
_PLACE = re.compile(r"([0-9]{1,17})-([0-9]{1,18})", re.ASCII)
_FOR_EVER = "public, max-age=31536000, immutable"


@router.get("/C/{code}", **open_door())
@router.get("/c/{code}", **open_door())
async def open_by_card(reader: Reading, code: str) -> Response:
    """Open the page of the card whose QR was scanned."""
    return await _open(reader, code)


@router.post("/me/open", **open_door())
async def open_by_form(reader: Reading) -> Response:
    """Open the page of the card whose code was typed."""
    form = await reader.form(is_sealed=False)
    return await _open(reader, form.get("code", ""))


@router.get("/me", **open_door())
async def show_front(reader: Reading) -> Response:
    """Show what there is at a glance, or how to open it."""
    front = None
    if reader.token:
        glance = Glance(token=reader.token, now=reader.now)
        front = await reader.running.front_pages.ask(glance)
    if front is None:
        return ask_for_card(reader)
    return reader.page("front", front_of(front, reader.words))


@router.get("/me/statement", **open_door())
async def show_statement(reader: Reading) -> Response:
    """Show a stretch of the statement."""
    found = _PLACE.fullmatch(reader.request.query_params.get("before", ""))
    before = Place(instant_of(int(found[1])), int(found[2])) if found else None
    page = await run_in_threadpool(
        read_statement_page, reader.running.book, reader.token, before=before, now=reader.now
    )
    if page is None:
        return ask_for_card(reader)
    after = page.following
    figures = {
        "available": page.savings.available,
        "ending": ending_of(page.savings, reader.words),
        "rows": rows_of(page.lines, reader.words),
        "is_first": before is None,
        "older": None if after is None else f"{micros(after.posted_at)}-{after.operation}",
    }
    return reader.page("statement", figures)


@router.post("/me/close", **open_door())
async def close_visit(reader: Reading) -> Response:
    """End the visit in this browser."""
    await reader.form()
    await run_in_threadpool(end_visit, reader.running.book.database, reader.token)
    return reader.forget(reader.page("open", {"says": "signed_out"}))


@router.post("/me/look", **open_door())
async def choose_look(reader: Reading) -> Response:
    """Let pages look as a button says from now on."""
    form = await reader.form(is_sealed=False)
    back = form.get("back", HOME)
    page = reader.go(back if back in COME_BACK_TO else HOME)
    return reader.keep_look(page, reader.look.changed(form.get("set", "")))


@router.get("/me/open", **open_door())
@router.get("/me/once", **open_door())
@router.get("/me/close", **open_door())
async def lead_home(reader: Reading) -> Response:
    """Lead on from where only a form leads, for who asks for it by its address."""
    return reader.go(HOME)


@router.get("/about", **open_door())
async def show_about(reader: Reading) -> Response:
    """Tell how the card is used, with a phone and without."""
    return reader.page("about")


@router.get("/pages/{name}", **open_door(refuses=[Fault.NOT_FOUND]))
async def give_style(_reader: Reading, name: str) -> Response:
    """Give the style of these pages."""
    if name != rendering.style_name():
        raise Problem(Fault.NOT_FOUND)
    sheet = rendering.style_sheet()
    return Response(sheet, media_type="text/css", headers={"Cache-Control": _FOR_EVER})


def ask_for_card(reader: Reader) -> Response:
    """Show how a page is opened; who comes with a visit that has ended is told so."""
    page = reader.page("open", {"says": "open_ended" if reader.token else ""})
    return reader.forget(page) if reader.token else page


async def _open(reader: Reader, text: str) -> Response:
    reader.running.throttle.admit(reader.address)
    opened = await run_in_threadpool(
        open_visit,
        reader.running.book.database,
        Shown(text, reader.address),
        now=reader.now,
        random_bytes=random_bytes,
    )
    match opened:
        case Opened():
            return reader.keep(reader.go(HOME), opened.token)
        case HeldBack():
            return held_back(reader, opened.wait)
    is_number = opened is Unopened.UNREADABLE and read_card_number(text) is not None
    says = "open_number" if is_number else str(opened)
    return reader.page("open", {"says": says}, status=_STATUS[opened])
