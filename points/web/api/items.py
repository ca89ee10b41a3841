"""What a device may send: one shape for each kind of operation, and what it means to the book."""

from datetime import datetime
from typing import Annotated, Any, Literal, Self

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from points.domain.access import Credential
from points.domain.allowance_codes import allowance_fingerprint, read_allowance_code
from points.domain.cards import code_fingerprint, read_card_code, read_card_number
from points.domain.checked_codes import CodeFault
from points.domain.ids import ActivityKey, CredentialId
from points.domain.one_time_codes import one_time_fingerprint, read_one_time_code
from points.domain.operations import (
    CardRef,
    CashSlip,
    Earn,
    IssueSlip,
    Operation,
    OperationKey,
    Phase,
    Redeem,
    SlipRef,
    Undo,
    card_by_code,
    card_by_number,
    slip_by_code,
)
from points.domain.outcomes import Refusal
from points.domain.shown_cards import card_by_allowance, card_by_one_time_code
from points.domain.slip_codes import read_slip_code, slip_fingerprint
from points.web.api.goods import (
    StockCountedIn,
    StockLeasedIn,
    StockMovedIn,
    StockReturnedIn,
    goods_operation,
)
from points.web.api.parts import Count, ItemIn, Pieces, Points, Price, ScanIn, full_name, reward_key
from points.web.problems import Code, Fault
from points.web.shapes import (
    CodeText,
    Day,
    DeviceName,
    Flag,
    GivenTwice,
    ItemName,
    KeyText,
    Label,
    Material,
    PinText,
    UuidText,
    WrongField,
    wrong_fields,
)

BATCH_MAX = 500
"""Most operations of one request."""

Grams = Annotated[
    dict[Material, Pieces],
    Field(max_length=20, json_schema_extra={"additionalProperties": False}),
]
_YEAR_MIN, _YEAR_MAX = 1900, 9000


def _named(field: str) -> dict[str, Any]:
    return {"required": [field], "properties": {field: {"type": "string"}}}


class NotTaken(Exception):
    """An operation is answered without asking the book, and is not remembered."""

    def __init__(self, code: Code) -> None:
        """Say why."""
        super().__init__(code)
        self.code = code


class EarnIn(ScanIn):
    """A card held before the phone. It is named by its code, or by its spoken number."""

    model_config = ConfigDict(json_schema_extra={"oneOf": [_named("card"), _named("number")]})

    kind: Literal["earn"]
    card: CodeText | None = None
    number: Annotated[CodeText, Field(max_length=64)] | None = None
    activity: ItemName
    quantity: Count | None = None
    """Correct answers, where the activity counts them."""
    grams: Grams | None = None
    """Weight by material, where the activity weighs."""
    phase: Literal["check_in", "check_out"] | None = None
    building: Label | None = None

    @model_validator(mode="after")
    def _one_name(self) -> Self:
        if (self.card is None) is (self.number is None):
            raise PydanticCustomError("card_or_number", "name the card by its code or its number")
        return self


class RedeemIn(ScanIn):
    """Points for goods at this phone's booth."""

    kind: Literal["redeem"]
    card: CodeText
    """The card's code, the one-time code that its page shows, or an allowance's."""
    reward: ItemName
    quantity: Pieces
    price_shown: Price
    """Points for one piece, as the volunteer saw it."""
    reserve: Label | None = None
    pin: Annotated[PinText | None, Field(repr=False)] = None
    """The household's PIN, typed now: only in a request of one operation, and never kept."""


class UndoIn(ScanIn):
    """Take an earlier operation back."""

    kind: Literal["undo"]
    undoes: KeyText
    """The name of the other operation."""
    claw_back: Flag = False
    """Whether points already spent are booked as owed. For supervisors."""


class SlipCashedIn(ScanIn):
    """A slip's points go to a card."""

    kind: Literal["slip_cashed"]
    slip: CodeText
    card: CodeText


class SlipIssuedIn(ItemIn):
    """A slip is given out. Booths give out printed ones, small, for their own failed scans."""

    kind: Literal["slip_issued"]
    slip: CodeText
    points: Points
    last_day: Day
    attempt: KeyText | None = None
    """The id of the failed scan that it stands for: only one of the two ever pays."""
    attempt_device: DeviceName | None = None
    """Whose scan that was; the caller's if left out. For supervisors."""

    @model_validator(mode="after")
    def _attempt_named(self) -> Self:
        if self.attempt is None and self.attempt_device is not None:
            raise PydanticCustomError("missing", "say which scan of that phone it stands for")
        return self


