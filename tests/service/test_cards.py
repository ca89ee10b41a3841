"""Cards: printed blank, used at once, frozen, thawed, replaced, and never in two households."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import insert, text, update

from points.domain.cards import (
    NUMBER_MAX,
    NUMBER_MIN,
    CardNumber,
    code_fingerprint,
    make_card_number,
    read_card_code,
    read_card_number,
)
from points.domain.desk import DeskFault, NotDone
from points.domain.facts import Accepted, CardState, Outcome, Refused
from points.domain.ids import CommunityKey, ResidentId
from points.domain.outcomes import Refusal
from points.domain.people import CardRecord, Home
from points.outside.card_sheets import PrintedCard
from points.service import cards as service
from points.service.cards import (
    NumbersExhausted,
    find_by_number,
    freeze_card,
    print_cards,
    print_in_parts,
    replace_card,
    thaw_card,
)
from points.service.households import bind_card, merge_households
from points.service.posting import Book
from points.service.transactions import snapshot, transaction
from points.storage.columns import table_of
from points.storage.engine import Database
from points.storage.people import CardRow, ResidentRow
from tests.desk import (
    NOBODYS_NUMBER,
    Dice,
    balance_after,
    everything,
    print_blank,
    record,
    scan,
)
from tests.market import NOW, SORTING
from tests.save import open_market

LATER = NOW + timedelta(minutes=5)
WANG = Home(community=CommunityKey("shiji"), door="2-301", name="王伟")
UNKNOWN = NotDone(reason=Refusal.CARD_UNKNOWN, details={"number": NOBODYS_NUMBER})


@pytest.fixture
def book(database: Database) -> Book:
    return open_market(database)


def test_cards_are_printed_with_codes_that_read_back_and_numbers_of_their_own(
    database: Database,
) -> None:
    cards = print_cards(
        database, 25, now=NOW, random_bytes=Dice(), public_url="https://points.example"
    )

    assert [read_card_code(card.text) for card in cards] == [card.code for card in cards]
    assert [read_card_number(card.number) for card in cards] == [card.number for card in cards]
    assert len({card.number for card in cards}) == len({card.code for card in cards}) == 25


def test_a_blank_card_earns_at_once(book: Book) -> None:
    cards = print_blank(book.database, 2)

    assert [balance_after(scan(book, card)) for card in cards] == [10, 10]


def test_no_code_is_ever_stored(database: Database) -> None:
    card = print_blank(database, 1)[0]

    stored = repr(everything(database))

    assert card.code not in stored
    assert repr(code_fingerprint(card.code)) in stored


def test_each_part_is_kept_before_the_next_is_begun(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "PART", 4)
    printing = print_in_parts(database, 10, now=NOW, random_bytes=Dice(), public_url=None)

    kept = []
    for part in printing:
        assert all(find_by_number(database, card.number) for card in part)
        kept.append(len(part))

    assert kept == [4, 4, 2]


def test_a_number_that_is_taken_is_drawn_again(database: Database) -> None:
    """The dice fall on one number twice, within a part and after another one."""
    draws = iter([1, 1, 2, 1, 3])
    codes = Dice()

    def loaded_dice(count: int) -> bytes:
        return next(draws).to_bytes(count, "big") if count == 8 else codes(count)

    first = print_cards(database, 2, now=NOW, random_bytes=loaded_dice, public_url=None)
    second = print_cards(database, 1, now=NOW, random_bytes=loaded_dice, public_url=None)

    expected = [make_card_number(NUMBER_MIN + drawn) for drawn in (1, 2, 3)]
    assert [card.number for card in first + second] == expected


def test_all_numbers_can_be_drawn(database: Database) -> None:
    draws = iter([0, NUMBER_MAX - NUMBER_MIN])
    codes = Dice()

    def loaded_dice(count: int) -> bytes:
        return next(draws).to_bytes(count, "big") if count == 8 else codes(count)

    cards = print_cards(database, 2, now=NOW, random_bytes=loaded_dice, public_url=None)

    assert [card.number for card in cards] == [
        make_card_number(NUMBER_MIN),
        make_card_number(NUMBER_MAX),
    ]


def test_dice_that_always_fall_the_same_end_the_printing(database: Database) -> None:
    with pytest.raises(NumbersExhausted):
        print_cards(database, 2, now=NOW, random_bytes=bytes, public_url=None)


def test_an_address_that_nobody_can_open_makes_no_card(database: Database) -> None:
    before = everything(database)

    with pytest.raises(ValueError, match="public address"):
        print_cards(database, 1, now=NOW, random_bytes=Dice(), public_url="ftp://x")

    assert everything(database) == before


def test_a_frozen_card_stops_and_what_it_did_before_still_counts(book: Book) -> None:
    card = print_blank(book.database, 1)[0]

    frozen = freeze_card(book.database, card.number, now=NOW)

    assert isinstance(frozen, CardRecord)
    assert (frozen.state, frozen.stopped_at) == (CardState.FROZEN, NOW)
    assert scan(book, card) == Refused(reason=Refusal.CARD_FROZEN)
    before = scan(book, card, occurred_at=NOW - timedelta(minutes=1), is_offline=True)
    assert isinstance(before, Accepted)


def test_a_card_that_was_found_again_is_thawed(book: Book) -> None:
    card = print_blank(book.database, 1)[0]
    freeze_card(book.database, card.number, now=NOW)

    thawed = thaw_card(book.database, card.number, now=NOW)

    assert thawed == record(book.database, card.number)
    assert record(book.database, card.number).state is CardState.ACTIVE
    assert isinstance(scan(book, card), Accepted)


def test_freezing_twice_keeps_the_first_instant(book: Book) -> None:
    card = print_blank(book.database, 1)[0]
    freeze_card(book.database, card.number, now=NOW)
    before = everything(book.database)

    freeze_card(book.database, card.number, now=LATER)

    assert everything(book.database) == before


def test_a_replaced_card_hands_its_household_over_and_says_so(book: Book) -> None:
    lost, new = print_blank(book.database, 2)
    scan(book, lost)
    freeze_card(book.database, lost.number, now=NOW)

    replaced = replace_card(book.database, lost.number, by=new.number, now=LATER)

    old = record(book.database, lost.number)
    assert replaced == record(book.database, new.number)
    assert (old.state, old.replaced_by, old.stopped_at) == (CardState.REPLACED, new.number, NOW)
    assert record(book.database, new.number).household == old.household
    assert scan(book, lost) == Refused(reason=Refusal.CARD_REPLACED)
    assert balance_after(scan(book, new, SORTING.key)) == 20


def test_limits_go_with_the_household_not_with_the_card(book: Book) -> None:
    lost, new = print_blank(book.database, 2)
    scan(book, lost)

    replace_card(book.database, lost.number, by=new.number, now=NOW)

    outcome = scan(book, new)
    assert isinstance(outcome, Refused)
    assert outcome.reason is Refusal.LIMIT_REACHED


def test_the_new_card_is_its_residents(book: Book) -> None:
    lost, new = print_blank(book.database, 2)
    household = record(book.database, lost.number).household
    resident, card = ResidentId(7), table_of(CardRow)
    with transaction(book.database) as connection:
        connection.execute(
            insert(table_of(ResidentRow)).values(id=resident, household=household, added_at=NOW)
        )
        connection.execute(
            update(card).where(card.c.number == lost.number).values(resident=resident)
        )

    replace_card(book.database, lost.number, by=new.number, now=NOW)

    assert record(book.database, new.number).resident == resident


def test_replacing_again_by_the_same_card_changes_nothing(book: Book) -> None:
    lost, new = print_blank(book.database, 2)
    first = replace_card(book.database, lost.number, by=new.number, now=NOW)
    before = everything(book.database)

    again = replace_card(book.database, lost.number, by=new.number, now=LATER)

    assert (again, everything(book.database)) == (first, before)


def test_a_card_that_earned_on_its_own_is_merged_before_it_replaces_another(book: Book) -> None:
    lost, used = print_blank(book.database, 2)
    scan(book, lost)
    scan(book, used)

    refused = replace_card(book.database, lost.number, by=used.number, now=NOW)
    source, into = (record(book.database, card.number).household for card in (used, lost))
    merge_households(book, source, into, now=NOW)
    replaced = replace_card(book.database, lost.number, by=used.number, now=NOW)

    assert refused == NotDone(reason=DeskFault.CARD_USED, details={"number": used.number})
    assert isinstance(replaced, CardRecord)
    assert balance_after(scan(book, used, SORTING.key)) == 30


def bound(book: Book, number: CardNumber) -> None:
    bind_card(book, number, WANG, now=NOW)


def frozen(book: Book, number: CardNumber) -> None:
    freeze_card(book.database, number, now=NOW)


def replaced(book: Book, number: CardNumber) -> None:
    third = print_blank(book.database, 1, seed=9)[0]
    replace_card(book.database, number, by=third.number, now=NOW)


@pytest.mark.parametrize(
    ("prepare", "reason"),
    [
        (bound, DeskFault.CARD_BOUND),
        (frozen, Refusal.CARD_FROZEN),
        (replaced, Refusal.CARD_REPLACED),
    ],
)
def test_only_a_blank_card_in_use_replaces_another(
    book: Book, prepare: Callable[[Book, CardNumber], None], reason: DeskFault | Refusal
) -> None:
    lost, new = print_blank(book.database, 2)
    prepare(book, new.number)

    refused = replace_card(book.database, lost.number, by=new.number, now=NOW)

    assert isinstance(refused, NotDone)
    assert (refused.reason, refused.details["number"]) == (reason, new.number)
    assert record(book.database, lost.number).state is CardState.ACTIVE


def test_a_replaced_card_never_comes_back(book: Book) -> None:
    lost, new, third = print_blank(book.database, 3)
    replace_card(book.database, lost.number, by=new.number, now=NOW)
    gone = NotDone(
        reason=Refusal.CARD_REPLACED,
        details={"number": lost.number, "replaced_by": new.number},
    )

    assert freeze_card(book.database, lost.number, now=NOW) == gone
    assert thaw_card(book.database, lost.number, now=NOW) == gone
    assert replace_card(book.database, lost.number, by=third.number, now=NOW) == gone
    assert replace_card(book.database, new.number, by=lost.number, now=NOW) == gone


def test_a_card_cannot_replace_itself(book: Book) -> None:
    card = print_blank(book.database, 1)[0]

    assert replace_card(book.database, card.number, by=card.number, now=NOW) == NotDone(
        reason=DeskFault.SAME_CARD
    )


def test_a_number_that_is_on_no_card_is_unknown(book: Book) -> None:
    card = print_blank(book.database, 1)[0]

    assert find_by_number(book.database, NOBODYS_NUMBER) is None
    assert freeze_card(book.database, NOBODYS_NUMBER, now=NOW) == UNKNOWN
    assert thaw_card(book.database, NOBODYS_NUMBER, now=NOW) == UNKNOWN
    assert replace_card(book.database, NOBODYS_NUMBER, by=card.number, now=NOW) == UNKNOWN
    assert replace_card(book.database, card.number, by=NOBODYS_NUMBER, now=NOW) == UNKNOWN


def test_a_scan_lands_in_the_old_household_or_in_the_new_one_and_nowhere_else(book: Book) -> None:
    """Two doors at once, thirty times: one scans the new card, one replaces the old one by it."""
    cards = print_blank(book.database, 60)
    for lost, new in zip(cards[::2], cards[1::2], strict=True):
        start = Barrier(2)

        with ThreadPoolExecutor(2) as doors:
            scanned = doors.submit(_scan_at_once, book, new, start)
            done = doors.submit(_replace_at_once, book, lost, new, start)

        assert isinstance(scanned.result(), Accepted), scanned.result()
        is_replaced = isinstance(done.result(), CardRecord)
        used = NotDone(reason=DeskFault.CARD_USED, details={"number": new.number})
        assert is_replaced or done.result() == used
        household, old = (record(book.database, card.number).household for card in (new, lost))
        assert (household == old) is is_replaced
        assert _newest_household(book) == household


def _scan_at_once(book: Book, card: PrintedCard, start: Barrier) -> Outcome:
    start.wait()
    return scan(book, card)


def _replace_at_once(
    book: Book, lost: PrintedCard, new: PrintedCard, start: Barrier
) -> CardRecord | NotDone:
    start.wait()
    return replace_card(book.database, lost.number, by=new.number, now=NOW)


def _newest_household(book: Book) -> int:
    newest = text("SELECT household FROM operation ORDER BY posted_at DESC LIMIT 1")
    with snapshot(book.database) as connection:
        return int(connection.execute(newest).scalar_one())
