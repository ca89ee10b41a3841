from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from points.domain.access import OPERATOR, Credential
from points.domain.cases import Case, CaseId, CaseKind, Decision, Settlement, Wish
from points.domain.desk import DeskFault, NotDone
from points.domain.facts import Accepted, Asked, Outcome, Refused, Replayed
from points.domain.ids import HouseholdId, OperationId
from points.domain.operations import CountStock, Evidence
from points.domain.outcomes import Refusal
from points.service.cases import Matter, Settling, read_case, read_cases, settle_case
from points.service.posting import Book, make_book, post
from points.service.reading import read_balance
from points.service.transactions import transaction
from points.storage.access import add_credential, revoke_credential
from points.storage.cases import open_case
from points.storage.engine import Database, open_database
from tests.build import ask, make_catalog, make_device, make_earn
from tests.goods import BAGS, PHONE, handout, lease
from tests.market import (
    CHECK_IN,
    CORRIDORS,
    LI,
    NOW,
    PROGRAMME,
    REDEEMING,
    SINCE_EVER,
    SORTING,
    WANG,
    WANG_CARD,
    at,
)
from tests.matters import make_case
from tests.save import WallClock, open_market

SUPERVISOR = make_device(number=9, booth=None)
FOREIGN = make_device(number=8, booth=None, event=CORRIDORS.key)
LATER = at("18:00")


@pytest.fixture
def clock() -> WallClock:
    return WallClock()


@pytest.fixture
def book(database: Database, clock: WallClock) -> Book:
    return open_up(database, clock)


def open_up(
    database: Database,
    clock: WallClock,
    *,
    points: Mapping[HouseholdId, int] | None = None,
    **rules: Any,
) -> Book:
    """Open the market with a phone that has three rolls of bin bags with it."""
    catalog = make_catalog(replace(PROGRAMME, **rules))
    book = open_market(
        database, catalog=catalog, points={WANG: 1000, LI: 1000} | dict(points or {}), clock=clock
    )
    with transaction(database) as connection:
        add_credential(connection, PHONE, name="4", token_hash=bytes(32), added_at=SINCE_EVER)
    post(book, [ask(lease(3), by=PHONE)])
    return book


def tell(book: Book, asked: Asked) -> Outcome:
    return post(book, [asked])[0]


def settle(
    book: Book, number: int, decision: Decision, *, by: Credential = SUPERVISOR, key: str = "one"
) -> Matter | NotDone:
    settling = Settling(case=CaseId(number), key=key, decision=decision, note="seen", by=by)
    return settle_case(book, settling, now=LATER)


def settled(book: Book, number: int, decision: Decision, **how: Any) -> Settlement:
    found = settle(book, number, decision, **how)
    assert isinstance(found, Matter), found
    assert found.case.settlement is not None
    return found.case.settlement


def why_not(book: Book, number: int, decision: Decision, **how: Any) -> object:
    found = settle(book, number, decision, **how)
    assert isinstance(found, NotDone), found
    return found.reason


def only_case(book: Book) -> Case:
    [matter] = read_cases(book, OPERATOR, Wish())
    return matter.case


def points_of(book: Book) -> tuple[int, int]:
    balance = read_balance(book, SUPERVISOR, WANG_CARD, now=LATER)
    assert not isinstance(balance, Refusal)
    return balance.available, balance.owed


UNSEEN = handout("unseen", price_shown=20)
"""A price that was never shown."""


def test_what_is_approved_is_booked_under_its_own_name(book: Book, clock: WallClock) -> None:
    tell(book, UNSEEN)
    case, clock.now = only_case(book), LATER

    settlement = settled(book, case.id, Decision.APPROVE)

    assert settlement == Settlement(
        key="one",
        decision=Decision.APPROVE,
        settled_by=SUPERVISOR.id,
        name="",
        note="seen",
        settled_at=LATER,
        operation=settlement.operation,
    )
    again = tell(book, UNSEEN)
    assert again == Replayed(
        Accepted(
            operation=settlement.operation or OperationId(0),
            points=-20,
            balance=980,
            details={"approved": 1},
        )
    )
    assert points_of(book) == (980, 0)


def test_what_is_rejected_never_counts_and_its_phone_is_told_so(book: Book) -> None:
    tell(book, UNSEEN)

    assert settled(book, only_case(book).id, Decision.REJECT).operation is None

    assert tell(book, UNSEEN) == Replayed(Refused(reason=Refusal.REJECTED))
    assert points_of(book) == (1000, 0)


