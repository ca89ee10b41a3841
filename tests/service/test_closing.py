"""An event closes once every phone is accounted for, or somebody gives one up by name."""

from collections.abc import Collection
from datetime import datetime, timedelta

import pytest

from points.domain.access import Credential
from points.domain.cases import CaseKind, Wish
from points.domain.closing import Shortfall, Signature, Watched
from points.domain.closing_sheets import ClosingSheet
from points.domain.desk import DeskFault, NotDone
from points.domain.facts import Accepted, Outcome, Refused
from points.domain.ids import CredentialId, EventKey
from points.domain.journals import head_of
from points.domain.outcomes import Refusal
from points.domain.programme import Activity, Booth, Reward
from points.service.closing import NotClosed, close_event, reopen_event
from points.service.phones import hear_report, keep_journal, watch_phones
from points.service.posting import Book, post
from points.service.programmes import load_programme
from points.service.transactions import snapshot
from points.storage.anchors import load_heads, read_anchors
from points.storage.cases import load_cases
from points.storage.engine import Database
from tests.build import ask, make_earn
from tests.desk import everything, make_file
from tests.market import CORRIDORS, LI_CARD, MARKET, NOW
from tests.paired import EARNING, claim
from tests.save import open_market
from tests.told import make_report, write

LATER = NOW + timedelta(minutes=1)
CHEN = Signature("Chen", "its battery is empty")


@pytest.fixture
def book(database: Database) -> Book:
    return open_market(database)


def report(book: Book, phone: Credential, *, at: datetime = NOW, waiting: int = 0) -> None:
    hear_report(book, phone, make_report(at=at, waiting=waiting), holder="Chen")


def close(
    book: Book,
    *,
    now: datetime = NOW,
    write_off: Collection[CredentialId] = (),
    by: Signature = CHEN,
) -> ClosingSheet | NotClosed | NotDone:
    return close_event(book, MARKET.key, write_off=write_off, by=by, now=now)


def closed(book: Book, **given: object) -> ClosingSheet:
    sheet = close(book, **given)  # type: ignore[arg-type]
    assert isinstance(sheet, ClosingSheet), sheet
    return sheet


def missing(book: Book, *, now: datetime = NOW) -> list[tuple[CredentialId, tuple[Shortfall, ...]]]:
    found = close(book, now=now)
    assert isinstance(found, NotClosed), found
    return [(one.phone.device, one.shortfalls) for one in found.missing]


def scan(book: Book, phone: Credential, key: str = "late") -> Outcome:
    return post(book, [ask(make_earn(card=LI_CARD), key=key, by=phone)])[0]


def is_in_review(outcome: Outcome) -> bool:
    return isinstance(outcome, Refused) and outcome.reason is Refusal.IN_REVIEW


def test_an_event_without_phones_closes_at_once(book: Book) -> None:
    sheet = closed(book)

    assert (sheet.event, sheet.closed_at, sheet.phones, sheet.written_off) == (MARKET, NOW, 0, ())


def test_every_phone_that_came_in_must_be_accounted_for(book: Book) -> None:
    redeeming, earning = claim(book), claim(book, EARNING)
    report(book, redeeming, waiting=23)

    before = missing(book)
    report(book, redeeming)
    report(book, earning)

    assert before == [
        (redeeming.id, (Shortfall.WAITING,)),
        (earning.id, (Shortfall.NEVER_REPORTED,)),
    ]
    assert closed(book).phones == 2


def test_a_report_from_before_closing_was_asked_for_does_not_count(book: Book) -> None:
    phone = claim(book)
    report(book, phone)

    first = missing(book, now=LATER)
    second = missing(book, now=LATER + timedelta(minutes=5))
    report(book, phone, at=LATER)

    assert first == second == [(phone.id, (Shortfall.NOT_SINCE,))]
    assert closed(book, now=LATER + timedelta(minutes=6)).closed_at == LATER + timedelta(minutes=6)


def test_an_event_that_is_over_takes_reports_from_after_its_end(book: Book) -> None:
    phone = claim(book)
    report(book, phone, at=NOW.replace(hour=12))

    assert closed(book, now=NOW.replace(hour=20)).phones == 1


def test_what_arrives_after_the_end_is_kept_for_a_person(book: Book) -> None:
    phone = claim(book)
    before = scan(book, phone, "in time")
    report(book, phone)
    hear_report(book, phone, make_report(at=LATER), holder=None)
    closed(book, now=LATER)

    late = scan(book, phone)

    assert isinstance(before, Accepted)
    assert is_in_review(late)


def test_another_event_goes_on(book: Book) -> None:
    closed(book)

    assert isinstance(close_event(book, CORRIDORS.key, by=CHEN, now=NOW), ClosingSheet)
    assert reopen_event(book, CORRIDORS.key, by=CHEN, now=NOW) == CORRIDORS.key
    with snapshot(book.database) as connection:
        assert load_cases(connection, Wish()) == []


def test_closing_again_changes_nothing_and_gives_the_same_sheet(book: Book) -> None:
    report(book, claim(book))
    first = closed(book)
    before = everything(book.database)

    again = closed(book, now=LATER)

    assert everything(book.database) == before
    assert (again.closed_at, again.totals, again.phones) == (NOW, first.totals, 1)
    assert again.heads.heads == first.heads.heads


