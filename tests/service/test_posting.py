"""Posting, on a real database. What an operation comes to is tested with the domain."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import pytest
from sqlalchemy import select, text

from points.domain.access import OPERATOR
from points.domain.facts import Accepted, Asked, Conflict, Outcome, Refused, Replayed
from points.domain.ids import AccountId, HouseholdId, LotId, wallet
from points.domain.ledger import Account, Lot
from points.domain.operations import (
    Adjust,
    CashSlip,
    CloseBuilding,
    Earn,
    IssueSlip,
    Merge,
    OperationKey,
    Share,
    card_by_code,
    slip_by_code,
)
from points.domain.outcomes import Refusal
from points.service.posting import make_book, post
from points.service.transactions import snapshot, transaction
from points.storage.catalog import Change, add_changes
from points.storage.columns import table_of
from points.storage.engine import Database
from points.storage.ledger import AccountRow, LotRow
from tests.build import ask, make_device, make_earn, make_redeem, make_undo
from tests.elsewhere import interrupted
from tests.engines import ON_POSTGRESQL
from tests.market import (
    BIN_BAGS,
    CLEAN_UP,
    CORRIDORS,
    DAY,
    LI,
    LI_CARD,
    NOW,
    WANG,
    WANG_CARD,
    ZHAO_CARD,
)
from tests.save import open_market, save_household
from tests.walk import take_walk


@dataclass(frozen=True)
class Kept:
    """All that the book holds."""

    accounts: Mapping[AccountId, Account]
    lots: Mapping[LotId, Lot]
    counts: Mapping[str, int]

    def balances(self) -> dict[AccountId, int]:
        return {number: account.balance for number, account in self.accounts.items()}

    def points_of(self, *households: HouseholdId) -> list[int]:
        found = self.balances()
        return [found.get(wallet(household), 0) for household in households]


def everything_in(database: Database) -> Kept:
    with snapshot(database) as connection:
        accounts = connection.execute(select(table_of(AccountRow)))
        lots = connection.execute(select(table_of(LotRow))).mappings()
        tables = ("operation", "entry", "request", "batch", "slip")
        return Kept(
            accounts={
                AccountId(row.id): Account(row.balance, row.version)
                for row in accounts
                if row.version
            },
            lots={LotId(row["id"]): Lot(**row) for row in lots},
            counts={
                table: connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()
                for table in tables
            },
        )


def again(outcomes: list[Outcome]) -> list[Outcome]:
    """Give the outcomes as whoever asks once more is told them."""
    assert all(isinstance(outcome, Accepted | Refused) for outcome in outcomes)
    return [Replayed(outcome) for outcome in outcomes if isinstance(outcome, Accepted | Refused)]


def gift(household: HouseholdId, points: int) -> Asked:
    adjust = Adjust(
        household=household, points=points, reason="late", approver="operator:desk", occurred_at=NOW
    )
    return ask(adjust, by=OPERATOR)


@pytest.mark.parametrize("seed", range(3))
def test_the_database_remembers_what_a_book_in_memory_does(database: Database, seed: int) -> None:
    memory = take_walk(database, seed=seed, batches=120)

    kept = everything_in(database)
    assert kept.accounts == memory.facts.accounts
    assert kept.lots == {lot.id: lot for lot in memory.facts.lots}


# What is sent again


def test_what_is_sent_again_gets_its_first_answer(database: Database) -> None:
    book = open_market(database)
    asked = [ask(make_earn(), key="scan"), ask(make_redeem(quantity=0), key="none")]
    first = post(book, asked)

    assert post(book, asked) == again(first)
    assert post(make_book(database, book.clock), asked[::-1]) == again(first[::-1])


def test_a_name_used_for_something_else_is_a_conflict(database: Database) -> None:
    book = open_market(database)
    scan = ask(make_earn(), key="scan")
    post(book, [scan])
    before = everything_in(database)

    told = post(book, [replace(scan, operation=make_earn(card=LI_CARD)), ask(make_earn(), key="x")])

    assert told[0] == Conflict()
    assert everything_in(database) != before  # the other one went through
    assert post(book, [replace(scan, operation=make_redeem())]) == [Conflict()]


def test_one_name_is_different_peoples_own(database: Database) -> None:
    book = open_market(database)
    one, other = (make_device(number=number) for number in (4, 5))

    told = post(
        book,
        [ask(make_earn(), key="1", by=one), ask(make_earn(card=LI_CARD), key="1", by=other)],
    )

    assert [type(outcome) for outcome in told] == [Accepted, Accepted]


def test_a_final_refusal_stays_one_when_its_reason_has_gone(database: Database) -> None:
    book = open_market(database)
    redeem = ask(make_redeem(), key="redeem")
    first = post(book, [redeem])
    post(book, [gift(WANG, 100)])

    assert first == [
        Refused(reason=Refusal.POINTS_SHORT, details={"short": 30, "available": 0}),
    ]
    assert post(book, [redeem]) == again(first)
    assert isinstance(post(book, [ask(make_redeem())])[0], Accepted)


def test_a_refusal_that_may_pass_is_forgotten(database: Database) -> None:
    book = open_market(database)
    newcomer = card_by_code(bytes([9]) * 32)
    scan = ask(make_earn(card=newcomer), key="scan")
    before = everything_in(database)
    early = post(book, [scan])
    unchanged = everything_in(database) == before
    with transaction(database) as connection:
        save_household(connection, HouseholdId(9), fingerprint=bytes([9]) * 32)

    later = post(book, [scan])

    assert (early, unchanged) == ([Refused(reason=Refusal.CARD_UNKNOWN)], True)
    assert isinstance(later[0], Accepted)


@ON_POSTGRESQL
def test_an_answer_given_again_is_written_too(database: Database) -> None:
    book = open_market(database)
    asked = [ask(make_earn(), key="scan")]
    post(book, asked)
    place = text("SELECT pg_current_wal_flush_lsn()")
    with snapshot(database) as connection:
        before = connection.execute(place).scalar_one()

    post(book, asked)

    with snapshot(database) as connection:
        moved = text("SELECT pg_current_wal_flush_lsn() > CAST(:before AS pg_lsn)")
        assert connection.execute(moved, {"before": before}).scalar_one()


# What one batch did, the next ones see


def test_an_undo_in_a_later_batch_gives_back_points_goods_and_limits(database: Database) -> None:
    book = open_market(database, points={WANG: 100})
    before = everything_in(database)
    post(book, [ask(make_redeem(), key="first")])
    post(book, [ask(make_redeem(), key="second")])
    (third,) = post(book, [ask(make_redeem())])

    (undone,) = post(book, [ask(make_undo("first"))])
    post(book, [ask(make_undo("second"))])
    after = everything_in(database)

    assert third == Refused(reason=Refusal.LIMIT_REACHED, details={"limit": 2, "left": 0})
    assert isinstance(undone, Accepted)
    assert (undone.points, undone.balance) == (30, 70)
    assert after.lots == before.lots
    assert after.balances() == before.balances()
    assert isinstance(post(book, [ask(make_redeem(quantity=2))])[0], Accepted)


def test_nothing_is_taken_back_twice(database: Database) -> None:
    book = open_market(database)
    post(book, [ask(make_earn(), key="scan")])
    post(book, [ask(make_undo("scan"))])

    assert post(book, [ask(make_undo("scan"))]) == [Refused(reason=Refusal.ALREADY_UNDONE)]


def test_a_merged_household_has_both_histories_and_one_limit(database: Database) -> None:
    book = open_market(database, points={WANG: 7})
    post(book, [ask(make_earn(card=LI_CARD), key="scan")])
    post(book, [ask(Merge(source=LI, into=WANG, occurred_at=NOW), by=OPERATOR)])

    assert (
        post(book, [ask(make_earn()), ask(make_earn(card=LI_CARD))])
        == [
            Refused(
                reason=Refusal.LIMIT_REACHED,
                details={"limit": 1, "per": "event", "who": "household"},
            )
        ]
        * 2
    )
    (undone,) = post(book, [ask(make_undo("scan"))])
    assert isinstance(undone, Accepted)
    assert (undone.points, undone.balance) == (-10, 7)
    assert isinstance(post(book, [ask(make_earn(card=LI_CARD))])[0], Accepted)


def test_a_household_merged_in_a_batch_counts_for_the_rest_of_it(database: Database) -> None:
    book = open_market(database)
    post(book, [ask(make_earn(card=LI_CARD))])
    merge = ask(Merge(source=LI, into=WANG, occurred_at=NOW), by=OPERATOR)

    told = post(book, [merge, ask(make_earn())])

    assert [getattr(outcome, "reason", None) for outcome in told] == [None, Refusal.LIMIT_REACHED]


def test_a_slip_pays_once_and_never_beside_the_scan_it_stands_for(database: Database) -> None:
    book = open_market(database)
    scan = ask(make_earn(), key="scan")
    slip = slip_by_code(bytes(32))
    issue = IssueSlip(
        slip=slip, points=10, last_day=DAY, occurred_at=NOW, attempt=OperationKey("scan")
    )
    cash = CashSlip(slip=slip, card=WANG_CARD, occurred_at=NOW)
    told = [
        post(book, [one])[0]
        for one in [
            ask(issue),
            scan,
            ask(cash, key="cash"),
            ask(replace(cash, card=LI_CARD)),
            ask(make_undo("cash")),
            ask(replace(cash, card=LI_CARD)),
        ]
    ]

    reasons = [one.reason if isinstance(one, Refused) else type(one) for one in told]
    late = Replayed(Refused(reason=Refusal.PAID_BY_SLIP))
    assert told[1] == late
    assert reasons == [Accepted, Replayed, Accepted, Refusal.SLIP_USED, Accepted, Accepted]
    assert everything_in(database).points_of(WANG, LI) == [0, 10]


def test_a_building_is_shared_out_over_several_batches(database: Database) -> None:
    book = open_market(database)
    phone = make_device(event=CORRIDORS.key, booth=None, number=30)
    place: Any = {"activity": CLEAN_UP.key, "building": "3", "occurred_at": NOW}
    shares = [
        Share(**place, period="2019-12", household=owner, place=number)
        for number, owner in enumerate((WANG, LI), start=1)
    ]
    told = [
        post(book, [one])[0]
        for one in [
            ask(Earn(card=WANG_CARD, **place), by=phone),
            ask(Earn(card=LI_CARD, **place), by=phone),
            ask(CloseBuilding(**place, period="2019-12"), by=OPERATOR),
            ask(Earn(card=ZHAO_CARD, **place), by=phone),
            ask(shares[0], by=OPERATOR),
            ask(shares[0], by=OPERATOR),
            ask(shares[1], by=OPERATOR),
        ]
    ]

    reasons = [
        one.points if isinstance(one, Accepted) else getattr(one, "reason", one) for one in told
    ]
    assert reasons == [
        *(0, 0, 0, Refusal.OTHER_COMMUNITY),
        *(20, Refusal.ALREADY_SHARED_OUT, 20),
    ]


@ON_POSTGRESQL
def test_a_household_that_goes_up_in_another_meanwhile_earns_there(database: Database) -> None:
    book = open_market(database)
    merge = ask(Merge(source=LI, into=WANG, occurred_at=NOW), by=OPERATOR)

    with interrupted(database, at="FROM account", by=lambda: post(book, [merge])):
        (earned,) = post(book, [ask(make_earn(card=LI_CARD))])

    assert isinstance(earned, Accepted)
    assert everything_in(database).points_of(WANG, LI) == [10, 0]


def test_a_changed_catalog_is_read_by_the_next_batch(database: Database) -> None:
    book = open_market(database, points={WANG: 100})
    post(book, [ask(make_redeem())])
    dearer = Change(
        kind="reward",
        key=BIN_BAGS.key,
        number=2,
        valid_from=NOW,
        item=replace(BIN_BAGS, price=31),
    )
    with transaction(database) as connection:
        add_changes(connection, [dearer])

    (told,) = post(book, [ask(make_redeem())])

    assert told == Refused(reason=Refusal.PRICE_CHANGED, details={"price": 31})


# What goes wrong