def test_the_same_settling_finds_itself_done_and_another_is_told_of_the_first(book: Book) -> None:
    tell(book, UNSEEN)
    case = only_case(book)

    first = settle(book, case.id, Decision.REJECT)

    assert settle(book, case.id, Decision.REJECT) == first
    told = NotDone(reason=DeskFault.CASE_SETTLED, details={"decision": "reject"})
    assert settle(book, case.id, Decision.REJECT, key="two") == told
    assert settle(book, case.id, Decision.APPROVE) == told
    assert points_of(book) == (1000, 0)


def test_what_cannot_be_booked_yet_stays_open_and_nothing_is_changed(book: Book) -> None:
    asked = handout("many", quantity=4, price_shown=1)
    tell(book, asked)
    counted = CountStock(
        reward=BAGS.reward, booth=REDEEMING, counted=0, reason="empty", occurred_at=NOW
    )
    post(book, [ask(counted, by=OPERATOR)])
    case = only_case(book)

    told = settle(book, case.id, Decision.APPROVE)

    assert told == NotDone(reason=Refusal.OUT_OF_STOCK, details={"left": 3})
    assert only_case(book) == case
    replayed = tell(book, asked)
    assert isinstance(replayed, Replayed)
    assert replayed.first.details["doubts"] == "price_changed,out_of_stock"

    post(book, [ask(replace(counted, counted=1), by=OPERATOR)])
    assert settled(book, case.id, Decision.APPROVE).operation is not None


def test_what_a_lost_phone_did_before_counts_once_somebody_says_so(
    book: Book, database: Database, clock: WallClock
) -> None:
    with transaction(database) as connection:
        revoke_credential(connection, PHONE.id, NOW)
    earned = make_earn(occurred_at=NOW - timedelta(hours=1), is_offline=True)
    tell(book, ask(earned, by=PHONE))
    clock.now = NOW + timedelta(days=30)
    case = only_case(book)

    settled(book, case.id, Decision.APPROVE)

    [matter] = read_cases(book, OPERATOR, Wish())
    assert matter.kept == earned
    assert points_of(book) == (1010, 0)
    with database.reader.connect() as connection:
        graded = connection.exec_driver_sql("SELECT evidence FROM operation WHERE kind = 'earn'")
        assert graded.scalar_one() == Evidence.MANUAL


def test_an_approved_handout_may_leave_a_debt_which_is_a_case_of_its_own(
    database: Database, clock: WallClock
) -> None:
    book = open_up(database, clock, points={WANG: 5})
    tell(book, UNSEEN)

    settled(book, only_case(book).id, Decision.APPROVE)

    newest, first = read_cases(book, OPERATOR, Wish())
    assert (newest.case.about.kind, newest.case.owed) == (CaseKind.OVERSPENT, 15)
    assert first.case.settlement is not None
    again = tell(book, UNSEEN)
    assert isinstance(again, Replayed)
    assert again.first.case == newest.case.id


@pytest.fixture
def indebted(database: Database, clock: WallClock) -> Book:
    """Wang has twelve points and a roll of bin bags for thirty."""
    book = open_up(database, clock, points={WANG: 12})
    outcome = tell(book, handout("roll"))
    assert isinstance(outcome, Accepted)
    return book


def test_what_is_forgiven_is_owed_no_longer(indebted: Book) -> None:
    assert points_of(indebted) == (0, 18)

    settlement = settled(indebted, 1, Decision.FORGIVE)

    assert points_of(indebted) == (0, 0)
    [matter] = read_cases(indebted, OPERATOR, Wish())
    assert (matter.case.settlement, matter.suggested) == (settlement, Decision.FORGIVE)


def test_only_what_is_still_owed_is_forgiven(indebted: Book) -> None:
    tell(indebted, ask(make_earn(), by=PHONE))

    settled(indebted, 1, Decision.FORGIVE)

    assert points_of(indebted) == (0, 0)


def test_what_is_paid_already_is_not_forgiven(indebted: Book) -> None:
    for activity in (CHECK_IN.key, SORTING.key):
        tell(indebted, ask(make_earn(activity=activity), by=SUPERVISOR))
    assert points_of(indebted) == (2, 0)

    assert why_not(indebted, 1, Decision.FORGIVE) is DeskFault.NOTHING_OWED
    assert settled(indebted, 1, Decision.KEEP_OWED).operation is None


def test_a_debt_that_is_kept_stays_for_the_next_points(indebted: Book) -> None:
    settled(indebted, 1, Decision.KEEP_OWED)

    assert points_of(indebted) == (0, 18)


