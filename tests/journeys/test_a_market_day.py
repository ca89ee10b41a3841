"""The volunteer day of December 2019, from the first file to the last count, on both engines."""

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from importlib.resources import files
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text

from points.domain.access import OPERATOR, Role
from points.domain.cards import CardNumber
from points.domain.desk import NotDone
from points.domain.facts import Accepted, Asked
from points.domain.ids import BoothKey, CommunityKey, EventKey
from points.domain.operations import Adjust, OperationKey
from points.domain.pairing import Pairing
from points.domain.people import Home
from points.domain.programme_file import ProgrammeFile, read_programme_file
from points.domain.verifying import Result
from points.service.cards import find_by_number, freeze_card, print_cards, replace_card
from points.service.credentials import Admitted, add_device
from points.service.households import bind_card, merge_households
from points.service.posting import Book, make_book, post
from points.service.programmes import Loaded, load_programme
from points.service.sweeping import sweep
from points.service.verifying import verify
from points.settings import read_settings
from points.storage.engine import Database
from points.web.app import create_app
from tests.journeys.fair import PRICES, STOCK, Visitor, visitors

SHANGHAI = ZoneInfo("Asia/Shanghai")
EVENT = EventKey("volunteer-day-2019")
SEED = 20191205
_REDEEMING = {4, 16}


