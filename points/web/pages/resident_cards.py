"""A resident's own card: its code on the screen, and stopping it at once when it is lost."""

from datetime import timedelta

from fastapi import APIRouter
from fastapi.concurrency import run_in_threadpool
from markupsafe import Markup
from starlette.responses import Response

from points.domain.cards import spoken
from points.domain.desk import DeskFault, NotDone
from points.domain.one_time_codes import LIVES
from points.outside.qr_images import qr_svg
from points.service.cards import freeze_card
from points.service.confirming import make_code
from points.service.passbooks import read_card_page, read_visitor
from points.service.visits import own_code
from points.storage.sessions import Holding
from points.web.dependencies import random_bytes
from points.web.doors import open_door
from points.web.pages.resident import ask_for_card
from points.web.pages.visitors import Leaf, Reader, Reading

_SECOND = timedelta(seconds=1)
_WORDS = {DeskFault.TOO_MANY_CODES: "once_too_many"}

router = APIRouter(tags=["pages"], include_in_schema=False, route_class=Leaf)


@router.get("/me/code", **open_door())
async def show_code(reader: Reading) -> Response:
    """Show the card's code, as big as the screen is."""
    return await _code_page(reader, "")


@router.post("/me/once", **open_door())
async def make_once(reader: Reading) -> Response:
    """Show a code that stands for the card for one minute, once."""
    form = await reader.form()
    holding = await _visitor(reader)
    if holding is None:
        return ask_for_card(reader)
    made = await run_in_threadpool(
        make_code,
        reader.running.book.database,
        holding.number,
        now=reader.now,
        random_bytes=random_bytes,
        pin=form.get("pin") or None,
    )
    if isinstance(made, NotDone):
        return await _code_page(reader, reader.why_not(made, _WORDS))
    at = reader.words.clock_with_seconds(made.valid_until)
    label = reader.words("once_label", at=at)
    figures = {
        "picture": Markup(qr_svg(made.code, label=label)),  # noqa: S704 -- as below
        "at": at,
        "is_confirmed": made.is_confirmed,
    }
    page = reader.page("once", figures)
    # Not in the page: a reader who goes back to it must not be led away again and again.
    page.headers["Refresh"] = f"{LIVES // _SECOND}; url=code"
    return page


@router.get("/me/lost", **open_door())
async def ask_to_stop(reader: Reading) -> Response:
    """Ask once more before a card is stopped."""
    holding = await _visitor(reader)
    if holding is None:
        return ask_for_card(reader)
    return reader.page("lost", {"number": spoken(holding.number)})


@router.post("/me/lost", **open_door())
async def stop_card(reader: Reading) -> Response:
    """Stop the card; every visit that was opened with it ends, this one too."""
    await reader.form()
    holding = await _visitor(reader)
    if holding is None:
        return ask_for_card(reader)
    database = reader.running.book.database
    await run_in_threadpool(freeze_card, database, holding.number, now=reader.now)
    return reader.forget(reader.page("stopped", {"number": spoken(holding.number)}))


async def _code_page(reader: Reader, says: str) -> Response:
    found = await run_in_threadpool(
        read_card_page, reader.running.book, reader.token, now=reader.now
    )
    if found is None:
        return ask_for_card(reader)
    holding, has_pin = found
    code, number = own_code(reader.token, holding), spoken(holding.number)
    picture = None
    if code is not None:
        # The bare code: fewer and so bigger modules than an address has, and scanners read both.
        label = reader.words("code_label", number=number)
        picture = Markup(qr_svg(code, label=label))  # noqa: S704 -- drawn here, its label escaped
    figures = {"picture": picture, "number": number, "has_pin": has_pin, "says": says}
    return reader.page("code", figures)


async def _visitor(reader: Reader) -> Holding | None:
    return await run_in_threadpool(read_visitor, reader.running.book, reader.token, now=reader.now)
