"""The market day behind its doors: a running app, cards that can be scanned, tokens to knock with.

At the market: phones for earning at booths 1 and 7, for redeeming at booth 4, a supervisor's, and a
partner's till at booth 4. In Shiji: a phone for the corridors. In Qingshui, Zhao's community: a
phone for its own lanes, and nobody of the market.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from itertools import count
from typing import Any
from uuid import UUID

from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import insert, select

from points.domain.access import Credential, Role
from points.domain.cards import (
    CardCode,
    CardNumber,
    code_fingerprint,
    make_card_code,
    make_card_number,
)
from points.domain.ids import ActivityKey, BoothKey, CredentialId, EventKey, HouseholdId
from points.domain.operations import slip_by_code
from points.domain.programme import Activity, Event, Fixed, Programme, Session
from points.domain.slip_codes import make_slip_code, slip_fingerprint
from points.service.poster import Poster
from points.service.posting import Book
from points.service.transactions import snapshot, transaction
from points.settings import read_settings
from points.storage.access import add_credential
from points.storage.cases import CaseRow, SettlementRow
from points.storage.columns import table_of
from points.storage.engine import Database
from points.storage.ledger import (
    AccountRow,
    ChainRow,
    EntryRow,
    LotRow,
    OperationRow,
    RequestRow,
    SlipRow,
)
from points.storage.people import CardRow
from points.web.app import create_app
from points.web.running import running_of
from tests.build import make_catalog
from tests.market import (
    CORRIDORS,
    HOUSEHOLDS,
    LI,
    MARKET,
    NOW,
    PROGRAMME,
    QINGSHUI,
    REDEEMING,
    SINCE_EVER,
    WANG,
    ZHAO,
    at,
)
from tests.save import WallClock, card_row, open_market

LANES = Event(
    key=EventKey("lanes"),
    name="弄堂清理",
    community=QINGSHUI.key,
    sessions=(Session(opens=at("08:00"), closes=at("20:00")),),
)
SWEEP = Activity(
    key=ActivityKey("lanes/sweep"), event=LANES.key, name="扫弄堂", rule=Fixed(points=7)
)

CODES: Mapping[HouseholdId, CardCode]
CODES = {owner: make_card_code(bytes([owner]) * 16) for owner in HOUSEHOLDS}
NUMBERS: Mapping[HouseholdId, CardNumber]
NUMBERS = {owner: make_card_number(10_000_000 + owner) for owner in HOUSEHOLDS}
_SPARE = make_card_number(99_999_999)
STRAY = make_card_code(b"x" * 16)
"""A card of ours by its form that was never printed."""

SLIP = make_slip_code(b"s" * 10)


def _phone(number: int, role: Role, event: EventKey, booth: str | None = None) -> Credential:
    return Credential(
        id=CredentialId(f"device:{number}"),
        role=role,
        event=event,
        booth=None if booth is None else BoothKey(booth),
    )


CALLERS: Mapping[str, Credential] = {
    "stamps": _phone(1, Role.EARN, MARKET.key, "market/1"),
    "games": _phone(7, Role.EARN, MARKET.key, "market/7"),
    "redeeming": _phone(4, Role.REDEEM, MARKET.key, REDEEMING),
    "supervisor": _phone(9, Role.SUPERVISOR, MARKET.key),
    "corridors": _phone(11, Role.EARN, CORRIDORS.key),
    "lanes": _phone(12, Role.EARN, LANES.key),
    "lanes supervisor": _phone(13, Role.SUPERVISOR, LANES.key),
    "operator": _phone(14, Role.OPERATOR, MARKET.key),
    "partner": Credential(
        id=CredentialId("partner:1"), role=Role.PARTNER, event=MARKET.key, booth=REDEEMING
    ),
    "other partner": Credential(
        id=CredentialId("partner:2"), role=Role.PARTNER, event=MARKET.key, booth=REDEEMING
    ),
}

_names = count(1)


def name() -> str:
    """Name an operation as a phone does."""
    return str(UUID(int=next(_names), version=4))


def token_of(caller: str) -> str:
    """Give the caller's token, in the form of those that are handed out."""
    letters = sha256(caller.encode()).hexdigest()[:43]
    return f"pd_{letters}"


def earn(**given: object) -> dict[str, Any]:
    """Hold Wang's card up for checking in, under a new name."""
    return {
        "id": name(),
        "kind": "earn",
        "card": CODES[WANG],
        "activity": "check-in",
        "occurred_at": NOW.isoformat(),
    } | given


def redeem(**given: object) -> dict[str, Any]:
    """Ask for a roll of bin bags with Wang's card, under a new name."""
    return {
        "id": name(),
        "kind": "redeem",
        "card": CODES[WANG],
        "reward": "bin-bags",
        "quantity": 1,
        "price_shown": 30,
        "occurred_at": NOW.isoformat(),
    } | given


