"""How much can be lost if every booth goes dark now: what phones have with them, at its price.

A phone hands out no more than it has, so this is a bound and not a guess, whatever becomes of
balances, cards and phones meanwhile.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from itertools import groupby
from math import ceil

from points.domain.ids import BoothKey, CredentialId, EventKey
from points.domain.programme import PRICE_HOLDS, Reward, Versions


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """Pieces of one reward that a phone has with it, at the most that they may be booked for."""

    device: CredentialId
    event: EventKey
    booth: BoothKey
    reward: Reward
    pieces: int
    price: int

    @property
    def points(self) -> int:
        """Give the points for all of them."""
        return self.pieces * self.price


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneExposure:
    """What one phone can cost."""

    device: CredentialId
    held: tuple[Held, ...]

    @property
    def points(self) -> int:
        """Give its worst case."""
        return sum(one.points for one in self.held)


@dataclass(frozen=True, slots=True, kw_only=True)
class BoothExposure:
    """What the phones that took goods from one booth can cost."""

    event: EventKey
    booth: BoothKey
    phones: tuple[PhoneExposure, ...]

    @property
    def points(self) -> int:
        """Give its worst case."""
        return sum(phone.points for phone in self.phones)


@dataclass(frozen=True, slots=True, kw_only=True)
class Exposure:
    """The worst case of everything that was asked about."""

    booths: tuple[BoothExposure, ...]
    fen_per_point: Fraction
    ceiling_points: int
    """For how many points one phone hands goods out to one household."""

    @property
    def points(self) -> int:
        """Give the worst case in points."""
        return sum(booth.points for booth in self.booths)

    def fen(self, points: int) -> int:
        """Tell what points are worth in hundredths of a yuan, rounded up: it is a worst case."""
        return ceil(self.fen_per_point * points)


def exposure_of(held: Iterable[Held], *, fen_per_point: Fraction, ceiling_points: int) -> Exposure:
    """Sum up what phones have with them, by event, booth and phone."""
    ordered = sorted(held, key=lambda it: (it.event, it.booth, it.device, it.reward.key))
    return Exposure(
        booths=tuple(
            BoothExposure(event=event, booth=booth, phones=_phones(found))
            for (event, booth), found in groupby(ordered, key=lambda it: (it.event, it.booth))
        ),
        fen_per_point=fen_per_point,
        ceiling_points=ceiling_points,
    )


def dearest(versions: Versions[Reward], now: datetime) -> int:
    """Give the highest price that is honoured now: some phones know an older one."""
    standing = versions.between(now - PRICE_HOLDS, now)
    return max((it.item.price for it in standing if it.item is not None), default=0)


def in_yuan(fen: int) -> str:
    """Write hundredths of a yuan as yuan."""
    return f"{fen // 100}.{fen % 100:02}"


def _phones(held: Iterable[Held]) -> tuple[PhoneExposure, ...]:
    by_device = groupby(held, key=lambda it: it.device)
    return tuple(PhoneExposure(device=device, held=tuple(found)) for device, found in by_device)
