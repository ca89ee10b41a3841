"""A phone at the fair that takes soap along, and hands it out without a network."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from points.domain.access import OPERATOR, Credential, Role
from points.domain.cards import code_fingerprint
from points.domain.facts import Asked, Outcome
from points.domain.ids import BoothKey, CredentialId, EventKey, RewardKey
from points.domain.operations import Adjust, CardRef, OperationKey, Redeem, card_by_code
from points.service.posting import post
from points.service.transactions import snapshot
from points.storage.people import load_cards
from tests.cli.terminal import Desk

PHONE = Credential(
    id=CredentialId("device:1"),
    role=Role.REDEEM,
    event=EventKey("fair"),
    booth=BoothKey("fair/4"),
)
SOAP = RewardKey("fair/soap")


def let_in(desk: Desk, tmp_path: Path) -> None:
    """Let a phone in at booth 4: it is device:1."""
    out = tmp_path / "token"
    desk.says("devices", "add", "--role", "redeem", "--booth", 4, "--out", out)


def hand_out(desk: Desk, key: str = "out", *, price: int = 30, points: int = 0) -> Outcome:
    """Say that a piece of soap went out for a new card's points, without a network."""
    [card] = desk.cards(1)
    ref = card_by_code(code_fingerprint(card.code))
    moment = datetime.now(UTC) - timedelta(minutes=1)
    if points:
        _give(desk, ref, points, moment)
    soap = Redeem(
        card=ref,
        reward=SOAP,
        quantity=1,
        price_shown=price,
        occurred_at=moment,
        is_offline=True,
    )
    asked = Asked(credential=PHONE, key=OperationKey(key), operation=soap)
    return post(desk.book, [asked])[0]


def _give(desk: Desk, card: CardRef, points: int, moment: datetime) -> None:
    with snapshot(desk.database) as connection:
        household = load_cards(connection, [card])[card].household
    gift = Adjust(
        household=household, points=points, reason="r", approver="Chen", occurred_at=moment
    )
    key = OperationKey(f"gift {household}")
    post(desk.book, [Asked(credential=OPERATOR, key=key, operation=gift)])
