"""Builders: every argument has a plain default, and a test names only what it is about."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from itertools import count
from typing import Any, TypedDict, Unpack

from points.domain.access import Credential, Role
from points.domain.facts import Asked, Card, CardState, Facts
from points.domain.ids import (
    AccountId,
    ActivityKey,
    BoothKey,
    BudgetId,
    CardId,
    CommunityKey,
    CredentialId,
    EventKey,
    HouseholdId,
    LotId,
    OperationId,
    ResidentId,
    RewardKey,
    ShelfId,
    budget,
    goods,
    wallet,
)
from points.domain.ledger import Account, Lot
from points.domain.operations import (
    CardRef,
    Earn,
    Evidence,
    Operation,
    OperationKey,
    Phase,
    Redeem,
    Undo,
)
from points.domain.programme import (
    Activity,
    Booth,
    Catalog,
    Community,
    Event,
    Programme,
    Reward,
    Shelf,
    Version,
    Versions,
)
from tests.market import (
    BIN_BAGS,
    BOOTHS,
    CHECK_IN,
    ITEMS,
    LI,
    LI_CARD,
    LI_SENIOR,
    MARKET,
    NOW,
    POINTS_END,
    QINGSHUI,
    REDEEMING,
    SHIJI,
    SINCE_EVER,
    WANG,
    WANG_CARD,
    WANG_SENIOR,
    ZHAO,
    ZHAO_CARD,
    ZHAO_SENIOR,
    Item,
)

COMMUNITY_OF: Mapping[HouseholdId, CommunityKey | None]
COMMUNITY_OF = {WANG: SHIJI.key, LI: SHIJI.key, ZHAO: QINGSHUI.key}

_TABLES = {
    Programme: "programme",
    Community: "communities",
    Event: "events",
    Booth: "booths",
    Activity: "activities",
    Reward: "rewards",
}


def make_catalog(*given: Item) -> Catalog:
    """Set the market day up; an item given here takes the place of the one with its key."""
    items = {(type(item), _key(item)): item for item in (*ITEMS, *given)}
    tables: dict[str, Any] = {table: {} for table in _TABLES.values()}
    for (kind, key), item in items.items():
        first = Versions((Version(number=1, valid_from=SINCE_EVER, item=item),))
        tables[_TABLES[kind]][key] = first
    tables["programme"] = tables["programme"][""]
    return Catalog(
        number=1,
        shelves=_shelves(item for item in items.values() if isinstance(item, Reward)),
        budgets=_budgets(item for item in items.values() if isinstance(item, Event | Activity)),
        **tables,
    )


def with_version(catalog: Catalog, item: Item, *, valid_from: datetime) -> Catalog:
    """Give the catalog with a further version of the item, in force from the instant on."""
    return _with_version(catalog, item, valid_from, withdrawn=False)


def without(catalog: Catalog, item: Item, *, valid_from: datetime) -> Catalog:
    """Give the catalog in which the item is withdrawn from the instant on."""
    return _with_version(catalog, item, valid_from, withdrawn=True)


def _with_version(
    catalog: Catalog, item: Item, valid_from: datetime, *, withdrawn: bool
) -> Catalog:
    table = _TABLES[type(item)]
    found: Any = getattr(catalog, table)
    versions: Versions[Any] = found if isinstance(item, Programme) else found[item.key]
    further = Version(
        number=len(versions.all) + 1,
        valid_from=valid_from,
        item=None if withdrawn else item,
    )
    after: Any = Versions((*versions.all, further))
    changes: dict[str, Any] = {
        table: after if isinstance(item, Programme) else {**found, item.key: after}
    }
    return replace(catalog, **changes)


def _key(item: Item) -> str:
    return "" if isinstance(item, Programme) else item.key


def _shelves(rewards: Iterable[Reward]) -> dict[Shelf, ShelfId]:
    """Number a shelf at each booth for every reward, and one at home for each reserve."""
    found = [
        Shelf(reward=reward.key, booth=booth, reserve=reserve)
        for reward in rewards
        for booth, reserve in [
            *((booth.key, "") for booth in BOOTHS.values()),
            *((reward.home_booth, reserve) for reserve in reward.reserved_for),
        ]
    ]
    return {shelf: ShelfId(number) for number, shelf in enumerate(found, start=1)}


def _budgets(items: Iterable[Event | Activity]) -> dict[str, BudgetId]:
    limited = [str(item.key) for item in items if item.points_budget is not None]
    return {key: BudgetId(number) for number, key in enumerate(limited, start=1)}


def make_card(
    household: HouseholdId = WANG,
    *,
    resident: ResidentId | None = WANG_SENIOR,
    state: CardState = CardState.ACTIVE,
    stopped_at: datetime | None = None,
) -> Card:
    return Card(
        id=CardId(household),
        household=household,
        resident=resident,
        state=state,
        stopped_at=stopped_at,
    )


def make_lot(
    household: HouseholdId = WANG,
    points: int = 100,
    *,
    number: int = 1,
    expires_at: datetime = POINTS_END,
) -> Lot:
    return Lot(
        id=LotId(number),
        account=wallet(household),
        amount=points,
        remaining=points,
        expires_at=expires_at,
    )


def make_facts(
    *,
    catalog: Catalog | None = None,
    points: Mapping[HouseholdId, int] | None = None,
    lots: Iterable[Lot] = (),
    now: datetime = NOW,
) -> Facts:
    """Give the state before anything happened: full shelves and budgets, and these points.

    Args:
        catalog: The market day, if not given.
        points: What households hold, each in one lot that lives to the end of next year.
        lots: Further lots.
        now: The batch's instant.
    """
    catalog = catalog or make_catalog()
    held = [make_lot(owner, amount, number=owner) for owner, amount in (points or {}).items()]
    lots = (*held, *lots)
    balances = opening_stock(catalog) | opening_budgets(catalog)
    for lot in lots:
        balances[lot.account] = balances.get(lot.account, 0) + lot.remaining
    return Facts(
        now=now,
        next_operation=OperationId(1000),
        catalog=catalog,
        cards={
            WANG_CARD: make_card(WANG),
            LI_CARD: make_card(LI, resident=LI_SENIOR),
            ZHAO_CARD: make_card(ZHAO, resident=ZHAO_SENIOR),
        },
        communities=COMMUNITY_OF,
        accounts={account: Account(balance) for account, balance in balances.items()},
        lots=lots,
        granted={item: balances[budget(number)] for item, number in catalog.budgets.items()},
    )


def opening_stock(catalog: Catalog) -> dict[AccountId, int]:
    """Count the pieces on each shelf as the first versions say."""
    found: dict[AccountId, int] = {}
    for shelf, number in catalog.shelves.items():
        reward = catalog.rewards[shelf.reward].all[0].item
        assert reward is not None, "a reward starts with a version"
        kept = reward.reserved_for
        at_home = reward.stock - sum(kept.values()) if shelf.booth == reward.home_booth else 0
        found[goods(number)] = kept[shelf.reserve] if shelf.reserve else at_home
    return found


def opening_budgets(catalog: Catalog) -> dict[AccountId, int]:
    """Give the size of each budget as the first versions say."""
    tables: list[Mapping[Any, Versions[Any]]] = [catalog.events, catalog.activities]
    firsts = [versions.all[0].item for table in tables for versions in table.values()]
    return {
        budget(catalog.budgets[item.key]): item.points_budget
        for item in firsts
        if item is not None and item.key in catalog.budgets
    }


def make_device(
    *,
    booth: BoothKey | None = REDEEMING,
    role: Role = Role.SUPERVISOR,
    event: EventKey = MARKET.key,
    number: int = 4,
) -> Credential:
    """Pair a phone: the supervisor's at the redeeming booth, if not told otherwise."""
    return Credential(id=CredentialId(f"device:{number}"), role=role, event=event, booth=booth)


