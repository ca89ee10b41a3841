"""A household's cards: one comes in or goes by a code that was given where it was held up."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from points.domain.cases import Wish
from points.domain.desk import DeskFault, NotDone
from points.domain.family import TRIES_MAX, TRIES_OF_ALL_MAX
from points.domain.guessing import Guessed, alarm
from points.domain.ids import HouseholdId
from points.domain.outcomes import Refusal
from points.domain.people import Home, HouseholdRecord
from points.domain.verifying import Result
from points.outside.card_sheets import PrintedCard
from points.service.cards import freeze_card
from points.service.family import (
    Given,
    add_by_code,
    give_code,
    give_code_by_number,
    read_household,
    remove_by_code,
)
from points.service.households import bind_card
from points.service.posting import Book
from points.service.transactions import snapshot, transaction
from points.service.verifying import verify
from points.storage.cases import load_cases
from points.storage.engine import Database
from points.storage.family import add_try
from tests.build import make_device
from tests.desk import NOBODYS_NUMBER, Dice, balance_after, print_blank, record, ref, scan
from tests.market import CORRIDORS, LI, NOW, QINGSHUI, SHIJI, SORTING
from tests.save import open_market

PHONE = make_device(number=4)
OF_SHIJI = make_device(number=11, event=CORRIDORS.key, booth=None)
ZHAO = Home(community=QINGSHUI.key, door="64-101")
WRONG = "0000 0000"
LATER = NOW + timedelta(minutes=15)
UNKNOWN = NotDone(reason=DeskFault.CODE_UNKNOWN)


@pytest.fixture
def book(database: Database) -> Book:
    return open_market(database)


@pytest.fixture
def cards(book: Book) -> list[PrintedCard]:
    """Mine and another's, both used."""
    printed = print_blank(book.database, 2)
    for card in printed:
        scan(book, card)
    return printed


def code_for(book: Book, card: PrintedCard, *, seed: int = 1) -> str:
    given = give_code(book, PHONE, ref(card), now=NOW, random_bytes=Dice(seed))
    assert isinstance(given, Given), given
    return given.code


def home_of(book: Book, card: PrintedCard) -> HouseholdId:
    return record(book.database, card.number).household


def numbers(found: HouseholdRecord | NotDone | None) -> list[str]:
    assert isinstance(found, HouseholdRecord), found
    return [card.number for card in found.cards]


def test_a_card_comes_in_by_its_code_with_all_that_it_earned(
    book: Book, cards: list[PrintedCard]
) -> None:
    mine, other = cards
    code = code_for(book, other)

    found = add_by_code(book, home_of(book, mine), code, now=NOW)

    assert numbers(found) == sorted(card.number for card in cards)
    assert balance_after(scan(book, mine, SORTING.key)) == 30
    assert verify(book.database, now=NOW).result is Result.CLEAN


def test_a_card_goes_by_its_code_and_the_points_stay(book: Book, cards: list[PrintedCard]) -> None:
    mine, other = cards
    home = home_of(book, mine)
    add_by_code(book, home, code_for(book, other), now=NOW)

    left = remove_by_code(book, home, other.number, code_for(book, other, seed=2), now=NOW)

    assert numbers(left) == [mine.number]
    gone = read_household(book.database, home_of(book, other))
    assert gone is not None
    assert (numbers(gone), gone.home, gone.building) == ([other.number], None, None)
    assert balance_after(scan(book, other, SORTING.key)) == 10
    assert balance_after(scan(book, mine, SORTING.key)) == 30
    assert verify(book.database, now=NOW).result is Result.CLEAN


def test_a_code_is_good_once_and_for_a_quarter_of_an_hour(
    book: Book, cards: list[PrintedCard]
) -> None:
    mine, other = cards
    home = home_of(book, mine)
    code = code_for(book, other)

    late = add_by_code(book, home, code, now=LATER)
    add_by_code(book, home, code, now=NOW)

    assert late == UNKNOWN
    assert add_by_code(book, home, code, now=NOW) == UNKNOWN


def test_two_households_that_type_one_code_at_once_do_not_both_get_the_card(book: Book) -> None:
    first, second, other = print_blank(book.database, 3)
    code = code_for(book, other)

    with ThreadPoolExecutor(2) as pool:
        found = list(
            pool.map(
                lambda card: add_by_code(book, home_of(book, card), code, now=NOW),
                (first, second),
            )
        )

    assert sorted(isinstance(one, HouseholdRecord) for one in found) == [False, True]


def test_a_new_code_ends_the_one_before(book: Book, cards: list[PrintedCard]) -> None:
    mine, other = cards
    before = code_for(book, other)
    code_for(book, other, seed=2)

    assert add_by_code(book, home_of(book, mine), before, now=NOW) == UNKNOWN


