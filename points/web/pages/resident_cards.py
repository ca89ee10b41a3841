"""A resident's own card: its code on the screen, and stopping it at once when it is lost."""

from fastapi import APIRouter
from fastapi.concurrency import run_in_threadpool
from markupsafe import Markup
from starlette.responses import Response

from points.domain.cards import spoken
from points.outside.qr_images import qr_svg
from points.service.cards import freeze_card
from points.service.passbooks import read_visitor
from points.service.visits import own_code
from points.storage.sessions import Holding
from points.web.doors import open_door
from points.web.pages.resident import ask_for_card
from points.web.pages.visitors import Leaf, Reader, Reading

router = APIRouter(tags=["pages"], include_in_schema=False, route_class=Leaf)


@router.get("/me/code", **open_door())
async def show_code(reader: Reading) -> Response:
    """Show the card's code, as big as the screen is."""
    holding = await _visitor(reader)
    if holding is None:
        return ask_for_card(reader)
    code, number = own_code(reader.token, holding), spoken(holding.number)
    picture = None
    if code is not None:
        # The bare code: fewer and so bigger modules than an address has, and scanners read both.
        label = reader.words("code_label", number=number)
        picture = Markup(qr_svg(code, label=label))  # noqa: S704 -- drawn here, its label escaped
    return reader.page("code", {"picture": picture, "number": number})


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


async def _visitor(reader: Reader) -> Holding | None:
    return await run_in_threadpool(read_visitor, reader.running.book, reader.token, now=reader.now)
