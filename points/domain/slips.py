"""Decide on slips: paper worth points, cashed once, and never beside the scan it stands for.

A slip names the scan as the scan names itself: by the phone and the id of its operation. Issuing it
settles that name, whichever phone issues it; a scan that is in the book has settled it already. The
name is one row that only one of the two can write, so there is no order, and no moment, in which
both pay.
"""

from dataclasses import replace
from datetime import timedelta

from points.domain.access import Role
from points.domain.facts import ANY_BODY, Asked, Refused, Slip
from points.domain.ids import SystemAccount, system
from points.domain.operations import POINTS_MAX, CashSlip, IssueSlip, RequestKey
from points.domain.outcomes import Refusal
from points.domain.periods import NEVER, midnight
from points.domain.state import Draft, State

_BOOTHS = frozenset({Role.EARN, Role.REDEEM})


def decide_issue(state: State, asked: Asked, issue: IssueSlip) -> Draft | Refused:
    """Decide on a new slip: its points are set aside until it is cashed.

    A slip that stands for a failed scan settles that scan: should it arrive after all, it is told
    so and pays nothing.
    """
    if asked.credential.role in _BOOTHS and not _is_own_scan(asked, issue):
        return Refused(reason=Refusal.NOT_ALLOWED)
    if issue.slip in state.slips:
        return Refused(reason=Refusal.SLIP_EXISTS)
    if not 0 < issue.points <= POINTS_MAX:
        return Refused(reason=Refusal.QUANTITY_INVALID)
    if asked.credential.role in _BOOTHS:
        fault = _booth_fault(state, issue)
        if fault is not None:
            return fault
    attempt = attempt_of(asked, issue)
    if attempt in state.settled or attempt == asked.ref:
        return Refused(reason=Refusal.ATTEMPT_SETTLED)
    if issue.last_day < state.day(state.now):
        return Refused(reason=Refusal.SLIP_EXPIRED)
    state.begin()
    state.book.move(system(SystemAccount.ISSUED), system(SystemAccount.SLIPS), issue.points)
    ends = NEVER
    if issue.last_day < NEVER.date():
        ends = midnight(issue.last_day + timedelta(days=1), state.programme.zone)
    state.add_slip(Slip(ref=issue.slip, points=issue.points, valid_until=ends))
    if attempt is not None:
        state.settle(attempt, ANY_BODY, Refused(reason=Refusal.PAID_BY_SLIP))
    return Draft(
        event=asked.credential.event,
        booth=asked.credential.booth,
        quantity=issue.points,
        reference=f"slip:{issue.slip}",
        details={"slip": issue.slip},
    )


def attempt_of(asked: Asked, issue: IssueSlip) -> RequestKey | None:
    """Give the name of the scan that a slip stands for, if it stands for one."""
    if issue.attempt is None:
        return None
    return RequestKey(issue.attempt_by or asked.credential.id, issue.attempt)


def _is_own_scan(asked: Asked, issue: IssueSlip) -> bool:
    attempt = attempt_of(asked, issue)
    return attempt is not None and attempt.scope == asked.credential.id


def _booth_fault(state: State, issue: IssueSlip) -> Refused | None:
    """Hold a booth's phone to the paper that was printed for it, and to small sums."""
    programme = state.programme
    if issue.slip not in state.facts.papers:
        return Refused(reason=Refusal.SLIP_UNKNOWN)
    if issue.points > programme.slip_points_max:
        details = {"points_max": programme.slip_points_max}
        return Refused(reason=Refusal.SLIP_TOO_LARGE, details=details)
    if issue.last_day - state.day(state.now) > timedelta(days=programme.slip_days_valid):
        details = {"days_max": programme.slip_days_valid}
        return Refused(reason=Refusal.SLIP_TOO_LONG, details=details)
    return None


def decide_cashing(state: State, asked: Asked, cash: CashSlip) -> Draft | Refused:
    """Decide on a slip held up with a card."""
    fault = state.time_fault(cash.occurred_at, is_offline=cash.is_offline)
    if fault is not None:
        return fault
    card = state.card(cash.card, cash.occurred_at, is_offline=cash.is_offline)
    if isinstance(card, Refused):
        return card
    household = state.household(card.household)
    here = asked.credential.event
    event = state.event(here, cash.occurred_at) if here is not None else None
    fault = state.community_fault(event, household)
    if fault is not None:
        return fault
    slip = state.slips.get(cash.slip)
    if slip is None:
        return Refused(reason=Refusal.SLIP_UNKNOWN)
    if slip.is_cashed:
        return Refused(reason=Refusal.SLIP_USED)
    if cash.occurred_at >= slip.valid_until:
        return Refused(reason=Refusal.SLIP_EXPIRED)
    state.begin()
    state.book.credit(
        household,
        slip.points,
        source=system(SystemAccount.SLIPS),
        expires_at=state.expiry(cash.occurred_at),
    )
    expired = state.book.expire_due(household, state.now)
    times = slip.times_cashed + 1
    state.add_slip(replace(slip, is_cashed=True, times_cashed=times))
    return Draft(
        household=household,
        resident=card.resident,
        event=asked.credential.event,
        booth=asked.credential.booth,
        quantity=1,
        points=slip.points,
        expired=expired,
        reference=f"slip:{cash.slip}:{times}",
        details={"slip": cash.slip},
    )
