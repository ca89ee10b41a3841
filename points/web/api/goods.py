"""What a phone may say of goods: moved, counted, taken along, brought back."""

from typing import Annotated, Literal

from pydantic import StringConstraints

from points.domain.access import Credential
from points.domain.ids import BoothKey, CredentialId
from points.domain.operations import CountStock, LeaseStock, MoveStock, Operation, ReturnStock
from points.web.api.parts import BoothNumber, Count, ItemIn, Pieces, booth_key, reward_key
from points.web.shapes import ItemName, Label

DeviceName = Annotated[
    str, StringConstraints(strict=True, pattern=r"^device:[1-9][0-9]{0,7}$", max_length=32)
]


class StockMovedIn(ItemIn):
    """Goods go from one booth of the event to another. For supervisors."""

    kind: Literal["stock_moved"]
    reward: ItemName
    from_booth: BoothNumber
    to_booth: BoothNumber
    quantity: Pieces


class StockCountedIn(ItemIn):
    """Somebody counted a booth's pieces. For supervisors."""

    kind: Literal["stock_counted"]
    reward: ItemName
    booth: BoothNumber
    counted: Count
    reason: Label
    reserve: Label | None = None


class StockLeasedIn(ItemIn):
    """This phone takes goods of its own booth along, to hand them out without a network."""

    kind: Literal["stock_leased"]
    reward: ItemName
    quantity: Pieces


class StockReturnedIn(ItemIn):
    """Goods that a phone had with it are back at the booth: this phone's if not told otherwise."""

    kind: Literal["stock_returned"]
    reward: ItemName
    quantity: Pieces
    device: DeviceName | None = None
    """Another phone of the event. For supervisors."""
    booth: BoothNumber | None = None
    """That phone's booth."""


Goods = StockMovedIn | StockCountedIn | StockLeasedIn | StockReturnedIn


def goods_operation(item: Goods, caller: Credential) -> Operation:
    """Give what it means, its short names those of the caller's event."""
    reward, moment = reward_key(item.reward, caller), item.occurred_at
    match item:
        case StockMovedIn():
            return MoveStock(
                reward=reward,
                source=booth_key(item.from_booth, caller),
                booth=booth_key(item.to_booth, caller),
                quantity=item.quantity,
                occurred_at=moment,
            )
        case StockCountedIn():
            return CountStock(
                reward=reward,
                booth=booth_key(item.booth, caller),
                counted=item.counted,
                reason=item.reason,
                occurred_at=moment,
                reserve=item.reserve or "",
            )
        case StockLeasedIn():
            return LeaseStock(
                reward=reward,
                booth=_own_booth(caller),
                device=caller.id,
                quantity=item.quantity,
                occurred_at=moment,
            )
        case StockReturnedIn():
            return ReturnStock(
                reward=reward,
                booth=booth_key(item.booth, caller) if item.booth else _own_booth(caller),
                device=CredentialId(item.device) if item.device else caller.id,
                quantity=item.quantity,
                occurred_at=moment,
            )


def _own_booth(caller: Credential) -> BoothKey:
    # A phone without a booth names none, and so finds no goods there.
    return caller.booth or BoothKey("")
