"""Decide a batch: fold the operations, in order, over what is known.

Each operation sees what the ones before it did. The name is looked up before any rule, so a
repeated operation gets its first answer whatever has changed since; a final refusal is an answer
like any other. Nothing here reads a clock, a database or chance.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from points.domain.access import Role
from points.domain.cases import APPROVED
from points.domain.cleanups import decide_closing, decide_share
from points.domain.corrections import (
    decide_adjustment,
    decide_budget,
    decide_expiry,
    decide_merge,
)
from points.domain.doubts import (
    caller_fault,
    case_of_posted,
    case_of_review,
    in_review,
    standing_doubts,
)
from points.domain.earning import decide_earn
from points.domain.facts import (
    ALLOWANCE_LEFT,
    ANY_BODY,
    Accepted,
    Asked,
    Conflict,
    Decided,
    Detail,
    Facts,
    Outcome,
    Posted,
    Refused,
    Replayed,
    Settled,
)
from points.domain.gifts import decide_gift, receive_gift
from points.domain.handouts import Weighed, decide_handout, weigh_handout
from points.domain.ids import wallet
from points.domain.leases import decide_lease, decide_return
from points.domain.operations import (
    Adjust,
    CashSlip,
    CloseBuilding,
    CountStock,
    Earn,
    Evidence,
    Expire,
    Give,
    IssueSlip,
    LeaseStock,
    Merge,
    MoveStock,
    OperationKey,
    ReceiveGift,
    ReceiveStock,
    Redeem,
    ReturnStock,
    SetBudget,
    Share,
    Undo,
    canonical,
    fingerprint,
    is_by_number,
)
from points.domain.outcomes import Refusal
from points.domain.redemptions import decide_redemption
from points.domain.slips import decide_cashing, decide_issue
from points.domain.state import Draft, Gift, State
from points.domain.stock import decide_count, decide_move, decide_receipt
from points.domain.undoing import decide_undo


def decide_batch(facts: Facts, batch: Sequence[Asked]) -> Decided:
    """Decide each operation in the order given.

    Args:
        facts: State before the first operation; never changed here.
        batch: Operations in the order in which they are to count.

    Returns:
        One outcome per operation, in the same order, and everything that must be written.
    """
    state = State(facts)
    outcomes: list[Outcome] = []
    posted: list[Posted] = []
    for asked in batch:
        body = canonical(asked.operation)
        mark = fingerprint(body)
        before = state.settled.get(asked.ref)
        if before is not None:
            same = before.fingerprint == mark or _is_paid_scan(before, asked)
            outcomes.append(Replayed(before.verdict) if same else Conflict())
            continue
        decided = _decide_new(state, asked)
        if isinstance(decided, Draft):
            line = _posted(state, asked, decided, (body, mark))
            state.remember(line)
            posted.append(line)
            if line.details and (case := case_of_posted(asked.credential, line)) is not None:
                state.cases.append(case)
            answer = accepted(line)
            outcomes.append(answer)
            state.settled[line.ref] = Settled(mark, answer)
            if decided.gift is not None:
                posted.append(_received(state, asked, line, decided.gift))
            continue
        outcomes.append(decided)
        if decided.reason.is_remembered:
            state.settle(asked.ref, mark, decided)
        if decided.reason is Refusal.IN_REVIEW:
            state.cases.append(case_of_review(state, asked, body, decided))
    return Decided(
        outcomes=tuple(outcomes),
        posted=tuple(posted),
        frozen=dict(state.frozen),
        accounts=state.book.changed_accounts(),
        lots=tuple(state.book.changed_lots()),
        slips=tuple(state.slips[slip] for slip in sorted(state.changed_slips)),
        merged=dict(state.merged),
        cases=tuple(state.cases),
        used_codes=dict(state.used_codes),
        spent={allowance: points for allowance, points in state.spent.items() if points},
        has_replays=any(isinstance(outcome, Replayed) for outcome in outcomes),
    )


def _received(state: State, asked: Asked, given: Posted, gift: Gift) -> Posted:
    """Write the other side of a gift, under a name that nobody can ask by: it has a blank."""
    receive = ReceiveGift(
        gift=given.id,
        household=gift.into,
        points=-given.points,
        occurred_at=given.occurred_at,
    )
    key = OperationKey(f"{asked.key} received")
    further = replace(asked, key=key, operation=receive, pin=None)
    body = canonical(receive)
    draft = receive_gift(state, receive, gift.lots)
    line = _posted(state, further, draft, (body, fingerprint(body)))
    state.remember(line)
    state.settled[line.ref] = Settled(line.fingerprint, accepted(line))
    return line


def _is_paid_scan(before: Settled, asked: Asked) -> bool:
    """Tell whether a slip stands for this scan.

    It stands for nothing else: were goods handed out under the scan's name, they are to be paid.
    """
    return before.fingerprint == ANY_BODY and isinstance(asked.operation, Earn)


def accepted(posted: Posted) -> Accepted:
    """Tell what whoever asked is told of an operation in the book, now and at every repetition."""
    return Accepted(
        operation=posted.id,
        points=posted.points,
        balance=told_balance(posted.details, posted.balance_after),
        details=posted.details,
    )


def told_balance(details: Mapping[str, Detail], balance: int | None) -> int | None:
    """Give the balance to tell: of an allowance only what is left of it."""
    left = details.get(ALLOWANCE_LEFT)
    return balance if left is None else int(left)


def _decide_new(state: State, asked: Asked) -> Draft | Refused:
    fault = caller_fault(state, asked)
    if fault is not None:
        return fault
    doubts = standing_doubts(state, asked)
    if doubts:
        return in_review([*doubts, *_further_doubts(state, asked)])
    state.is_approved = asked.is_approved
    match asked.operation:
        case Earn() as earn:
            return decide_earn(state, asked, earn)
        case Redeem(is_offline=True) as redeem:
            return decide_handout(state, asked, redeem)
        case Redeem() as redeem:
            return decide_redemption(state, asked, redeem)
        case Undo() as undo:
            return decide_undo(state, asked, undo)
        case CashSlip() as cash:
            return decide_cashing(state, asked, cash)
        case IssueSlip() as issue:
            return _desk_time_fault(state, asked) or decide_issue(state, asked, issue)
        case _:
            return _desk_time_fault(state, asked) or _decide_at_desk(state, asked)


def _further_doubts(state: State, asked: Asked) -> tuple[Refused, ...]:
    """Find all that is doubtful about what is kept: whoever approves it lets all of it pass."""
    operation = asked.operation
    if not isinstance(operation, Redeem) or not operation.is_offline:
        return ()
    weighed = weigh_handout(state, asked, operation)
    return weighed.doubts if isinstance(weighed, Weighed) else ()


def _desk_time_fault(state: State, asked: Asked) -> Refused | None:
    """Hold a supervisor's phone to the times that every phone is held to."""
    if asked.credential.role is Role.OPERATOR:
        return None
    # These acts do not say whether they waited in a queue, so they may have.
    return state.time_fault(asked.operation.occurred_at, is_offline=True)


