"""Households: cards bound to doors, further cards, two households made one."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlalchemy import select, text

from points.domain.cards import CardNumber
from points.domain.desk import DeskFault, NotDone
from points.domain.facts import Refused
from points.domain.ids import CommunityKey, HouseholdId, wallet
from points.domain.outcomes import Refusal
from points.domain.people import Home, HouseholdRecord, TextFault
from points.outside.card_sheets import PrintedCard
from points.service import households as service
from points.service.cards import freeze_card, replace_card
from points.service.households import (
    add_card_to_household,
    bind_card,
    find_by_door,
    merge_households,
)
from points.service.posting import Book, make_book, post
from points.service.transactions import transaction
from points.storage.columns import table_of
from points.storage.engine import Database
from points.storage.ledger import ChainRow
from points.storage.locks import lock_accounts
from tests.build import ask, make_redeem
from tests.desk import (
    NOBODYS_NUMBER,
    balance_after,
    everything,
    print_blank,
    record,
    ref,
    scan,
    wait_until_blocked,
)
from tests.market import NOW, QINGSHUI, SHIJI, SORTING
from tests.save import WallClock, open_market

WANG = Home(community=SHIJI.key, door="2-301", name="王伟")
LI = Home(community=SHIJI.key, door="2-302", name="李娜")
ZHAO = Home(community=QINGSHUI.key, door="64-101", name="赵敏·木拉提")
NOBODY = HouseholdId(999_999)


@pytest.fixture
def book(database: Database) -> Book:
    return open_market(database)


def numbers(household: HouseholdRecord | NotDone | None) -> list[CardNumber]:
    assert isinstance(household, HouseholdRecord), household
    return [card.number for card in household.cards]


def household_of(book: Book, card: PrintedCard) -> HouseholdId:
    return record(book.database, card.number).household


def test_a_card_bound_to_a_new_door_names_its_household_and_keeps_its_points(book: Book) -> None:
    card = print_blank(book.database, 1)[0]
    scan(book, card)
    anonymous = household_of(book, card)

    found = bind_card(book, card.number, WANG, now=NOW)

    assert isinstance(found, HouseholdRecord)
    assert (found.id, found.home, numbers(found)) == (anonymous, WANG, [card.number])
    assert find_by_door(book.database, SHIJI.key, " ２－３０１") == found
    assert balance_after(scan(book, card, SORTING.key)) == 20


def test_a_card_bound_to_a_known_door_brings_what_it_earned(book: Book) -> None:
    first, second = print_blank(book.database, 2)
    for card in (first, second):
        scan(book, card)
    bind_card(book, first.number, WANG, now=NOW)

    found = bind_card(book, second.number, replace(WANG, name=None), now=NOW)

    assert numbers(found) == sorted([first.number, second.number])
    assert balance_after(scan(book, second, SORTING.key)) == 30


def test_both_histories_count_towards_limits_after_a_binding(book: Book) -> None:
    first, second = print_blank(book.database, 2)
    bind_card(book, first.number, WANG, now=NOW)
    scan(book, second)

    bind_card(book, second.number, WANG, now=NOW)

    refused = scan(book, first)
    assert isinstance(refused, Refused)
    assert refused.reason is Refusal.LIMIT_REACHED


def test_an_unused_card_leaves_no_trace_of_a_merge(book: Book) -> None:
    first, second = print_blank(book.database, 2)
    bind_card(book, first.number, WANG, now=NOW)
    operations = everything(book.database)["operation"]

    bind_card(book, second.number, WANG, now=NOW)

    assert everything(book.database)["operation"] == operations
    assert household_of(book, first) == household_of(book, second)


def test_binding_again_changes_nothing(book: Book) -> None:
    first, second = print_blank(book.database, 2)
    scan(book, second)
    bind_card(book, first.number, WANG, now=NOW)
    bound = bind_card(book, second.number, WANG, now=NOW)
    before = everything(book.database)

    again = [bind_card(book, card.number, WANG, now=NOW) for card in (first, second)]

    assert (again, everything(book.database)) == ([bound, bound], before)


def test_a_name_may_come_later_and_is_never_overwritten(book: Book) -> None:
    first, second = print_blank(book.database, 2)
    bind_card(book, first.number, replace(WANG, name=None), now=NOW)

    named = bind_card(book, first.number, WANG, now=NOW)
    refused = bind_card(book, second.number, replace(WANG, name="王芳"), now=NOW)

    assert isinstance(named, HouseholdRecord)
    assert named.home == WANG
    assert refused == NotDone(reason=DeskFault.NAME_DIFFERS, details={"known": "王伟"})


def test_a_card_of_one_door_is_not_bound_to_another(book: Book) -> None:
    card, other = print_blank(book.database, 2)
    bind_card(book, card.number, WANG, now=NOW)
    bind_card(book, other.number, LI, now=NOW)
    bound = NotDone(reason=DeskFault.CARD_BOUND, details={"number": card.number})

    assert bind_card(book, card.number, LI, now=NOW) == bound
    assert bind_card(book, card.number, ZHAO, now=NOW) == bound
    assert add_card_to_household(book, card.number, household_of(book, other), now=NOW) == bound


@pytest.mark.parametrize(
    ("home", "refused"),
    [
        (replace(WANG, community=CommunityKey("danfeng")), DeskFault.COMMUNITY_UNKNOWN),
        (replace(WANG, door=" "), DeskFault.DOOR_INVALID),
        (replace(WANG, door="2\x00"), DeskFault.DOOR_INVALID),
        (replace(WANG, door="9" * 65), DeskFault.DOOR_INVALID),
        (replace(WANG, name="=王"), DeskFault.NAME_INVALID),
    ],
    ids=ascii,
)
def test_a_door_that_cannot_be_is_refused(book: Book, home: Home, refused: DeskFault) -> None:
    card = print_blank(book.database, 1)[0]
    before = everything(book.database)

    fault = bind_card(book, card.number, home, now=NOW)

    assert isinstance(fault, NotDone)
    assert fault.reason is refused
    assert everything(book.database) == before


def test_what_is_wrong_with_a_door_is_said(book: Book) -> None:
    fault = bind_card(book, NOBODYS_NUMBER, replace(WANG, door=""), now=NOW)

    assert fault == NotDone(reason=DeskFault.DOOR_INVALID, details={"fault": TextFault.MISSING})


def test_a_stopped_card_is_bound_to_nobody(book: Book) -> None:
    frozen, old, new = print_blank(book.database, 3)
    freeze_card(book.database, frozen.number, now=NOW)
    replace_card(book.database, old.number, by=new.number, now=NOW)

    for number, reason in (
        (frozen.number, Refusal.CARD_FROZEN),
        (old.number, Refusal.CARD_REPLACED),
        (NOBODYS_NUMBER, Refusal.CARD_UNKNOWN),
    ):
        fault = bind_card(book, number, WANG, now=NOW)
        assert isinstance(fault, NotDone)
        assert fault.reason is reason

    assert find_by_door(book.database, *WANG.place) is None


def test_a_household_carries_several_cards(book: Book) -> None:
    cards = print_blank(book.database, 3)
    scan(book, cards[2])
    home = bind_card(book, cards[0].number, WANG, now=NOW)
    assert isinstance(home, HouseholdRecord)

    for card in cards[1:]:
        added = add_card_to_household(book, card.number, home.id, now=NOW)
        assert card.number in numbers(added)

    assert numbers(find_by_door(book.database, *WANG.place)) == sorted(
        card.number for card in cards
    )
    before = everything(book.database)
    add_card_to_household(book, cards[1].number, home.id, now=NOW)
    assert everything(book.database) == before


def test_what_is_unknown_cannot_be_put_together(book: Book) -> None:
    card, frozen = print_blank(book.database, 2)
    freeze_card(book.database, frozen.number, now=NOW)
    home = household_of(book, card)
    no_household = NotDone(reason=Refusal.HOUSEHOLD_UNKNOWN)

    assert add_card_to_household(book, card.number, NOBODY, now=NOW) == no_household
    assert merge_households(book, NOBODY, home, now=NOW) == no_household
    assert merge_households(book, home, NOBODY, now=NOW) == no_household
    assert add_card_to_household(book, NOBODYS_NUMBER, home, now=NOW) == NotDone(
        reason=Refusal.CARD_UNKNOWN, details={"number": NOBODYS_NUMBER}
    )
    assert add_card_to_household(book, frozen.number, home, now=NOW) == NotDone(
        reason=Refusal.CARD_FROZEN, details={"number": frozen.number}
    )


def test_two_households_made_one_share_points_cards_and_limits(book: Book) -> None:
    first, second = print_blank(book.database, 2)
    for card, home in ((first, WANG), (second, LI)):
        bind_card(book, card.number, home, now=NOW)
    scan(book, first)
    scan(book, second)

    merged = merge_households(book, household_of(book, first), household_of(book, second), now=NOW)

    assert isinstance(merged, HouseholdRecord)
    assert merged.home == LI
    assert numbers(merged) == sorted([first.number, second.number])
    assert find_by_door(book.database, *WANG.place) == merged
    outcome = post(book, [ask(make_redeem(card=ref(first)))])[0]
    assert isinstance(outcome, Refused), "20 points do not buy bin bags"
    assert outcome.details == {"short": 10, "available": 20}


def test_merging_again_changes_nothing_whichever_way_it_is_asked(book: Book) -> None:
    first, second = print_blank(book.database, 2)
    source, into = household_of(book, first), household_of(book, second)
    merged = merge_households(book, source, into, now=NOW)
    before = everything(book.database)

    again = merge_households(book, source, into, now=NOW)
    back = merge_households(book, into, source, now=NOW)

    assert (again, back, everything(book.database)) == (merged, merged, before)


def test_a_household_is_not_merged_with_itself_nor_with_another_communitys(book: Book) -> None:
    first, second = print_blank(book.database, 2)
    bind_card(book, first.number, WANG, now=NOW)
    bind_card(book, second.number, ZHAO, now=NOW)
    mine, theirs = household_of(book, first), household_of(book, second)
    before = everything(book.database)

    assert merge_households(book, mine, mine, now=NOW) == NotDone(reason=Refusal.SAME_HOUSEHOLD)
    assert merge_households(book, mine, theirs, now=NOW) == NotDone(reason=Refusal.OTHER_COMMUNITY)
    assert everything(book.database)["operation"] == before["operation"]
    assert everything(book.database)["request"] == before["request"]


def test_a_household_with_a_door_never_goes_up_in_one_without(book: Book) -> None:
    first, second = print_blank(book.database, 2)
    bind_card(book, first.number, WANG, now=NOW)
    named, anonymous = household_of(book, first), household_of(book, second)

    assert merge_households(book, named, anonymous, now=NOW) == NotDone(
        reason=DeskFault.INTO_ANONYMOUS
    )
    assert isinstance(merge_households(book, anonymous, named, now=NOW), HouseholdRecord)


def test_a_crash_half_way_through_a_binding_leaves_nothing_and_a_second_try_heals(
    book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = print_blank(book.database, 2)
    scan(book, second)
    bind_card(book, first.number, replace(WANG, name=None), now=NOW)
    before = everything(book.database)

    def crash(*_: object) -> None:
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(service, "_record", crash)
        with pytest.raises(SystemExit):
            bind_card(book, second.number, WANG, now=NOW)
    assert everything(book.database) == before

    assert isinstance(bind_card(book, second.number, WANG, now=NOW), HouseholdRecord)
    assert balance_after(scan(book, second, SORTING.key)) == 20


def test_a_card_bound_at_two_desks_at_once_has_one_door(book: Book) -> None:
    cards = print_blank(book.database, 10)

    def bind(work: tuple[PrintedCard, Home]) -> HouseholdRecord | NotDone:
        card, home = work
        desk = make_book(book.database, WallClock())
        return bind_card(desk, card.number, home, now=NOW)

    with ThreadPoolExecutor(2) as desks:
        for number, card in enumerate(cards):
            homes = [replace(one, door=f"{one.door}-{number}") for one in (WANG, LI)]
            answers = list(desks.map(bind, [(card, home) for home in homes]))

            done = [one for one in answers if isinstance(one, HouseholdRecord)]
            assert len(done) == 1
            assert done[0].home == record(book.database, card.number).home


def test_a_desk_that_waits_for_a_busy_book_keeps_no_booth_waiting(book: Book) -> None:
    """Every chain is held by a batch that is about to take the very wallet the desk works on."""
    first, second = print_blank(book.database, 2)
    scan(book, second)
    bind_card(book, first.number, WANG, now=NOW)
    wallets = {wallet(household_of(book, card)) for card in (first, second)}

    with ThreadPoolExecutor(1) as desk:
        with transaction(book.database) as batch:
            batch.execute(select(table_of(ChainRow)).with_for_update())
            bound = desk.submit(bind_card, book, second.number, WANG, now=NOW)
            wait_until_blocked(book.database)
            if not book.database.is_sqlite:
                batch.execute(text("SET LOCAL lock_timeout = '300ms'"))
            lock_accounts(batch, wallets)

        assert numbers(bound.result()) == sorted([first.number, second.number])


def test_one_door_filled_at_two_desks_at_once_is_one_household(book: Book) -> None:
    cards = print_blank(book.database, 10)
    for card in cards:
        scan(book, card)

    def bind(work: tuple[PrintedCard, Home]) -> HouseholdRecord | NotDone:
        card, home = work
        desk = make_book(book.database, WallClock())
        return bind_card(desk, card.number, home, now=NOW)

    with ThreadPoolExecutor(2) as desks:
        for first, second in zip(cards[::2], cards[1::2], strict=True):
            home = replace(WANG, door=first.number)
            list(desks.map(bind, [(first, home), (second, home)]))

            found = find_by_door(book.database, *home.place)
            assert numbers(found) == sorted([first.number, second.number])
            assert balance_after(scan(book, first, SORTING.key)) == 30
