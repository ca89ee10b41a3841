"""What lets points of a household go beside its cards: allowances, PINs and one-time codes."""

from dataclasses import replace
from datetime import datetime, timedelta

from points.domain.access import OPERATOR
from points.domain.allowance_codes import allowance_fingerprint
from points.domain.allowances import Terms
from points.domain.cards import CardNumber
from points.domain.facts import Accepted
from points.domain.ids import HouseholdId
from points.domain.one_time_codes import one_time_fingerprint
from points.domain.operations import Adjust, CardRef, ReceiveStock
from points.domain.programme import Session
from points.domain.shown_cards import card_by_allowance, card_by_one_time_code
from points.service.allowances import MadeAllowance, end_allowance, make_allowance
from points.service.confirming import Giver, MadeCode, make_code, set_pin, try_pin
from points.service.posting import Book, post
from points.service.transactions import transaction
from points.storage.catalog import Change, add_changes
from tests.build import ask, make_redeem
from tests.desk import Dice
from tests.market import BIN_BAGS, MARKET, REDEEMING
from tests.save import save_household

FAMILY = HouseholdId(7)
NUMBER = CardNumber(f"{FAMILY:09}")
PIN = "271836"


def spend_every_way(book: Book) -> None:
    """Let a household of its own spend by allowances and a code; leave of each one unused."""
    now = book.clock()
    _open_again(book, now)
    with transaction(book.database) as connection:
        save_household(connection, FAMILY, fingerprint=bytes([FAMILY]) * 32)
    given = Adjust(household=FAMILY, points=200, reason="paper", approver="Chen", occurred_at=now)
    stock = ReceiveStock(reward=BIN_BAGS.key, booth=REDEEMING, quantity=5, occurred_at=now)
    post(book, [ask(one, by=OPERATOR) for one in (given, stock)])
    set_pin(book.database, NUMBER, PIN, now=now, random_bytes=Dice())
    spent, over, _ = (_allow(book, now, seed) for seed in (1, 2, 3))
    codes = [_code(book, now, seed) for seed in (4, 5)]
    for ref in (card_by_allowance(allowance_fingerprint(spent.code)), codes[0]):
        bought = make_redeem(card=ref, occurred_at=now)
        [outcome] = post(book, [ask(bought)])
        assert isinstance(outcome, Accepted), outcome
    end_allowance(book, FAMILY, over.record.number, now=now)
    try_pin(book.database, FAMILY, "314159", now=now)


def _open_again(book: Book, now: datetime) -> None:
    """Let the market be open this very hour as well."""
    hour = Session(opens=now - timedelta(hours=1), closes=now + timedelta(hours=1))
    again = replace(MARKET, sessions=(*MARKET.sessions, hour))
    change = Change(kind="event", key=MARKET.key, number=9, valid_from=now, item=again)
    with transaction(book.database) as connection:
        add_changes(connection, [change])


def _allow(book: Book, now: datetime, seed: int) -> MadeAllowance:
    terms = Terms(label="邻居小李", points_max=100, last_day=now.date() + timedelta(days=9))
    giver = Giver(household=FAMILY, pin=PIN)
    made = make_allowance(book, giver, terms, now=now, random_bytes=Dice(seed))
    assert isinstance(made, MadeAllowance), made
    return made


def _code(book: Book, now: datetime, seed: int) -> CardRef:
    made = make_code(book.database, NUMBER, now=now, random_bytes=Dice(seed))
    assert isinstance(made, MadeCode), made
    return card_by_one_time_code(one_time_fingerprint(made.code))
