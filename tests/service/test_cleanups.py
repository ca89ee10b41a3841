"""Sharing out: a building is closed and everyone paid, once, all together."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from points.domain.access import OPERATOR
from points.domain.desk import DeskFault, NotDone
from points.domain.facts import Accepted, CleanUpKey, Refused
from points.domain.ids import ActivityKey, HouseholdId
from points.domain.operations import CloseBuilding, Merge, OperationKey, Undo
from points.domain.outcomes import Refusal
from points.domain.periods import Period
from points.domain.programme import CleanUp
from points.outside.card_sheets import PrintedCard
from points.service import cleanups as service
from points.service.cleanups import PaidShare, SharedOut, share_out
from points.service.posting import Book, make_book, post, post_within
from points.service.transactions import transaction
from points.storage.engine import Database
from tests.build import ask, make_catalog, make_device, make_earn
from tests.desk import everything, print_blank, record, ref
from tests.elsewhere import wait_until_somebody_waits
from tests.engines import ON_POSTGRESQL
from tests.market import CHECK_IN, CLEAN_UP, CORRIDORS, LI, LI_CARD, NOW, WANG, WANG_CARD
from tests.save import WallClock, open_market

PHONE = make_device(event=CORRIDORS.key, booth=None, number=8)
LATER = NOW + timedelta(hours=2)
MONTH = "2019-12"


def check_in(book: Book, *cards: PrintedCard, building: str = "3") -> list[HouseholdId]:
    """Check in one after another, a second apart."""
    earns = [
        make_earn(
            card=ref(card),
            activity=CLEAN_UP.key,
            building=building,
            occurred_at=NOW + timedelta(seconds=number),
        )
        for number, card in enumerate(cards)
    ]
    outcomes = post(
        book,
        [
            ask(earn, by=PHONE, key=in_key(card, building))
            for card, earn in zip(cards, earns, strict=True)
        ],
    )
    assert all(isinstance(outcome, Accepted) for outcome in outcomes), outcomes
    return [record(book.database, card.number).household for card in cards]


def in_key(card: PrintedCard, building: str = "3") -> str:
    return f"in-{building}-{card.number}"


def make_market(database: Database, *, points_max: int | None, budget: int | None = None) -> Book:
    rule = CleanUp(points_per_person=20, points_max=points_max, once_in=Period.MONTH)
    clean_up = replace(CLEAN_UP, rule=rule, points_budget=budget)
    return open_market(database, catalog=make_catalog(clean_up))


def shared(*shares: tuple[HouseholdId, int]) -> SharedOut:
    paid = enumerate(shares, start=1)
    return SharedOut(
        period=MONTH,
        shares=tuple(
            PaidShare(place=place, household=household, points=points)
            for place, (household, points) in paid
        ),
    )


def test_everyone_gets_an_equal_share_and_the_earliest_what_is_left_over(
    database: Database,
) -> None:
    book = make_market(database, points_max=50)
    people = check_in(book, *print_blank(database, 3))

    result = share_out(book, CLEAN_UP.key, "3", now=LATER)

    assert result == shared((people[0], 17), (people[1], 17), (people[2], 16))


def test_sharing_out_again_pays_nobody_and_says_the_same(database: Database) -> None:
    book = make_market(database, points_max=50)
    check_in(book, *print_blank(database, 3))
    first = share_out(book, CLEAN_UP.key, "3", now=LATER)
    before = everything(database)

    again = share_out(book, CLEAN_UP.key, "3", now=LATER + timedelta(days=1))

    assert (again, everything(database)) == (first, before)


def test_more_people_than_share_a_commit_elsewhere_are_paid_together(database: Database) -> None:
    book = make_market(database, points_max=None)
    cards = print_blank(database, 300)
    check_in(book, *cards)
    batches = len(everything(database)["batch"])

    result = share_out(book, CLEAN_UP.key, "3", now=LATER)

    assert isinstance(result, SharedOut)
    assert [share.points for share in result.shares] == [20] * 300
    assert len(everything(database)["batch"]) == batches + 1


def test_who_took_a_check_in_back_has_no_share(database: Database) -> None:
    book = make_market(database, points_max=50)
    cards = print_blank(database, 3)
    people = check_in(book, *cards)
    post(book, [ask(Undo(undoes=OperationKey(in_key(cards[0])), occurred_at=NOW), by=PHONE)])

    assert share_out(book, CLEAN_UP.key, "3", now=LATER) == shared((people[1], 20), (people[2], 20))


def test_a_household_that_merged_meanwhile_is_paid_where_it_stands(database: Database) -> None:
    book = make_market(database, points_max=50)
    first, second = check_in(book, *print_blank(database, 2))
    post(book, [ask(Merge(source=first, into=second, occurred_at=NOW), by=OPERATOR)])

    result = share_out(book, CLEAN_UP.key, "3", now=LATER)
    third = record(database, print_blank(database, 1, seed=2)[0].number).household
    post(book, [ask(Merge(source=second, into=third, occurred_at=NOW), by=OPERATOR)])
    again = share_out(book, CLEAN_UP.key, "3", now=LATER)

    assert result == shared((second, 20), (second, 20))
    assert again == shared((third, 20), (third, 20))


@pytest.mark.parametrize(
    ("activity", "building", "reason"),
    [
        (ActivityKey("corridors/lecture"), "3", Refusal.ACTIVITY_UNKNOWN),
        (CHECK_IN.key, "3", Refusal.ACTIVITY_UNKNOWN),
        (CLEAN_UP.key, "99", Refusal.BUILDING_UNKNOWN),
        (CLEAN_UP.key, "5", Refusal.NOTHING_TO_SHARE),
    ],
)
def test_what_cannot_be_shared_out_leaves_nothing_behind(
    database: Database, activity: ActivityKey, building: str, reason: Refusal
) -> None:
    book = make_market(database, points_max=50)
    check_in(book, *print_blank(database, 1))
    before = everything(database)

    assert share_out(book, activity, building, now=LATER) == NotDone(reason=reason)
    assert everything(database) == before


def test_an_empty_building_can_be_shared_out_once_somebody_came(database: Database) -> None:
    book = make_market(database, points_max=50)
    share_out(book, CLEAN_UP.key, "3", now=NOW)

    people = check_in(book, *print_blank(database, 1))

    assert share_out(book, CLEAN_UP.key, "3", now=LATER) == shared((people[0], 20))


def test_a_budget_too_small_for_all_pays_nobody_until_it_is_raised(database: Database) -> None:
    book = make_market(database, points_max=None, budget=30)
    check_in(book, *print_blank(database, 2))
    before = everything(database)

    assert share_out(book, CLEAN_UP.key, "3", now=LATER) == NotDone(reason=Refusal.BUDGET_EXHAUSTED)
    assert everything(database) == before


def test_a_crash_half_way_pays_nobody_and_a_second_try_pays_all(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = make_market(database, points_max=50)
    people = check_in(book, *print_blank(database, 2))
    before = everything(database)

    def crash(*_: object) -> None:
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(service, "_closed_with", crash)
        with pytest.raises(SystemExit):
            share_out(book, CLEAN_UP.key, "3", now=LATER)
    assert everything(database) == before

    assert share_out(book, CLEAN_UP.key, "3", now=LATER) == shared((people[0], 20), (people[1], 20))


def test_a_building_that_was_only_closed_is_paid_out(database: Database) -> None:
    book = make_market(database, points_max=50)
    people = check_in(book, *print_blank(database, 2))
    close = service._closing(CleanUpKey(CLEAN_UP.key, "3", MONTH), NOW)
    post(book, [ask(close, by=OPERATOR, key=f"close:{CLEAN_UP.key}:3:{MONTH}")])

    assert share_out(book, CLEAN_UP.key, "3", now=LATER) == shared((people[0], 20), (people[1], 20))


def test_a_building_closed_by_somebody_else_is_not_paid_a_second_time(database: Database) -> None:
    book = make_market(database, points_max=50)
    check_in(book, *print_blank(database, 2))
    close = service._closing(CleanUpKey(CLEAN_UP.key, "3", MONTH), NOW)
    post(book, [ask(close, by=OPERATOR, key="by-hand")])

    assert share_out(book, CLEAN_UP.key, "3", now=LATER) == NotDone(
        reason=Refusal.ALREADY_SHARED_OUT
    )


def test_a_check_in_lost_between_the_doors_is_not_paid_in_anothers_place(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = make_market(database, points_max=50)
    check_in(book, *print_blank(database, 3))
    share_out(book, CLEAN_UP.key, "3", now=LATER)
    before = everything(database)
    participants = service._participants
    monkeypatch.setattr(service, "_participants", lambda *given: participants(*given)[1:])

    assert share_out(book, CLEAN_UP.key, "3", now=LATER) == NotDone(
        reason=DeskFault.CHECK_INS_CHANGED, details={"people": 2}
    )
    assert everything(database) == before


def test_another_period_is_named(database: Database) -> None:
    book = make_market(database, points_max=50)
    people = check_in(book, *print_blank(database, 1))
    next_month = LATER + timedelta(days=30)

    assert share_out(book, CLEAN_UP.key, "3", now=next_month) == NotDone(
        reason=Refusal.NOTHING_TO_SHARE
    )
    assert share_out(book, CLEAN_UP.key, "3", now=next_month, period=MONTH) == shared(
        (people[0], 20)
    )


def test_two_who_share_out_at_once_pay_everyone_once(database: Database) -> None:
    book = make_market(database, points_max=50)
    people = check_in(book, *print_blank(database, 5))

    def share(hours: int) -> SharedOut | NotDone:
        desk = make_book(database, WallClock())
        return share_out(desk, CLEAN_UP.key, "3", now=NOW + timedelta(hours=hours))

    with ThreadPoolExecutor(3) as desks:
        results = list(desks.map(share, (1, 2, 3)))

    assert results == [shared(*((person, 10) for person in people))] * 3


def test_wang_and_li_find_their_shares_in_their_balances(database: Database) -> None:
    book = open_market(database)
    for card in (WANG_CARD, LI_CARD):
        earn = make_earn(card=card, activity=CLEAN_UP.key, building="3")
        post(book, [ask(earn, by=PHONE)])

    result = share_out(book, CLEAN_UP.key, "3", now=LATER)

    assert result == shared((WANG, 20), (LI, 20))
    late = make_earn(card=WANG_CARD, activity=CLEAN_UP.key, building="3")
    refused = post(book, [ask(late, by=PHONE)])[0]
    assert refused == Refused(reason=Refusal.ALREADY_SHARED_OUT)


@ON_POSTGRESQL
def test_who_checks_in_while_a_building_is_closed_is_told_so_and_not_forgotten(
    database: Database,
) -> None:
    book = make_market(database, points_max=None)
    early, late = print_blank(database, 2)
    check_in(book, early)
    closing = CloseBuilding(
        activity=CLEAN_UP.key, building="3", period=MONTH, occurred_at=NOW + timedelta(minutes=1)
    )
    scan = make_earn(card=ref(late), activity=CLEAN_UP.key, building="3", occurred_at=NOW)

    with ThreadPoolExecutor() as pool, transaction(database) as connection:
        [closed] = post_within(connection, book, [ask(closing, by=OPERATOR)])
        told = pool.submit(post, book, [ask(scan, by=PHONE)])
        wait_until_somebody_waits(database)

    assert isinstance(closed, Accepted)
    assert told.result() == [Refused(reason=Refusal.ALREADY_SHARED_OUT)]
