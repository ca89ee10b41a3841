"""`/me/cards`: the cards of a household; one comes in or goes by a code that a booth gave."""

from fastapi import APIRouter
from fastapi.concurrency import run_in_threadpool
from starlette.responses import Response

from points.domain.cards import CardNumber, read_card_number, spoken
from points.domain.desk import DeskFault, NotDone
from points.domain.facts import CardState
from points.domain.ids import HouseholdId
from points.domain.people import CardRecord, HouseholdRecord
from points.service.family import add_by_code, read_household, remove_by_code
from points.service.passbooks import read_visitor
from points.storage.sessions import Holding
from points.web.doors import open_door
from points.web.pages.resident import ask_for_card
from points.web.pages.visitors import Leaf, Reader, Reading

router = APIRouter(tags=["pages"], include_in_schema=False, route_class=Leaf)

_PAGE = "me/cards"
_STATES = {
    CardState.ACTIVE: "card_in_use",
    CardState.FROZEN: "card_stopped",
    CardState.REPLACED: "card_was_replaced",
}
_WORDS = {
    DeskFault.CODE_UNKNOWN: "family_code_wrong",
    DeskFault.CODE_LOCKED: "family_code_locked",
    DeskFault.LAST_CARD: "family_last_card",
    DeskFault.CARD_BOUND: "family_card_bound",
}


@router.get("/me/cards", **open_door())
async def show_cards(reader: Reading) -> Response:
    """List the household's cards, and offer to take one in or let one go."""
    return await _page(reader, "")


@router.post("/me/cards", **open_door())
async def change_cards(reader: Reading) -> Response:
    """Take a card in, or let one go."""
    form = await reader.form()
    holding = await _visitor(reader)
    if holding is None:
        return ask_for_card(reader)
    typed, home = form.get("code", ""), holding.household
    number = read_card_number(form.get("remove", ""))
    if "remove" not in form:
        done = await _add(reader, home, typed)
    elif number is None:
        done = NotDone(reason=DeskFault.CODE_UNKNOWN)
    else:
        done = await _remove(reader, home, number, typed)
    if isinstance(done, NotDone):
        return await _page(reader, reader.why_not(done, _WORDS))
    if number == holding.number:  # the card that this visit was opened with
        return reader.forget(reader.page("card_gone", {"number": spoken(number)}))
    return reader.go(_PAGE)


async def _add(reader: Reader, home: HouseholdId, typed: str) -> HouseholdRecord | NotDone:
    return await run_in_threadpool(add_by_code, reader.running.book, home, typed, now=reader.now)


async def _remove(
    reader: Reader, home: HouseholdId, number: CardNumber, typed: str
) -> HouseholdRecord | NotDone:
    book = reader.running.book
    return await run_in_threadpool(remove_by_code, book, home, number, typed, now=reader.now)


async def _page(reader: Reader, says: str) -> Response:
    holding = await _visitor(reader)
    if holding is None:
        return ask_for_card(reader)
    database = reader.running.book.database
    found = await run_in_threadpool(read_household, database, holding.household)
    cards = () if found is None else found.cards
    in_use = [spoken(one.number) for one in cards if one.state is CardState.ACTIVE]
    figures = {
        "says": says,
        "cards": [_shown(one, holding, reader) for one in cards],
        "removable": in_use if len(in_use) > 1 else [],
    }
    return reader.page("cards", figures)


def _shown(card: CardRecord, holding: Holding, reader: Reader) -> dict[str, object]:
    since = card.stopped_at or card.printed_at
    return {
        "number": spoken(card.number),
        "says": reader.words(_STATES[card.state], day=reader.words.day(since)),
        "is_this": card.id == holding.card,
    }


async def _visitor(reader: Reader) -> Holding | None:
    return await run_in_threadpool(read_visitor, reader.running.book, reader.token, now=reader.now)
