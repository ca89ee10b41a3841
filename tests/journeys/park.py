"""Where journeys happen: a running service with a clock of its own, and phones that talk to it."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from importlib.resources import files
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi.testclient import TestClient
from sqlalchemy import text

from points.domain.access import Role
from points.domain.ids import BoothKey, EventKey
from points.domain.pairing import Pairing
from points.domain.programme_file import ProgrammeFile, read_programme_file
from points.service.cards import print_cards
from points.service.credentials import Admitted, add_device
from points.service.posting import Book, make_book
from points.settings import read_settings
from points.storage.engine import Database
from points.web.app import create_app

SHANGHAI = ZoneInfo("Asia/Shanghai")
MORNING = datetime(2019, 12, 5, 9, 0, tzinfo=SHANGHAI)
SEED = 20191205


@dataclass(slots=True)
class Park:
    """The park that morning: its clock, its phones, and all that they sent."""

    book: Book
    client: TestClient
    chance: random.Random
    now: datetime = MORNING
    tokens: dict[int | str, str] = field(default_factory=dict)
    sent: list[tuple[int | str, dict[str, Any]]] = field(default_factory=list)

    def pair(self, phone: int | str, event: EventKey, role: Role, booth: int | None = None) -> None:
        """Let a phone in."""
        pairing = Pairing(
            name=f"phone {phone}",
            role=role,
            event=event,
            booth=None if booth is None else BoothKey(f"{event}/{booth}"),
        )
        admitted = add_device(
            self.book.database, pairing, now=self.now, random_bytes=self.chance.randbytes
        )
        assert isinstance(admitted, Admitted), admitted
        self.tokens[phone] = admitted.token

    def cards(self, count: int) -> list[tuple[str, str]]:
        """Print blank cards; give their codes and numbers."""
        printed = print_cards(
            self.book.database,
            count,
            now=self.now,
            random_bytes=self.chance.randbytes,
            public_url="https://points.example",
        )
        return [(card.code, card.number) for card in printed]

    def ask(self, phone: int | str, **operation: Any) -> dict[str, Any]:
        """Send one operation from a phone, as it happens."""
        asked = {
            "id": str(UUID(int=self.chance.getrandbits(128), version=4)),
            "occurred_at": self.now.isoformat(),
            **operation,
        }
        self.sent.append((phone, asked))
        return self.send(phone, [asked])[0]

    def send(self, phone: int | str, operations: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Send operations just as they are."""
        answer = self.client.post("/api/v1/operations", json=operations, headers=self.by(phone))
        assert answer.status_code == 200, answer.text
        outcomes: list[dict[str, Any]] = answer.json()
        return outcomes

    def balance(self, card: str, *, phone: int | str = 4) -> int:
        """Ask what a card has."""
        answer = self.client.post("/api/v1/balances", json={"card": card}, headers=self.by(phone))
        assert answer.status_code == 200, answer.text
        return int(answer.json()["available"])

    def count(self, sql: str, **values: object) -> int:
        """Ask the database for one number."""
        with self.book.database.reader.connect() as connection:
            return int(connection.execute(text(sql), values).scalar_one() or 0)

    def by(self, phone: int | str) -> dict[str, str]:
        """Say who asks."""
        return {"Authorization": f"Bearer {self.tokens[phone]}", "Accept-Language": "en"}


def read_the_demo() -> ProgrammeFile:
    """Read the subdistrict's own programme of that winter."""
    demo = files("points.demo").joinpath("changfeng.toml").read_text("utf-8")
    file = read_programme_file(demo, file="changfeng.toml")
    assert isinstance(file, ProgrammeFile), file
    return file


@contextmanager
def opened_park(database: Database, database_url: str) -> Iterator[Park]:
    """Open the doors of the service on this database; its clock is the park's."""
    places: list[Park] = []

    def clock() -> datetime:
        return places[0].now if places else MORNING

    settings = read_settings({"POINTS_DATABASE_URL": database_url})
    with TestClient(create_app(settings, clock=clock)) as client:
        places.append(Park(make_book(database, clock), client, random.Random(SEED)))
        yield places[0]
