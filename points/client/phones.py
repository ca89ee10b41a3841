"""What phones do beside their acts: pair, report, send their journal, fetch what they work with."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from points.client.answers import Balance, balance, filled
from points.client.asking import Asker, Json, Unanswered

_TOKEN_BYTES = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Station:
    """Which phone it is, and where it works."""

    device: str
    """Its name: `device:7`."""
    role: str
    event: str
    """The event's key."""
    booth: int | None
    """The booth's number; None for the event as a whole."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalEnd:
    """Where a phone's journal ends."""

    number: int
    """Of the last line; 0 before the first."""
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalTaken(JournalEnd):
    """Where it ends at the service now, and where to go on."""

    wanted: int
    """The number of the line to send next."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What a phone is told when it has reported."""

    server_time: datetime
    station: Station
    journal: JournalEnd
    """Where its journal ends at the service."""
    bundle: str
    """The version of what it works with."""
    is_closing: bool
    """Whether its event is being closed, or is: it should send what it holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """All that a phone works with, also when there is no network for hours."""

    version: str
    made_at: datetime
    content: Json
    """As `GET /devices/bundle` describes it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """Balances that are readable with the card alone."""

    tag: str
    """Names these, to be asked for only once there are others."""
    made_at: datetime
    records: tuple[tuple[str, str], ...]
    """By what a card finds its record, and the record."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """A card that has its household now."""

    number: str
    """Its spoken number."""
    cards: int
    """How many the household has."""
    balance: Balance


def new_token() -> str:
    """Make a token for a phone. Keep it before it is claimed with: the service never tells it."""
    return f"pd_{secrets.token_urlsafe(_TOKEN_BYTES)}"


class PhoneCalls(Asker):
    """What a phone asks of itself."""

    def claim(self, invite: str, **who: str) -> Station:
        """Come in by an invite, with the token that this client was made with.

        The same claim again gets the same answer. `who` may hold volunteer and app.
        """
        asked = {"invite": invite, "token": self._token, **who}
        return self._ask("POST", "/devices/claim", lambda: asked).read(_station)

    def change_token(self, token: str) -> None:
        """Go on with another token. Keep it first: the one before ends as soon as this is used.

        Should no answer come, call this again.
        """
        self._ask("PUT", "/devices/token", lambda: {"token": token})
        self._use(token)

    def report(self, waiting: int, attention: int, journal: JournalEnd, **more: object) -> Heard:
        """Say how the phone stands: what it has not sent, and what a person must look at.

        Args:
            waiting: Operations not sent, or not answered.
            attention: Operations that a person must look at.
            journal: Where its journal ends.
            more: Perhaps oldest_waiting_at, volunteer and app.
        """
        end = {"number": journal.number, "hash": journal.hash}

        def body() -> Json:
            moment = self._pace.clock().isoformat()
            counts = {"waiting": waiting, "attention": attention}
            return {"at": moment, "journal": end, **counts, **more}

        return self._ask("POST", "/devices/heartbeat", body).read(_heard)

    def journal(self, lines: Sequence[str]) -> JournalTaken:
        """Send lines of the phone's journal, in the order of their numbers."""
        answer = self._ask("POST", "/devices/journal", lambda: {"lines": list(lines)})
        return answer.read(lambda said: filled(JournalTaken, said))

    def bundle(self, held: str = "") -> Bundle | None:
        """Give what the phone works with; None where the version that it holds is the newest."""
        answer = self._ask("GET", "/devices/bundle", headers={"If-None-Match": f'"{held}"'})
        return None if answer.said is None else answer.read(_bundle)

    def sealed(self, held: str = "") -> Sealed | None:
        """Give sealed balances; None where those of the tag that the phone holds are the newest."""
        headers = {"If-None-Match": held} if held else None
        answer = self._ask("GET", "/devices/sealed", headers=headers)
        tag = answer.tag
        return None if answer.said is None else answer.read(lambda said: _sealed(said, tag))

    def bind(self, card: str, to: Json, *, key: str | None = None, notice: str = "") -> Bound:
        """Bind a blank card, once for each key: to `{"same_as": code}` or `{"new": {…}}`.

        Raises:
            Unanswered: Call this again with its `unsent`.
        """
        asked = {"id": key or str(uuid4()), "card": card, "to": to}
        told = asked | ({"notice": notice} if notice else {})
        try:
            return self._ask("POST", "/cards/bind", lambda: told).read(_bound)
        except Unanswered as error:
            again = {"card": card, "to": to, "key": asked["id"], "notice": notice}
            raise Unanswered(str(error), [again]) from error


def _station(said: Json) -> Station:
    booth = None if said["booth"] is None else said["booth"]["number"]
    return filled(Station, said, event=said["event"]["key"], booth=booth)


def _heard(said: Json) -> Heard:
    return filled(
        Heard,
        said,
        server_time=datetime.fromisoformat(said["server_time"]),
        station=_station(said["device"]),
        journal=filled(JournalEnd, said["journal"]),
    )


def _bundle(said: Json) -> Bundle:
    return filled(Bundle, said, made_at=datetime.fromisoformat(said["made_at"]), content=said)


def _sealed(said: Json, tag: str) -> Sealed:
    records = tuple((of, record) for of, record in said["records"])
    return Sealed(tag=tag, made_at=datetime.fromisoformat(said["made_at"]), records=records)


def _bound(said: Json) -> Bound:
    return filled(Bound, said, balance=balance(said["balance"]))