class EarnFields(TypedDict, total=False):
    """What a test may say of a scan."""

    card: CardRef
    activity: ActivityKey
    occurred_at: datetime
    quantity: int | None
    grams: Mapping[str, int] | None
    phase: Phase | None
    building: str | None
    is_offline: bool


def make_earn(**given: Unpack[EarnFields]) -> Earn:
    """Hold Wang's card up for checking in."""
    return replace(Earn(card=WANG_CARD, activity=CHECK_IN.key, occurred_at=NOW), **given)


class RedeemFields(TypedDict, total=False):
    """What a test may say of a redemption."""

    card: CardRef
    reward: RewardKey
    quantity: int
    price_shown: int
    occurred_at: datetime
    reserve: str
    is_offline: bool


def make_redeem(**given: Unpack[RedeemFields]) -> Redeem:
    """Ask for one roll of bin bags with Wang's card."""
    one = Redeem(card=WANG_CARD, reward=BIN_BAGS.key, quantity=1, price_shown=30, occurred_at=NOW)
    return replace(one, **given)


def make_undo(
    undoes: str, *, occurred_at: datetime = NOW, claws_back: bool = False, is_offline: bool = False
) -> Undo:
    """Take back what was asked for under this name."""
    return Undo(
        undoes=OperationKey(undoes),
        occurred_at=occurred_at,
        claws_back=claws_back,
        is_offline=is_offline,
    )


_numbers = count(1)


def ask(
    operation: Operation,
    *,
    key: str | None = None,
    by: Credential | None = None,
    evidence: Evidence = Evidence.LIVE,
) -> Asked:
    """Ask for an operation, by a supervisor's phone and under a new name if not told otherwise."""
    name = f"new-{next(_numbers)}" if key is None else key
    return Asked(
        credential=by or make_device(),
        key=OperationKey(name),
        operation=operation,
        evidence=evidence,
    )
