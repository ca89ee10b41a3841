"""A market that never closes, at any time, and phones whose clocks are right."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import text

from points.client import Client, Outcome, Pace
from points.domain.access import Role
from points.domain.cards import CODE_BYTES, CardCode, code_fingerprint, make_card_code
from points.domain.ids import HouseholdId
from points.domain.pairing import Pairing
from points.domain.periods import EndOfYear
from points.domain.programme import Session
from points.service.credentials import Admitted, add_device
from points.service.posting import make_book, post
from points.service.transactions import transaction
from points.storage.engine import Database
from tests.build import make_catalog
from tests.market import BIN_BAGS, CHECK_IN, MARKET, PROGRAMME, REDEEMING, SINCE_EVER
from tests.save import opening, save_catalog, save_household
from tests.times.clockwork import Machine

PRICE, PAID = 3, 10
HOUSEHOLDS = range(1, 13)

_ALWAYS = Session(opens=SINCE_EVER, closes=datetime(2200, 1, 1, tzinfo=UTC))
_CATALOG = make_catalog(
    replace(PROGRAMME, expires=EndOfYear(0), points_per_day_max=None),
    replace(MARKET, sessions=(_ALWAYS,)),
    replace(CHECK_IN, times=()),
    replace(BIN_BAGS, price=PRICE, stock=9_000, per_household_per_event=None),
)


@dataclass(frozen=True, slots=True)
class Fair:
    """A market in a database, and who may write to it."""

    machine: Machine
    database: Database
    token: str

    def ask(self, what: str) -> list[Any]:
        """Ask the database for rows."""
        with self.database.reader.connect() as connection:
            return [tuple(row) for row in connection.execute(text(what))]

    @contextmanager
    def phone(self, address: str) -> Iterator[Client]:
        """Give a phone that shows the right time, tries once, and does not wait."""
        pace = Pace(tries_max=1, clock=self.machine.now)
        with Client(address, self.token, language="en", pace=pace) as client:
            yield client


def card_of(household: int) -> CardCode:
    return make_card_code(household.to_bytes(CODE_BYTES))


def earn(phone: Client, household: int = 1, **what: object) -> Outcome:
    return phone.earn(card_of(household), "check-in", **what)


def redeem(phone: Client, household: int = 1, **what: object) -> Outcome:
    return phone.redeem(card_of(household), "bin-bags", quantity=1, price_shown=PRICE, **what)


def set_up_fair(database: Database, machine: Machine) -> Fair:
    """Set up an empty database; points end with the year in Shanghai."""
    with transaction(database) as connection:
        save_catalog(connection, _CATALOG)
        for number in HOUSEHOLDS:
            mark = code_fingerprint(card_of(number))
            save_household(connection, HouseholdId(number), fingerprint=mark)
    post(make_book(database, machine.now), opening(_CATALOG, {}))
    pairing = Pairing(name="fair", role=Role.SUPERVISOR, event=MARKET.key, booth=REDEEMING)
    admitted = add_device(database, pairing, now=machine.now(), random_bytes=secrets.token_bytes)
    assert isinstance(admitted, Admitted), admitted
    database.dispose()  # others write to it now
    return Fair(machine, database, admitted.token)