def lease(**given: object) -> dict[str, Any]:
    """Let a phone take bin bags along, under a new name."""
    return {
        "id": name(),
        "kind": "stock_leased",
        "reward": "bin-bags",
        "quantity": 5,
        "occurred_at": NOW.isoformat(),
    } | given


def undo(undoes: str, **given: object) -> dict[str, Any]:
    """Take back what was sent under a name."""
    asked = {"id": name(), "kind": "undo", "undoes": undoes, "occurred_at": NOW.isoformat()}
    return asked | given


@dataclass(frozen=True, slots=True)
class Served:
    """A running service, and what stands behind it."""

    http: TestClient
    book: Book
    clock: WallClock
    poster: Poster

    @property
    def app(self) -> FastAPI:
        app = self.http.app
        assert isinstance(app, FastAPI)
        return app

    def ask(self, caller: str | None, method: str, path: str, **what: Any) -> Any:
        """Send one request, with the caller's token where there is a caller."""
        headers = {"Accept-Language": "en"} | what.pop("headers", {})
        if caller is not None:
            headers["Authorization"] = f"Bearer {token_of(caller)}"
        return self.http.request(method, f"/api/v1{path}", headers=headers, **what)

    def operate(self, caller: str, *items: object) -> list[dict[str, Any]]:
        """Send operations and give their answers."""
        answer = self.ask(caller, "POST", "/operations", json=list(items))
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json()
        return found

    def redeem(self, key: str, caller: str = "partner", **given: object) -> Any:
        """Redeem as a partner does, by a key."""
        body = {"card": CODES[WANG], "reward": "bin-bags", "quantity": 1, "price_shown": 30}
        headers = {"Idempotency-Key": key}
        return self.ask(caller, "POST", "/redemptions", json=body | given, headers=headers)

    def balance(self, household: HouseholdId = WANG, *, caller: str = "redeeming") -> int:
        """Ask what a household can spend."""
        answer = self.ask(caller, "POST", "/balances", json={"card": CODES[household]})
        assert answer.status_code == 200, answer.text
        available: int = answer.json()["available"]
        return available

    def remembered(self) -> dict[str, Any]:
        """Read all that posting could have changed."""
        return remembered(self.book.database)


def remembered(database: Database) -> dict[str, Any]:
    """Read all that posting could have changed."""
    book = (AccountRow, ChainRow, EntryRow, LotRow, OperationRow, RequestRow, SlipRow)
    rows = (*book, CaseRow, SettlementRow)
    with snapshot(database) as connection:
        return {
            row.__name__: sorted(map(repr, connection.execute(select(table_of(row)))))
            for row in rows
        }


@contextmanager
def serve(
    database: Database,
    url: str,
    *,
    environment: Mapping[str, str] | None = None,
    clock: WallClock | None = None,
    programme: Programme = PROGRAMME,
) -> Iterator[Served]:
    """Set the market day up, with a thousand points for each household, and serve it."""
    clock = clock or WallClock()
    everyone = {WANG: 1000, LI: 1000, ZHAO: 1000}
    book = open_market(
        database, catalog=make_catalog(LANES, SWEEP, programme), points=everyone, clock=clock
    )
    for owner in HOUSEHOLDS:
        print_card(database, owner, CODES[owner], number=NUMBERS[owner])
    with transaction(database) as connection:
        for caller, credential in CALLERS.items():
            add_credential(
                connection,
                credential,
                name=caller,
                token_hash=sha256(token_of(caller).encode()).digest(),
                added_at=SINCE_EVER,
            )
    settings = read_settings({"POINTS_DATABASE_URL": url, **(environment or {})})
    app = create_app(settings, clock=clock)
    with TestClient(app, raise_server_exceptions=False) as http:
        yield Served(http, book, clock, running_of(app.state).poster)


def print_card(
    database: Database,
    owner: HouseholdId,
    code: CardCode,
    *,
    number: CardNumber = _SPARE,
) -> None:
    """Give a household one more card."""
    row = card_row(owner, fingerprint=code_fingerprint(code)) | {"number": number}
    del row["id"]
    with transaction(database) as connection:
        connection.execute(insert(table_of(CardRow)), row)


def slip_item(**given: object) -> dict[str, Any]:
    """Give a slip out, as a supervisor does."""
    return {
        "id": name(),
        "kind": "slip_issued",
        "slip": SLIP,
        "points": 10,
        "last_day": "2019-12-31",
        "occurred_at": NOW.isoformat(),
    } | given


SLIP_REF = slip_by_code(slip_fingerprint(SLIP))


def send(served: Served, body: bytes, caller: str = "redeeming", **headers: str) -> Any:
    """Send bytes as they are, as JSON if not told otherwise."""
    sent = {"Content-Type": "application/json"} | headers
    return served.ask(caller, "POST", "/operations", content=body, headers=sent)
