"""`/me/spend-for-me` 代领: a household lets a child or neighbour spend some of its points."""

from datetime import datetime, time, timedelta

from fastapi import APIRouter
from fastapi.concurrency import run_in_threadpool
from markupsafe import Markup
from starlette.responses import Response

from points.domain.allowances import AllowanceRecord, Terms
from points.domain.cards import read_card_number, spoken
from points.domain.desk import DeskFault, NotDone
from points.outside.qr_images import qr_svg
from points.service.allowances import (
    MadeAllowance,
    end_allowance,
    make_allowance,
    read_allowances,
)
from points.service.confirming import Giver
from points.service.passbooks import read_card_page
from points.storage.sessions import Holding
from points.web.dependencies import random_bytes
from points.web.doors import open_door
from points.web.pages.resident import ask_for_card
from points.web.pages.typed import points_typed
from points.web.pages.visitors import Leaf, Reader, Reading

router = APIRouter(tags=["pages"], include_in_schema=False, route_class=Leaf)

DAYS = (0, 7, 30, 90)
"""For how many days beyond today one may be made."""

_PAGE = "me/spend-for-me"
_WORDS = {
    DeskFault.NAME_INVALID: "spend_bad_label",
    DeskFault.ALLOWANCE_INVALID: "spend_bad_terms",
    DeskFault.TOO_MANY_ALLOWANCES: "spend_too_many",
}


@router.get("/me/spend-for-me", **open_door())
async def show_allowances(reader: Reading) -> Response:
    """List who may spend, and offer to let somebody else."""
    return await _page(reader, "")


@router.post("/me/spend-for-me", **open_door())
async def change_allowances(reader: Reading) -> Response:
    """Make an allowance, or end one."""
    form = await reader.form()
    found = await _visitor(reader)
    if found is None:
        return ask_for_card(reader)
    holding, _ = found
    if "end" in form:
        number = read_card_number(form["end"])
        if number is not None:
            book = reader.running.book
            await run_in_threadpool(end_allowance, book, holding.household, number, now=reader.now)
        return reader.go(_PAGE)
    return await _make(reader, holding, form)


async def _make(reader: Reader, holding: Holding, form: dict[str, str]) -> Response:
    made = await run_in_threadpool(
        make_allowance,
        reader.running.book,
        Giver(household=holding.household, pin=form.get("pin") or None),
        _terms(form, reader),
        now=reader.now,
        random_bytes=random_bytes,
    )
    if isinstance(made, NotDone):
        return await _page(reader, reader.why_not(made, _WORDS))
    return _made(reader, made)


def _terms(form: dict[str, str], reader: Reader) -> Terms:
    days = form.get("days", "")
    ahead = int(days) if days in map(str, DAYS) else 0
    today = reader.now.astimezone(reader.words.tongue.zone).date()
    return Terms(
        label=form.get("label", "").strip(),
        points_max=points_typed(form.get("points", "")),
        last_day=today + timedelta(days=ahead),
    )


def _made(reader: Reader, made: MadeAllowance) -> Response:
    label = made.record.terms.label
    picture = qr_svg(made.code, label=reader.words("spend_code_label", label=label))
    figures = {
        "picture": Markup(picture),  # noqa: S704 -- drawn here, its label escaped
        "number": spoken(made.record.number),
        "label": label,
        "says": _left(made.record, reader),
    }
    return reader.page("spend_made", figures)


async def _page(reader: Reader, says: str) -> Response:
    found = await _visitor(reader)
    if found is None:
        return ask_for_card(reader)
    holding, has_pin = found
    records = await run_in_threadpool(read_allowances, reader.running.book, holding.household)
    today = reader.now.astimezone(reader.words.tongue.zone).date()
    live = [record for record in records if record.is_live(today)]
    figures = {
        "says": says,
        "has_pin": has_pin,
        "days": DAYS,
        "allowances": [
            {
                # Erased with the household's details; the statement calls it so, too.
                "label": record.terms.label
                or reader.words("card_ending", ending=record.number[-3:]),
                "says": _left(record, reader),
                "number": spoken(record.number),
            }
            for record in live
        ],
    }
    return reader.page("spend", figures)


def _left(record: AllowanceRecord, reader: Reader) -> str:
    terms, words = record.terms, reader.words
    noon = datetime.combine(terms.last_day, time(12), tzinfo=words.tongue.zone)
    day = words.day(noon)
    return words("spend_left", left=record.left, points=terms.points_max, day=day)


async def _visitor(reader: Reader) -> tuple[Holding, bool] | None:
    return await run_in_threadpool(
        read_card_page, reader.running.book, reader.token, now=reader.now
    )
