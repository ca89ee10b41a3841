"""Cases: list what a person must settle, and settle it. One settling of each is the one.

What is approved or forgiven goes through the one door like everything else. A case that cannot be
settled as asked stays open, and nothing is changed.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection

from points.domain.access import OPERATOR, Credential, Role
from points.domain.cards import CardNumber
from points.domain.cases import (
    Case,
    CaseId,
    Decision,
    Settlement,
    Wish,
    decisions_for,
    doubts_of,
    suggested,
)
from points.domain.desk import DeskFault, NotDone
from points.domain.facts import Accepted, Asked, Posted, Refused, Settled
from points.domain.ids import HouseholdId, OperationId, owed, wallet
from points.domain.kept import read_operation
from points.domain.operations import (
    Adjust,
    Earn,
    Operation,
    OperationKey,
    Redeem,
    RequestKey,
    fingerprint,
)
from points.domain.outcomes import Refusal
from points.service.desk import RolledBack, settle_whole
from points.service.posting import Book, post_within
from points.service.transactions import snapshot
from points.storage.access import load_credential
from points.storage.cases import (
    add_settlement,
    find_case,
    load_cases,
    load_operations,
    spoken_numbers,
)
from points.storage.facts import HouseholdsMoved
from points.storage.locks import lock_accounts, lock_chain, next_instant
from points.storage.people import load_households
from points.storage.posting import write_down
from points.storage.requests import add_answers, forget_review


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """A case with everything that whoever settles it should see."""

    case: Case
    suggested: Decision
    posted: Posted | None = None
    """The operation that it is about, where that is in the book."""
    kept: Operation | None = None
    """What was asked, where it is not."""
    number: CardNumber | None = None
    """A card of the household, to be said aloud."""

    @property
    def item(self) -> str | None:
        """Give the key of what was earned by or handed out."""
        match self.kept:
            case None:
                return self.posted.item if self.posted is not None else None
            case Earn(activity=key):
                return key
            case kept:
                return getattr(kept, "reward", None)

    @property
    def quantity(self) -> int | None:
        """Give the pieces, or right answers, that it is about."""
        about = self.posted if self.kept is None else self.kept
        found: int | None = getattr(about, "quantity", None)
        return found

    @property
    def points(self) -> int | None:
        """Give the points that the household gave (-), or would at the price that was shown."""
        if isinstance(self.kept, Redeem):
            return -self.kept.quantity * self.kept.price_shown
        return self.posted.points if self.posted is not None else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Settling:
    """How somebody wants to settle a case."""

    case: CaseId
    key: str
    """Names the settling, so that it can be asked for again."""
    decision: Decision
    note: str
    by: Credential
    name: str = field(default="", repr=False)
    """Who that is, where no phone tells."""


@dataclass(frozen=True, slots=True)
class _Act:
    """What settling is done with."""

    connection: Connection
    book: Book
    case: Case
    settling: Settling
    now: datetime


def read_cases(book: Book, caller: Credential, wish: Wish) -> list[Matter]:
    """List cases, the newest first: those of the caller's event, or for the operator of any."""
    if caller.role is not Role.OPERATOR:
        assert caller.event is not None, "a phone works for one event"
        wish = Wish(event=caller.event, is_open=wish.is_open, before=wish.before, limit=wish.limit)
    with snapshot(book.database) as connection:
        return _matters(connection, book, load_cases(connection, wish))


def read_case(book: Book, caller: Credential, number: CaseId) -> Matter | NotDone:
    """Show one case."""
    with snapshot(book.database) as connection:
        case = _find(connection, caller, number)
        if case is None:
            return NotDone(reason=DeskFault.CASE_UNKNOWN)
        return _matters(connection, book, [case])[0]


def settle_case(book: Book, settling: Settling, *, now: datetime) -> Matter | NotDone:
    """Settle a case, once. The same settling asked for again finds itself done.

    Raises:
        DatabaseUnavailable: Nothing was written; the same may be asked for again.
    """

    def act(connection: Connection) -> Matter:
        case = _find(connection, settling.by, settling.case)
        if case is None:
            raise RolledBack(NotDone(reason=DeskFault.CASE_UNKNOWN))
        if case.settlement is None:
            _settle(_Act(connection, book, case, settling, now))
            case = find_case(connection, case.id) or case
        elif (case.settlement.key, case.settlement.decision) != (settling.key, settling.decision):
            details = {"decision": case.settlement.decision.value}
            raise RolledBack(NotDone(reason=DeskFault.CASE_SETTLED, details=details))
        return _matters(connection, book, [case])[0]

    return settle_whole(book.database, act)


def _find(connection: Connection, caller: Credential, number: CaseId) -> Case | None:
    """Find a case; one of another event is as good as none."""
    case = find_case(connection, number)
    if case is None or caller.role is Role.OPERATOR or case.about.event == caller.event:
        return case
    return None