@dataclass(slots=True)
class Park:
    """The park that morning: its clock, its booths' phones, and what was sent."""

    book: Book
    client: TestClient
    chance: random.Random
    now: datetime = datetime(2019, 12, 5, 9, 0, tzinfo=SHANGHAI)
    tokens: dict[int, str] = field(default_factory=dict)
    sent: list[tuple[int, dict[str, Any]]] = field(default_factory=list)

    def open_booths(self) -> None:
        """Give every booth a phone."""
        for number in range(1, 17):
            role = Role.REDEEM if number in _REDEEMING else Role.EARN
            pairing = Pairing(
                name=f"booth {number}", role=role, event=EVENT, booth=BoothKey(f"{EVENT}/{number}")
            )
            admitted = add_device(
                self.book.database, pairing, now=self.now, random_bytes=self.chance.randbytes
            )
            assert isinstance(admitted, Admitted)
            self.tokens[number] = admitted.token

    def ask(self, booth: int, **operation: Any) -> dict[str, Any]:
        """Send one operation from a booth's phone, as it happens."""
        asked = {
            "id": str(UUID(int=self.chance.getrandbits(128), version=4)),
            "occurred_at": self.now.isoformat(),
            **operation,
        }
        self.sent.append((booth, asked))
        return self.send(booth, [asked])[0]

    def send(self, booth: int, operations: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Send operations just as they are."""
        answer = self.client.post(
            "/api/v1/operations", json=operations, headers=self.as_booth(booth)
        )
        assert answer.status_code == 200, answer.text
        outcomes: list[dict[str, Any]] = answer.json()
        return outcomes

    def balance(self, card: str) -> int:
        """Ask booth 4 what a card has."""
        answer = self.client.post("/api/v1/balances", json={"card": card}, headers=self.as_booth(4))
        assert answer.status_code == 200, answer.text
        return int(answer.json()["available"])

    def left(self, reward: str) -> int:
        """Count in the book what lies on the shelves."""
        return self.count(
            "select sum(balance) from account join shelf on account.id = (4 * :kinds) + shelf.id "
            "where shelf.reward = :reward",
            kinds=2**48,
            reward=f"{EVENT}/{reward}",
        )

    def count(self, sql: str, **values: object) -> int:
        """Ask the database for one number."""
        with self.book.database.reader.connect() as connection:
            return int(connection.execute(text(sql), values).scalar_one() or 0)

    def as_booth(self, booth: int) -> dict[str, str]:
        """Say who asks."""
        return {"Authorization": f"Bearer {self.tokens[booth]}", "Accept-Language": "en"}


@pytest.fixture
def park(database: Database, database_url: str) -> Iterator[Park]:
    settings = read_settings({"POINTS_DATABASE_URL": database_url})
    places: list[Park] = []

    def clock() -> datetime:
        return places[0].now

    with TestClient(create_app(settings, clock=clock)) as client:
        places.append(Park(make_book(database, clock), client, random.Random(SEED)))
        yield places[0]


def test_the_real_day_from_the_first_file_to_the_last_count(park: Park) -> None:
    load_the_demo(park)
    everyone = print_the_cards(park, 300, visiting=120)
    bind_some(park, everyone[:20])
    bring_the_paper_ledger(park, everyone)
    park.open_booths()

    walk_the_booths(park, everyone)
    assert {visitor.card: park.balance(visitor.card) for visitor in everyone} == {
        visitor.card: visitor.has() for visitor in everyone
    }

    redeem_the_goods(park, everyone)
    take_a_mistake_back(park, everyone)
    repeat_everything(park)
    owner, lost = lose_a_card(park, everyone)
    merged, into = merge_two_households(park, everyone)

    close_the_day(park, everyone, apart={owner.card, lost, merged.card, into.card})


def load_the_demo(park: Park) -> None:
    demo = files("points.demo").joinpath("changfeng.toml").read_text("utf-8")
    file = read_programme_file(demo, file="changfeng.toml")
    assert isinstance(file, ProgrammeFile)
    eve = park.now - timedelta(days=7)

    first, again = (load_programme(park.book, file, now=eve) for _ in range(2))

    assert isinstance(first, Loaded)
    assert isinstance(again, Loaded)
    assert (first.posted > 0, again.posted) == (True, 0)
    assert {reward: park.left(reward) for reward in STOCK} == STOCK


def print_the_cards(park: Park, count: int, *, visiting: int) -> list[Visitor]:
    """Print cards; the rest of them stay in their box, as they do on such a morning."""
    cards = print_cards(
        park.book.database,
        count,
        now=park.now - timedelta(days=2),
        random_bytes=park.chance.randbytes,
        public_url="https://points.example",
    )
    assert len({card.code for card in cards} | {card.number for card in cards}) == 2 * count
    return visitors([(card.code, card.number) for card in cards[:visiting]], seed=SEED)


def bind_some(park: Park, some: list[Visitor]) -> None:
    for place, visitor in enumerate(some, start=1):
        home = Home(community=CommunityKey("qingshuiwan"), door=f"64-{place:02}", name="王")
        bound = bind_card(park.book, CardNumber(visitor.number), home, now=park.now)
        assert not isinstance(bound, NotDone), bound


def bring_the_paper_ledger(park: Park, everyone: list[Visitor]) -> None:
    for visitor in everyone:
        if visitor.brought:
            card = find_by_number(park.book.database, CardNumber(visitor.number))
            assert card is not None
            carried = Adjust(
                household=card.household,
                points=visitor.brought,
                reason="carried over from the paper ledger",
                approver="subdistrict office",
                occurred_at=park.now,
            )
            key = OperationKey(f"paper:{visitor.number}")
            [booked] = post(park.book, [Asked(credential=OPERATOR, key=key, operation=carried)])
            assert isinstance(booked, Accepted)


def walk_the_booths(park: Park, everyone: list[Visitor]) -> None:
    """Everyone comes by once; every twentieth minute the crowd moves on."""
    for place, visitor in enumerate(everyone):
        park.now = datetime(2019, 12, 5, 9, 1, tzinfo=SHANGHAI) + timedelta(seconds=place)
        visit(park, visitor)
    park.now = datetime(2019, 12, 5, 9, 30, tzinfo=SHANGHAI)
    for visitor in everyone:
        if visitor.games > 1:
            assert earn(park, 12, visitor, "sorting-game")["points"] == 5
    for visitor in everyone:
        if visitor.shift_minutes is not None:
            began = datetime(2019, 12, 5, 9, 1, tzinfo=SHANGHAI)
            ended = began + timedelta(minutes=visitor.shift_minutes)
            came = upload(park, visitor, "check_in", began)
            left = upload(park, visitor, "check_out", ended)
            assert (came["points"], left["points"]) == (0, min(visitor.shift_minutes, 120) // 6)


def visit(park: Park, visitor: Visitor) -> None:
    if visitor.checks_in:
        assert earn(park, 4, visitor, "check-in")["points"] == 10
        again = earn(park, 4, visitor, "check-in")
        assert (again["status"], again["code"]) == ("refused", "limit_reached")
    for place, booth in enumerate(visitor.stamps, start=1):
        assert earn(park, booth, visitor, "stamp")["points"] == (20 if place == 6 else 0)
    if visitor.games:
        assert earn(park, 12, visitor, "sorting-game")["points"] == 5
        assert earn(park, 12, visitor, "sorting-game")["code"] == "cooldown"
    if visitor.right_answers is not None:
        quiz = earn(park, 12, visitor, "sorting-quiz", quantity=visitor.right_answers)
        assert quiz["points"] == min(visitor.right_answers, 10)
    if visitor.grams:
        assert earn(park, 12, visitor, "hand-in", grams=visitor.grams)["status"] == "accepted"


def earn(park: Park, booth: int, visitor: Visitor, activity: str, **what: Any) -> dict[str, Any]:
    return park.ask(booth, kind="earn", card=visitor.card, activity=activity, **what)


def upload(park: Park, visitor: Visitor, phase: str, moment: datetime) -> dict[str, Any]:
    """Send one end of a shift some time after it happened."""
    park.now = max(park.now, moment)
    late = {"occurred_at": moment.isoformat(), "offline": True}
    return earn(park, 16, visitor, "volunteer-shift", phase=phase, **late)


def redeem_the_goods(park: Park, everyone: list[Visitor]) -> None:
    """The towels go first: 20 lie there, four of them kept for elders, opened by the hour."""
    rich = [visitor for visitor in everyone if visitor.brought]
    park.now = datetime(2019, 12, 5, 11, 40, tzinfo=SHANGHAI)
    codes = Counter(redeem(park, visitor, "towel")["code"] for visitor in rich)
    assert codes == {None: 16, "out_of_stock": len(rich) - 16}
    kept = [redeem(park, visitor, "towel", reserve="elders")["code"] for visitor in rich[16:21]]
    assert kept == [None] * 4 + ["out_of_stock"]
    for visitor in everyone[::3]:
        for reward in ("bin-bags", "soap"):
            affordable = visitor.has() >= PRICES[reward]
            assert redeem(park, visitor, reward)["code"] == (None if affordable else "points_short")


def redeem(park: Park, visitor: Visitor, reward: str, **what: Any) -> dict[str, Any]:
    outcome = park.ask(
        4,
        kind="redeem",
        card=visitor.card,
        reward=reward,
        quantity=1,
        price_shown=PRICES[reward],
        **what,
    )
    visitor.spent[reward] += outcome["code"] is None
    return outcome


def take_a_mistake_back(park: Park, everyone: list[Visitor]) -> None:
    visitor = next(one for one in everyone if one.has() >= 100)
    before = (park.balance(visitor.card), park.left("plant"))
    mistake = redeem(park, visitor, "plant")

    undone = park.ask(4, kind="undo", undoes=mistake["id"])

    visitor.spent["plant"] -= 1
    assert (undone["status"], undone["points"]) == ("accepted", 100)
    assert (park.balance(visitor.card), park.left("plant")) == before
    assert park.ask(4, kind="undo", undoes=mistake["id"])["code"] == "already_undone"


def repeat_everything(park: Park) -> None:
    """The network is bad: every phone sends all that it ever sent once more, in any order."""
    before = park.count("select count(*) from entry")
    for booth in park.tokens:
        mine = [operation for sender, operation in park.sent if sender == booth]
        park.chance.shuffle(mine)
        for start in range(0, len(mine), 500):
            outcomes = park.send(booth, mine[start : start + 500])
            assert {outcome["status"] for outcome in outcomes} <= {"replayed", "refused"}
    assert park.count("select count(*) from entry") == before


def lose_a_card(park: Park, everyone: list[Visitor]) -> tuple[Visitor, str]:
    owner, blank = everyone[5], print_one(park)
    has = park.balance(owner.card)

    freeze_card(park.book.database, CardNumber(owner.number), now=park.now)
    assert earn(park, 4, owner, "check-in")["code"] == "card_frozen"
    replaced = replace_card(
        park.book.database, CardNumber(owner.number), by=CardNumber(blank.number), now=park.now
    )

    assert not isinstance(replaced, NotDone), replaced
    assert earn(park, 4, owner, "check-in")["code"] == "card_replaced"
    assert park.balance(blank.card) == has
    return owner, blank.card


def print_one(park: Park) -> Visitor:
    [card] = print_cards(
        park.book.database, 1, now=park.now, random_bytes=park.chance.randbytes, public_url=None
    )
    return Visitor(card.code, card.number)


def merge_two_households(park: Park, everyone: list[Visitor]) -> tuple[Visitor, Visitor]:
    source, into = [visitor for visitor in everyone[40:60] if visitor.checks_in][:2]
    total = park.balance(source.card) + park.balance(into.card)
    ids = [
        found.household
        for visitor in (source, into)
        if (found := find_by_number(park.book.database, CardNumber(visitor.number)))
    ]

    merged = merge_households(park.book, ids[0], ids[1], now=park.now)

    assert not isinstance(merged, NotDone), merged
    assert [park.balance(visitor.card) for visitor in (source, into)] == [total, total]
    assert earn(park, 4, source, "check-in")["code"] == "limit_reached"
    return source, into


def close_the_day(park: Park, everyone: list[Visitor], *, apart: set[str]) -> None:
    """Reckon the morning by hand, and the book's books by its own."""
    park.now = datetime(2019, 12, 5, 12, 5, tzinfo=SHANGHAI)
    assert earn(park, 4, everyone[0], "check-in")["code"] == "closed"

    assert {v.card: park.balance(v.card) for v in everyone if v.card not in apart} == {
        v.card: v.has() for v in everyone if v.card not in apart
    }
    held = park.count(f"select sum(balance) from account where id between {2**48} and {2 * 2**48}")
    assert held == sum(visitor.has() for visitor in everyone)
    gone: Counter[str] = sum((visitor.spent for visitor in everyone), Counter())
    assert {reward: STOCK[reward] - park.left(reward) for reward in STOCK} == {
        reward: gone[reward] for reward in STOCK
    }
    report = verify(park.book.database, now=park.now)
    assert (report.result, report.findings) == (Result.CLEAN, ())

    park.now = datetime(2021, 1, 1, 0, 30, tzinfo=SHANGHAI)
    swept = sweep(park.book, now=park.now, confirmed=True)
    assert swept.points == held
    assert {park.balance(visitor.card) for visitor in everyone if visitor.card not in apart} == {0}
    assert verify(park.book.database, now=park.now).result is Result.CLEAN
