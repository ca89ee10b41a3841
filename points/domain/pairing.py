"""Decide whether a phone or a partner may be let in, and for what."""

from dataclasses import dataclass

from points.domain.access import Role
from points.domain.desk import DeskFault, NotDone
from points.domain.ids import BoothKey, EventKey
from points.domain.outcomes import Refusal
from points.domain.people import name_fault
from points.domain.programme import Booth, Catalog

_REDEEMING = frozenset({Role.REDEEM, Role.PARTNER})
_DEVICES = frozenset({Role.EARN, Role.REDEEM, Role.SUPERVISOR})


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairing:
    """Who is let in: a phone or a partner, for one event, at one booth where it has booths."""

    name: str
    """For people to tell it from the others, for example "booth 4, Chen's phone"."""
    role: Role
    event: EventKey
    booth: BoothKey | None = None

    @property
    def is_device(self) -> bool:
        """Whether it is a phone."""
        return self.role in _DEVICES


def pairing_fault(catalog: Catalog, pairing: Pairing) -> NotDone | None:
    """Say why nobody can be let in like this, if nobody can.

    Who hands goods out does so at a redeeming booth. Only a supervisor, and a phone at an event
    without booths, works for the whole event.
    """
    if pairing.role is Role.OPERATOR:
        return NotDone(reason=DeskFault.ROLE_INVALID)
    fault = name_fault(pairing.name)
    if fault is not None or not pairing.name.strip():
        return NotDone(reason=DeskFault.NAME_INVALID, details={"fault": fault or "missing"})
    event = catalog.events.get(pairing.event)
    if event is None or event.latest.item is None:
        return NotDone(reason=DeskFault.EVENT_UNKNOWN)
    if pairing.booth is None:
        is_whole = pairing.role is Role.SUPERVISOR or not _booths_of(catalog, pairing.event)
        is_redeeming = pairing.role in _REDEEMING
        return NotDone(reason=DeskFault.BOOTH_NEEDED) if is_redeeming or not is_whole else None
    booth = next((it for it in _booths_of(catalog, pairing.event) if it.key == pairing.booth), None)
    if booth is None:
        return NotDone(reason=Refusal.BOOTH_UNKNOWN)
    if pairing.role in _REDEEMING and not booth.redeems:
        return NotDone(reason=DeskFault.BOOTH_DOES_NOT_REDEEM)
    return None


def _booths_of(catalog: Catalog, event: EventKey) -> list[Booth]:
    newest = (versions.latest.item for versions in catalog.booths.values())
    return [booth for booth in newest if booth is not None and booth.event == event]
