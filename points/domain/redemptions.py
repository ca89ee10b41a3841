"""Decide whether points are handed over for goods."""

from dataclasses import dataclass

from points.domain.access import Credential
from points.domain.facts import Asked, Card, Detail, Refused
from points.domain.ids import (
    BoothKey,
    HouseholdId,
    ShelfId,
    SystemAccount,
    goods,
    system,
)
from points.domain.operations import QUANTITY_MAX, Kind, Redeem
from points.domain.outcomes import Refusal
from points.domain.periods import spelled
from points.domain.programme import Booth, Reward, Shelf, Version
from points.domain.state import Draft, State


@dataclass(frozen=True, slots=True, kw_only=True)
class Purchase:
    """A redemption with everything that its names stand for."""

    redeem: Redeem
    card: Card
    household: HouseholdId
    booth: Booth
    reward: Reward
    version: int

    @property
    def price(self) -> int:
        """Give the points for all pieces."""
        return self.reward.price * self.redeem.quantity


def decide_redemption(state: State, asked: Asked, redeem: Redeem) -> Draft | Refused:
    """Decide one redemption at the booth of whoever asks."""
    if not 0 < redeem.quantity <= QUANTITY_MAX:
        return Refused(reason=Refusal.QUANTITY_INVALID)
    fault = state.time_fault(redeem.occurred_at, is_offline=redeem.is_offline)
    if fault is not None:
        return fault
    purchase = _understand(state, asked.credential, redeem)
    if isinstance(purchase, Refused):
        return purchase
    event = state.event(purchase.reward.event, redeem.occurred_at)
    if event is None:
        return Refused(reason=Refusal.REWARD_UNKNOWN)
    fault = state.event_fault(event, purchase.household, redeem.occurred_at)
    fault = fault or _price_fault(purchase) or _limit_fault(state, purchase)
    fault = fault or _stock_fault(state, purchase) or _points_fault(state, purchase)
    return fault or _write(state, purchase)


def _understand(state: State, credential: Credential, redeem: Redeem) -> Purchase | Refused:
    card = state.card(redeem.card, redeem.occurred_at, is_offline=redeem.is_offline)
    if isinstance(card, Refused):
        return card
    booth = redeeming_booth(state, credential.booth, redeem)
    if booth is None:
        return Refused(reason=Refusal.NOT_ALLOWED)
    version = find_reward(state, redeem)
    if version is None or version.item is None or version.item.event != booth.event:
        return Refused(reason=Refusal.REWARD_UNKNOWN)
    if redeem.reserve and redeem.reserve not in version.item.reserved_for:
        return Refused(reason=Refusal.RESERVE_UNKNOWN)
    return Purchase(
        redeem=redeem,
        card=card,
        household=state.household(card.household),
        booth=booth,
        reward=version.item,
        version=version.number,
    )


def redeeming_booth(state: State, key: BoothKey | None, redeem: Redeem) -> Booth | None:
    """Give the booth, if it hands goods out."""
    versions = state.catalog.booths.get(key) if key else None
    version = versions.at(redeem.occurred_at) if versions else None
    booth = version.item if version else None
    return booth if booth is not None and booth.redeems else None


def find_reward(state: State, redeem: Redeem) -> Version[Reward] | None:
    """Find the reward and its price as they stood when the act happened."""
    versions = state.catalog.rewards.get(redeem.reward)
    return versions.at(redeem.occurred_at) if versions else None


def _price_fault(purchase: Purchase) -> Refused | None:
    if purchase.redeem.price_shown == purchase.reward.price:
        return None
    return Refused(reason=Refusal.PRICE_CHANGED, details={"price": purchase.reward.price})


def _limit_fault(state: State, purchase: Purchase) -> Refused | None:
    limit = purchase.reward.per_household_per_event
    if limit is None:
        return None
    had = sum(
        act.quantity
        for act in state.acts(purchase.household, Kind.REDEEM)
        if act.item == purchase.reward.key
    )
    if had + purchase.redeem.quantity <= limit:
        return None
    left = max(0, limit - had)
    return Refused(reason=Refusal.LIMIT_REACHED, details={"limit": limit, "left": left})


def _stock_fault(state: State, purchase: Purchase) -> Refused | None:
    reward, redeem = purchase.reward, purchase.redeem
    at_booth = on_shelf(state, reward, purchase.booth.key, redeem.reserve)
    later = [release for release in reward.released if redeem.occurred_at < release.at]
    held_back = (
        reward.pieces_held_back(redeem.occurred_at)
        if purchase.booth.key == reward.home_booth
        else 0
    )
    free = max(0, at_booth - held_back)
    if redeem.quantity <= free:
        return None
    details: dict[str, Detail] = {"left": free}
    if later and held_back and at_booth:
        details |= {"next_at": spelled(later[0].at), "next_pieces": later[0].pieces}
        return Refused(reason=Refusal.NOT_RELEASED_YET, details=details)
    return Refused(reason=Refusal.OUT_OF_STOCK, details=details)


def on_shelf(state: State, reward: Reward, booth: BoothKey, reserve: str = "") -> int:
    """Count the pieces at a booth that may go to this reserve, or to anyone; unreleased included.

    Whoever a reserve is kept for may also have what is there for everyone.
    """
    open_shelf = _pieces(state, Shelf(reward=reward.key, booth=booth))
    if not reserve:
        return open_shelf
    return open_shelf + _pieces(state, Shelf(reward=reward.key, booth=booth, reserve=reserve))


def _pieces(state: State, shelf: Shelf) -> int:
    number = state.catalog.shelves.get(shelf)
    return state.book.balance(goods(number)) if number is not None else 0


def _points_fault(state: State, purchase: Purchase) -> Refused | None:
    available = state.book.available(purchase.household, state.now)
    if purchase.price <= available:
        return None
    return Refused(
        reason=Refusal.POINTS_SHORT,
        details={"short": purchase.price - available, "available": available},
    )


def _write(state: State, purchase: Purchase) -> Draft:
    redeem, household = purchase.redeem, purchase.household
    state.begin()
    expired = state.book.expire_due(household, state.now)
    if purchase.price:
        redeemed = system(SystemAccount.REDEEMED)
        state.book.spend(household, purchase.price, to=redeemed, now=state.now)
    for shelf, pieces in _shelves(state, purchase):
        state.book.move(goods(shelf), system(SystemAccount.HANDED_OUT), pieces)
    day = state.day(redeem.occurred_at)
    return Draft(
        household=household,
        resident=purchase.card.resident,
        event=purchase.booth.event,
        booth=purchase.booth.key,
        item=purchase.reward.key,
        version=purchase.version,
        quantity=redeem.quantity,
        points=-purchase.price,
        expired=expired,
        reference=state.fact_reference(purchase.reward.key, household, day),
        details={"reserve": redeem.reserve} if redeem.reserve else {},
    )


def _shelves(state: State, purchase: Purchase) -> list[tuple[ShelfId, int]]:
    """Say how many pieces leave which shelf: those kept for the reserve go first."""
    left = purchase.redeem.quantity
    taken: list[tuple[ShelfId, int]] = []
    for reserve in dict.fromkeys((purchase.redeem.reserve, "")):
        shelf = Shelf(reward=purchase.reward.key, booth=purchase.booth.key, reserve=reserve)
        pieces = min(left, _pieces(state, shelf))
        if pieces:
            taken.append((state.catalog.shelves[shelf], pieces))
            left -= pieces
    assert left == 0, "stock was decided without enough pieces"
    return taken
