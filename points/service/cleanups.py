"""Share a clean-up out: close the building, then pay everyone who checked in there."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from points.domain.access import OPERATOR
from points.domain.desk import DeskFault, NotDone
from points.domain.facts import Asked, CleanUpKey, Refused, Verdict
from points.domain.ids import ActivityKey, HouseholdId
from points.domain.operations import CloseBuilding, OperationKey, RequestKey, Share
from points.domain.outcomes import Refusal
from points.domain.periods import local_day, period_of
from points.domain.programme import Catalog, CleanUp
from points.service.desk import RolledBack, post_all, settle_whole
from points.service.posting import Book
from points.storage.facts import HouseholdsMoved
from points.storage.history import load_check_ins, load_originals, undone_among
from points.storage.people import load_households
from points.storage.requests import load_settled


@dataclass(frozen=True, slots=True, kw_only=True)
class PaidShare:
    """What one participant got."""

    place: int
    """In the order of check-in, from 1."""
    household: HouseholdId
    points: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedOut:
    """A building's clean-up, closed and paid."""

    period: str
    shares: tuple[PaidShare, ...]


def share_out(
    book: Book, activity: ActivityKey, building: str, *, now: datetime, period: str | None = None
) -> SharedOut | NotDone:
    """Close a building's clean-up and pay every share, all in one transaction.

    Every operation has a name of its own, so sharing out again pays nobody twice and gives the
    same answer; a share that was not paid is paid then.

    Args:
        book: Where to write.
        activity: The clean-up.
        building: Which building.
        now: When it is shared out.
        period: Such as "2019-12"; the one that holds `now` where none is given.
    """

    def act(connection: Connection) -> SharedOut | NotDone:
        catalog = book.catalogs.current(connection)
        named = period or _period_now(catalog, activity, now)
        if named is None:
            return NotDone(reason=Refusal.ACTIVITY_UNKNOWN)
        return _share_out(connection, book, CleanUpKey(activity, building, named), now)

    return settle_whole(book.database, act)


def _period_now(catalog: Catalog, activity: ActivityKey, now: datetime) -> str | None:
    versions = catalog.activities.get(activity)
    item = versions.at(now).item if versions else None
    if item is None or not isinstance(item.rule, CleanUp):
        return None
    return period_of(local_day(now, catalog.programme_at(now).zone), item.rule.once_in)


def _share_out(
    connection: Connection, book: Book, clean_up: CleanUpKey, now: datetime
) -> SharedOut | NotDone:
    people = _participants(connection, clean_up)
    close = _asked(f"close:{_name(clean_up)}", _closing(clean_up, now))
    shares = [
        _asked(f"share:{_name(clean_up)}:{place}", _share(clean_up, place, household, now))
        for place, household in enumerate(people, start=1)
    ]
    settled = load_settled(connection, {one.ref for one in (close, *shares)})
    fresh = [one for one in (close, *shares) if one.ref not in settled]
    verdicts: dict[RequestKey, Verdict] = {ref: known.verdict for ref, known in settled.items()}
    accepted = post_all(connection, book, fresh)
    verdicts |= {one.ref: answer for one, answer in zip(fresh, accepted, strict=True)}
    points = {ref: _points(verdict) for ref, verdict in verdicts.items()}
    if _closed_with(connection, close) != len(people):
        # The shares would go to the wrong places in the line.
        if close in fresh:
            raise HouseholdsMoved
        return NotDone(reason=DeskFault.CHECK_INS_CHANGED, details={"people": len(people)})
    return SharedOut(
        period=clean_up.period,
        shares=tuple(
            PaidShare(place=place, household=household, points=points[one.ref])
            for place, (one, household) in enumerate(zip(shares, people, strict=True), start=1)
        ),
    )


def _participants(connection: Connection, clean_up: CleanUpKey) -> list[HouseholdId]:
    """Give the households that stand for who checked in, the earliest first."""
    found = load_check_ins(connection, [clean_up]).get(clean_up, ())
    undone = undone_among(connection, {one.operation for one in found})
    counted = [one for one in found if one.operation not in undone]
    counted.sort(key=lambda one: (one.occurred_at, one.operation))
    stands = load_households(connection, {one.household for one in counted}).stands
    return [stands[one.household] for one in counted]


def _closed_with(connection: Connection, close: Asked) -> int:
    """Tell how many people the building was closed with."""
    found = load_originals(connection, [close.key])[close.key]
    return next(one.act.quantity for one in found if one.ref == close.ref)


def _points(verdict: Verdict) -> int:
    if isinstance(verdict, Refused):
        raise RolledBack(NotDone(reason=verdict.reason, details=verdict.details))
    return verdict.points


def _name(clean_up: CleanUpKey) -> str:
    return f"{clean_up.activity}:{clean_up.building}:{clean_up.period}"


def _closing(clean_up: CleanUpKey, now: datetime) -> CloseBuilding:
    return CloseBuilding(
        activity=ActivityKey(clean_up.activity),
        building=clean_up.building,
        period=clean_up.period,
        occurred_at=now,
    )


def _share(clean_up: CleanUpKey, place: int, household: HouseholdId, now: datetime) -> Share:
    return Share(
        activity=ActivityKey(clean_up.activity),
        building=clean_up.building,
        period=clean_up.period,
        household=household,
        place=place,
        occurred_at=now,
    )


def _asked(name: str, operation: CloseBuilding | Share) -> Asked:
    return Asked(credential=OPERATOR, key=OperationKey(name), operation=operation)
