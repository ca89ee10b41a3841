"""What is raced for: one book, the services that stand before it, and what there is to be had."""

import re
import secrets
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from time import monotonic
from uuid import uuid4

from sqlalchemy import Connection, select, text

from points.domain.access import OPERATOR, Credential, Role
from points.domain.cards import code_fingerprint
from points.domain.facts import Accepted, Asked
from points.domain.findings import Finding, Gap
from points.domain.ids import AccountId, HouseholdId, RewardKey, goods, wallet
from points.domain.operations import (
    Adjust,
    CardRef,
    IssueSlip,
    Operation,
    ReceiveStock,
    card_by_code,
    slip_by_code,
)
from points.domain.pairing import Pairing
from points.domain.periods import DaysValid
from points.domain.programme import Fixed, Reward, Shelf
from points.domain.slip_codes import slip_fingerprint
from points.service.credentials import Admitted, add_device
from points.service.posting import Book, make_book, post
from points.service.transactions import transaction
from points.service.verifying import verify
from points.storage.columns import table_of
from points.storage.engine import Database
from points.storage.ledger import AccountRow
from points.storage.people import CardRow, HouseholdRow
from tests.build import ask, make_catalog, make_earn, make_redeem
from tests.drills.ground import ALWAYS, code_of
from tests.drills.serving import Service, service_on
from tests.market import (
    BIN_BAGS,
    CHECK_IN,
    DAY,
    MARKET,
    NOW,
    PROGRAMME,
    REDEEMING,
    SINCE_EVER,
    SORTING,
)
from tests.races.desks import Desk
from tests.races.phones import SLIP_POINTS, Crowd, Item, Phones
from tests.races.seams import Seams, Wall
from tests.races.startline import Gate, racers
from tests.save import _save, card_row, save_catalog

EARNED = 30
BAGS = replace(BIN_BAGS, price=30, stock=0, per_household_per_event=None)
SOAP = replace(BAGS, key=RewardKey("market/soap"), name="肥皂", price=10)
POISON = replace(SORTING, rule=Fixed(points=10**13), counts_towards_day=False)
"""Pays more than the book can hold, as no programme file may."""

