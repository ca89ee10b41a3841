"""Decide what happens to goods between delivery and hand-over."""

from points.domain.access import Credential, Role
from points.domain.facts import Asked, Refused
from points.domain.ids import BoothKey, RewardKey, ShelfId, SystemAccount, goods, system
from points.domain.operations import QUANTITY_MAX, CountStock, MoveStock, ReceiveStock
from points.domain.outcomes import Refusal
from points.domain.programme import Reward, Shelf
from points.domain.shelves import free_to_leave
from points.domain.state import Draft, State


def decide_receipt(state: State, asked: Asked, receipt: ReceiveStock) -> Draft | Refused:
    """Decide on goods that arrive at a booth."""
    reward = find_reward(state, asked.credential, receipt.reward)
    if reward is None:
        return Refused(reason=Refusal.REWARD_UNKNOWN)
    shelf = find_shelf(state, reward, receipt.booth, receipt.reserve)
    if isinstance(shelf, Refused):
        return shelf
    if not 0 < receipt.quantity <= QUANTITY_MAX:
        return Refused(reason=Refusal.QUANTITY_INVALID)
    state.begin()
    state.book.move(system(SystemAccount.SUPPLIED), goods(shelf), receipt.quantity)
    return _draft(reward, receipt.booth, receipt.quantity)


def decide_move(state: State, asked: Asked, move: MoveStock) -> Draft | Refused:
    """Decide on goods that go to another booth. What is not released yet stays where it is."""
    reward = find_reward(state, asked.credential, move.reward)
    if reward is None:
        return Refused(reason=Refusal.REWARD_UNKNOWN)
    source = find_shelf(state, reward, move.source)
    target = find_shelf(state, reward, move.booth)
    if isinstance(source, Refused):
        return source
    if isinstance(target, Refused) or source == target:
        return Refused(reason=Refusal.BOOTH_UNKNOWN)
    if not 0 < move.quantity <= QUANTITY_MAX:
        return Refused(reason=Refusal.QUANTITY_INVALID)
    free = free_to_leave(state, reward, move.source)
    if move.quantity > free:
        return Refused(reason=Refusal.OUT_OF_STOCK, details={"left": free})
    state.begin()
    state.book.move(goods(source), goods(target), move.quantity)
    return _draft(reward, move.booth, move.quantity)


def decide_count(state: State, asked: Asked, count: CountStock) -> Draft | Refused:
    """Decide on a stock-take: the difference is booked, never the old figure changed."""
    reward = find_reward(state, asked.credential, count.reward)
    if reward is None:
        return Refused(reason=Refusal.REWARD_UNKNOWN)
    shelf = find_shelf(state, reward, count.booth, count.reserve)
    if isinstance(shelf, Refused):
        return shelf
    if not 0 <= count.counted <= QUANTITY_MAX:
        return Refused(reason=Refusal.QUANTITY_INVALID)
    state.begin()
    missing = state.book.balance(goods(shelf)) - count.counted
    miscounted = system(SystemAccount.MISCOUNTED)
    if missing > 0:
        state.book.move(goods(shelf), miscounted, missing)
    elif missing < 0:
        state.book.move(miscounted, goods(shelf), -missing)
    return _draft(reward, count.booth, -missing)


def find_reward(state: State, credential: Credential, key: RewardKey) -> Reward | None:
    """Find a reward, as it stands, if it is one of the caller's event."""
    versions = state.catalog.rewards.get(key)
    return of_event(credential, versions.latest.item if versions else None)


def of_event(credential: Credential, reward: Reward | None) -> Reward | None:
    """Give the reward if it is one of the caller's event."""
    is_theirs = credential.role is Role.OPERATOR or (
        reward is not None and reward.event == credential.event
    )
    return reward if is_theirs else None


def find_shelf(
    state: State, reward: Reward, booth: BoothKey, reserve: str = ""
) -> ShelfId | Refused:
    """Find the shelf of a reward at a booth, or say why there is none."""
    number = state.catalog.shelves.get(Shelf(reward=reward.key, booth=booth, reserve=reserve))
    if number is not None:
        return number
    if reserve and Shelf(reward=reward.key, booth=booth) in state.catalog.shelves:
        return Refused(reason=Refusal.RESERVE_UNKNOWN)
    return Refused(reason=Refusal.BOOTH_UNKNOWN)


def _draft(reward: Reward, booth: BoothKey, quantity: int) -> Draft:
    return Draft(event=reward.event, booth=booth, item=reward.key, quantity=quantity)