def _decide_at_desk(state: State, asked: Asked) -> Draft | Refused:
    match asked.operation:
        case Adjust() as adjust:
            return decide_adjustment(state, asked, adjust)
        case Expire() as expire:
            return decide_expiry(state, expire)
        case Merge() as merge:
            return decide_merge(state, merge)
        case SetBudget() as change:
            return decide_budget(state, change)
        case Give() as give:
            return decide_gift(state, asked, give)
        case CloseBuilding() as close:
            return decide_closing(state, asked, close)
        case Share() as share:
            return decide_share(state, asked, share)
        case _:
            return _decide_on_goods(state, asked)


def _decide_on_goods(state: State, asked: Asked) -> Draft | Refused:
    match asked.operation:
        case ReceiveStock() as receipt:
            return decide_receipt(state, asked, receipt)
        case MoveStock() as move:
            return decide_move(state, asked, move)
        case CountStock() as count:
            return decide_count(state, asked, count)
        case LeaseStock() as lease:
            return decide_lease(state, asked, lease)
        case ReturnStock() as back:
            return decide_return(state, asked, back)
        case _:
            return Refused(reason=Refusal.NOT_ALLOWED)


def _posted(state: State, asked: Asked, draft: Draft, content: tuple[str, bytes]) -> Posted:
    body, mark = content
    entries = state.book.entries()
    household = draft.household
    balance = state.book.balance(wallet(household)) if household is not None else None
    return Posted(
        id=state.book.operation,
        ref=asked.ref,
        kind=asked.operation.kind,
        body=body,
        fingerprint=mark,
        evidence=evidence_of(asked),
        occurred_at=asked.operation.occurred_at,
        posted_at=state.now,
        local_day=state.day(asked.operation.occurred_at),
        household=household,
        resident=draft.resident,
        event=draft.event,
        booth=draft.booth,
        item=draft.item,
        version=draft.version,
        quantity=draft.quantity,
        points=draft.points,
        expired=draft.expired,
        balance_after=balance,
        reference=draft.reference,
        reverses=draft.reverses,
        details={**draft.details, APPROVED: 1} if asked.is_approved else draft.details,
        entries=entries,
    )


def evidence_of(asked: Asked) -> Evidence:
    """Grade how well an operation is proven, from how it was made."""
    operation = asked.operation
    if asked.is_approved:
        return Evidence.MANUAL
    if isinstance(operation, CashSlip):
        return Evidence.SLIP
    if isinstance(operation, Earn | Redeem) and is_by_number(operation.card):
        return Evidence.MANUAL
    if isinstance(operation, Adjust):
        return Evidence.MANUAL
    if isinstance(operation, Earn | Redeem | Undo) and operation.is_offline:
        return Evidence.OFFLINE
    return asked.evidence
