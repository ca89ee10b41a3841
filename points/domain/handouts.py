"""Decide on goods that a phone says it handed out while there was no network.

They are gone: what is short of points or beyond a limit is booked, and a person settles the rest.
Where it is not even sure what happened, the operation is kept for a person. What bounds the damage
is the lease: no phone hands out more than it had with it.
"""

from dataclasses import dataclass

from points.domain.confirming import Confirmation, allowed_fault, over_fault, spending_fault
from points.domain.doubts import in_review
from points.domain.facts import Asked, Card, Refused
from points.domain.ids import AccountId, goods
from points.domain.operations import POINTS_MAX, QUANTITY_MAX, Kind, Redeem
from points.domain.outcomes import Refusal
from points.domain.programme import PRICE_HOLDS, Reward, Version, Versions
from points.domain.redemptions import (
    Purchase,
    Taken,
    hand_over,
    left_of_limit,
    offer_for,
    price_fault,
)
from points.domain.shelves import lease_of, pieces_leased, pieces_on
from points.domain.shown_cards import is_one_time
from points.domain.state import Draft, State


@dataclass(frozen=True, slots=True)
class Weighed:
    """A handout as far as it is understood, and what is doubtful about it."""

    purchase: Purchase
    doubts: tuple[Refused, ...]


def decide_handout(state: State, asked: Asked, redeem: Redeem) -> Draft | Refused:
    """Decide one redemption that happened without a network."""
    weighed = weigh_handout(state, asked, redeem)
    if isinstance(weighed, Refused):
        return weighed
    purchase = weighed.purchase
    waived = asked.waived or ()
    doubts = [doubt for doubt in weighed.doubts if doubt.reason not in waived]
    if doubts:
        return in_review(doubts)
    taken = _taken(state, purchase, is_approved=asked.is_approved)
    if isinstance(taken, Refused):
        return taken
    over = max(0, -left_of_limit(state, purchase))
    return hand_over(state, purchase, taken, over_limit=min(over, redeem.quantity))


def weigh_handout(state: State, asked: Asked, redeem: Redeem) -> Weighed | Refused:
    """Tell what is doubtful about a handout, or why it cannot be one at all."""
    if not 0 < redeem.quantity <= QUANTITY_MAX or not _is_payable(redeem):
        return Refused(reason=Refusal.QUANTITY_INVALID)
    fault = state.time_fault(redeem.occurred_at, is_offline=True)
    if fault is not None:
        return fault
    card = state.card_behind(redeem.card)
    if card is None:
        return Refused(reason=Refusal.CARD_UNKNOWN)
    purchase = _understand(state, asked, redeem, card)
    if isinstance(purchase, Refused):
        return purchase
    event = state.event(purchase.reward.event, redeem.occurred_at)
    if event is None:
        return Refused(reason=Refusal.REWARD_UNKNOWN)
    fault = state.community_fault(event, purchase.household)
    if fault is not None:
        return fault
    doubts = [
        state.stop_fault(card, redeem.occurred_at, is_offline=True),
        # It lives for a minute and is used once: without a network nobody could tell either.
        Refused(reason=Refusal.CODE_EXPIRED) if is_one_time(redeem.card) else None,
        _allowance_doubt(state, purchase),
        state.event_fault(event, purchase.household, redeem.occurred_at),
        price_fault(purchase),
    ]
    if not asked.is_approved:  # somebody has looked: these goods are gone, wherever they stood
        doubts += [_lease_doubt(state, purchase), _ceiling_doubt(state, purchase)]
        at, price = redeem.occurred_at, purchase.price
        if purchase.confirmed_by is None:
            doubts.append(spending_fault(state, purchase.household, price, moment=at))
    return Weighed(purchase, tuple(doubt for doubt in doubts if doubt is not None))


def _is_payable(redeem: Redeem) -> bool:
    return 0 <= redeem.price_shown * redeem.quantity <= POINTS_MAX


def _understand(state: State, asked: Asked, redeem: Redeem, card: Card) -> Purchase | Refused:
    offer = offer_for(state, asked, redeem, _offered)
    if isinstance(offer, Refused):
        return offer
    allowance = state.facts.allowances.get(redeem.card)
    is_confirmed = allowance is not None and allowance.is_confirmed
    return Purchase(
        redeem=redeem,
        caller=asked.credential,
        card=card,
        household=state.household(card.household),
        booth=offer.booth,
        reward=offer.reward,
        version=offer.version,
        allowance=allowance,
        confirmed_by=Confirmation.ALLOWANCE if is_confirmed else None,
    )


def _offered(versions: Versions[Reward], redeem: Redeem) -> Version[Reward]:
    """Give the newest version with the price shown that still held then, else the one in force."""
    moment = redeem.occurred_at
    for version in reversed(versions.between(moment - PRICE_HOLDS, moment)):
        if version.item is not None and version.item.price == redeem.price_shown:
            return version
    return versions.at(moment)


def _allowance_doubt(state: State, purchase: Purchase) -> Refused | None:
    allowance = purchase.allowance
    if allowance is None:
        return None
    over = over_fault(state, allowance, purchase.redeem.occurred_at)
    return over or allowed_fault(state, allowance, purchase.price)


def _lease_doubt(state: State, purchase: Purchase) -> Refused | None:
    left = pieces_leased(state, purchase.caller, purchase.shelf)
    if purchase.redeem.quantity <= left:
        return None
    return Refused(reason=Refusal.OUT_OF_STOCK, details={"left": left})


def _ceiling_doubt(state: State, purchase: Purchase) -> Refused | None:
    """Say so if this phone alone gave this household more than it may without a network."""
    programme = state.catalog.programme_at(purchase.redeem.occurred_at)
    spent = -sum(
        act.points
        for act in state.acts(purchase.household, Kind.REDEEM)
        if act.event == purchase.booth.event
        and state.handed_out_by.get(act.operation) == purchase.caller.id
    )
    left = programme.offline_points_per_card_max - spent
    if purchase.price <= left:
        return None
    return Refused(reason=Refusal.OFFLINE_LIMIT_REACHED, details={"points_left": max(0, left)})


def _taken(state: State, purchase: Purchase, *, is_approved: bool) -> Taken | Refused:
    """Say which pieces are gone: the phone's own, and where a person says so, the booth's."""
    left = purchase.redeem.quantity
    lease = lease_of(state, purchase.caller, purchase.shelf)
    at_phone = pieces_leased(state, purchase.caller, purchase.shelf)
    at_booth = pieces_on(state, purchase.shelf) if is_approved else 0
    if left > at_phone + at_booth:
        return Refused(reason=Refusal.OUT_OF_STOCK, details={"left": at_phone + at_booth})
    taken: list[tuple[AccountId, int]] = []
    if lease is not None and at_phone:
        taken.append((lease, min(left, at_phone)))
        left -= min(left, at_phone)
    if left:
        taken.append((goods(state.catalog.shelves[purchase.shelf]), left))
    return taken