def test_no_more_is_forgiven_than_the_programme_allows(
    database: Database, clock: WallClock
) -> None:
    book = open_up(database, clock, points={WANG: 12}, forgive_points_max=17)
    tell(book, handout())

    told = settle(book, 1, Decision.FORGIVE)

    details = {"points_max": 17, "owed": 18}
    assert told == NotDone(reason=DeskFault.FORGIVING_LIMITED, details=details)
    assert points_of(book) == (0, 18)
    assert only_case(book).settlement is None


def test_what_the_operator_forgives_somebody_else_answers_for_by_name(indebted: Book) -> None:
    settling = Settling(
        case=CaseId(1), key="k", decision=Decision.FORGIVE, note="n", by=OPERATOR, name="Chen"
    )

    assert isinstance(settle_case(indebted, settling, now=LATER), Matter)


def test_what_a_phone_lost_is_noted(book: Book, database: Database) -> None:
    with transaction(database) as connection:
        number = open_case(connection, make_case(), at=NOW)

    assert why_not(book, number, Decision.APPROVE) is DeskFault.DECISION_UNFIT
    assert settled(book, number, Decision.NOTED).note == "seen"


def test_a_supervisor_sees_and_settles_the_cases_of_the_own_event_alone(book: Book) -> None:
    tell(book, UNSEEN)
    number = only_case(book).id

    assert read_cases(book, FOREIGN, Wish()) == []
    assert read_case(book, FOREIGN, number) == NotDone(reason=DeskFault.CASE_UNKNOWN)
    assert why_not(book, number, Decision.REJECT, by=FOREIGN) is DeskFault.CASE_UNKNOWN
    assert [it.case.id for it in read_cases(book, SUPERVISOR, Wish())] == [number]
    assert why_not(book, 404, Decision.REJECT) is DeskFault.CASE_UNKNOWN


def test_a_case_says_who_what_and_what_to_do(book: Book) -> None:
    tell(book, UNSEEN)

    shown = read_case(book, SUPERVISOR, only_case(book).id)

    assert isinstance(shown, Matter)
    assert (shown.kept, shown.posted) == (UNSEEN.operation, None)
    assert (shown.suggested, shown.number) == (Decision.APPROVE, "000000001")
    about = shown.case.about
    assert (about.device, about.booth, about.household) == (PHONE.id, REDEEMING, WANG)


def test_a_case_of_what_is_in_the_book_shows_it(indebted: Book) -> None:
    [shown] = read_cases(indebted, SUPERVISOR, Wish())

    assert shown.posted is not None
    assert (shown.posted.points, shown.posted.quantity, shown.kept) == (-30, 1, None)


@pytest.fixture
def colleagues(database: Database, database_url: str) -> Iterator[list[Book]]:
    """Two processes on the same database."""
    other = open_database(database_url)
    clock = WallClock()
    yield [open_up(database, clock), make_book(other, clock)]
    other.dispose()


def test_of_two_who_settle_at_once_one_wins_and_the_other_is_told(colleagues: list[Book]) -> None:
    book = colleagues[0]
    asked = [handout(f"h{number}", price_shown=20) for number in range(8)]
    post(book, asked)

    def both(number: int) -> list[object]:
        with ThreadPoolExecutor() as pool:
            ways = zip(colleagues, (Decision.APPROVE, Decision.REJECT), strict=True)
            waiting = [pool.submit(settle, one, number, how, key=how.value) for one, how in ways]
            return [it.result() for it in waiting]

    cases = [matter.case.id for matter in read_cases(book, OPERATOR, Wish())]
    for number in cases:
        found = both(number)
        assert sorted(isinstance(it, Matter) for it in found) == [False, True]
        [loser] = [it for it in found if isinstance(it, NotDone)]
        assert loser.reason is DeskFault.CASE_SETTLED

    approved = [
        it
        for it in read_cases(book, OPERATOR, Wish())
        if it.case.settlement is not None and it.case.settlement.decision is Decision.APPROVE
    ]
    assert points_of(book)[0] == 1000 - 20 * len(approved)


def test_two_processes_that_are_told_the_same_keep_it_once(colleagues: list[Book]) -> None:
    asked = [handout(f"h{number}", quantity=5) for number in range(10)]

    with ThreadPoolExecutor() as pool:
        waiting = [pool.submit(tell, book, one) for one in asked for book in colleagues * 2]
        told = [it.result() for it in waiting]

    verdicts = [it.first if isinstance(it, Replayed) else it for it in told]
    cases = {it.case.id for it in read_cases(colleagues[0], OPERATOR, Wish())}
    assert {(it.reason, it.case) for it in verdicts if isinstance(it, Refused)} == {
        (Refusal.IN_REVIEW, number) for number in cases
    }
    assert (len(cases), len(verdicts)) == (10, 40)
