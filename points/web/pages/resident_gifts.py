"""`/me/give`: a household gives points to another, or to the community's pool.

Whom it goes to is shown once more before anything is given. A gift is named where the form is first
shown, and the name goes along to the end: sent twice, gone back to or loaded anew, it is one gift.
"""

import re
from dataclasses import dataclass

from fastapi import APIRouter
from fastapi.concurrency import run_in_threadpool
from starlette.responses import Response

from points.domain.cards import spoken
from points.domain.desk import DeskFault, NotDone
from points.domain.facts import Accepted
from points.domain.outcomes import Refusal
from points.service.gifts import (
    GivingPage,
    Receiver,
    Wish,
    find_receiver,
    give_points,
    read_giving_page,
)
from points.web.dependencies import random_bytes
from points.web.doors import open_door
from points.web.pages.resident import ask_for_card
from points.web.pages.typed import points_typed
from points.web.pages.visitors import Leaf, Reader, Reading

router = APIRouter(tags=["pages"], include_in_schema=False, route_class=Leaf)

_NAME = re.compile(r"[0-9a-f]{32}", re.ASCII)
_NAME_BYTES = 16
_WORDS = {DeskFault.KEY_REUSED: "give_before"}
_OFF = NotDone(reason=Refusal.GIFTS_OFF)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Gift:
    """What is about to be given."""

    name: str
    receiver: Receiver
    points: int


@router.get("/me/give", **open_door())
async def show_giving(reader: Reading) -> Response:
    """Ask whom to give how much."""
    page = await _read(reader)
    return ask_for_card(reader) if page is None else _form_page(reader, page, {})


@router.post("/me/give", **open_door())
async def give(reader: Reading) -> Response:
    """Show a gift once more, or give it where that was done."""
    form = await reader.form()
    page = await _read(reader)
    if page is None:
        return ask_for_card(reader)
    if "sure" not in form:
        reader.running.throttle.admit(reader.address)  # else names could be asked for by the number
    gift = await _gift(reader, page, form)
    if isinstance(gift, str):
        return _form_page(reader, page, form, gift)
    return await (_give if "sure" in form else _ask)(reader, page, gift, form)


async def _gift(reader: Reader, page: GivingPage, form: dict[str, str]) -> _Gift | str:
    """Read what is wished, or say what is wrong with it."""
    pool = page.rules.pool
    to = pool if "pool" in form and pool is not None else form.get("to", "")
    book, giver = reader.running.book, page.holding
    receiver = await run_in_threadpool(find_receiver, book, giver, to, now=reader.now)
    if isinstance(receiver, NotDone):
        is_unknown = receiver.reason is Refusal.HOUSEHOLD_UNKNOWN
        return reader.words("give_unknown") if is_unknown else reader.why_not(receiver)
    points = points_typed(form.get("points", ""))
    if not points:
        return reader.words("give_bad_points")
    return _Gift(name=_name(form), receiver=receiver, points=points)


async def _ask(reader: Reader, page: GivingPage, gift: _Gift, form: dict[str, str]) -> Response:
    """Show the gift once more, where there is enough for it."""
    short = gift.points - page.available
    if short > 0:
        fault = NotDone(reason=Refusal.POINTS_SHORT, details={"short": short})
        return _form_page(reader, page, form, reader.why_not(fault))
    return _sure_page(reader, page, gift)


async def _give(reader: Reader, page: GivingPage, gift: _Gift, form: dict[str, str]) -> Response:
    wish = Wish(giver=page.holding.number, to=gift.receiver.number, points=gift.points)
    given = await run_in_threadpool(
        give_points,
        reader.running.book,
        wish,
        gift.name,
        now=reader.now,
        pin=form.get("pin") or None,
    )
    match given:
        case Accepted():
            told = {"points": gift.points, "to": _called(reader, gift.receiver)}
            return reader.page("given", {**told, "left": given.balance})
        case NotDone(reason=DeskFault.KEY_REUSED):
            return _form_page(reader, page, {}, reader.why_not(given, _WORDS))
    return _sure_page(reader, page, gift, given)


def _form_page(reader: Reader, page: GivingPage, form: dict[str, str], says: str = "") -> Response:
    figures = {
        "says": says if page.rules.points_per_day_max else reader.why_not(_OFF),
        "most": page.rules.points_per_day_max,
        "available": page.available,
        "has_pool": page.rules.pool is not None,
        "name": _name(form),
        "to": form.get("to", ""),
        "points": form.get("points", ""),
    }
    return reader.page("give", figures)


def _sure_page(
    reader: Reader, page: GivingPage, gift: _Gift, fault: NotDone | None = None
) -> Response:
    is_for_pin = fault is not None and fault.reason is Refusal.SECOND_FACTOR_NEEDED
    figures = {
        "says": "" if fault is None else reader.why_not(fault),
        "has_pin": page.has_pin,
        "lacks_pin": is_for_pin and not page.has_pin,
        "name": gift.name,
        "number": gift.receiver.number,
        "to": _called(reader, gift.receiver),
        "spoken": "" if gift.receiver.is_pool else spoken(gift.receiver.number),
        "is_nameless": not (gift.receiver.is_pool or gift.receiver.name),
        "points": gift.points,
        "left": max(0, page.available - gift.points),
    }
    return reader.page("give_sure", figures)


def _called(reader: Reader, receiver: Receiver) -> str:
    if receiver.is_pool:
        return reader.words("the_pool")
    return receiver.name or reader.words("give_card", number=spoken(receiver.number))


def _name(form: dict[str, str]) -> str:
    given = form.get("name", "")
    return given if _NAME.fullmatch(given) else random_bytes(_NAME_BYTES).hex()


async def _read(reader: Reader) -> GivingPage | None:
    return await run_in_threadpool(
        read_giving_page, reader.running.book, reader.token, now=reader.now
    )
