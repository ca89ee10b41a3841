"""Builders of what happens to goods that a phone has with it."""

from typing import Any

from points.domain.access import Credential, Role
from points.domain.facts import Accepted, Asked, Refused
from points.domain.ids import CredentialId
from points.domain.operations import LeaseStock, Redeem, ReturnStock
from points.domain.outcomes import Refusal
from points.domain.programme import Shelf
from tests.build import ask, make_catalog, make_device, make_facts, make_redeem
from tests.market import BIN_BAGS, LI, NOW, REDEEMING, WANG, Item
from tests.memory import Memory

PHONE = make_device(role=Role.REDEEM)
COLLEAGUE = make_device(role=Role.REDEEM, number=5)
"""Another phone at the same booth."""

_BAGS: dict[str, Any] = {"reward": BIN_BAGS.key, "booth": REDEEMING, "occurred_at": NOW}
BAGS = Shelf(reward=BIN_BAGS.key, booth=REDEEMING)


def lease(pieces: int = 5, device: CredentialId = PHONE.id, **given: Any) -> LeaseStock:
    """Let a phone at the redeeming booth have bin bags with it."""
    fields: dict[str, Any] = {
        "reward": BIN_BAGS.key,
        "booth": REDEEMING,
        "occurred_at": NOW,
    } | given
    return LeaseStock(device=device, quantity=pieces, **fields)


def give_back(pieces: int = 5, device: CredentialId = PHONE.id, **given: Any) -> ReturnStock:
    """Put bin bags that a phone had with it back on their shelf."""
    fields: dict[str, Any] = {
        "reward": BIN_BAGS.key,
        "booth": REDEEMING,
        "occurred_at": NOW,
    } | given
    return ReturnStock(device=device, quantity=pieces, **fields)


def handout(key: str | None = None, by: Credential = PHONE, **given: Any) -> Asked:
    """Say that a phone handed out one roll of bin bags while there was no network."""
    redeem: Redeem = make_redeem(is_offline=True, **given)
    return ask(redeem, by=by, key=key)


def equip(book: Memory, pieces: int = 5, by: Credential = PHONE) -> None:
    """Let a phone have bin bags with it."""
    assert isinstance(book.tell(ask(lease(pieces, by.id), by=by)), Accepted)


RICH = 100_000


def make_book(*given: Item, points: int = RICH, leased_pieces: int = 9) -> Memory:
    """Open the market day, with bin bags at the redeeming booth's phone and points for two."""
    catalog = make_catalog(*given)
    book = Memory(make_facts(catalog=catalog, points={WANG: points, LI: points}))
    equip(book, leased_pieces)
    return book


def in_review(*doubts: Refusal, **details: int | str) -> Refused:
    """Keep an operation for a person."""
    named = {"doubts": ",".join(doubts), **details}
    return Refused(reason=Refusal.IN_REVIEW, details=named)
