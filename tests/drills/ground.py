"""What drills run on: a market that never closes, a hundred households, a supervisor's phone."""

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from random import Random

from points.domain.access import OPERATOR, Credential, Role
from points.domain.cards import CODE_BYTES, CardCode, code_fingerprint, make_card_code
from points.domain.facts import Accepted, Asked
from points.domain.ids import HouseholdId
from points.domain.operations import Operation, ReceiveStock, card_by_code
from points.domain.pairing import Pairing
from points.domain.programme import Session
from points.service.credentials import Admitted, add_device
from points.service.posting import Book, make_book, post
from points.service.transactions import transaction
from points.storage.columns import table_of
from points.storage.engine import Database
from points.storage.people import CardRow, HouseholdRow
from tests.build import ask, make_catalog, make_earn, make_redeem, make_undo
from tests.market import BIN_BAGS, CHECK_IN, MARKET, PROGRAMME, REDEEMING, SINCE_EVER
from tests.save import _save, card_row, save_catalog

EVERYONE = range(1, 101)
PIECES = 1_000_000
PRICE = 7

ALWAYS = Session(opens=SINCE_EVER, closes=datetime(2200, 1, 1, tzinfo=UTC))
CATALOG = make_catalog(
    replace(PROGRAMME, points_per_day_max=None),
    replace(MARKET, sessions=(ALWAYS,)),
    replace(CHECK_IN, times=()),
    replace(BIN_BAGS, price=PRICE, stock=PIECES, per_household_per_event=None),
)


@dataclass(frozen=True, slots=True)
class Ground:
    """The book of a drill, and the phone that may write to it."""

    book: Book
    phone: Credential
    token: str


def now() -> datetime:
    return datetime.now(UTC)


def code_of(household: int) -> CardCode:
    return make_card_code(household.to_bytes(CODE_BYTES))


def prepare_ground(database: Database) -> Ground:
    """Set an empty database up: cards without points, and a full shelf."""
    with transaction(database) as connection:
        save_catalog(connection, CATALOG)
        owners = [HouseholdId(number) for number in EVERYONE]
        rows = [{"id": owner, "added_at": SINCE_EVER} for owner in owners]
        _save(connection, table_of(HouseholdRow), rows)
        cards = [card_row(owner, fingerprint=code_fingerprint(code_of(owner))) for owner in owners]
        _save(connection, table_of(CardRow), cards)
    book = make_book(database, now)
    full = ReceiveStock(
        reward=BIN_BAGS.key, booth=REDEEMING, quantity=PIECES, occurred_at=now(), reserve=""
    )
    [outcome] = post(book, [ask(full, by=OPERATOR)])
    assert isinstance(outcome, Accepted), outcome
    pairing = Pairing(name="drill", role=Role.SUPERVISOR, event=MARKET.key, booth=REDEEMING)
    admitted = add_device(database, pairing, now=now(), random_bytes=secrets.token_bytes)
    assert isinstance(admitted, Admitted), admitted
    return Ground(book, admitted.credential, admitted.token)


class Visitors:
    """People who come to the booth, in an order that the seed decides.

    Half of what they want earns, a third spends, the rest takes something earlier back.
    """

    def __init__(
        self, seed: int, new_id: Callable[[], str], households: Sequence[int] = EVERYONE
    ) -> None:
        self._random = Random(seed)
        self._new_id = new_id
        self._households = households
        self._done: list[str] = []

    def next(self) -> dict[str, object]:
        """Give the next operation as a phone sends it."""
        named: dict[str, object] = {"id": self._new_id(), "occurred_at": now().isoformat()}
        card = code_of(self._random.choice(self._households))
        chance = self._random.random()
        if chance < 1 / 6 and self._done:
            mistake = self._done.pop(self._random.randrange(len(self._done)))
            return named | {"kind": "undo", "undoes": mistake}
        if chance < 1 / 2:
            bought = {"reward": "bin-bags", "quantity": 1, "price_shown": PRICE}
            return named | {"kind": "redeem", "card": card} | bought
        return named | {"kind": "earn", "card": card, "activity": "check-in"}

    def was_done(self, key: str) -> None:
        """Hear that an operation is in the book: it may be taken back one day."""
        self._done.append(key)


def asked_by(phone: Credential, sent: Mapping[str, object]) -> Asked:
    """Give what the service understands of an operation that a phone sends."""
    at = datetime.fromisoformat(str(sent["occurred_at"]))
    operation: Operation
    if sent["kind"] == "undo":
        operation = make_undo(str(sent["undoes"]), occurred_at=at)
    else:
        card = card_by_code(code_fingerprint(CardCode(str(sent["card"]))))
        operation = (
            make_earn(card=card, occurred_at=at)
            if sent["kind"] == "earn"
            else make_redeem(card=card, price_shown=PRICE, occurred_at=at)
        )
    return ask(operation, key=str(sent["id"]), by=phone)
