"""Decide on goods that go to a phone, so that it can hand them out without a network, and back.

A lease is a real movement in the book: what a phone has is no longer on the booth's shelf, so all
phones together can never promise more than there is.
"""

from points.domain.access import Role
from points.domain.facts import Asked, Refused
from points.domain.ids import AccountId, device_number, goods, leased
from points.domain.operations import QUANTITY_MAX, LeaseStock, ReturnStock
from points.domain.outcomes import Refusal
from points.domain.programme import Reward
from points.domain.shelves import free_to_leave
from points.domain.state import Draft, State
from points.domain.stock import find_reward, find_shelf, of_event

Side = tuple[AccountId, int]
"""An account, and the pieces that may leave it."""


def decide_lease(state: State, asked: Asked, lease: LeaseStock) -> Draft | Refused:
    """Decide on goods that a phone takes from its own booth. What is kept back stays there."""
    if not _is_own(asked, lease) and asked.credential.role is not Role.OPERATOR:
        return Refused(reason=Refusal.NOT_ALLOWED)
    if lease.device in state.facts.revoked:
        return Refused(reason=Refusal.CREDENTIAL_REVOKED)
    return _move(state, lease, find_reward(state, asked.credential, lease.reward))


def decide_return(state: State, asked: Asked, back: ReturnStock) -> Draft | Refused:
    """Decide on goods that come back from a phone. Supervisors may bring back any phone's."""
    is_overseer = asked.credential.role in (Role.OPERATOR, Role.SUPERVISOR)
    if not _is_own(asked, back) and not is_overseer:
        return Refused(reason=Refusal.NOT_ALLOWED)
    # What was withdrawn since must come back all the same.
    versions = state.catalog.rewards.get(back.reward)
    reward = versions.last_item if versions is not None else None
    return _move(state, back, of_event(asked.credential, reward))


def _is_own(asked: Asked, move: LeaseStock | ReturnStock) -> bool:
    caller = asked.credential
    return (caller.id, caller.booth) == (move.device, move.booth)


def _move(state: State, move: LeaseStock | ReturnStock, reward: Reward | None) -> Draft | Refused:
    if reward is None:
        return Refused(reason=Refusal.REWARD_UNKNOWN)
    sides = _sides(state, reward, move)
    if isinstance(sides, Refused):
        return sides
    (source, free), (target, _) = sides
    if not 0 < move.quantity <= QUANTITY_MAX:
        return Refused(reason=Refusal.QUANTITY_INVALID)
    if move.quantity > free:
        return Refused(reason=Refusal.OUT_OF_STOCK, details={"left": free})
    state.begin()
    state.book.move(source, target, move.quantity)
    return Draft(event=reward.event, booth=move.booth, item=reward.key, quantity=move.quantity)


def _sides(
    state: State, reward: Reward, move: LeaseStock | ReturnStock
) -> tuple[Side, Side] | Refused:
    """Give where the pieces come from and where they go to."""
    shelf, phone = find_shelf(state, reward, move.booth), device_number(move.device)
    if isinstance(shelf, Refused):
        return shelf
    if phone is None:
        return Refused(reason=Refusal.NOT_ALLOWED)
    account = leased(phone, shelf)
    at_booth = goods(shelf), free_to_leave(state, reward, move.booth)
    at_phone = account, state.book.balance(account)
    return (at_booth, at_phone) if isinstance(move, LeaseStock) else (at_phone, at_booth)
