"""The volunteer day of December 2019, from the first file to the last count, on both engines."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from points.domain.access import OPERATOR, Role
from points.domain.cards import CardNumber
from points.domain.desk import NotDone
from points.domain.facts import Accepted, Asked
from points.domain.ids import CommunityKey, EventKey
from points.domain.operations import Adjust, OperationKey
from points.domain.people import Home
from points.domain.verifying import Result
from points.service.cards import find_by_number, freeze_card, replace_card
from points.service.households import bind_card, merge_households
from points.service.posting import post
from points.service.programmes import Loaded, load_programme
from points.service.sweeping import sweep
from points.service.verifying import verify
from points.storage.engine import Database
from tests.journeys.fair import PRICES, STOCK, Visitor, visitors
from tests.journeys.park import SEED, SHANGHAI, Park, opened_park, read_the_demo

EVENT = EventKey("volunteer-day-2019")
_REDEEMING = {4, 16}


@pytest.fixture
def park(database: Database, database_url: str) -> Iterator[Park]:
    with opened_park(database, database_url) as opened:
        yield opened


def test_the_real_day_from_the_first_file_to_the_last_count(park: Park) -> None:
    load_the_demo(park)
    everyone = print_the_cards(park, 300, visiting=120)
    bind_some(park, everyone[:20])
    bring_the_paper_ledger(park, everyone)
    for booth in range(1, 17):
        role = Role.REDEEM if booth in _REDEEMING else Role.EARN
        park.pair(booth, EVENT, role, booth)

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
    file, eve = read_the_demo(), park.now - timedelta(days=7)

    first, again = (load_programme(park.book, file, now=eve) for _ in range(2))

    assert isinstance(first, Loaded)
    assert isinstance(again, Loaded)
    assert (first.posted > 0, again.posted) == (True, 0)
    assert {reward: left(park, reward) for reward in STOCK} == STOCK


def left(park: Park, reward: str) -> int:
    """Count in the book what lies on the shelves."""
    return park.count(
        "select sum(balance) from account join shelf on account.id = (4 * :kinds) + shelf.id "
        "where shelf.reward = :reward",
        kinds=2**48,
        reward=f"{EVENT}/{reward}",
    )


def print_the_cards(park: Park, count: int, *, visiting: int) -> list[Visitor]:
    """Print cards; the rest of them stay in their box, as they do on such a morning."""
    cards = park.cards(count)
    assert len({name for card in cards for name in card}) == 2 * count
    return visitors(cards[:visiting], seed=SEED)


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
            went = upload(park, visitor, "check_out", ended)
            assert (came["points"], went["points"]) == (0, min(visitor.shift_minutes, 120) // 6)


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
    before = (park.balance(visitor.card), left(park, "plant"))
    mistake = redeem(park, visitor, "plant")

    undone = park.ask(4, kind="undo", undoes=mistake["id"])

    visitor.spent["plant"] -= 1
    assert (undone["status"], undone["points"]) == ("accepted", 100)
    assert (park.balance(visitor.card), left(park, "plant")) == before
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
    owner, blank = everyone[5], Visitor(*park.cards(1)[0])
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

    others = [visitor for visitor in everyone if visitor.card not in apart]
    assert {one.card: park.balance(one.card) for one in others} == {
        one.card: one.has() for one in others
    }
    held = park.count(f"select sum(balance) from account where id between {2**48} and {2 * 2**48}")
    assert held == sum(visitor.has() for visitor in everyone)
    gone: Counter[str] = sum((visitor.spent for visitor in everyone), Counter())
    assert {reward: STOCK[reward] - left(park, reward) for reward in STOCK} == {
        reward: gone[reward] for reward in STOCK
    }
    report = verify(park.book.database, now=park.now)
    assert (report.result, report.findings) == (Result.CLEAN, ())

    park.now = datetime(2021, 1, 1, 0, 30, tzinfo=SHANGHAI)
    swept = sweep(park.book, now=park.now, confirmed=True)
    assert swept.points == held
    assert {park.balance(one.card) for one in others} == {0}
    assert verify(park.book.database, now=park.now).result is Result.CLEAN
