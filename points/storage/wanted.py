"""What a batch must know before it can be decided, read off the operations alone."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from points.domain.cleanups import share_reference
from points.domain.earning import clean_up_reference
from points.domain.facts import Asked, CleanUpKey
from points.domain.ids import (
    AccountId,
    ActivityKey,
    BoothKey,
    CredentialId,
    EventKey,
    HouseholdId,
    RewardKey,
    budget,
    device_number,
    goods,
    leased,
)
from points.domain.operations import (
    Adjust,
    CardRef,
    CashSlip,
    CloseBuilding,
    CountStock,
    Earn,
    Expire,
    Give,
    IssueSlip,
    LeaseStock,
    Merge,
    MoveStock,
    OperationKey,
    ReceiveStock,
    Redeem,
    RequestKey,
    ReturnStock,
    SetBudget,
    Share,
    SlipRef,
    Undo,
)
from points.domain.periods import local_day, period_of
from points.domain.programme import Catalog, CleanUp, Shelf
from points.domain.slips import attempt_of


@dataclass(slots=True)
class Wanted:
    """Names to look up. Sets, filled once by `wanted_by`, read-only afterwards."""

    requests: set[RequestKey] = field(default_factory=set)
    cards: set[CardRef] = field(default_factory=set)
    households: set[HouseholdId] = field(default_factory=set)
    undone: set[OperationKey] = field(default_factory=set)
    accounts: set[AccountId] = field(default_factory=set)
    slips: set[SlipRef] = field(default_factory=set)
    papers: set[SlipRef] = field(default_factory=set)
    clean_ups: set[CleanUpKey] = field(default_factory=set)
    closings: set[str] = field(default_factory=set)
    shares: set[str] = field(default_factory=set)
    budgets: set[str] = field(default_factory=set)
    days: set[tuple[CardRef, date]] = field(default_factory=set)
    events: set[tuple[CardRef, EventKey]] = field(default_factory=set)
    merges: list[tuple[HouseholdId, HouseholdId]] = field(default_factory=list)
    leases: set[AccountId] = field(default_factory=set)
    """Accounts of phones, to be taken where there are any."""
    lessees: set[CredentialId] = field(default_factory=set)
    has_handouts: bool = False
    """Whether goods were handed out without a network."""


def wanted_by(batch: Sequence[Asked], catalog: Catalog) -> Wanted:
    """Collect what the operations of a batch name."""
    wanted = Wanted()
    for asked in batch:
        wanted.requests.add(asked.ref)
        _collect(wanted, asked, catalog)
    return wanted


def _collect(wanted: Wanted, asked: Asked, catalog: Catalog) -> None:
    match asked.operation:
        case Earn() as earn:
            _earn(wanted, earn, catalog)
        case Redeem() as redeem:
            _redeem(wanted, asked, redeem, catalog)
        case Undo(undoes=key):
            wanted.undone.add(key)
            wanted.requests.add(RequestKey(asked.credential.id, key))
        case CashSlip() as cash:
            wanted.cards.add(cash.card)
            wanted.slips.add(cash.slip)
        case IssueSlip() as issue:
            wanted.slips.add(issue.slip)
            wanted.papers.add(issue.slip)
            attempt = attempt_of(asked, issue)
            if attempt is not None:
                wanted.requests.add(attempt)
        case _:
            _collect_at_desk(wanted, asked, catalog)


def _collect_at_desk(wanted: Wanted, asked: Asked, catalog: Catalog) -> None:
    match asked.operation:
        case Adjust(household=household) | Expire(household=household):
            wanted.households.add(household)
        case Merge(source=source, into=into):
            wanted.households |= {source, into}
            wanted.merges.append((source, into))
        case ReceiveStock() | CountStock() as change:
            _shelves(wanted, catalog, change.reward, [change.booth], ["", change.reserve])
        case MoveStock() as move:
            _shelves(wanted, catalog, move.reward, [move.source, move.booth], [""])
        case LeaseStock() | ReturnStock() as move:
            _lease(wanted, move, catalog)
        case Give() as give:
            zone = catalog.programme_at(give.occurred_at).zone
            wanted.cards |= {give.card, give.to}
            wanted.days.add((give.card, local_day(give.occurred_at, zone)))
        case SetBudget(item=item):
            wanted.budgets.add(item)
            _budgets(wanted, catalog, [item])
        case CloseBuilding() as close:
            _clean_up(wanted, catalog, close)
        case Share() as share:
            _clean_up(wanted, catalog, share)
            wanted.households.add(share.household)
            wanted.shares.add(share_reference(share))


def _earn(wanted: Wanted, earn: Earn, catalog: Catalog) -> None:
    wanted.cards.add(earn.card)
    zone = catalog.programme_at(earn.occurred_at).zone
    day = local_day(earn.occurred_at, zone)
    wanted.days.add((earn.card, day))
    versions = catalog.activities.get(earn.activity)
    activity = versions.at(earn.occurred_at).item if versions else None
    if activity is None:
        return
    if activity.looks_back_over_event:
        wanted.events.add((earn.card, activity.event))
    _budgets(wanted, catalog, [activity.key, activity.event])
    event = catalog.events[activity.event].at(earn.occurred_at).item
    if isinstance(activity.rule, CleanUp) and event is not None and earn.building is not None:
        period = period_of(day, activity.rule.once_in)
        wanted.closings.add(clean_up_reference(event, earn.building, period))


def _redeem(wanted: Wanted, asked: Asked, redeem: Redeem, catalog: Catalog) -> None:
    wanted.cards.add(redeem.card)
    zone = catalog.programme_at(redeem.occurred_at).zone
    wanted.days.add((redeem.card, local_day(redeem.occurred_at, zone)))
    versions = catalog.rewards.get(redeem.reward)
    reward = versions.at(redeem.occurred_at).item if versions else None
    if reward is not None and reward.per_household_per_event is not None:
        wanted.events.add((redeem.card, reward.event))
    booth = asked.credential.booth
    if booth is None:
        return
    _shelves(wanted, catalog, redeem.reward, [booth], ["", redeem.reserve])
    shelf = catalog.shelves.get(Shelf(reward=redeem.reward, booth=booth))
    phone = device_number(asked.credential.id)
    if shelf is not None and phone is not None:
        wanted.leases.add(leased(phone, shelf))
    if redeem.is_offline and asked.credential.event is not None:
        wanted.has_handouts = True
        wanted.events.add((redeem.card, asked.credential.event))


def _lease(wanted: Wanted, move: LeaseStock | ReturnStock, catalog: Catalog) -> None:
    _shelves(wanted, catalog, move.reward, [move.booth], [""])
    shelf = catalog.shelves.get(Shelf(reward=move.reward, booth=move.booth))
    phone = device_number(move.device)
    if shelf is not None and phone is not None:
        wanted.accounts.add(leased(phone, shelf))
    wanted.lessees.add(move.device)


def _clean_up(wanted: Wanted, catalog: Catalog, named: CloseBuilding | Share) -> None:
    wanted.clean_ups.add(CleanUpKey(named.activity, named.building, named.period))
    activity = _activity(catalog, named)
    event = catalog.events[activity].latest.item if activity in catalog.events else None
    if event is not None:
        wanted.closings.add(clean_up_reference(event, named.building, named.period))
        _budgets(wanted, catalog, [named.activity, event.key])


def _activity(catalog: Catalog, named: CloseBuilding | Share) -> EventKey:
    versions = catalog.activities.get(ActivityKey(named.activity))
    item = versions.at(named.occurred_at).item if versions else None
    return item.event if item is not None else EventKey("")


def _shelves(
    wanted: Wanted,
    catalog: Catalog,
    reward: RewardKey,
    booths: Iterable[BoothKey],
    reserves: Iterable[str],
) -> None:
    reserves = set(reserves)
    for booth in booths:
        for reserve in reserves:
            number = catalog.shelves.get(Shelf(reward=reward, booth=booth, reserve=reserve))
            if number is not None:
                wanted.accounts.add(goods(number))


def _budgets(wanted: Wanted, catalog: Catalog, items: Iterable[str]) -> None:
    wanted.accounts |= {budget(catalog.budgets[item]) for item in items if item in catalog.budgets}