def test_a_phone_is_given_up_by_name_and_reason_and_that_is_a_case(book: Book) -> None:
    phone, other = claim(book), claim(book, EARNING)
    report(book, phone, waiting=23)
    report(book, other)

    sheet = closed(book, write_off=[phone.id])

    assert sheet.written_off == (phone.id,)
    [case] = sheet.cases
    about = case.about
    assert (about.kind, about.device, about.event, about.booth) == (
        CaseKind.WRITTEN_OFF,
        phone.id,
        MARKET.key,
        phone.booth,
    )
    assert about.details == {"waiting": 23, "attention": 0, "not_settled": 0}
    assert "Chen" not in repr(about)
    assert is_in_review(scan(book, phone))


def test_giving_one_up_while_others_are_missing_gives_nothing_up(book: Book) -> None:
    phone, other = claim(book), claim(book, EARNING)

    found = close(book, write_off=[phone.id])

    assert isinstance(found, NotClosed)
    assert [one.phone.device for one in found.missing] == [other.id]
    with snapshot(book.database) as connection:
        assert load_cases(connection, Wish()) == []
    assert isinstance(scan(book, phone), Accepted)


def test_a_phone_that_is_accounted_for_is_not_given_up(book: Book) -> None:
    phone = claim(book)
    report(book, phone)

    sheet = closed(book, write_off=[phone.id])

    assert (sheet.written_off, sheet.cases) == ((), ())


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"write_off": [CredentialId("device:1")], "by": Signature("", "x")}, "reason_needed"),
        ({"write_off": [CredentialId("device:1")], "by": Signature("x", " ")}, "reason_needed"),
        ({"write_off": [CredentialId("device:99")]}, "credential_unknown"),
    ],
)
def test_nobody_gives_up_a_phone_without_name_and_reason_or_one_that_is_not_there(
    book: Book, given: dict[str, object], reason: str
) -> None:
    claim(book)
    before = everything(book.database)

    refused = close(book, **given)  # type: ignore[arg-type]

    assert isinstance(refused, NotDone)
    assert refused.reason == reason
    assert everything(book.database) == before


def test_an_event_that_is_not_there_cannot_be_closed_or_opened(book: Book) -> None:
    stranger = EventKey("fair")

    assert close_event(book, stranger, by=CHEN, now=NOW) == NotDone(reason=DeskFault.EVENT_UNKNOWN)
    assert reopen_event(book, stranger, by=CHEN, now=NOW) == NotDone(reason=DeskFault.EVENT_UNKNOWN)


def test_an_event_that_was_called_off_can_still_be_closed(book: Book) -> None:
    report(book, claim(book))
    file = make_file()
    gone: list[Booth | Activity | Reward] = [*file.booths, *file.activities, *file.rewards]
    theirs = [thing for thing in gone if thing.event == MARKET.key]
    load_programme(book, make_file(less=[MARKET, *theirs]), now=NOW)

    assert closed(book).event == MARKET


def test_the_heads_are_published_with_the_closing(book: Book) -> None:
    scan(book, claim(book))
    with snapshot(book.database) as connection:
        before, heads = list(read_anchors(connection)), load_heads(connection)

    sheet = closed(book, write_off=[CredentialId("device:1")])

    with snapshot(book.database) as connection:
        after = list(read_anchors(connection))
    assert (len(after) - len(before), sheet.heads.heads) == (1, heads)


def test_an_event_opened_again_takes_what_its_phones_bring(book: Book) -> None:
    phone = claim(book)
    report(book, phone)
    closed(book)

    reopened = reopen_event(book, MARKET.key, by=CHEN, now=LATER)
    outcome = scan(book, phone)

    assert reopened == MARKET.key
    assert isinstance(outcome, Accepted)
    assert missing(book, now=LATER) == [(phone.id, (Shortfall.NOT_SINCE, Shortfall.ACTED_SINCE))]


def test_only_what_is_closed_or_was_to_be_is_opened_again(book: Book) -> None:
    claim(book)
    never = reopen_event(book, MARKET.key, by=CHEN, now=NOW)
    nameless = reopen_event(book, MARKET.key, by=Signature(), now=NOW)
    missing(book)

    asked = reopen_event(book, MARKET.key, by=CHEN, now=NOW)

    assert never == NotDone(reason=DeskFault.EVENT_NOT_CLOSED)
    assert nameless == NotDone(reason=DeskFault.REASON_NEEDED)
    assert asked == MARKET.key


def test_a_journal_that_names_what_never_arrived_keeps_its_event_open(book: Book) -> None:
    phone, journal = claim(book), write("never arrived")
    keep_journal(book, phone, journal, now=NOW)
    hear_report(book, phone, make_report(journal=head_of(journal)), holder="Chen")
    named = missing(book)

    given_up = write("never arrived", after=journal, kind="withdrawn")
    keep_journal(book, phone, given_up, now=NOW)
    hear_report(book, phone, make_report(journal=head_of(given_up)), holder="Chen")

    assert named == [(phone.id, (Shortfall.NOT_SETTLED,))]
    assert closed(book).phones == 1


def test_what_is_in_review_is_accounted_for(book: Book) -> None:
    phone = claim(book)
    report(book, phone)
    closed(book)
    scan(book, phone, "late")
    reopen_event(book, MARKET.key, by=CHEN, now=NOW)
    journal = write("late")
    keep_journal(book, phone, journal, now=LATER)
    hear_report(book, phone, make_report(at=LATER, journal=head_of(journal)), holder=None)

    [found] = watch_phones(book, MARKET.key, now=LATER)

    assert found == Watched(found.phone, ())
