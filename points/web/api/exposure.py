"""`/exposure`: what can be lost if every booth loses the network now."""

from typing import Self

from fastapi import APIRouter

from points.domain.exposure import BoothExposure, Exposure, Held, PhoneExposure, in_yuan
from points.service.exposure import read_exposure
from points.web.api.cases import LEADS, booth_number
from points.web.dependencies import Reader, Visitor
from points.web.doors import door
from points.web.shapes import Said

router = APIRouter(prefix="/api/v1", tags=["exposure"])


class HeldOut(Said):
    """Pieces of a reward that a phone has with it."""

    reward: str
    name: str
    pieces: int
    price: int
    """The highest that is honoured now, for one piece."""
    points: int

    @classmethod
    def of(cls, held: Held) -> Self:
        """Say it."""
        return cls(
            reward=held.reward.key,
            name=held.reward.name,
            pieces=held.pieces,
            price=held.price,
            points=held.points,
        )


class ExposedPhoneOut(Said):
    """What one phone can cost."""

    device: str
    points: int
    leases: list[HeldOut]

    @classmethod
    def of(cls, phone: PhoneExposure) -> Self:
        """Say it."""
        leases = [HeldOut.of(one) for one in phone.held]
        return cls(device=phone.device, points=phone.points, leases=leases)


class ExposedBoothOut(Said):
    """What the phones of one booth can cost."""

    event: str
    booth: int | None
    points: int
    yuan: str
    phones: list[ExposedPhoneOut]

    @classmethod
    def of(cls, booth: BoothExposure, exposure: Exposure) -> Self:
        """Say it."""
        return cls(
            event=booth.event,
            booth=booth_number(booth.booth),
            points=booth.points,
            yuan=in_yuan(exposure.fen(booth.points)),
            phones=[ExposedPhoneOut.of(phone) for phone in booth.phones],
        )


class ExposureOut(Said):
    """The worst case if every booth loses the network now."""

    points: int
    yuan: str
    """What the points are worth, rounded up to the fen: "12.50"."""
    ceiling_points: int
    """For how many points one phone hands goods out to one household."""
    booths: list[ExposedBoothOut]


@router.get("/exposure", **door(LEADS))
def get_exposure(visit: Visitor, reader: Reader) -> ExposureOut:
    """Tell what can be lost if every booth of the caller's event loses the network now."""
    found = read_exposure(reader, visit.caller, now=visit.now)
    return ExposureOut(
        points=found.points,
        yuan=in_yuan(found.fen(found.points)),
        ceiling_points=found.ceiling_points,
        booths=[ExposedBoothOut.of(booth, found) for booth in found.booths],
    )
