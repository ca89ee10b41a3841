"""Decide whether points are handed over for goods.

What has happened already, without a network, is weighed in `handouts`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from points.domain.access import Credential
from points.domain.cases import OVER_LIMIT, OWED
from points.domain.confirming import (
    Confirmation,
    Shown,
    allowed_fault,
    confirmation,
    confirming_fault,
    shown,
)
from points.domain.facts import (
    ALLOWANCE,
    ALLOWANCE_LEFT,
    CONFIRMED,
    Allowance,
    Asked,
    Card,
    Detail,
    Refused,
)
from points.domain.ids import AccountId, BoothKey, HouseholdId, SystemAccount, goods, system
from points.domain.operations import QUANTITY_MAX, CardRef, Kind, Redeem
from points.domain.outcomes import Refusal
from points.domain.periods import spelled
from points.domain.programme import Booth, Reward, Shelf, Version, Versions
from points.domain.shelves import kept_back, lease_of, on_shelf, pieces_leased, pieces_on
from points.domain.state import Draft, State

ONE_TIME_CODE = "code"
"""The figure of a redemption that names the one-time code that was shown for it."""

Taken = Sequence[tuple[AccountId, int]]
"""How many pieces leave which account."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Purchase:
    """A redemption with everything that its names stand for."""

    redeem: Redeem
    caller: Credential
    card: Card
    household: HouseholdId
    booth: Booth
    reward: Reward
    version: int
    code: CardRef | None = None
    """The one-time code that was held up, where one was."""
    allowance: Allowance | None = None
    confirmed_by: Confirmation | None = None

    @property
    def price(self) -> int:
        """Give the points for all pieces, at the price that was shown."""
        return self.redeem.price_shown * self.redeem.quantity

    @property
    def shelf(self) -> Shelf:
        """Give the shelf on which the goods stand for everyone."""
        return Shelf(reward=self.reward.key, booth=self.booth.key)


def decide_redemption(state: State, asked: Asked, redeem: Redeem) -> Draft | Refused:
    """Decide one redemption at the booth of whoever asks."""
    if not 0 < redeem.quantity <= QUANTITY_MAX:
        return Refused(reason=Refusal.QUANTITY_INVALID)
    fault = state.time_fault(redeem.occurred_at, is_offline=redeem.is_offline)
    if fault is not None:
        return fault
    held_up = shown(state, redeem.card, redeem.occurred_at)
    if isinstance(held_up, Refused):
        return held_up
    purchase = _understand(state, asked, redeem, held_up)
    if isinstance(purchase, Refused):
        return purchase
    event = state.event(purchase.reward.event, redeem.occurred_at)
    if event is None:
        return Refused(reason=Refusal.REWARD_UNKNOWN)
    fault = state.event_fault(event, purchase.household, redeem.occurred_at)
    fault = fault or price_fault(purchase) or _limit_fault(state, purchase)
    fault = fault or _stock_fault(state, purchase) or _points_fault(state, purchase)
    price = purchase.price
    fault = fault or allowed_fault(state, purchase.allowance, price)
    fault = fault or confirming_fault(state, asked, purchase.household, price, held_up=held_up)
    return fault or hand_over(state, purchase, _taken(state, purchase))


def hand_over(state: State, purchase: Purchase, taken: Taken, *, over_limit: int = 0) -> Draft:
    """Write a redemption: points go as far as there are any, the rest is owed."""
    redeem, household = purchase.redeem, purchase.household
    state.begin()
    expired = state.book.expire_due(household, state.now)
    redeemed = system(SystemAccount.REDEEMED)
    paid = min(purchase.price, state.book.available(household, state.now))
    owed = purchase.price - paid
    if paid:
        state.book.spend(household, paid, to=redeemed, now=state.now)
    if owed:
        state.book.owe(household, owed, to=redeemed)
    for account, pieces in taken:
        state.book.move(account, system(SystemAccount.HANDED_OUT), pieces)
    day = state.day(redeem.occurred_at)
    figures: dict[str, Detail] = {"reserve": redeem.reserve, OWED: owed, OVER_LIMIT: over_limit}
    figures |= _shown_figures(state, purchase)
    details = {name: figure for name, figure in figures.items() if figure}
    if purchase.allowance is not None:
        details |= _spend_allowance(state, purchase.allowance, purchase.price)
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
        details=details,
    )


def _shown_figures(state: State, purchase: Purchase) -> dict[str, Detail]:
    """Say by what the act was confirmed; a one-time code is used with it, an allowance spent."""
    figures: dict[str, Detail] = {CONFIRMED: purchase.confirmed_by or ""}
    if purchase.code is not None:
        state.use_code(purchase.code)
        figures[ONE_TIME_CODE] = purchase.code
    return figures


def _spend_allowance(state: State, allowance: Allowance, points: int) -> dict[str, Detail]:
    state.spend_allowance(allowance.id, points)
    return {ALLOWANCE: allowance.id, ALLOWANCE_LEFT: max(0, state.left_of(allowance))}


def left_of_limit(state: State, purchase: Purchase) -> int:
    """Count the pieces that the household may have after these; below zero, it has too many."""
    limit = purchase.reward.per_household_per_event
    if limit is None:
        return 0
    had = sum(
        act.quantity
        for act in state.acts(purchase.household, Kind.REDEEM)
        if act.item == purchase.reward.key
    )
    return limit - had - purchase.redeem.quantity


@dataclass(frozen=True, slots=True)
class Offer:
    """What a booth hands out, at its price."""

    booth: Booth
    reward: Reward
    version: int


