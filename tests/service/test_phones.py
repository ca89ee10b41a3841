"""Phones report, their journals come in, and what does not fit together becomes a case."""

from datetime import datetime, timedelta

import pytest

from points.domain.access import Credential
from points.domain.cases import CaseKind, Wish
from points.domain.closing import Shortfall, Signature
from points.domain.desk import DeskFault, NotDone
from points.domain.ids import EventKey
from points.domain.journals import Head, head_of
from points.service.closing import close_event
from points.service.pairing import Station
from points.service.phones import forget_volunteers, hear_report, keep_journal, watch_phones
from points.service.posting import Book, post
from points.service.transactions import snapshot
from points.storage.cases import load_cases
from points.storage.engine import Database
from points.storage.reports import find_holder, find_report
from tests.build import ask, make_earn
from tests.desk import everything
from tests.market import BOOTHS, CORRIDORS, MARKET, NOW, at
from tests.paired import claim
from tests.save import open_market
from tests.told import make_report, write

LATER = NOW + timedelta(minutes=1)


@pytest.fixture
def book(database: Database) -> Book:
    return open_market(database)


@pytest.fixture
def phone(book: Book) -> Credential:
    return claim(book)


def case_kinds(book: Book) -> list[CaseKind]:
    with snapshot(book.database) as connection:
        return [case.about.kind for case in load_cases(connection, Wish())][::-1]


def shortfalls(book: Book, *, now: datetime = NOW) -> list[tuple[Shortfall, ...]]:
    return [one.shortfalls for one in watch_phones(book, MARKET.key, now=now)]


def test_a_report_is_kept_and_answered_with_where_the_phone_stands(
    book: Book, phone: Credential
) -> None:
    journal = write("a", "b")
    report = make_report(waiting=3, journal=head_of(journal))
    keep_journal(book, phone, journal, now=NOW)

    heard = hear_report(book, phone, make_report(journal=head_of(journal)), holder="Chen")
    hear_report(book, phone, report, holder="Chen")

    assert (heard.station, heard.journal, heard.is_closing) == (
        Station(MARKET, BOOTHS[4]),
        head_of(journal),
        False,
    )
    with snapshot(book.database) as connection:
        assert find_report(connection, phone.id) == report
        assert find_holder(connection, phone.id) == "Chen"


def test_lines_are_kept_once_however_often_they_come(book: Book, phone: Credential) -> None:
    journal = write("a", "b", "c")
    first = keep_journal(book, phone, journal[:2], now=NOW)
    keep_journal(book, phone, journal, now=NOW)
    before = everything(book.database)

    again = [keep_journal(book, phone, journal, now=LATER) for _ in range(2)]

    assert (first.head, first.wanted) == (head_of(journal[:2]), 3)
    assert [(one.head, one.wanted) for one in again] == [(head_of(journal), 4)] * 2
    assert everything(book.database) == before


def test_whatever_does_not_fit_together_is_one_case_however_often_it_is_seen(
    book: Book, phone: Credential
) -> None:
    journal = write("a", "b", "c")
    theirs = write("x", after=journal[:2])
    keep_journal(book, phone, journal, now=NOW)

    for _ in range(2):
        keep_journal(book, phone, write("d", "e", after=journal)[4:], now=NOW)
        keep_journal(book, phone, theirs[2:], now=NOW)
        hear_report(book, phone, make_report(journal=Head(1, "ab" * 32)), holder=None)
        hear_report(book, phone, make_report(said_at=NOW + timedelta(hours=3)), holder=None)

    assert case_kinds(book) == [
        CaseKind.JOURNAL_GAP,
        CaseKind.JOURNAL_FORKED,
        CaseKind.PHONE_WIPED,
        CaseKind.CLOCK_JUMP,
        CaseKind.JOURNAL_GAP,
    ]


def test_a_line_that_was_told_of_and_lost_before_it_came_is_one_case(
    book: Book, phone: Credential
) -> None:
    journal = write("a", "b")
    keep_journal(book, phone, journal[:1], now=NOW)
    hear_report(book, phone, make_report(journal=head_of(journal)), holder=None)

    for minutes in (1, 2, 3):
        moment = NOW + timedelta(minutes=minutes)
        hear_report(book, phone, make_report(at=moment, journal=head_of(journal[:1])), holder=None)

    assert case_kinds(book) == [CaseKind.PHONE_WIPED]


def test_a_phone_that_works_as_it_should_leaves_no_case(book: Book, phone: Credential) -> None:
    journal = write("a", "b", "c")
    for place in (1, 2, 3):
        keep_journal(book, phone, journal[:place], now=NOW)
        hear_report(book, phone, make_report(journal=head_of(journal[:place])), holder="Chen")

    assert case_kinds(book) == []


def test_a_phone_is_accounted_for_once_all_that_it_did_is_here(
    book: Book, phone: Credential
) -> None:
    journal = write("earned")
    never = shortfalls(book)
    hear_report(book, phone, make_report(waiting=1, journal=head_of(journal)), holder="Chen")
    waiting = shortfalls(book)
    post(book, [ask(make_earn(), key="earned", by=phone)])
    keep_journal(book, phone, journal, now=LATER)
    behind = shortfalls(book)
    hear_report(book, phone, make_report(at=LATER, journal=head_of(journal)), holder="Chen")

    assert never == [(Shortfall.NEVER_REPORTED,)]
    assert waiting == [(Shortfall.WAITING, Shortfall.JOURNAL_BEHIND)]
    assert behind == [(Shortfall.ACTED_SINCE, Shortfall.WAITING)]
    assert shortfalls(book) == [()]
    assert shortfalls(book, now=at("12:00")) == [(Shortfall.NOT_SINCE,)]


def test_an_operation_that_a_journal_names_must_have_arrived(book: Book, phone: Credential) -> None:
    journal = write("lost", "earned")
    post(book, [ask(make_earn(), key="earned", by=phone)])
    keep_journal(book, phone, journal, now=LATER)
    hear_report(book, phone, make_report(at=LATER, journal=head_of(journal)), holder=None)

    assert shortfalls(book) == [(Shortfall.NOT_SETTLED,)]


def test_phones_are_told_that_their_event_is_being_closed(book: Book, phone: Credential) -> None:
    close_event(book, MARKET.key, by=Signature(), now=NOW)

    heard = hear_report(book, phone, make_report(at=LATER), holder=None)
    close_event(book, MARKET.key, by=Signature(), now=LATER)

    assert heard.is_closing
    assert hear_report(book, phone, make_report(at=LATER), holder=None).is_closing


def test_only_phones_of_the_event_are_watched(book: Book, phone: Credential) -> None:
    assert [one.phone.device for one in watch_phones(book, MARKET.key, now=NOW)] == [phone.id]
    assert watch_phones(book, CORRIDORS.key, now=NOW) == []


def test_who_held_phones_is_forgotten_and_nothing_else_changes(
    book: Book, phone: Credential
) -> None:
    hear_report(book, phone, make_report(), holder="Chen")
    before = everything(book.database)

    forgotten = forget_volunteers(book, MARKET.key)

    assert forgotten == 1
    assert "Chen" not in repr(everything(book.database))
    assert everything(book.database) == before | {"shift": []}
    assert forget_volunteers(book, EventKey("fair")) == NotDone(reason=DeskFault.EVENT_UNKNOWN)
