"""Households' PINs at a booth, on a real database: at once, and while things change."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from points.domain.access import Role
from points.domain.cards import CardNumber
from points.domain.desk import DeskFault, NotDone
from points.domain.facts import PinChecked
from points.domain.outcomes import Refusal
from points.service.booth_pins import NewPin, set_pin_at_booth
from points.service.cards import freeze_card
from points.service.confirming import try_pin
from points.service.posting import Book
from points.storage.engine import Database
from tests.build import make_device
from tests.desk import Dice, everything
from tests.market import NOW, WANG, WANG_CARD
from tests.save import open_market

LEAD = make_device(number=9, role=Role.SUPERVISOR, booth=None)
NUMBER = CardNumber(f"{WANG:09}")
PIN = "271828"


@pytest.fixture
def book(database: Database) -> Book:
    return open_market(database)


def choose(book: Book, pin: str = PIN, old: str | None = None, seed: int = 1) -> object:
    asked = NewPin(card=WANG_CARD, typed=pin, old=old)
    return set_pin_at_booth(book, LEAD, asked, now=NOW, random_bytes=Dice(seed))


def test_of_two_first_pins_at_once_only_one_is_taken(book: Book) -> None:
    pins = [PIN, "314159"]

    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(lambda pin: choose(book, pin, seed=int(pin)), pins))

    assert sorted(map(str, done)) == sorted(
        map(str, [NUMBER, NotDone(reason=DeskFault.PIN_ALREADY_SET)])
    )
    [taken] = [pin for pin, what in zip(pins, done, strict=True) if what == NUMBER]
    assert try_pin(book.database, WANG, taken, now=NOW) == PinChecked(is_right=True)


def test_a_card_that_was_stopped_sets_none_and_nothing_is_noted(book: Book) -> None:
    freeze_card(book.database, NUMBER, now=NOW)
    before = everything(book.database)

    done = choose(book)

    assert isinstance(done, NotDone)
    assert done.reason is Refusal.CARD_FROZEN
    assert everything(book.database) == before


def test_a_pin_shows_itself_in_no_text() -> None:
    asked = NewPin(card=WANG_CARD, typed=PIN, old="314159")

    assert PIN not in repr(asked)
    assert "314159" not in repr(asked)