def offer_for(
    state: State,
    asked: Asked,
    redeem: Redeem,
    choose: Callable[[Versions[Reward], Redeem], Version[Reward] | None],
) -> Offer | Refused:
    """Find where the goods are handed out, and what they are.

    Args:
        state: Of the book.
        asked: By whom.
        redeem: What for.
        choose: Which version of the reward counts, of all that there were.
    """
    booth = _redeeming_booth(state, asked.credential.booth, redeem)
    if booth is None:
        return Refused(reason=Refusal.NOT_ALLOWED)
    versions = state.catalog.rewards.get(redeem.reward)
    version = choose(versions, redeem) if versions else None
    if version is None or version.item is None or version.item.event != booth.event:
        return Refused(reason=Refusal.REWARD_UNKNOWN)
    if redeem.reserve and redeem.reserve not in version.item.reserved_for:
        return Refused(reason=Refusal.RESERVE_UNKNOWN)
    return Offer(booth, version.item, version.number)


def _redeeming_booth(state: State, key: BoothKey | None, redeem: Redeem) -> Booth | None:
    """Give the booth, if it hands goods out."""
    versions = state.catalog.booths.get(key) if key else None
    version = versions.at(redeem.occurred_at) if versions else None
    booth = version.item if version else None
    return booth if booth is not None and booth.redeems else None


def _understand(state: State, asked: Asked, redeem: Redeem, held_up: Shown) -> Purchase | Refused:
    offer = offer_for(state, asked, redeem, _in_force)
    if isinstance(offer, Refused):
        return offer
    return Purchase(
        redeem=redeem,
        caller=asked.credential,
        card=held_up.card,
        household=state.household(held_up.card.household),
        booth=offer.booth,
        reward=offer.reward,
        version=offer.version,
        code=held_up.ref if held_up.code is not None else None,
        allowance=held_up.allowance,
        confirmed_by=confirmation(state, asked, held_up),
    )


def _in_force(versions: Versions[Reward], redeem: Redeem) -> Version[Reward] | None:
    """Give the reward and its price as they stood when the act happened."""
    return versions.at(redeem.occurred_at)


def price_fault(purchase: Purchase) -> Refused | None:
    """Tell whether the price is another than the one that was shown."""
    if purchase.redeem.price_shown == purchase.reward.price:
        return None
    return Refused(reason=Refusal.PRICE_CHANGED, details={"price": purchase.reward.price})


def _limit_fault(state: State, purchase: Purchase) -> Refused | None:
    left = left_of_limit(state, purchase)
    if left >= 0:
        return None
    limit = purchase.reward.per_household_per_event or 0
    still = max(0, left + purchase.redeem.quantity)
    return Refused(reason=Refusal.LIMIT_REACHED, details={"limit": limit, "left": still})


def _stock_fault(state: State, purchase: Purchase) -> Refused | None:
    reward, redeem = purchase.reward, purchase.redeem
    free = _free_at_booth(state, purchase) + pieces_leased(state, purchase.caller, purchase.shelf)
    if redeem.quantity <= free:
        return None
    at_booth = on_shelf(state, reward, purchase.booth.key, redeem.reserve)
    later = [release for release in reward.released if redeem.occurred_at < release.at]
    held_back = kept_back(reward, purchase.booth.key, redeem.occurred_at)
    details: dict[str, Detail] = {"left": free}
    if later and held_back and at_booth:
        details |= {"next_at": spelled(later[0].at), "next_pieces": later[0].pieces}
        return Refused(reason=Refusal.NOT_RELEASED_YET, details=details)
    return Refused(reason=Refusal.OUT_OF_STOCK, details=details)


def _free_at_booth(state: State, purchase: Purchase) -> int:
    reward, booth, redeem = purchase.reward, purchase.booth.key, purchase.redeem
    held_back = kept_back(reward, booth, redeem.occurred_at)
    return max(0, on_shelf(state, reward, booth, redeem.reserve) - held_back)


def _points_fault(state: State, purchase: Purchase) -> Refused | None:
    available = state.book.available(purchase.household, state.now)
    if purchase.price <= available:
        return None
    if purchase.allowance is not None:  # whoever carries it learns nothing of the household
        return Refused(reason=Refusal.POINTS_SHORT)
    return Refused(
        reason=Refusal.POINTS_SHORT,
        details={"short": purchase.price - available, "available": available},
    )


def _taken(state: State, purchase: Purchase) -> Taken:
    """Say how many pieces leave which account.

    Those kept for the reserve go first, then those at the booth for everyone; what the phone has
    with it is for when there is no network, so it goes last.
    """
    redeem, catalog = purchase.redeem, state.catalog
    at_booth = min(redeem.quantity, _free_at_booth(state, purchase))
    taken: list[tuple[AccountId, int]] = []
    left = at_booth
    for reserve in dict.fromkeys((redeem.reserve, "")):
        shelf = Shelf(reward=purchase.reward.key, booth=purchase.booth.key, reserve=reserve)
        pieces = min(left, pieces_on(state, shelf))
        if pieces:
            taken.append((goods(catalog.shelves[shelf]), pieces))
            left -= pieces
    lease = lease_of(state, purchase.caller, purchase.shelf)
    if lease is not None and redeem.quantity > at_booth:
        taken.append((lease, redeem.quantity - at_booth))
    assert sum(pieces for _, pieces in taken) == redeem.quantity, "stock was decided without enough"
    return taken