def test_whoever_guesses_is_locked_out_and_let_in_again_later(
    book: Book, cards: list[PrintedCard]
) -> None:
    mine, other = cards
    home = home_of(book, mine)

    guesses = [add_by_code(book, home, WRONG, now=NOW) for _ in range(TRIES_MAX + 1)]
    right = add_by_code(book, home, code_for(book, other), now=NOW)

    assert guesses == [UNKNOWN] * TRIES_MAX + [NotDone(reason=DeskFault.CODE_LOCKED)]
    assert right == NotDone(reason=DeskFault.CODE_LOCKED)
    assert add_by_code(book, home, WRONG, now=LATER) == UNKNOWN


def test_where_many_guess_nobody_is_looked_at_and_the_alarm_is_raised(
    book: Book, cards: list[PrintedCard], caplog: pytest.LogCaptureFixture
) -> None:
    mine, other = cards
    with transaction(book.database) as connection:
        for _ in range(TRIES_OF_ALL_MAX - 1):
            add_try(connection, LI, at=NOW)

    last = add_by_code(book, home_of(book, mine), WRONG, now=NOW)
    right = add_by_code(book, home_of(book, mine), code_for(book, other), now=NOW)

    assert (last, right) == (UNKNOWN, NotDone(reason=DeskFault.CODE_LOCKED))
    assert [one.levelname for one in caplog.records] == ["CRITICAL"]
    with snapshot(book.database) as connection:
        assert [it.about for it in load_cases(connection, Wish())] == [
            alarm(Guessed.FAMILY_CODES, NOW)
        ]


def test_the_last_card_stays(book: Book, cards: list[PrintedCard]) -> None:
    mine, other = cards
    home = home_of(book, mine)
    add_by_code(book, home, code_for(book, other), now=NOW)
    freeze_card(book.database, mine.number, now=NOW)

    refused = remove_by_code(book, home, other.number, code_for(book, other, seed=2), now=NOW)

    assert refused == NotDone(reason=DeskFault.LAST_CARD)


def test_no_card_is_let_go_by_another_ones_code_or_household(
    book: Book, cards: list[PrintedCard]
) -> None:
    mine, other = cards
    third = print_blank(book.database, 1, seed=7)[0]
    home = home_of(book, mine)
    add_by_code(book, home, code_for(book, other), now=NOW)

    code = code_for(book, mine)
    found = [
        remove_by_code(book, home, other.number, code, now=NOW),
        remove_by_code(book, home_of(book, third), mine.number, code, now=NOW),
    ]

    assert found == [UNKNOWN, UNKNOWN]


def test_a_card_of_others_is_the_desks_matter(book: Book, cards: list[PrintedCard]) -> None:
    mine, other = cards
    with_door, together = print_blank(book.database, 2, seed=7)
    bind_card(book, with_door.number, Home(community=SHIJI.key, door="2-301"), now=NOW)
    add_by_code(book, home_of(book, other), code_for(book, together), now=NOW)

    codes = [code_for(book, card, seed=place) for place, card in enumerate([with_door, other])]
    found = [add_by_code(book, home_of(book, mine), code, now=NOW) for code in codes]

    assert found == [NotDone(reason=DeskFault.CARD_BOUND)] * 2


def test_a_code_is_given_for_cards_in_use_that_the_phone_may_see(book: Book) -> None:
    lost, zhao, stray = print_blank(book.database, 3)
    freeze_card(book.database, lost.number, now=NOW)
    bind_card(book, zhao.number, ZHAO, now=NOW)

    refused = [
        give_code(book, PHONE, ref(lost), now=NOW, random_bytes=Dice()),
        give_code(book, OF_SHIJI, ref(zhao), now=NOW, random_bytes=Dice()),
        give_code_by_number(book.database, NOBODYS_NUMBER, now=NOW, random_bytes=Dice()),
    ]
    given = give_code_by_number(book.database, stray.number, now=NOW, random_bytes=Dice())

    assert [one.reason for one in refused if isinstance(one, NotDone)] == [
        Refusal.CARD_FROZEN,
        Refusal.CARD_UNKNOWN,
        Refusal.CARD_UNKNOWN,
    ]
    assert isinstance(given, Given)
    assert (given.number, given.ends_at) == (stray.number, LATER)


def test_who_is_not_there_has_no_cards(book: Book) -> None:
    nobody = HouseholdId(999_999)

    assert add_by_code(book, nobody, WRONG, now=NOW) == NotDone(reason=Refusal.HOUSEHOLD_UNKNOWN)
    assert read_household(book.database, nobody) is None
