"""What was written is read back as it was decided: the book in memory is the measure."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select

from points.domain.facts import Accepted, CleanUpKey
from points.domain.ids import OperationId
from points.domain.operations import LeaseStock, OperationKey
from points.domain.state import past_act
from points.service.posting import Book, post
from points.service.transactions import snapshot
from points.storage.columns import table_of
from points.storage.engine import Database
from points.storage.history import (
    handed_out_by,
    load_acts,
    load_check_ins,
    load_entries,
    load_originals,
    operation_of,
    references_among,
    undone_among,
)
from points.storage.ledger import OperationRow
from points.storage.requests import load_settled
from tests.build import ask, make_device, make_earn, make_redeem, make_undo
from tests.market import (
    BIN_BAGS,
    CLEAN_UP,
    CORRIDORS,
    DAY,
    LI,
    LI_CARD,
    MARKET,
    NOW,
    REDEEMING,
    WANG,
)
from tests.save import open_market
from tests.walk import take_walk

CORRIDOR_PHONE = make_device(event=CORRIDORS.key, booth=None, number=30)
WANGS = make_earn(activity=CLEAN_UP.key, building="3")
LIS = replace(WANGS, card=LI_CARD)


@pytest.fixture
def book(database: Database) -> Book:
    return open_market(database)


def test_everything_posted_is_read_back_as_it_was_decided(database: Database) -> None:
    memory = take_walk(database, seed=11, batches=60)
    posted = {one.id: one for one in memory.posted}
    acts_before = [(one.household, past_act(one)) for one in memory.posted if one.household]

    with snapshot(database) as connection:
        entries = load_entries(connection, posted)
        rows = connection.execute(select(table_of(OperationRow)))
        operations = [operation_of(row, entries.get(OperationId(row.id), ())) for row in rows]
        originals = load_originals(connection, memory.facts.originals)
        acts = load_acts(connection, {(one, act.day) for one, act in acts_before}, [])
        check_ins = load_check_ins(connection, memory.facts.clean_ups)
        undone = undone_among(connection, posted)
        references = references_among(connection, memory.facts.references | {"never stated"})
        settled = load_settled(connection, memory.facts.settled)

    # A batch that makes accounts is a microsecond later than its clock; bodies are kept elsewhere.
    assert {one.id: replace(one, posted_at=NOW) for one in operations} == {
        number: replace(one, posted_at=NOW, body="") for number, one in posted.items()
    }
    assert originals == memory.facts.originals
    assert sorted(acts, key=str) == sorted(acts_before, key=str)
    assert check_ins == memory.facts.clean_ups
    assert undone == memory.facts.undone
    assert references == memory.facts.references
    assert settled == memory.facts.settled


def test_acts_are_read_by_household_and_day_and_by_household_and_event(book: Book) -> None:
    post(
        book,
        [
            ask(make_earn(), key="wang-market"),
            ask(make_earn(card=LI_CARD), key="li-market"),
            ask(WANGS, key="wang-corridor", by=CORRIDOR_PHONE),
        ],
    )
    other_day = date(2019, 12, 6)

    with snapshot(book.database) as connection:
        told = [
            sorted((owner, str(act.item)) for owner, act in load_acts(connection, days, events))
            for days, events in [
                ([(WANG, DAY)], []),
                ([(WANG, other_day), (LI, DAY)], []),
                ([], [(WANG, CORRIDORS.key)]),
                ([(WANG, DAY)], [(WANG, MARKET.key), (LI, MARKET.key)]),
                ([(WANG, other_day)], [(LI, CORRIDORS.key)]),
                ([], []),
            ]
        ]

    market, corridor = "market/check-in", CLEAN_UP.key
    assert told == [
        [(WANG, corridor), (WANG, market)],
        [(LI, market)],
        [(WANG, corridor)],
        [(WANG, corridor), (WANG, market), (LI, market)],
        [],
        [],
    ]


def test_an_act_taken_back_is_still_read(book: Book) -> None:
    post(book, [ask(make_earn(), key="first"), ask(make_undo("first"))])

    with snapshot(book.database) as connection:
        acts = load_acts(connection, [(WANG, DAY)], [])
        undone = undone_among(connection, {act.operation for _, act in acts})

    (earned, *_) = [act.operation for _, act in acts]
    assert (len(acts), undone) == (2, frozenset([earned]))


def test_one_name_may_be_several_peoples(book: Book) -> None:
    phones = [make_device(number=number) for number in (4, 5)]
    post(
        book,
        [
            ask(make_earn(card=card), key="scan 1", by=phone)
            for phone, card in zip(phones, [make_earn().card, LI_CARD], strict=True)
        ],
    )

    with snapshot(book.database) as connection:
        found = load_originals(connection, [OperationKey("scan 1"), OperationKey("scan 2")])

    told = {key: [(one.ref.scope, one.household) for one in ones] for key, ones in found.items()}
    assert told == {"scan 1": [("device:4", WANG), ("device:5", LI)]}


def test_check_ins_are_read_by_activity_building_and_period(book: Book) -> None:
    here = CleanUpKey(CLEAN_UP.key, "3", "2019-12")
    elsewhere = [replace(here, building="5"), replace(here, period="2020-01")]
    post(book, [ask(scan, by=CORRIDOR_PHONE) for scan in (WANGS, LIS)])

    with snapshot(book.database) as connection:
        found = load_check_ins(connection, [here, *elsewhere])

    told = {key: [(one.household, one.occurred_at) for one in ones] for key, ones in found.items()}
    assert told == {here: [(WANG, WANGS.occurred_at), (LI, LIS.occurred_at)]}


def test_only_what_was_handed_out_without_a_network_names_its_phone(database: Database) -> None:
    book, phone = open_market(database, points={WANG: 1000}), make_device()
    lease = LeaseStock(
        reward=BIN_BAGS.key, booth=REDEEMING, device=phone.id, quantity=2, occurred_at=NOW
    )
    outcomes = post(
        book,
        [
            *(ask(operation, by=phone) for operation in (lease, make_redeem())),
            ask(make_redeem(is_offline=True), by=phone),
            ask(make_earn(is_offline=True), by=phone),
        ],
    )
    numbers = [it.operation for it in outcomes if isinstance(it, Accepted)]

    with snapshot(book.database) as connection:
        assert handed_out_by(connection, numbers) == {numbers[2]: phone.id}
        assert handed_out_by(connection, []) == {}