Item = Annotated[
    EarnIn
    | RedeemIn
    | UndoIn
    | SlipCashedIn
    | SlipIssuedIn
    | StockMovedIn
    | StockCountedIn
    | StockLeasedIn
    | StockReturnedIn,
    Field(discriminator="kind"),
]
ITEM: TypeAdapter[Item] = TypeAdapter(Item)
BATCH: TypeAdapter[list[Item]] = TypeAdapter(
    Annotated[list[Item], Field(min_length=1, max_length=BATCH_MAX)]
)
"""A whole request, for OpenAPI. Items are read one by one, so that one cannot fail another."""
_NAME: TypeAdapter[str] = TypeAdapter(UuidText)


def read_item(content: object) -> Item | WrongField:
    """Read one operation, or say which of its fields is the first that is not as it must be."""
    try:
        return ITEM.validate_python(content)
    except ValidationError as error:
        faults = error.errors(include_url=False)
    if isinstance(content, GivenTwice):
        return WrongField("", "given_twice")
    # Locations begin with the kind, once that is known.
    kinds = ("union_tag_invalid", "union_tag_not_found", "model_attributes_type")
    return next(wrong_fields(faults, skip=0 if faults[0]["type"] in kinds else 1))


def id_in(content: object) -> str | None:
    """Give the name of an operation that could not be read, if at least that can be."""
    try:
        return _NAME.validate_python(content.get("id") if isinstance(content, dict) else None)
    except ValidationError:
        return None


def operation_of(item: Item, caller: Credential) -> Operation:
    """Give what the item means, its short names those of the caller's event.

    Raises:
        NotTaken: A card or slip in it is none of ours, or its instant is out of this world.
    """
    check_instant(item.occurred_at)
    match item:
        case EarnIn():
            return _earn(item, caller)
        case RedeemIn():
            return _redeem(item, caller)
        case UndoIn():
            return Undo(
                undoes=OperationKey(item.undoes),
                occurred_at=item.occurred_at,
                claws_back=item.claw_back,
                is_offline=item.offline,
            )
        case SlipCashedIn() | SlipIssuedIn():
            return _slip(item)
        case _:
            return goods_operation(item, caller)


def check_instant(moment: datetime) -> None:
    """Turn away what is too far off even to be told a local day.

    Raises:
        NotTaken: The clock that said so is off; once set right, the same may be sent again.
    """
    if not _YEAR_MIN <= moment.year <= _YEAR_MAX:
        raise NotTaken(Refusal.CLOCK_OFF)


def card_of(text: str) -> CardRef:
    """Name the card that was scanned.

    Raises:
        NotTaken: It is no card of ours.
    """
    code = read_card_code(text)
    if isinstance(code, CodeFault):
        raise NotTaken(Fault.CARD_UNREADABLE)
    return card_by_code(code_fingerprint(code))


def shown_card_of(text: str) -> CardRef:
    """Name what was scanned: a card, itself or as a one-time code, or an allowance.

    Raises:
        NotTaken: It is none of these.
    """
    code = read_one_time_code(text)
    if not isinstance(code, CodeFault):
        return card_by_one_time_code(one_time_fingerprint(code))
    allowance = read_allowance_code(text)
    if not isinstance(allowance, CodeFault):
        return card_by_allowance(allowance_fingerprint(allowance))
    return card_of(text)


def _earn(item: EarnIn, caller: Credential) -> Earn:
    return Earn(
        card=_card_by_either(item),
        activity=ActivityKey(full_name(item.activity, caller)),
        occurred_at=item.occurred_at,
        quantity=item.quantity,
        grams=item.grams,
        phase=Phase(item.phase) if item.phase else None,
        building=item.building,
        is_offline=item.offline,
    )


def _card_by_either(item: EarnIn) -> CardRef:
    if item.number is None:
        return card_of(item.card or "")
    number = read_card_number(item.number)
    if number is None:
        raise NotTaken(Fault.CARD_UNREADABLE)
    return card_by_number(number)


def _redeem(item: RedeemIn, caller: Credential) -> Redeem:
    return Redeem(
        card=shown_card_of(item.card),
        reward=reward_key(item.reward, caller),
        quantity=item.quantity,
        price_shown=item.price_shown,
        occurred_at=item.occurred_at,
        reserve=item.reserve or "",
        is_offline=item.offline,
    )


def _slip(item: SlipCashedIn | SlipIssuedIn) -> Operation:
    match item:
        case SlipCashedIn():
            return CashSlip(
                slip=_slip_of(item.slip),
                card=card_of(item.card),
                occurred_at=item.occurred_at,
                is_offline=item.offline,
            )
        case SlipIssuedIn():
            return IssueSlip(
                slip=_slip_of(item.slip),
                points=item.points,
                last_day=item.last_day,
                occurred_at=item.occurred_at,
                attempt=OperationKey(item.attempt) if item.attempt else None,
                attempt_by=CredentialId(item.attempt_device) if item.attempt_device else None,
            )


def _slip_of(text: str) -> SlipRef:
    code = read_slip_code(text)
    if isinstance(code, CodeFault):
        raise NotTaken(Fault.SLIP_UNREADABLE)
    return slip_by_code(slip_fingerprint(code))
