"""Count what stands where: on a booth's shelves, kept back there, or with a phone."""

from datetime import datetime

from points.domain.access import Credential
from points.domain.ids import AccountId, BoothKey, device_number, goods, leased
from points.domain.programme import Reward, Shelf
from points.domain.state import State


def on_shelf(state: State, reward: Reward, booth: BoothKey, reserve: str = "") -> int:
    """Count the pieces at a booth that may go to this reserve, or to anyone; unreleased included.

    Whoever a reserve is kept for may also have what is there for everyone.
    """
    open_shelf = pieces_on(state, Shelf(reward=reward.key, booth=booth))
    if not reserve:
        return open_shelf
    return open_shelf + pieces_on(state, Shelf(reward=reward.key, booth=booth, reserve=reserve))


def pieces_on(state: State, shelf: Shelf) -> int:
    """Count the pieces on one shelf."""
    number = state.catalog.shelves.get(shelf)
    return state.book.balance(goods(number)) if number is not None else 0


def kept_back(reward: Reward, booth: BoothKey, moment: datetime) -> int:
    """Count the pieces that stand at a booth and are released only later."""
    return reward.pieces_held_back(moment) if booth == reward.home_booth else 0


def free_to_leave(state: State, reward: Reward, booth: BoothKey) -> int:
    """Count the pieces that may go elsewhere: what is not released yet stays where it is."""
    return max(0, on_shelf(state, reward, booth) - kept_back(reward, booth, state.now))


def lease_of(state: State, caller: Credential, shelf: Shelf) -> AccountId | None:
    """Give the account of what the caller has with them of a shelf's pieces; only phones have."""
    phone, number = device_number(caller.id), state.catalog.shelves.get(shelf)
    return leased(phone, number) if phone is not None and number is not None else None


def pieces_leased(state: State, caller: Credential, shelf: Shelf) -> int:
    """Count what the caller has with them of a shelf's pieces."""
    account = lease_of(state, caller, shelf)
    return state.book.balance(account) if account is not None else 0
