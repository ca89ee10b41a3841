"""Decide whether an event may close: only when every phone's queue is accounted for.

A phone may hold scans that nobody has seen yet, and its battery may be empty. So an event closes
only when each phone that was let in for it has said that nothing is left, and the book agrees; or
when somebody gives a phone up by name and reason.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from points.domain.access import Role
from points.domain.ids import BoothKey, CredentialId
from points.domain.journals import Head
from points.domain.operations import Kind
from points.domain.programme import Event

NAMES_AN_OPERATION = frozenset({"operation", "undo"})
"""Kinds of lines of a journal by which a phone says that it did something."""

ENDS_AN_OPERATION = frozenset({"withdrawn", "refused", "dismissed"})
"""Kinds of lines by which it says that nothing will come of it after all."""


class Shortfall(StrEnum):
    """Why a phone is not accounted for. Codes are public: add, never rename."""

    NEVER_REPORTED = "never_reported"
    NOT_SINCE = "not_since"
    """It has not reported since closing was asked for, or since the event's end."""
    ACTED_SINCE = "acted_since"
    """Something of it arrived after its last report."""
    WAITING = "waiting"
    """It still holds what it has not sent."""
    ATTENTION = "attention"
    """It holds what a person must look at."""
    JOURNAL_BEHIND = "journal_behind"
    """Its journal is not here to the line that it named."""
    NOT_SETTLED = "not_settled"
    """Its journal names operations that never arrived."""


class ClosingAct(StrEnum):
    """What was done about an event's end, as stored."""

    ASKED = "asked"
    CLOSED = "closed"
    REOPENED = "reopened"


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a phone says of itself, every minute or so."""

    arrived_at: datetime
    said_at: datetime
    """By its own clock."""
    waiting: int
    """Operations that it has not sent, or has no answer to."""
    attention: int
    """Operations that a person must look at."""
    oldest_waiting_at: datetime | None
    journal: Head
    """Where it says that its journal ends."""
    app: str | None
    """The scanner's version."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Phone:
    """A phone that was let in for an event, and what is known of its queue."""

    device: CredentialId
    name: str
    role: Role
    booth: BoothKey | None
    is_revoked: bool = False
    holder: str | None = None
    """The volunteer who holds it, as far as it said."""
    report: Report | None = None
    last_act_at: datetime | None = None
    """When the last that it did arrived."""
    is_journal_here: bool = True
    """Whether its journal is here to the line that its report names."""
    not_settled: int = 0
    """Operations that its journal names and nobody has answered."""


@dataclass(frozen=True, slots=True)
class Watched:
    """A phone, and why it is not accounted for; nothing where it is."""

    phone: Phone
    shortfalls: tuple[Shortfall, ...]


@dataclass(frozen=True, slots=True)
class Signature:
    """Who answers for an act, and why it was done."""

    name: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Total:
    """What was done at one booth, by kind of operation."""

    booth: BoothKey | None
    kind: Kind
    operations: int
    points: int
    """What households gained (+) or gave (-)."""
    quantity: int
    """Pieces, answers or grams, as the kind has it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EventEnd:
    """How far the closing of an event has come."""

    asked_at: datetime | None = None
    closed_at: datetime | None = None


OPEN = EventEnd()
"""Nobody has asked for it to be closed."""


def counts_since(event: Event, end: EventEnd, now: datetime) -> datetime | None:
    """Tell since when a phone's report says that its work is done; None while nothing asks it to.

    That is since closing was asked for, or since the last session was over, tolerance included.
    """
    over_at = event.sessions[-1].closes + timedelta(minutes=event.tolerance_minutes)
    found = [moment for moment in (end.asked_at, over_at) if moment is not None and moment <= now]
    return min(found, default=None)


def watched(phone: Phone, *, since: datetime | None) -> Watched:
    """Tell whether a phone is accounted for, and if not, why."""
    report = phone.report
    if report is None:
        return Watched(phone, (Shortfall.NEVER_REPORTED,))
    found = {
        Shortfall.NOT_SINCE: since is not None and report.arrived_at < since,
        Shortfall.ACTED_SINCE: (phone.last_act_at or report.arrived_at) > report.arrived_at,
        Shortfall.WAITING: report.waiting > 0,
        Shortfall.ATTENTION: report.attention > 0,
        Shortfall.JOURNAL_BEHIND: not phone.is_journal_here,
        Shortfall.NOT_SETTLED: phone.not_settled > 0,
    }
    return Watched(phone, tuple(shortfall for shortfall, is_so in found.items() if is_so))
