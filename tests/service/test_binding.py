"""Cards at a booth: a blank one is bound with the least data, a lost one frozen."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from points.domain.binding import Binding, DeskAct, NewHousehold
from points.domain.consents import Consent
from points.domain.desk import DeskFault, NotDone
from points.domain.facts import CardState
from points.domain.ids import CommunityKey, CredentialId
from points.domain.notices import notice_of
from points.domain.operations import card_by_code
from points.domain.outcomes import Refusal
from points.domain.people import Home
from points.domain.verifying import Result
from points.outside.card_sheets import PrintedCard
from points.service.binding import Bound, bind_at_booth, freeze_at_booth
from points.service.cards import find_by_number, freeze_card, replace_card
from points.service.consents import read_consents
from points.service.households import bind_card
from points.service.posting import Book
from points.service.transactions import snapshot
from points.service.verifying import verify
from points.storage.desk import find_desk_act
from points.storage.engine import Database
from points.storage.households import find_household
from tests.build import make_device
from tests.desk import NOBODYS_NUMBER, balance_after, everything, print_blank, record, ref, scan
from tests.market import CORRIDORS, NOW, PROGRAMME, QINGSHUI, SHIJI, SORTING
from tests.save import open_market

PHONE = make_device(number=4)
OF_SHIJI = make_device(number=11, event=CORRIDORS.key, booth=None)
NOTICE = notice_of(PROGRAMME).version
WANG = Home(community=SHIJI.key, door="2-301")
ZHAO = Home(community=QINGSHUI.key, door="64-101")
TOLD = NewHousehold(community=SHIJI.key, building="3")


@pytest.fixture
def book(database: Database) -> Book:
    return open_market(database)


def new(card: PrintedCard, to: NewHousehold | None = None, **given: object) -> Binding:
    return Binding(
        key=str(given.get("key", "one")),
        card=ref(card),
        to=to or NewHousehold(),
        notice=NOTICE if to is not None else None,
    )


def same(card: PrintedCard, other: PrintedCard, key: str = "one") -> Binding:
    return Binding(key=key, card=ref(card), to=ref(other))


def bind(book: Book, asked: Binding) -> Bound:
    done = bind_at_booth(book, PHONE, asked, now=NOW)
    assert isinstance(done, Bound), done
    return done


def refusal(book: Book, asked: Binding, *, phone: object = None) -> object:
    before = everything(book.database)
    done = bind_at_booth(book, OF_SHIJI if phone else PHONE, asked, now=NOW)
    assert isinstance(done, NotDone), done
    assert everything(book.database) == before
    return done.reason


def test_a_card_needs_nothing_at_all_to_have_a_household_of_its_own(book: Book) -> None:
    [card] = print_blank(book.database, 1)

    bound = bind(book, new(card))

    assert (bound.number, bound.household.home, bound.household.building) == (
        card.number,
        None,
        None,
    )
    assert read_consents(book.database, bound.household.id) == []


def test_what_a_household_tells_is_noted_with_what_it_agreed_to(book: Book) -> None:
    [card] = print_blank(book.database, 1)

    household = bind(book, new(card, TOLD)).household

    assert household.home == Home(community=SHIJI.key, door="")
    assert household.building == "3"
    assert read_consents(book.database, household.id) == [
        Consent(household=household.id, version=NOTICE, agreed_at=NOW, by=PHONE.id)
    ]


def test_two_households_may_live_in_one_building(book: Book) -> None:
    first, second = print_blank(book.database, 2)

    bind(book, new(first, TOLD))
    bind(book, new(second, TOLD, key="two"))

    assert record(book.database, first.number).household != (
        record(book.database, second.number).household
    )


def test_a_card_comes_to_the_household_of_another_with_all_that_it_earned(book: Book) -> None:
    mine, blank = print_blank(book.database, 2)
    for card in (mine, blank):
        scan(book, card)

    household = bind(book, same(blank, mine)).household

    assert [one.number for one in household.cards] == sorted([mine.number, blank.number])
    assert balance_after(scan(book, mine, SORTING.key)) == 30
    assert verify(book.database, now=NOW).result is Result.CLEAN


def test_who_bound_a_card_is_noted_and_when(book: Book) -> None:
    mine, blank = print_blank(book.database, 2)

    bind(book, same(blank, mine))

    with snapshot(book.database) as connection:
        done = find_desk_act(connection, PHONE.id, "one")
    assert done is not None
    assert (done.act, done.at, done.card) == (
        DeskAct.JOINED,
        NOW,
        record(book.database, blank.number).id,
    )


def test_a_binding_asked_for_again_finds_itself_done(book: Book) -> None:
    mine, blank, other = print_blank(book.database, 3)
    first = [bind(book, same(blank, mine)), bind(book, new(other, TOLD, key="two"))]
    before = everything(book.database)

    again = [bind(book, same(blank, mine)), bind(book, new(other, TOLD, key="two"))]

    assert again == first
    assert everything(book.database) == before


def test_a_name_that_was_used_for_another_binding_is_refused(book: Book) -> None:
    mine, blank = print_blank(book.database, 2)
    bind(book, new(mine))

    assert refusal(book, same(blank, mine)) is DeskFault.KEY_REUSED


def test_phones_may_use_the_same_name_without_meeting(book: Book) -> None:
    mine, blank = print_blank(book.database, 2)
    bind(book, new(mine))

    done = bind_at_booth(book, replace(PHONE, id=CredentialId("device:5")), new(blank), now=NOW)

    assert isinstance(done, Bound)


def test_the_same_binding_sent_twice_at_once_is_done_once(book: Book) -> None:
    mine, blank = print_blank(book.database, 2)
    scan(book, blank)

    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(lambda _: bind(book, same(blank, mine)), range(2)))

    assert found[0] == found[1]
    assert verify(book.database, now=NOW).result is Result.CLEAN


def test_a_card_that_is_somebodys_is_not_bound_at_a_booth(book: Book) -> None:
    mine, blank, told, third = print_blank(book.database, 4)
    bind_card(book, mine.number, WANG, now=NOW)
    bind(book, new(told, TOLD))
    bind(book, same(third, blank, key="two"))

    refused = [
        refusal(book, one)
        for one in (
            new(mine, key="a"),
            same(mine, told, key="b"),
            new(told, key="c"),
            same(third, mine, key="d"),
            new(blank, key="e"),
        )
    ]

    assert refused == [DeskFault.CARD_BOUND] * 5


def test_a_card_that_is_of_the_household_already_stays(book: Book) -> None:
    mine, blank = print_blank(book.database, 2)
    first = bind(book, same(blank, mine))

    assert bind(book, same(blank, mine, key="two")) == first


def test_where_somebody_lives_is_noted_only_with_consent(book: Book) -> None:
    [card] = print_blank(book.database, 1)

    asked = new(card, TOLD)

    assert refusal(book, replace(asked, notice=None)) is DeskFault.CONSENT_NEEDED
    assert refusal(book, replace(asked, notice="0" * 12)) is DeskFault.NOTICE_UNKNOWN


def test_what_could_not_stand_in_a_list_is_not_noted(book: Book) -> None:
    [card] = print_blank(book.database, 1)

    for building in ("﹦1+1", "x" * 41):
        asked = new(card, NewHousehold(building=building))
        assert refusal(book, asked) is DeskFault.DOOR_INVALID


def test_cards_and_communities_that_are_not_the_events_are_unknown(book: Book) -> None:
    zhao, blank = print_blank(book.database, 2)
    bind_card(book, zhao.number, ZHAO, now=NOW)

    foreign = NewHousehold(community=QINGSHUI.key)
    nowhere = NewHousehold(community=CommunityKey("nowhere"))

    assert refusal(book, new(zhao), phone=OF_SHIJI) is Refusal.CARD_UNKNOWN
    assert refusal(book, same(blank, zhao), phone=OF_SHIJI) is Refusal.CARD_UNKNOWN
    assert refusal(book, new(blank, foreign), phone=OF_SHIJI) is DeskFault.COMMUNITY_UNKNOWN
    assert refusal(book, new(blank, nowhere)) is DeskFault.COMMUNITY_UNKNOWN


def test_stopped_cards_and_the_same_card_twice_are_refused(book: Book) -> None:
    lost, blank, old, young = print_blank(book.database, 4)
    freeze_card(book.database, lost.number, now=NOW)
    replace_card(book.database, old.number, by=young.number, now=NOW)
    stray = replace(new(blank), card=card_by_code(b"x" * 32))

    assert refusal(book, new(lost)) is Refusal.CARD_FROZEN
    assert refusal(book, same(blank, lost)) is Refusal.CARD_FROZEN
    assert refusal(book, same(blank, old)) is Refusal.CARD_REPLACED
    assert refusal(book, same(blank, blank)) is DeskFault.SAME_CARD
    assert refusal(book, stray) is Refusal.CARD_UNKNOWN


def test_the_desk_gives_a_door_to_whom_a_booth_knows_by_building(book: Book) -> None:
    first, second = print_blank(book.database, 2)
    household = bind(book, new(first, TOLD)).household
    bind_card(book, second.number, WANG, now=NOW)

    bind_card(book, first.number, WANG, now=NOW)

    assert record(book.database, first.number).household == (
        record(book.database, second.number).household
    )
    with snapshot(book.database) as connection:
        assert find_household(connection, household.id) is not None


def test_a_lost_card_is_frozen_by_its_number_once(book: Book) -> None:
    [card] = print_blank(book.database, 1)

    frozen = [freeze_at_booth(book, PHONE, card.number, now=NOW) for _ in range(2)]

    assert frozen[0] == frozen[1] == find_by_number(book.database, card.number)
    assert record(book.database, card.number).state is CardState.FROZEN
    acts = everything(book.database)["desk_act"]
    assert len(acts) == 1


def test_no_card_of_another_community_is_frozen_and_none_that_was_replaced(book: Book) -> None:
    zhao, old, young = print_blank(book.database, 3)
    bind_card(book, zhao.number, ZHAO, now=NOW)
    replace_card(book.database, old.number, by=young.number, now=NOW)
    before = everything(book.database)

    found = [
        freeze_at_booth(book, OF_SHIJI, zhao.number, now=NOW),
        freeze_at_booth(book, PHONE, NOBODYS_NUMBER, now=NOW),
        freeze_at_booth(book, PHONE, old.number, now=NOW),
    ]

    assert [one.reason for one in found if isinstance(one, NotDone)] == [
        Refusal.CARD_UNKNOWN,
        Refusal.CARD_UNKNOWN,
        Refusal.CARD_REPLACED,
    ]
    assert everything(book.database) == before
