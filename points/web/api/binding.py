"""`/cards/bind` and `/cards/freeze`: what a booth does to cards, beside adding and redeeming.

Both need an answer at once: nothing here waits on a phone.
"""

from datetime import datetime
from typing import Annotated, Self

from fastapi import APIRouter, Depends
from pydantic import ConfigDict, StringConstraints, TypeAdapter, model_validator
from pydantic_core import PydanticCustomError

from points.domain.access import Role
from points.domain.binding import BUILDING_LENGTH_MAX, Binding, NewHousehold
from points.domain.cards import read_card_number, spoken
from points.domain.desk import DeskFault, NotDone
from points.domain.facts import CardState
from points.domain.ids import CommunityKey
from points.domain.operations import CardRef
from points.domain.outcomes import Refusal
from points.service.binding import Bound, bind_at_booth, freeze_at_booth
from points.service.reading import read_balance
from points.web.api.cards import BalanceOut
from points.web.api.devices import done_or_problem
from points.web.api.items import NotTaken, card_of
from points.web.bodies import body_of
from points.web.dependencies import Reader, Visitor
from points.web.doors import DEVICES, door
from points.web.problems import Code, Fault, FieldFault, Problem
from points.web.shapes import CodeText, Said, Sent, UuidText

router = APIRouter(prefix="/api/v1/cards", tags=["cards"])

_OF_BINDING: list[Code] = [
    Fault.CARD_UNREADABLE,
    Fault.CARD_BOUND,
    Fault.SAME_CARD,
    Fault.COMMUNITY_UNKNOWN,
    Fault.NOTICE_UNKNOWN,
    Fault.CONSENT_NEEDED,
    Fault.IDEMPOTENCY_KEY_REUSED,
    Refusal.CARD_UNKNOWN,
    Refusal.CARD_FROZEN,
    Refusal.CARD_REPLACED,
    Refusal.OTHER_COMMUNITY,
    Refusal.INTERNAL_INVARIANT,
]
_OF_FREEZING: list[Code] = [
    Fault.CARD_UNREADABLE,
    Refusal.CARD_UNKNOWN,
    Refusal.CARD_REPLACED,
]
_LEADS = frozenset({Role.SUPERVISOR})

Slug = Annotated[str, StringConstraints(strict=True, pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]
Building = Annotated[
    str,
    StringConstraints(
        strict=True,
        min_length=1,
        max_length=BUILDING_LENGTH_MAX,
        pattern=r"^[^\x00-\x1f\x7f]+$",
    ),
]
Version = Annotated[str, StringConstraints(strict=True, pattern=r"^[0-9a-f]{1,64}$")]
NumberText = Annotated[str, StringConstraints(strict=True, max_length=64)]


class NewHouseholdIn(Sent):
    """A household of its own, and where it lives as far as it says: nothing has to be told."""

    community: Slug | None = None
    building: Building | None = None


class ToIn(Sent):
    """Whom the card is for: the household of another card, or one of its own."""

    model_config = ConfigDict(
        json_schema_extra={
            "oneOf": [
                {"required": ["same_as"], "properties": {"same_as": {"type": "string"}}},
                {"required": ["new"], "properties": {"new": {"type": "object"}}},
            ]
        }
    )

    same_as: CodeText | None = None
    """The code of the other card, held up beside it."""
    new: NewHouseholdIn | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.same_as is None) is (self.new is None):
            raise PydanticCustomError("same_or_new", "name another card, or a new household")
        return self


class BindIn(Sent):
    """A blank card is to be bound."""

    id: UuidText
    """Names the binding, chosen before it was first sent and kept through every retry."""
    card: CodeText
    to: ToIn
    notice: Version | None = None
    """The version of the notice that the resident was shown and agreed to."""


class BoundOut(Said):
    """A card that has its household, and how that stands."""

    number: str
    """The card's spoken number."""
    spoken: str
    """The same in groups, as it is said aloud."""
    cards: int
    """How many cards the household has now."""
    balance: BalanceOut

    @classmethod
    def of(cls, bound: Bound, balance: BalanceOut) -> Self:
        """Say it. Where the household lives is not told: who holds the cards knows."""
        return cls(
            number=bound.number,
            spoken=spoken(bound.number),
            cards=len(bound.household.cards),
            balance=balance,
        )


class FreezeIn(Sent):
    """A card that was lost."""

    number: NumberText
    """Its spoken number, with or without spaces."""


class FrozenOut(Said):
    """A card that adds nothing and buys nothing until the desk thaws or replaces it."""

    number: str
    spoken: str
    state: CardState
    stopped_at: datetime


@router.post(
    "/bind",
    status_code=200,
    **door(DEVICES, takes=TypeAdapter(BindIn), refuses=_OF_BINDING),
)
def post_binding(
    body: Annotated[BindIn, Depends(body_of(BindIn))], visit: Visitor, reader: Reader
) -> BoundOut:
    """Bind a blank card to a household of its own, or to the one of another card.

    A card is blank while nothing is known of its household and it has no other card; what it earned
    comes along. The same binding sent again gets its answer again.
    """
    card = card_ref(body.card)
    asked = Binding(key=body.id.lower(), card=card, to=_to(body.to), notice=body.notice)
    bound = _done(bind_at_booth(reader, visit.caller, asked, now=visit.now))
    balance = read_balance(reader, visit.caller, card, now=visit.now)
    if isinstance(balance, Refusal):  # frozen in this very moment
        raise Problem(balance)
    return BoundOut.of(bound, BalanceOut.of(balance, visit.tongue.zone))


@router.post(
    "/freeze",
    status_code=200,
    **door(_LEADS, takes=TypeAdapter(FreezeIn), refuses=_OF_FREEZING),
)
def post_freeze(
    body: Annotated[FreezeIn, Depends(body_of(FreezeIn))], visit: Visitor, reader: Reader
) -> FrozenOut:
    """Stop a lost card at once, by the number that its household says aloud.

    Its points stay with the household. Freezing it again changes nothing.
    """
    number = read_card_number(body.number)
    if number is None:
        raise Problem(Fault.CARD_UNREADABLE)
    card = done_or_problem(freeze_at_booth(reader, visit.caller, number, now=visit.now))
    assert card.stopped_at is not None, "a frozen card was stopped"
    return FrozenOut(
        number=card.number,
        spoken=spoken(card.number),
        state=card.state,
        stopped_at=card.stopped_at.astimezone(visit.tongue.zone),
    )


def card_ref(text: str) -> CardRef:
    """Read a card that was held up.

    Raises:
        Problem: It is none of ours.
    """
    try:
        return card_of(text)
    except NotTaken as reason:
        raise Problem(reason.code) from None


def _to(to: ToIn) -> NewHousehold | CardRef:
    if to.same_as is not None:
        return card_ref(to.same_as)
    told = to.new or NewHouseholdIn()
    community = None if told.community is None else CommunityKey(told.community)
    return NewHousehold(community=community, building=told.building)


def _done(result: Bound | NotDone) -> Bound:
    if isinstance(result, NotDone) and result.reason is DeskFault.DOOR_INVALID:
        fault = FieldFault(place="body", field="to.new.building", reason="not_in_form")
        raise Problem(Fault.INVALID, errors=[fault])
    return done_or_problem(result)
