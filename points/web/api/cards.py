"""`POST /balances` and `POST /statements`: what a card's household has, and what it did.

The card travels in the body: addresses are logged, and a code is a credential.
"""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Annotated, Self

from fastapi import APIRouter, Depends, Request, Response
from pydantic import Field, TypeAdapter

from points.domain.access import Role
from points.domain.chain import micros
from points.domain.facts import CardState
from points.domain.operations import CardRef, Evidence, Kind
from points.domain.outcomes import Refusal
from points.service.reading import Balance, BalanceAsked, Line, Page, Statement, read_statement
from points.storage.reading import Place
from points.web.api.items import NotTaken, card_of, shown_card_of
from points.web.bodies import body_of, check_shape, read_json
from points.web.dependencies import Bearer, Reader, Visitor, tongue_of
from points.web.doors import EVERYONE, door
from points.web.problems import Code, Fault, FieldFault, Problem
from points.web.running import running_of
from points.web.shapes import CodeText, Said, Sent, Whole
from points.web.straight import Straight, written

router = APIRouter(prefix="/api/v1", tags=["cards"])
balances = APIRouter(prefix="/api/v1", tags=["cards"], route_class=Straight)

LINES_MAX = 200
_OF_CARDS: list[Code] = [
    Fault.CARD_UNREADABLE,
    Refusal.CARD_UNKNOWN,
    Refusal.CARD_FROZEN,
    Refusal.CARD_REPLACED,
]
_OF_BALANCES: list[Code] = [
    *_OF_CARDS,
    Refusal.CODE_EXPIRED,
    Refusal.CODE_USED,
    Refusal.ALLOWANCE_ENDED,
]
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_CURSOR = re.compile(r"([0-9]{1,17})\.([0-9]{1,17})", re.ASCII)


class CardIn(Sent):
    """A card, held up."""

    card: CodeText


class StatementIn(Sent):
    """A card, and which of its household's lines to tell."""

    card: CodeText
    cursor: Annotated[CodeText, Field(max_length=64)] | None = None
    """`next` of the page before; the newest lines if left out."""
    limit: Annotated[Whole, Field(ge=1, le=LINES_MAX)] = 50


class EndingOut(Said):
    """Points that end together."""

    points: int
    at: datetime


class BalanceOut(Said):
    """What a card's household has, in points."""

    available: int
    """What it can spend now."""
    balance: int
    """What is booked: points that have just ended may still be among them."""
    owed: int
    """What it must give back before it can spend."""
    expiring_soon: list[EndingOut]
    """Soonest first."""
    card_state: CardState

    @classmethod
    def of(cls, balance: Balance, zone: tzinfo) -> Self:
        """Say it by the clocks of a zone."""
        return cls(
            available=balance.available,
            balance=balance.booked,
            owed=balance.owed,
            expiring_soon=[
                EndingOut(points=one.points, at=one.at.astimezone(zone))
                for one in balance.expiring_soon
            ],
            card_state=balance.card,
        )


class LineOut(Said):
    """One line: an operation in the book. At another community's event it has no names."""

    id: str
    kind: Kind
    occurred_at: datetime
    posted_at: datetime
    points: int
    """What came (+) or went (-)."""
    expired: int
    """Points that ended unspent and were taken out with this line."""
    balance_after: int | None
    event: str | None
    booth: str | None
    item: str | None
    """The activity's or reward's key."""
    name: str | None
    name_en: str | None
    quantity: int
    evidence: Evidence
    is_undone: bool
    """Whether a later line took this one back."""
    undone_by: str | None
    undoes: str | None
    """The line that this one took back."""

    @classmethod
    def of(cls, line: Line, zone: tzinfo) -> Self:
        """Say it by the clocks of a zone."""
        posted, item = line.posted, line.item
        return cls(
            id=str(posted.id),
            kind=posted.kind,
            occurred_at=posted.occurred_at.astimezone(zone),
            posted_at=posted.posted_at.astimezone(zone),
            points=posted.points,
            expired=posted.expired,
            balance_after=posted.balance_after,
            event=None if line.is_foreign else posted.event,
            booth=None if line.is_foreign else posted.booth,
            item=None if line.is_foreign else posted.item,
            name=item.name if item else None,
            name_en=item.name_en if item else None,
            quantity=posted.quantity,
            evidence=posted.evidence,
            is_undone=line.undone_by is not None,
            undone_by=str(line.undone_by) if line.undone_by is not None else None,
            undoes=str(posted.reverses) if posted.reverses is not None else None,
        )


class StatementOut(Said):
    """A page of a household's lines, newest first."""

    balance: BalanceOut
    lines: list[LineOut]
    next: str | None
    """The cursor of the page that follows; null where this is the last."""


_Statement = Annotated[StatementIn, Depends(body_of(StatementIn))]


_CARD, _BALANCE = TypeAdapter(CardIn), TypeAdapter(BalanceOut)


@balances.post(
    "/balances", response_model=BalanceOut, **door(EVERYONE, takes=_CARD, refuses=_OF_BALANCES)
)
async def post_balance(request: Request, caller: Bearer) -> Response:
    """Tell what the card's household can spend, and what ends soon."""
    body, tongue = check_shape(_CARD, await read_json(request)), tongue_of(request)
    card = _card(body.card, shown_card_of)
    asked = BalanceAsked(caller=caller, card=card, now=tongue.spoken_at)
    found = await running_of(request.app.state).balances.ask(asked)
    if isinstance(found, Refusal):
        raise Problem(found)
    return written(_BALANCE, BalanceOut.of(found, tongue.zone), tongue)


@router.post(
    "/statements",
    **door(
        frozenset({Role.REDEEM, Role.SUPERVISOR}),
        takes=TypeAdapter(StatementIn),
        refuses=_OF_CARDS,
    ),
)
def post_statement(body: _Statement, visit: Visitor, reader: Reader) -> StatementOut:
    """Tell what the card's household did, newest line first.

    Pages stay as they were while new lines come in: those stand in front of the first page.
    """
    page = Page(before=_place(body.cursor), limit=body.limit)
    found = read_statement(reader, visit.caller, _card(body.card), page=page, now=visit.now)
    if isinstance(found, Refusal):
        raise Problem(found)
    return _statement(found, visit.tongue.zone)


def _statement(found: Statement, zone: tzinfo) -> StatementOut:
    return StatementOut(
        balance=BalanceOut.of(found.balance, zone),
        lines=[LineOut.of(line, zone) for line in found.lines],
        next=None if found.following is None else _cursor(found.following),
    )


def _card(text: str, read: Callable[[str], CardRef] = card_of) -> CardRef:
    try:
        return read(text)
    except NotTaken as reason:
        raise Problem(reason.code) from None


def _cursor(place: Place) -> str:
    text = f"{micros(place.posted_at)}.{place.operation}"
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _place(cursor: str | None) -> Place | None:
    if cursor is None:
        return None
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        found = _CURSOR.fullmatch(urlsafe_b64decode(padded).decode("ascii"))
    except ValueError:
        found = None
    if found is None:
        fault = FieldFault(place="body", field="cursor", reason="not_in_form")
        raise Problem(Fault.INVALID, errors=[fault])
    return Place(_EPOCH + timedelta(microseconds=int(found[1])), int(found[2]))
