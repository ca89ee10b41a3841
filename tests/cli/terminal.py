"""The command line as people meet it: somebody types, and reads what comes back."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from typer.testing import CliRunner, Result

from points.cli.operating import app
from points.domain.cards import CardNumber
from points.outside.card_sheets import PrintedCard
from points.service.cards import print_cards
from points.service.posting import Book, make_book
from points.service.programmes import Loaded, load_programme
from points.settings import read_settings
from points.storage.engine import Database
from points.web.app import create_app
from tests.live import running
from tests.programme_texts import read

FAIR = """
[programme]
name = "积分试点"
zone = "Asia/Shanghai"
expires = "end of next calendar year"

[[community]]
id = "qingshuiwan"
name = "清水湾"
buildings = ["64", "65"]

[[event]]
id = "fair"
name = "集市"
from = {first}
to = {last}
booths = [
  {{ number = 4, name = "兑换", activities = ["check-in"], redeems = true }},
  {{ number = 12, name = "互动", activities = ["quiz", "hand-in", "shift"] }},
  {{ number = 16, name = "签到", redeems = true }},
]

[[event.activity]]
id = "check-in"
name = "签到"
points = 100
per_household_per_event = 1

[[event.activity]]
id = "quiz"
name = "问答"
points_per_correct_answer = 1
points_max = 10

[[event.activity]]
id = "hand-in"
name = "交投"
points_per_kilogram = {{ paper = 2, metal = 8 }}

[[event.activity]]
id = "shift"
name = "值守"
points_per_hour = 10
hours_counted_max = 2

[[event.reward]]
id = "soap"
name = "肥皂"
name_en = "Soap"
price = 30
stock = 40

[[event]]
id = "corridors"
name = "楼道清理"
community = "qingshuiwan"
from = {first}
to = {last}
buildings = ["64", "65"]
kind = "corridor-clean-up"

[kinds.corridor-clean-up]
points_per_person = 20
once_per = "building and period"
"""


def fair(on: date | None = None) -> str:
    """Write a fair that is open around the clock, for a day before and after this one."""
    day = on or datetime.now(UTC).date()
    return FAIR.format(first=day - timedelta(days=2), last=day + timedelta(days=2))


def run(
    *arguments: object,
    language: str = "en",
    typed: str | bytes | None = None,
    **environment: str,
) -> Result:
    """Type a command, and what it asks for; nothing of this machine's own settings is in force."""
    unset = {name: None for name in os.environ if name.startswith("POINTS_")}
    runner = CliRunner(env={**unset, "POINTS_LANGUAGE": language, **environment})
    return runner.invoke(
        app,
        [str(one) for one in arguments],
        input=typed,
        catch_exceptions=False,  # a traceback is never an answer
        prog_name="points",
    )


@dataclass(frozen=True, slots=True)
class Desk:
    """An operator's terminal, on a database in which the fair is set up."""

    url: str
    database: Database

    @property
    def book(self) -> Book:
        return make_book(self.database, lambda: datetime.now(UTC))

    def run(self, *arguments: object, language: str = "en", typed: str | None = None) -> Result:
        return run(*arguments, language=language, typed=typed, POINTS_DATABASE_URL=self.url)

    def says(self, *arguments: object, language: str = "en") -> str:
        """Type a command that succeeds; give what it printed."""
        result = self.run(*arguments, language=language)
        assert (result.exit_code, result.stderr) == (0, ""), result.output
        return result.stdout

    def refuses(self, *arguments: object, language: str = "en") -> tuple[int, str]:
        """Type a command that fails; give its exit code and what it said."""
        result = self.run(*arguments, language=language)
        assert result.exit_code != 0, result.output
        return result.exit_code, result.stderr

    def cards(self, count: int) -> list[PrintedCard]:
        """Print blank cards."""
        return print_cards(
            self.database, count, now=datetime.now(UTC), random_bytes=os.urandom, public_url=None
        )

    def number(self) -> CardNumber:
        """Print a blank card; give its spoken number."""
        return self.cards(1)[0].number


def set_up_fair(database: Database) -> None:
    """Load the fair."""
    book = make_book(database, lambda: datetime.now(UTC))
    loaded = load_programme(book, read(fair()), now=datetime.now(UTC))
    assert isinstance(loaded, Loaded), loaded


@dataclass(frozen=True, slots=True)
class Stall:
    """A booth's terminal, beside a running service."""

    address: str
    data: Path
    desk: Desk

    def run(
        self,
        *arguments: object,
        language: str = "en",
        typed: str | bytes | None = None,
        server: str | None = None,
    ) -> Result:
        return run(
            *arguments,
            language=language,
            typed=typed,
            POINTS_SERVER=server or self.address,
            POINTS_DATA=str(self.data),
        )

    def says(self, *arguments: object, language: str = "en", typed: str | None = None) -> str:
        """Type a command that succeeds; give what it printed."""
        result = self.run(*arguments, language=language, typed=typed)
        assert result.exit_code == 0, result.output
        return result.stdout

    def card(self, *, points: int = 0) -> str:
        """Print a blank card; give its code. One with points has checked in."""
        [card] = self.desk.cards(1)
        if points:
            assert points == 100, "checking in pays a hundred"
            self.says("scan", "--activity", "check-in", "--as", "booth-4", typed=card.code)
        return card.code


@contextmanager
def open_stall(desk: Desk, data: Path) -> Iterator[Stall]:
    """Serve the fair, with tokens for its booths."""
    tokens = data / "tokens"
    tokens.mkdir(parents=True)
    for name, role, booth in (
        ("booth-4", "redeem", 4),
        ("booth-12", "earn", 12),
        ("lead", "supervisor", 4),
    ):
        out = tokens / name
        desk.says("devices", "add", "--role", role, "--booth", booth, "--out", out)
    desk.says("keys", "add", "--scope", "redeem", "--booth", 4, "--out", tokens / "partner")
    settings = read_settings({"POINTS_DATABASE_URL": desk.url})
    with running(create_app(settings, clock=lambda: datetime.now(UTC))) as address:
        yield Stall(address, data, desk)