CATALOG = make_catalog(
    replace(PROGRAMME, points_per_day_max=None, expires=DaysValid(0), refund_days_valid=10_000),
    replace(MARKET, sessions=(ALWAYS,)),
    replace(CHECK_IN, times=(), rule=Fixed(points=EARNED)),
    *(POISON, BAGS, SOAP),
)
_SERVICES = {"sqlite": 1, "postgresql": 2}
_LOST = re.compile(r"try \d+ of an act lost a race")
_OTHERS = text(
    "SELECT count(*), pg_sleep(0.01) FROM pg_stat_activity WHERE datname = current_database()"
    " AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
)
_DEADLOCKS = text("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
_account = table_of(AccountRow)


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """What is wrong when all is over; nothing, if not told otherwise."""

    findings: tuple[Finding, ...] = ()
    gaps: tuple[Gap, ...] = ()
    deadlocks: int = 0
    """That PostgreSQL had to break, whether or not anybody outside heard of them."""


@dataclass(frozen=True, slots=True)
class Course:
    """A book on which all is ready to race."""

    url: str
    book: Book
    wall: Wall
    gate: Gate
    phone: Credential
    token: str
    services: Sequence[Service]
    began: float = field(default_factory=monotonic)

    @property
    def database(self) -> Database:
        return self.book.database

    @property
    def desk(self) -> Desk:
        return Desk(self.url, self.wall, self.gate)

    def phones(self, processes: int) -> list[Phones]:
        """Give the start of so many processes of phones, half of them at either service."""
        urls = [service.base_url for service in self.services]
        return [
            Phones(urls[number % len(urls)], self.token, self.wall) for number in range(processes)
        ]

    @contextmanager
    def crowd(self, processes: int) -> Iterator[Crowd]:
        """Start so many processes of phones, and nobody else."""
        with racers(*self.phones(processes)) as started:
            yield Crowd(started, self.gate)

    def do(self, *batch: Asked) -> list[Accepted]:
        """Do something before the race; it must succeed."""
        outcomes = post(self.book, batch)
        accepted = [outcome for outcome in outcomes if isinstance(outcome, Accepted)]
        assert len(accepted) == len(outcomes), outcomes
        return accepted

    def give(self, household: int, *points: int) -> None:
        """Let a household have points, each number in a lot of its own."""
        self.do(*(ask(_gift(HouseholdId(household), one), by=OPERATOR) for one in points))

    def receive(self, reward: Reward, pieces: int) -> None:
        """Put pieces on the shelf."""
        self.do(
            ask(
                ReceiveStock(
                    reward=reward.key, booth=REDEEMING, quantity=pieces, occurred_at=self.wall()
                ),
                by=OPERATOR,
            )
        )

    def give_out(self, slips: Sequence[Item]) -> None:
        """Give slips out, as the phone would."""
        codes = [slip_by_code(slip_fingerprint(slip["slip"])) for slip in slips]
        today = self.wall()
        self.do(
            *(
                ask(
                    IssueSlip(slip=code, points=SLIP_POINTS, last_day=DAY, occurred_at=today),
                    by=self.phone,
                )
                for code in codes
            )
        )

    def scan(self, household: int) -> str:
        """Let the phone award points, and give the name under which it did."""
        earn = make_earn(card=_card(household), occurred_at=self.wall())
        return self._by_phone(earn)

    def redeem(self, household: int, reward: Reward, quantity: int = 1) -> str:
        """Let the phone hand something over, and give the name under which it did."""
        bought = make_redeem(
            card=_card(household),
            reward=reward.key,
            quantity=quantity,
            price_shown=reward.price,
            occurred_at=self.wall(),
        )
        return self._by_phone(bought)

    def points_of(self, household: int) -> int:
        """Give what a household's account holds."""
        return self._holds(wallet(HouseholdId(household)))

    def left(self, reward: Reward) -> int:
        """Give the pieces on the shelf."""
        return self._holds(goods(CATALOG.shelves[Shelf(reward=reward.key, booth=REDEEMING)]))

    def end(self) -> End:
        """Close the services, tell what the race came to, and give what is wrong."""
        seconds = monotonic() - self.began
        for service in self.services:
            service.close()
        report = verify(self.database, now=self.wall())
        deadlocks = 0 if self.database.is_sqlite else self._deadlocks()
        lost = sum(len(_LOST.findall(service.log.read_text())) for service in self.services)
        sys.stdout.write(
            f"{self.database.writer.dialect.name}: {report.counts['operations']} operations in"
            f" {seconds:.1f} s, {lost} tries lost a race, {deadlocks} deadlocks\n"
        )
        return End(findings=report.findings, gaps=report.gaps, deadlocks=deadlocks)

    def _by_phone(self, operation: Operation) -> str:
        key = str(uuid4())
        self.do(ask(operation, key=key, by=self.phone))
        return key

    def _holds(self, account: AccountId) -> int:
        with self.database.reader.connect() as connection:
            row = connection.execute(select(_account.c.balance).where(_account.c.id == account))
            return int(row.scalar_one_or_none() or 0)

    def _deadlocks(self) -> int:
        """Wait until nobody is connected any more: PostgreSQL counts when a session is over."""
        self.database.dispose()
        with self.database.reader.connect() as connection:
            while connection.execute(_OTHERS).scalar_one():
                connection.rollback()  # each transaction sees one state of the activities
            return int(connection.execute(_DEADLOCKS).scalar_one())


OpenCourse = Callable[[int], Course]
"""Opens the course for so many households."""


@contextmanager
def course_on(database: Database, url: str, folder: Path, *, households: int) -> Iterator[Course]:
    """Set an empty database up for so many households, from 1, and serve it."""
    with ExitStack() as stack:
        wall, gate = Wall(NOW), Gate()
        with transaction(database) as connection:
            save_catalog(connection, CATALOG)
            _save_people(connection, households)
        pairing = Pairing(name="races", role=Role.SUPERVISOR, event=MARKET.key, booth=REDEEMING)
        admitted = add_device(database, pairing, now=NOW, random_bytes=secrets.token_bytes)
        assert isinstance(admitted, Admitted), admitted
        services = []
        for number in range(_SERVICES[database.writer.dialect.name]):
            place = folder / f"service-{number}"
            place.mkdir()
            service = stack.enter_context(service_on(url, place))
            service.start(Seams(wall, gate))
            services.append(service)
        book = make_book(database, wall)
        yield Course(url, book, wall, gate, admitted.credential, admitted.token, services)


def _card(household: int) -> CardRef:
    return card_by_code(code_fingerprint(code_of(household)))


def _save_people(connection: Connection, households: int) -> None:
    owners = [HouseholdId(number) for number in range(1, households + 1)]
    rows = [{"id": owner, "added_at": SINCE_EVER} for owner in owners]
    _save(connection, table_of(HouseholdRow), rows)
    cards = [card_row(owner, fingerprint=code_fingerprint(code_of(owner))) for owner in owners]
    _save(connection, table_of(CardRow), cards)


def _gift(household: HouseholdId, points: int) -> Adjust:
    return Adjust(
        household=household,
        points=points,
        reason="carried over from paper",
        approver="operator:desk",
        occurred_at=NOW,
    )
