"""Who may ask for which operation. Default deny: what is not listed is not allowed."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from points.domain.ids import BoothKey, CredentialId, EventKey
from points.domain.operations import Kind


class Role(StrEnum):
    """What a credential was made for."""

    EARN = "earn"
    REDEEM = "redeem"
    SUPERVISOR = "supervisor"
    PARTNER = "partner"
    OPERATOR = "operator"
    RESIDENT = "resident"


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """Somebody at a door: a paired phone, a partner's key, or the operator at the command line.

    A phone works for one event and, but for supervisors and events without booths, at one booth.
    """

    id: CredentialId
    role: Role
    event: EventKey | None = None
    booth: BoothKey | None = None
    is_revoked: bool = False


DEVICE_ROLES = frozenset({Role.EARN, Role.REDEEM, Role.SUPERVISOR})
"""The roles of phones, which keep what they did until it is taken."""

OPERATOR = Credential(id=CredentialId("operator:cli"), role=Role.OPERATOR)
"""Whoever may run the command line on the server."""

_EARN = frozenset({Kind.EARN, Kind.UNDO, Kind.SLIP_ISSUED})
_REDEEM = _EARN | {Kind.REDEEM, Kind.SLIP_CASHED, Kind.STOCK_LEASED, Kind.STOCK_RETURNED}
_SUPERVISE = _REDEEM | {Kind.STOCK_MOVED, Kind.STOCK_COUNTED}

MAY_DO: Mapping[Role, frozenset[Kind]] = {
    Role.EARN: _EARN,
    Role.REDEEM: _REDEEM,
    Role.SUPERVISOR: _SUPERVISE,
    Role.PARTNER: frozenset({Kind.REDEEM, Kind.UNDO}),
    Role.OPERATOR: frozenset(Kind) - {Kind.GIFT_RECEIVED},
    Role.RESIDENT: frozenset({Kind.GIVE}),
}
"""The kinds of operation that each role may ask for; what is received with a gift, nobody."""


def may_do(credential: Credential, kind: Kind) -> bool:
    """Tell whether the credential's role covers this kind of operation."""
    return kind in MAY_DO[credential.role]


def oversees(credential: Credential, event: EventKey | None) -> bool:
    """Tell whether the credential may undo what others did at the event, and claw back."""
    if credential.role is Role.OPERATOR:
        return True
    return credential.role is Role.SUPERVISOR and event is not None and event == credential.event
