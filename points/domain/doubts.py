"""What makes an operation doubtful: it is kept for a person, and not in the book until one says so.

To be in doubt is a refusal that is remembered: whoever asks again under the same name is told the
same, until the case is settled.
"""

from collections.abc import Sequence
from dataclasses import replace

from points.domain.access import DEVICE_ROLES, Credential, Role, may_do
from points.domain.cases import (
    DOUBTS,
    OVER_LIMIT,
    OWED,
    CaseId,
    CaseKind,
    NewCase,
    operation_reference,
)
from points.domain.facts import (
    Accepted,
    Asked,
    Conflict,
    Detail,
    Outcome,
    Posted,
    Refused,
    Replayed,
    is_in_review,
)
from points.domain.operations import CardRef
from points.domain.outcomes import Refusal
from points.domain.state import State

_LEFT_OPEN = frozenset({OWED, OVER_LIMIT})
"""Figures of an operation in the book that a person must look at."""


def in_review(doubts: Sequence[Refused]) -> Refused:
    """Keep an operation for a person; its figures are those of every doubt."""
    details: dict[str, Detail] = {}
    for doubt in reversed(doubts):
        details |= doubt.details
    details[DOUBTS] = ",".join(doubt.reason for doubt in doubts)
    return Refused(reason=Refusal.IN_REVIEW, details=details)


def has_case(outcome: Outcome) -> bool:
    """Tell whether the outcome leaves something for a person to settle, now or when first told."""
    verdict = outcome.first if isinstance(outcome, Replayed) else outcome
    if isinstance(verdict, Accepted):
        return not _LEFT_OPEN.isdisjoint(verdict.details)
    return is_in_review(verdict)


def with_case(outcome: Outcome, case: CaseId) -> Outcome:
    """Tell the outcome with its case."""
    if isinstance(outcome, Replayed):
        return Replayed(replace(outcome.first, case=case))
    assert not isinstance(outcome, Conflict), "what names something else has no case of its own"
    return replace(outcome, case=case)


def caller_fault(state: State, asked: Asked) -> Refused | None:
    """Say why whoever asks may not, whatever it is."""
    caller = asked.credential
    if _is_shut_out(state, asked):
        return Refused(reason=Refusal.CREDENTIAL_REVOKED)
    if not may_do(caller, asked.operation.kind):
        return Refused(reason=Refusal.NOT_ALLOWED)
    if caller.event in state.facts.closed_events and _waits_for_answer(asked):
        return Refused(reason=Refusal.CLOSED)
    return None


def standing_doubts(state: State, asked: Asked) -> list[Refused]:
    """Tell why a phone is not simply believed: shut out since, or after the end of its event."""
    caller = asked.credential
    if asked.is_approved or caller.role not in DEVICE_ROLES:
        return []
    doubts = []
    if caller.id in state.facts.revoked:
        doubts.append(Refused(reason=Refusal.CREDENTIAL_REVOKED))
    if caller.event in state.facts.closed_events:
        doubts.append(Refused(reason=Refusal.CLOSED))
    return doubts


def case_of_review(state: State, asked: Asked, body: str, refused: Refused) -> NewCase:
    """Open the case of an operation that is kept."""
    card = state.card_behind(getattr(asked.operation, "card", CardRef("")))
    return NewCase(
        kind=CaseKind.REVIEW,
        reference=f"review:{operation_reference(asked.credential.id, asked.key)}",
        device=asked.credential.id,
        event=asked.credential.event,
        booth=asked.credential.booth,
        household=None if card is None else state.household(card.household),
        key=asked.key,
        body=body,
        is_offline=getattr(asked.operation, "is_offline", False),
        details=refused.details,
    )


def case_of_posted(caller: Credential, posted: Posted) -> NewCase | None:
    """Open the case of an operation in the book that leaves something to settle."""
    if _LEFT_OPEN.isdisjoint(posted.details):
        return None
    return NewCase(
        kind=CaseKind.OVERSPENT if OWED in posted.details else CaseKind.LIMIT_EXCEEDED,
        reference=operation_reference(caller.id, posted.ref.key),
        device=caller.id,
        event=posted.event,
        booth=posted.booth,
        household=posted.household,
        key=posted.ref.key,
        operation=posted.id,
        details={name: posted.details[name] for name in _LEFT_OPEN if name in posted.details},
    )


def _waits_for_answer(asked: Asked) -> bool:
    """Tell whether somebody stands at a till until there is an answer, so that nothing is kept."""
    is_timed_here = getattr(asked.operation, "is_timed_here", False)
    return asked.credential.role is Role.PARTNER or is_timed_here


def _is_shut_out(state: State, asked: Asked) -> bool:
    """Tell whether the credential was revoked, and not only after the act."""
    since = state.facts.revoked.get(asked.credential.id)
    if since is None or asked.is_approved:
        return False
    # What a phone did before is for a person to judge; a partner's till has no queue of its own.
    return asked.credential.role not in DEVICE_ROLES or asked.operation.occurred_at >= since
