"""What is measured on: an event that never closes, a full shelf, households with cards."""

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import islice
from random import Random
from uuid import uuid4

from sqlalchemy import func, insert, select

from points.domain.access import OPERATOR, Credential, Role
from points.domain.cards import CODE_BYTES, CardCode, code_fingerprint, make_card_code
from points.domain.facts import Accepted, Asked
from points.domain.ids import HouseholdId
from points.domain.operations import CardRef, Operation, ReceiveStock, card_by_code
from points.domain.pairing import Pairing
from points.domain.programme import Span, TimesLimit, Who
from points.service.credentials import Admitted, add_device
from points.service.posting import Book, make_book, post
from points.service.transactions import transaction
from points.service.visits import Opened, Shown, open_visit
from points.storage.columns import table_of
from points.storage.engine import Database
from points.storage.people import CardRow, HouseholdRow
from tests.build import ask, make_catalog, make_earn, make_redeem
from tests.drills.ground import ALWAYS
from tests.market import BIN_BAGS, CHECK_IN, MARKET, PROGRAMME, REDEEMING, SINCE_EVER
from tests.save import card_row, save_catalog

PRICE = 3
PIECES_AT_ONCE = 1_000_000
_PIECES = 50 * PIECES_AT_ONCE
_ROWS_AT_ONCE = 5000
_REDEEMED = 0.25
_REMEMBERED_MAX = 20_000

CATALOG = make_catalog(
    replace(PROGRAMME, points_per_day_max=None, undo_minutes=15),
    replace(MARKET, sessions=(ALWAYS,)),
    # A limit that is looked up for each scan and, with so many households, never reached.
    replace(CHECK_IN, times=(TimesLimit(who=Who.HOUSEHOLD, span=Span.DAY, times_max=10_000),)),
    replace(BIN_BAGS, price=PRICE, stock=_PIECES, per_household_per_event=None),
)


@dataclass(frozen=True, slots=True)
class Town:
    """A book with people, and the phone that may write to it."""

    book: Book
    phone: Credential
    token: str
    households: int


def now() -> datetime:
    return datetime.now(UTC)


def code_of(household: int) -> CardCode:
    return make_card_code(household.to_bytes(CODE_BYTES))


def found(database: Database, households: int) -> Town:
    """Set an empty database up: cards, a full shelf, and a phone."""
    with transaction(database) as connection:
        save_catalog(connection, CATALOG)
    settle_people(database, range(1, households + 1))
    book = make_book(database, now)
    for _ in range(_PIECES // PIECES_AT_ONCE):
        _post_all(book, [_by_operator(_delivery())])
    pairing = Pairing(name="bench", role=Role.SUPERVISOR, event=MARKET.key, booth=REDEEMING)
    admitted = add_device(database, pairing, now=now(), random_bytes=secrets.token_bytes)
    assert isinstance(admitted, Admitted), admitted
    return Town(book, admitted.credential, admitted.token, households)


def reopened(town: Town, database: Database) -> Town:
    """Give the town in a database that was closed meanwhile, or copied."""
    return replace(town, book=make_book(database, now))


def settle_people(database: Database, numbers: range) -> None:
    """Register anonymous households with these numbers, each with a card."""
    household, card = table_of(HouseholdRow), table_of(CardRow)
    for some in in_parts(numbers, _ROWS_AT_ONCE):
        with transaction(database) as connection:
            rows = [{"id": owner, "added_at": SINCE_EVER} for owner in some]
            connection.execute(insert(household), rows)
            cards = [
                card_row(HouseholdId(owner), fingerprint=code_fingerprint(code_of(owner)))
                for owner in some
            ]
            connection.execute(insert(card), cards)
    if not database.is_sqlite:
        with transaction(database) as connection:
            for table in (household, card):  # PostgreSQL does not see numbers that it was given
                counter = func.pg_get_serial_sequence(table.name, "id")
                connection.execute(select(func.setval(counter, numbers.stop)))


def in_parts(numbers: Sequence[int], size: int) -> Iterator[Sequence[int]]:
    for first in range(0, len(numbers), size):
        yield numbers[first : first + size]


class Crowd:
    """Everybody who comes to the booth, in an order that the seed decides."""

    def __init__(self, town: Town, *, seed: int) -> None:
        self.town = town
        self._random = Random(seed)
        self._earned: list[int] = []

    def household(self) -> int:
        return self._random.randrange(1, self.town.households + 1)

    def name(self) -> str:
        """Name an operation as a phone does."""
        return str(uuid4())

    def scans(self) -> Iterator[dict[str, object]]:
        """Give scans as a phone sends them, without end."""
        while True:
            yield {
                "id": self.name(),
                "kind": "earn",
                "card": code_of(self.household()),
                "activity": "check-in",
                "occurred_at": now().isoformat(),
            }

    def batch(self, size: int) -> list[Asked]:
        """Give operations as the book takes them: three scans to one redemption.

        Only who has scanned redeems, so that nothing is refused.
        """
        return list(islice(self._operations(), size))

    def _operations(self) -> Iterator[Asked]:
        moment = now()
        while True:
            operation: Operation
            if self._earned and self._random.random() < _REDEEMED:
                card = _ref(self._earned.pop(self._random.randrange(len(self._earned))))
                operation = make_redeem(card=card, price_shown=PRICE, occurred_at=moment)
            else:
                self._earned.append(self.household())
                if len(self._earned) > _REMEMBERED_MAX:
                    del self._earned[: _REMEMBERED_MAX // 2]
                operation = make_earn(card=_ref(self._earned[-1]), occurred_at=moment)
            yield ask(operation, key=self.name(), by=self.town.phone)


def visits_of(crowd: Crowd, database: Database, count: int) -> list[str]:
    """Let so many residents open their page, and give what their browsers keep."""
    found = []
    for number in range(count):
        shown = Shown(text=code_of(crowd.household()), address=f"192.0.2.{number % 250}")
        opened = open_visit(database, shown, now=now(), random_bytes=secrets.token_bytes)
        assert isinstance(opened, Opened), opened
        found.append(opened.token)
    return found


def _ref(household: int) -> CardRef:
    return card_by_code(code_fingerprint(code_of(household)))


def _delivery() -> Operation:
    return ReceiveStock(
        reward=BIN_BAGS.key, booth=REDEEMING, quantity=PIECES_AT_ONCE, occurred_at=now()
    )


def _by_operator(operation: Operation) -> Asked:
    return ask(operation, key=secrets.token_hex(16), by=OPERATOR)


def _post_all(book: Book, batch: list[Asked]) -> None:
    outcomes = post(book, batch)
    assert all(isinstance(outcome, Accepted) for outcome in outcomes), outcomes
