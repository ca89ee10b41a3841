"""`/me/privacy`: the notice and who agreed to it, all that is kept of a household, and erasing it.

Whoever has but a photo of a card must not carry a household's names off, nor erase them: where the
household has a PIN, it is asked for.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from fastapi import APIRouter
from fastapi.concurrency import run_in_threadpool
from starlette.responses import Response

from points.domain.consents import PAGE, Consent
from points.domain.desk import NotDone
from points.domain.exports import export_csv, export_json
from points.domain.ids import HouseholdId
from points.domain.notices import Notice
from points.service.confirming import pin_fault, try_pin
from points.service.consents import agree, notice_today, read_consents, withdraw
from points.service.passbooks import read_card_page
from points.service.posting import Book
from points.service.privacy import erase_household, export_household
from points.storage.sessions import Holding
from points.web.copies import CopyWords
from points.web.doors import open_door
from points.web.pages.rendering import HEADERS
from points.web.pages.resident import ask_for_card
from points.web.pages.visitors import Leaf, Reader, Reading
from points.web.pages.words import Words

router = APIRouter(tags=["pages"], include_in_schema=False, route_class=Leaf)

_Page = Callable[[Reader, str], Awaitable[Response]]

_PAGE = "me/privacy"
_MEDIA = {"csv": "text/csv; charset=utf-8", "json": "application/json"}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Visitor:
    """Whose page it is."""

    holding: Holding = field(repr=False)
    has_pin: bool


@router.get("/me/privacy", **open_door())
async def show_privacy(reader: Reading) -> Response:
    """Tell what is known of whom, and the notice that people are told."""
    return await _page(reader, "")


@router.post("/me/privacy", **open_door())
async def change_consent(reader: Reading) -> Response:
    """Note that the household agrees to the wording it was shown, or takes that back."""
    form = await reader.form()
    visitor = await _visitor(reader)
    if visitor is None:
        return ask_for_card(reader)
    book, household = reader.running.book, visitor.holding.household
    if "withdraw" in form:
        await run_in_threadpool(withdraw, book, household, now=reader.now)
        return reader.go("me/erase")
    version = form.get("agree", "")
    agreed = await run_in_threadpool(agree, book, household, version, by=PAGE, now=reader.now)
    if isinstance(agreed, NotDone):
        return await _page(reader, reader.words("not_from_here"))
    return reader.go(_PAGE)


@router.post("/me/export", **open_door())
async def give_export(reader: Reading) -> Response:
    """Give all that is kept of the household, as a file."""
    form = await reader.form()
    household = await _confirmed(reader, form, _page)
    if isinstance(household, Response):
        return household
    name = "json" if form.get("form") == "json" else "csv"
    book = reader.running.book
    told = await run_in_threadpool(export_household, book, household, by=PAGE, now=reader.now)
    if isinstance(told, NotDone):
        return await _page(reader, reader.words("not_from_here"))
    words = CopyWords(reader.words.language)
    written = export_json(told) if name == "json" else export_csv(told, words)
    day = f"{told.made_at:%Y-%m-%d}"
    saved = {"Content-Disposition": f'attachment; filename="points-{day}.{name}"'}
    return Response(written, media_type=_MEDIA[name], headers={**HEADERS, **saved})


@router.get("/me/erase", **open_door())
async def ask_to_erase(reader: Reading) -> Response:
    """Ask once more before what names the household is erased."""
    return await _confirming(reader, "")


@router.post("/me/erase", **open_door())
async def erase(reader: Reading) -> Response:
    """Erase what names the household; every visit of its cards ends, this one too."""
    household = await _confirmed(reader, await reader.form(), _confirming)
    if isinstance(household, Response):
        return household
    database = reader.running.book.database
    await run_in_threadpool(erase_household, database, household, by=PAGE, now=reader.now)
    return reader.forget(reader.page("erased"))


@router.get("/me/export", **open_door())
async def lead_back(reader: Reading) -> Response:
    """Lead on from where only a form leads, for who asks for it by its address."""
    return reader.go(_PAGE)


async def _page(reader: Reader, says: str) -> Response:
    figures = await run_in_threadpool(_figures, reader)
    page = reader.page("privacy", {**figures, "says": says})
    return reader.forget(page) if reader.token and not figures["is_own"] else page


def _figures(reader: Reader) -> dict[str, object]:
    book, words, now = reader.running.book, reader.words, reader.now
    notice = notice_today(book, now=now)
    shown = {"notice": (words.is_english and notice.text_en) or notice.text, "is_own": False}
    found = read_card_page(book, reader.token, now=now) if reader.token else None
    if found is None:
        return shown
    holding, has_pin = found
    standing = _standing(book, holding)
    agreed = [one for one in standing if one.version == notice.version]
    return {
        **shown,
        "is_own": True,
        "has_pin": has_pin,
        "version": notice.version,
        "consent": _consent(words, standing, notice),
        "may_agree": not agreed,
        "may_withdraw": bool(standing),
    }


def _standing(book: Book, holding: Holding) -> list[Consent]:
    return [one for one in read_consents(book.database, holding.household) if one.stands]


def _consent(words: Words, standing: list[Consent], notice: Notice) -> str:
    """Say to which wording a household agreed last, and when."""
    if not standing:
        return words("consent_none")
    last = next((one for one in standing if one.version == notice.version), standing[-1])
    key = "consent_given" if last.version == notice.version else "consent_older"
    return words(key, day=words.day(last.agreed_at), version=last.version)


async def _confirming(reader: Reader, says: str) -> Response:
    visitor = await _visitor(reader)
    if visitor is None:
        return ask_for_card(reader)
    return reader.page("erase", {"says": says, "has_pin": visitor.has_pin})


async def _confirmed(
    reader: Reader, form: Mapping[str, str], page: _Page
) -> HouseholdId | Response:
    """Give the visitor's household, or why not; where it has a PIN, that is asked for."""
    visitor = await _visitor(reader)
    if visitor is None:
        return ask_for_card(reader)
    household = visitor.holding.household
    if not visitor.has_pin:
        return household
    database, pin = reader.running.book.database, form.get("pin", "")
    fault = pin_fault(await run_in_threadpool(try_pin, database, household, pin, now=reader.now))
    return household if fault is None else await page(reader, reader.why_not(fault))


async def _visitor(reader: Reader) -> _Visitor | None:
    found = await run_in_threadpool(
        read_card_page, reader.running.book, reader.token, now=reader.now
    )
    return None if found is None else _Visitor(holding=found[0], has_pin=found[1])
