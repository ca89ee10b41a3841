"""How events were closed, remembered; and all that is known of their phones."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Connection, event, select

from points.domain.access import Credential, Role
from points.domain.closing import OPEN, ClosingAct, EventEnd, Phone, Signature, Total
from points.domain.intake import Kept
from points.domain.journals import Entry, entry_hash, head_of
from points.domain.operations import Kind
from points.domain.pairing import Claim, Invite, Pairing
from points.service.posting import Book, post
from points.service.transactions import transaction
from points.storage.access import add_credential, revoke_credential
from points.storage.closing import (
    add_act,
    add_write_offs,
    closed_among,
    hold_posting,
    load_end,
    load_phones,
    load_totals,
    load_write_offs,
)
from points.storage.columns import table_of
from points.storage.engine import Database
from points.storage.invites import add_claim, add_invite
from points.storage.journals import add_lines
from points.storage.ledger import ChainRow
from points.storage.reports import keep_holder, keep_report
from tests.build import ask, make_device, make_earn, make_redeem
from tests.market import CORRIDORS, MARKET, NOW, REDEEMING, WANG
from tests.save import open_market
from tests.told import make_report, write

CHEN = Signature("Chen", "its battery is empty")
LATER = NOW + timedelta(minutes=5)
SEVEN, ELEVEN = make_device(number=7), make_device(number=11, role=Role.EARN)


@pytest.fixture
def connection(database: Database) -> Iterator[Connection]:
    with transaction(database) as opened:
        yield opened


def let_in(connection: Connection, phone: Credential) -> None:
    """Let a phone in by an invite to the market."""
    token_hash = phone.id.encode().ljust(32)
    name = f"phone {phone.id}"
    add_credential(connection, phone, name=name, token_hash=token_hash, added_at=NOW)
    pairing = Pairing(name=name, role=phone.role, event=MARKET.key, booth=phone.booth)
    invite = Invite(pairing=pairing, ends_at=LATER)
    add_invite(connection, invite, invite_hash=token_hash, added_at=NOW)
    claim = Claim(device=phone.id, token_hash=token_hash)
    add_claim(connection, token_hash, claim, at=NOW)


def kept(entries: Sequence[Entry]) -> list[Kept]:
    return [Kept(life=1, entry=one, hash=entry_hash(one)) for one in entries]


def act(connection: Connection, *acts: ClosingAct) -> None:
    for place, one in enumerate(acts):
        add_act(connection, MARKET.key, one, CHEN, at=NOW + timedelta(minutes=place))


@pytest.mark.parametrize(
    ("acts", "end"),
    [
        ((), OPEN),
        ((ClosingAct.ASKED,), EventEnd(asked_at=NOW)),
        (
            (ClosingAct.ASKED, ClosingAct.CLOSED),
            EventEnd(asked_at=NOW, closed_at=NOW + timedelta(minutes=1)),
        ),
        ((ClosingAct.ASKED, ClosingAct.REOPENED), OPEN),
        ((ClosingAct.ASKED, ClosingAct.CLOSED, ClosingAct.REOPENED), OPEN),
        (
            (ClosingAct.ASKED, ClosingAct.CLOSED, ClosingAct.REOPENED, ClosingAct.ASKED),
            EventEnd(asked_at=NOW + timedelta(minutes=3)),
        ),
    ],
)
def test_an_events_end_is_what_was_last_done_about_it(
    connection: Connection, acts: tuple[ClosingAct, ...], end: EventEnd
) -> None:
    act(connection, *acts)

    is_closed = end.closed_at is not None
    assert load_end(connection, MARKET.key) == end
    both = [MARKET.key, CORRIDORS.key]
    assert closed_among(connection, both) == ({MARKET.key} if is_closed else frozenset())
    assert load_end(connection, CORRIDORS.key) == OPEN


def test_of_no_events_none_are_closed(connection: Connection) -> None:
    assert closed_among(connection, []) == frozenset()


def test_what_was_done_about_an_end_is_never_undone(database: Database) -> None:
    with transaction(database) as connection:
        act(connection, ClosingAct.CLOSED)

    with pytest.raises(Exception, match="only ever added to"), transaction(database) as connection:
        connection.exec_driver_sql("DELETE FROM closing")


def test_only_phones_given_up_at_the_last_closing_count(connection: Connection) -> None:
    for phone in (SEVEN, ELEVEN):
        let_in(connection, phone)
    seven, eleven = load_phones(connection, MARKET.key)

    first = add_act(connection, MARKET.key, ClosingAct.CLOSED, CHEN, at=NOW)
    add_write_offs(connection, first, [seven])
    before = load_write_offs(connection, MARKET.key)
    second = add_act(connection, MARKET.key, ClosingAct.CLOSED, CHEN, at=LATER)
    add_write_offs(connection, second, [eleven, replace(seven, report=make_report(waiting=23))])

    assert before == [SEVEN.id]
    assert load_write_offs(connection, MARKET.key) == [ELEVEN.id, SEVEN.id]
    assert load_write_offs(connection, CORRIDORS.key) == []


def test_a_phone_that_came_by_an_invite_is_known_in_full(connection: Connection) -> None:
    journal, report = write("a", "b"), make_report(journal=head_of(write("a", "b")), waiting=2)
    for phone in (ELEVEN, SEVEN):
        let_in(connection, phone)
    add_credential(connection, make_device(number=1), name="a till", token_hash=b"1", added_at=NOW)
    revoke_credential(connection, ELEVEN.id, NOW)
    keep_report(connection, SEVEN.id, report)
    keep_holder(connection, SEVEN.id, "Chen", at=NOW)
    add_lines(connection, SEVEN.id, kept(journal), at=LATER)

    assert load_phones(connection, MARKET.key) == [
        Phone(
            device=SEVEN.id,
            name="phone device:7",
            role=Role.SUPERVISOR,
            booth=REDEEMING,
            holder="Chen",
            report=report,
            last_act_at=LATER,
            not_settled=2,
        ),
        Phone(
            device=ELEVEN.id,
            name="phone device:11",
            role=Role.EARN,
            booth=REDEEMING,
            is_revoked=True,
        ),
    ]
    assert load_phones(connection, CORRIDORS.key) == []


@pytest.mark.parametrize("said", [0, 1, 2, 3])
def test_a_journal_is_here_to_the_line_that_was_named(connection: Connection, said: int) -> None:
    journal = write("a", "b", "c")
    let_in(connection, SEVEN)
    add_lines(connection, SEVEN.id, kept(journal[:2]), at=NOW)
    keep_report(connection, SEVEN.id, make_report(journal=head_of(journal[:said])))

    [phone] = load_phones(connection, MARKET.key)

    assert phone.is_journal_here is (said <= 2)


def test_another_line_of_that_number_is_not_the_journal(connection: Connection) -> None:
    let_in(connection, SEVEN)
    add_lines(connection, SEVEN.id, kept(write("a")), at=NOW)
    keep_report(connection, SEVEN.id, make_report(journal=head_of(write("x"))))

    [phone] = load_phones(connection, MARKET.key)

    assert phone.is_journal_here is False


@pytest.fixture
def book(database: Database) -> Book:
    return open_market(database, points={WANG: 100})


def test_an_operation_is_settled_once_it_is_answered_for_good_or_given_up(book: Book) -> None:
    earn, twice = make_earn(), make_earn(occurred_at=NOW - timedelta(minutes=1))
    journal = write("earned", "refused", "earned by another", "earned")
    journal = write("given up", "other", after=journal)
    journal = write("given up", after=journal, kind="withdrawn")
    with transaction(book.database) as connection:
        let_in(connection, SEVEN)
        let_in(connection, ELEVEN)
        add_lines(connection, SEVEN.id, kept(journal), at=NOW)
    post(
        book,
        [
            ask(earn, key="earned", by=SEVEN),
            ask(twice, key="refused", by=SEVEN),
            ask(make_redeem(), key="earned by another", by=ELEVEN),
        ],
    )

    with transaction(book.database) as connection:
        seven, eleven = load_phones(connection, MARKET.key)

    assert (seven.not_settled, eleven.not_settled) == (2, 0)


def test_the_last_that_a_phone_did_is_the_latest_of_operations_and_lines(book: Book) -> None:
    with transaction(book.database) as connection:
        for phone in (SEVEN, ELEVEN):
            let_in(connection, phone)
        add_lines(connection, SEVEN.id, kept(write("a")), at=NOW - timedelta(hours=1))
        add_lines(connection, ELEVEN.id, kept(write("b")), at=LATER)
    post(book, [ask(make_earn(), by=SEVEN), ask(make_redeem(), by=ELEVEN)])

    with transaction(book.database) as connection:
        seven, eleven = load_phones(connection, MARKET.key)

    assert seven.last_act_at is not None
    assert (seven.last_act_at - NOW < timedelta(seconds=1), eleven.last_act_at) == (True, LATER)


def test_totals_are_added_up_by_booth_and_kind(book: Book) -> None:
    post(book, [ask(make_earn(), key="1", by=SEVEN), ask(make_redeem(), key="2", by=SEVEN)])

    with transaction(book.database) as connection:
        totals = load_totals(connection, MARKET.key)

    theirs = [total for total in totals if total.kind in (Kind.EARN, Kind.REDEEM)]
    assert theirs == [
        Total(booth=REDEEMING, kind=Kind.EARN, operations=1, points=10, quantity=1),
        Total(booth=REDEEMING, kind=Kind.REDEEM, operations=1, points=-30, quantity=1),
    ]


def test_questions_do_not_grow_with_phones(database: Database) -> None:
    asked: list[object] = []
    with transaction(database) as connection:
        event.listen(connection, "before_cursor_execute", lambda *given: asked.append(given[2]))
        let_in(connection, SEVEN)
        asked.clear()
        load_phones(connection, MARKET.key)
        few = len(asked)
        for number in range(20, 40):
            let_in(connection, make_device(number=number))
        asked.clear()
        found, many = load_phones(connection, MARKET.key), len(asked)

    assert (len(found), many) == (21, few)


def test_while_posting_is_held_nobody_takes_a_chain(database: Database) -> None:
    free = select(table_of(ChainRow).c.id).with_for_update(skip_locked=True)
    with transaction(database) as connection:
        hold_posting(connection)
        if not database.is_sqlite:  # where nobody else writes anyway
            with database.writer.connect() as other:
                assert other.execute(free).all() == []
