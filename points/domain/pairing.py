"""Decide whether a phone or a partner may be let in, and for what.

A phone comes with an invite, which the organiser shows as a QR: a secret that lets in one phone,
for a quarter of an hour. The phone makes its token itself and keeps it before it asks, so a claim
whose answer was lost is simply made again, and finds itself done.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from points.domain.access import Role
from points.domain.desk import DeskFault, NotDone
from points.domain.ids import BoothKey, CredentialId, EventKey
from points.domain.outcomes import Refusal
from points.domain.people import name_fault
from points.domain.programme import Booth, Catalog

INVITE_LASTS = timedelta(minutes=15)
WRONG_CLAIMS_MAX = 5
"""After so many an invite is locked: somebody is trying."""

_REDEEMING = frozenset({Role.REDEEM, Role.PARTNER})
_DEVICES = frozenset({Role.EARN, Role.REDEEM, Role.SUPERVISOR})


class TokenState(StrEnum):
    """Where a token of a credential stands, as stored."""

    CURRENT = "current"
    NEXT = "next"
    """Told, and not used yet: its first use ends the current one."""
    ENDED = "ended"


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """By whom an invite was claimed: the phone, and the hash of the token that it came with."""

    device: CredentialId
    token_hash: bytes
    is_revoked: bool = False
    has_ended: bool = False
    """Whether the phone has changed that token for another since."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Invite:
    """A way in for one phone."""

    pairing: Pairing
    ends_at: datetime
    wrong_claims: int = 0
    claim: Claim | None = None


def decide_claim(
    invite: Invite | None, token_hash: bytes, *, is_new: bool, now: datetime
) -> CredentialId | NotDone | None:
    """Tell what becomes of a claim.

    Args:
        invite: What was shown; None where there is no such invite.
        token_hash: The hash of the token that the phone has made.
        is_new: Whether no credential has, or ever had, that token.
        now: When it is claimed.

    Returns:
        The phone, where this very claim was made before; None where it is to be let in now.
    """
    if invite is None:
        return NotDone(reason=DeskFault.INVITE_UNKNOWN)
    if invite.claim is not None and invite.claim.token_hash == token_hash:
        return _claimed_before(invite.claim)
    # Whoever came first with the right token is answered even where others tried too often.
    if invite.wrong_claims >= WRONG_CLAIMS_MAX:
        return NotDone(reason=DeskFault.INVITE_LOCKED)
    if invite.claim is not None:
        return NotDone(reason=DeskFault.INVITE_USED)
    if now >= invite.ends_at:
        return NotDone(reason=DeskFault.INVITE_EXPIRED)
    return None if is_new else NotDone(reason=DeskFault.TOKEN_TAKEN)


def is_wrong(reason: DeskFault | Refusal) -> bool:
    """Tell whether a claim refused for this counts against the invite."""
    return reason in (DeskFault.INVITE_USED, DeskFault.TOKEN_TAKEN)


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


def _claimed_before(claim: Claim) -> CredentialId | NotDone:
    if claim.is_revoked:
        return NotDone(reason=Refusal.CREDENTIAL_REVOKED)
    if claim.has_ended:
        return NotDone(reason=DeskFault.TOKEN_REPLACED)
    return claim.device


def _booths_of(catalog: Catalog, event: EventKey) -> list[Booth]:
    newest = (versions.latest.item for versions in catalog.booths.values())
    return [booth for booth in newest if booth is not None and booth.event == event]