def _matters(connection: Connection, book: Book, cases: Sequence[Case]) -> list[Matter]:
    posted = load_operations(
        connection, {it.about.operation for it in cases if it.about.operation is not None}
    )
    households = {it.about.household for it in cases if it.about.household is not None}
    stands = load_households(connection, households).stands
    numbers = spoken_numbers(connection, set(stands.values()))
    programme = book.catalogs.current(connection).programme.latest.item
    most = programme.forgive_points_max if programme is not None else 0

    def matter(case: Case) -> Matter:
        about = case.about
        home = stands.get(about.household) if about.household is not None else None
        return Matter(
            case=case,
            suggested=suggested(case, forgive_points_max=most),
            posted=posted.get(about.operation) if about.operation is not None else None,
            kept=_kept(case),
            number=numbers.get(home) if home is not None else None,
        )

    return [matter(case) for case in cases]


def _kept(case: Case) -> Operation | None:
    body = case.about.body
    return None if body is None else read_operation(body, is_offline=case.about.is_offline)


def _settle(act: _Act) -> None:
    settling, ways = act.settling, _WAYS
    if settling.decision not in decisions_for(act.case.about.kind):
        raise RolledBack(NotDone(reason=DeskFault.DECISION_UNFIT))
    # First of all, while nothing else is held: see `points.storage.locks`.
    lock_chain(act.connection)
    way = ways.get(settling.decision)
    settlement = Settlement(
        key=settling.key,
        decision=settling.decision,
        settled_by=settling.by.id,
        name=settling.name,
        note=settling.note,
        settled_at=act.now,
        operation=way(act) if way is not None else None,
    )
    noted = add_settlement(act.connection, act.case.id, settlement)
    chain = lock_chain(act.connection)
    write_down(act.connection, chain, [noted], at=next_instant(act.now, chain))


def _approve(act: _Act) -> OperationId | None:
    """Post what was kept, under its own name and whatever was in doubt."""
    about, kept = act.case.about, _kept(act.case)
    credential = load_credential(act.connection, about.device)
    assert kept is not None, "what is in review was kept"
    assert credential is not None, "what is kept was asked for by a phone"
    ref = _forget(act)
    asked = Asked(
        credential=credential,
        key=ref.key,
        operation=kept,
        waived=frozenset(doubts_of(about.details)),
    )
    return _posted(act, asked)


def _reject(act: _Act) -> None:
    """Answer from now on that it does not count."""
    ref = _forget(act)
    mark = fingerprint(act.case.about.body or "")
    rejected = Settled(mark, Refused(reason=Refusal.REJECTED))
    chain = lock_chain(act.connection)
    at = next_instant(act.now, chain)
    place = (chain.id, chain.number + 1)
    notes = add_answers(act.connection, [], {ref: rejected}, at=at, batch=place)
    write_down(act.connection, chain, notes, at=at)


def _forget(act: _Act) -> RequestKey:
    about = act.case.about
    assert about.key is not None, "what is kept has a name"
    ref = RequestKey(about.device, about.key)
    if not forget_review(act.connection, ref):
        raise HouseholdsMoved  # somebody else has just settled it: begin again and find that
    return ref


def _forgive(act: _Act) -> OperationId | None:
    """Let what is still owed because of this be owed no longer."""
    about, most = act.case.about, _forgiving_max(act)
    assert about.household is not None, "a debt is a household's"
    still = _still_owed(act, about.household)
    if not still:
        raise RolledBack(NotDone(reason=DeskFault.NOTHING_OWED))
    if still > most:
        details = {"points_max": most, "owed": still}
        raise RolledBack(NotDone(reason=DeskFault.FORGIVING_LIMITED, details=details))
    adjust = Adjust(
        household=about.household,
        points=still,
        reason=f"case {act.case.id}: {act.settling.note}",
        approver=act.settling.name or act.settling.by.id,
        occurred_at=act.now,
    )
    key = OperationKey(f"case:{act.case.id}:forgive")
    return _posted(act, Asked(credential=OPERATOR, key=key, operation=adjust))


def _still_owed(act: _Act, household: HouseholdId) -> int:
    root = load_households(act.connection, {household}).stands[household]
    # Held until the end: else points that come in meanwhile would be given twice.
    locked = lock_accounts(act.connection, [wallet(root), owed(root)])
    return min(act.case.owed, locked.accounts[owed(root)].balance)


def _forgiving_max(act: _Act) -> int:
    catalog = act.book.catalogs.current(act.connection)
    return catalog.programme_at(act.now).forgive_points_max


def _posted(act: _Act, asked: Asked) -> OperationId:
    [outcome] = post_within(act.connection, act.book, [asked])
    match outcome:
        case Accepted():
            return outcome.operation
        case Refused():
            doubts = doubts_of(outcome.details)
            reason = doubts[0] if doubts else outcome.reason
            raise RolledBack(NotDone(reason=reason, details=outcome.details))
        case _:
            raise HouseholdsMoved  # somebody else has just done it: begin again and find that


_WAYS: dict[Decision, Callable[[_Act], OperationId | None]] = {
    Decision.APPROVE: _approve,
    Decision.REJECT: _reject,
    Decision.FORGIVE: _forgive,
}
"""What settling does beside being written down."""
