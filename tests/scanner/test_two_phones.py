"""Fifty scans on two phones without a network, for the same households: the book is the model's."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from time import monotonic
from typing import Any

import pytest
from playwright.sync_api import Error, expect
from sqlalchemy import select

from points.domain.access import OPERATOR, Credential, Role
from points.domain.cards import CardCode, code_fingerprint
from points.domain.cases import CaseKind
from points.domain.facts import Asked
from points.domain.ids import AccountId, CredentialId, HouseholdId, goods, owed, wallet
from points.domain.operations import (
    Evidence,
    LeaseStock,
    OperationKey,
    card_by_code,
)
from points.domain.programme import Shelf
from points.service.posting import post
from points.service.transactions import snapshot
from points.storage.columns import table_of
from points.storage.engine import Database
from points.storage.ledger import AccountRow
from points.storage.people import CardRow
from points.web.api.items import operation_of, read_item
from points.web.shapes import WrongField
from tests.build import ask
from tests.laws.desk import Answer
from tests.laws.model import Model
from tests.laws.town import Card
from tests.live import Live, go_live
from tests.market import BIN_BAGS, MARKET, NOW, REDEEMING
from tests.save import opening
from tests.scanner.booth import Booth
from tests.scanner.conftest import Pair
from tests.scanner.test_bad_days import new_cards
from tests.scanner.test_closing import cases
from tests.web.served import CALLERS, earn

HOUSEHOLDS = 18
PIECES = 8
BEATS_MAX = 4
BEAT_SECONDS_MAX = 12
TICK = timedelta(microseconds=1)


@pytest.fixture
def live(database: Database, database_url: str) -> Iterator[Live]:
    """The market day on each engine."""
    with go_live(database, database_url) as running:
        yield running


@dataclass(frozen=True, slots=True)
class Town:
    """Households that have been at the market, each with 36 points, and the model that knows it."""

    live: Live
    model: Model
    cards: Sequence[str]

    @classmethod
    def at(cls, live: Live) -> "Town":
        cards = new_cards(live, HOUSEHOLDS)
        weighed = [earn(card=card, activity="hand-in", grams={"metal": 4500}) for card in cards]
        answers = live.served.operate("games", *weighed)
        assert [answer["points"] for answer in answers] == [36] * HOUSEHOLDS
        book = live.served.book
        row = table_of(CardRow)
        with snapshot(book.database) as connection:
            catalog = book.catalogs.current(connection)
            owners = {
                card_by_code(one.fingerprint): Card(one.number, HouseholdId(one.household), None)
                for one in connection.execute(select(row).where(row.c.resident.is_(None)))
            }
        owners = {ref: owners[ref] for ref in map(ref_of, cards)}
        communities = {card.household: None for card in owners.values()}
        town = cls(live, Model(catalog, dict(communities), owners), cards)
        town.tell(opening(catalog, {}))
        town.tell([asked(CALLERS["games"], item) for item in weighed])
        return town

    def tell(self, batch: Sequence[Asked]) -> list[Answer]:
        """Tell the model what arrives."""
        told = []
        for one in batch:
            now = NOW + TICK * (len(self.model.acts) + 1)
            told.append(self.model.tell(one, now, NOW))
        return told

    def lease(self, booth: Booth) -> Credential:
        """Let a phone take goods along, and hear of it."""
        device = CredentialId(booth.note("token")["device"])
        lease = ask(
            LeaseStock(
                reward=BIN_BAGS.key,
                booth=REDEEMING,
                device=device,
                quantity=PIECES,
                occurred_at=NOW,
            ),
            by=OPERATOR,
        )
        post(self.live.served.book, [lease])
        assert self.tell([lease])[0][0] == "accepted"
        for _ in range(BEATS_MAX):
            booth.phone.page.clock.fast_forward("01:05")
            if self.is_equipped(booth):
                break
        else:
            raise AssertionError(booth.note("bundle"))
        return Credential(id=device, role=Role.REDEEM, event=MARKET.key, booth=REDEEMING)

    def is_equipped(self, booth: Booth) -> bool:
        """Tell whether a beat brought the phone its goods and the balances, given some seconds."""
        give_up_at = monotonic() + BEAT_SECONDS_MAX
        while monotonic() < give_up_at:
            if booth.note("bundle")["leases"] != [] and booth.note("sealed") is not None:
                return True
        return False

    def found(self) -> Mapping[AccountId, int]:
        """Read what the book holds of all that the two phones can have moved."""
        with snapshot(self.live.served.book.database) as connection:
            rows = connection.execute(select(table_of(AccountRow))).all()
        held = {row.id: row.balance for row in rows}
        return {account: held.get(account, 0) for account in self.due()}

    def due(self) -> Mapping[AccountId, int]:
        """Give what the model says of the same."""
        model, shelf = self.model, Shelf(reward=BIN_BAGS.key, booth=REDEEMING)
        number = model.catalog.shelves[shelf]
        return (
            {wallet(it): model.balance(it) for it in model.communities}
            | {owed(it): model.held["owed", it] for it in model.communities}
            | {goods(number): model.held[shelf]}
        )


def ref_of(card: str) -> Any:
    return card_by_code(code_fingerprint(CardCode(card)))


def asked(credential: Credential, item: dict[str, Any]) -> Asked:
    read = read_item(item)
    assert not isinstance(read, WrongField)
    return Asked(
        credential=credential,
        key=OperationKey(item["id"]),
        operation=operation_of(read, credential),
        evidence=Evidence.LIVE,
    )


def add(booth: Booth, card: str, *, kept: int) -> None:
    """Add points to a card, as the so-manieth act that waits."""
    booth.scan(card)
    booth.expect_kept(kept)


def hand_out(booth: Booth, card: str, *, kept: int) -> None:
    """Hand a roll of bin bags out."""
    booth.scan(card)
    booth.top.get_by_label("多一件 垃圾袋").click()
    booth.press("确认兑换")
    booth.expect_kept(kept)
    booth.next()


def take_back(booth: Booth, *, kept: int) -> None:
    """Take the last act back."""
    booth.press("撤销")
    booth.expect_kept(kept)
    booth.next()


def work(booth: Booth, cards: Sequence[str], *, broken_off_by: Callable[[Booth], None]) -> None:
    """Do twenty-five acts without a network; in the middle of them the page is gone."""
    for place, card in enumerate(cards[:8], start=1):
        add(booth, card, kept=place)
    take_back(booth, kept=9)
    broken_off_by(booth)
    for place, card in enumerate(cards[8:], start=10):
        add(booth, card, kept=place)
    booth.next()
    booth.press("兑换")
    for place, card in enumerate(cards[4:11], start=16):
        hand_out(booth, card, kept=place)
    take_back(booth, kept=23)
    hand_out(booth, cards[11], kept=24)
    take_back(booth, kept=25)


def reload(booth: Booth) -> None:
    booth.phone.page.reload()
    expect(booth.top).to_contain_text("展位4")


def crash(booth: Booth) -> None:
    """Kill the page, and open the scanner again."""
    with pytest.raises(Error):
        booth.phone.page.goto("chrome://crash")
    booth.phone.page.close()
    booth.phone.page = booth.phone.context.new_page()
    booth.phone.open()
    expect(booth.top).to_contain_text("展位4")


@pytest.mark.parametrize(
    ("engine_name", "is_left_first"), [("sqlite", True), ("postgresql", False)]
)
def test_two_phones_without_a_network_come_to_what_the_model_says(
    pair: Pair, live: Live, *, is_left_first: bool
) -> None:
    town = Town.at(live)
    left, right = pair(4, Role.REDEEM), pair(4, Role.REDEEM)
    callers = {id(booth): town.lease(booth) for booth in (left, right)}
    for booth in (left, right):
        booth.phone.wait_until_kept()
        booth.lose_network()
    work(left, town.cards[:14], broken_off_by=reload)
    work(right, town.cards[4:], broken_off_by=crash)

    told: dict[str, Answer] = {}
    for booth in (left, right) if is_left_first else (right, left):
        waiting = [item["operation"] | {"offline": True} for item in booth.unsent()]
        batch = [asked(callers[id(booth)], item) for item in waiting]
        told |= zip([item["id"] for item in waiting], town.tell(batch), strict=True)
        booth.heal()
        booth.wait_until_sent()

    assert len(told) == 50
    assert town.found() == town.due()
    heard = [item for booth in (left, right) for item in booth.outbox()]
    assert {item["id"]: heard_of(item) for item in heard} == told
    taken_back = {item["operation"].get("undoes") for item in heard}
    refused = {name for name, answer in told.items() if answer[0] == "refused"}
    vain = {item["id"] for item in heard if item["operation"]["kind"] == "undo"}
    shown = {item["id"] for item in heard if item["state"] == "attention"}
    assert shown == refused - taken_back - vain
    assert {item["state"] for item in heard} == {"settled", "attention"}
    overspent = [act for act in town.model.acts if act.moved_of("owed") > 0]
    assert cases(live) == [CaseKind.OVERSPENT] * len(overspent) != []


def heard_of(item: dict[str, Any]) -> Answer:
    """Tell what a phone heard, in the model's words."""
    answer = item["answer"]
    if answer["code"] is not None:
        return ("refused", answer["code"])
    return ("accepted", answer["points"], answer["balance"])
