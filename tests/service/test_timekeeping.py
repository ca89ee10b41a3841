"""A clock that may be wrong is not gone by, and one that was set is not followed at once."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest

from points.domain.access import OPERATOR, Role
from points.domain.facts import Asked
from points.domain.operations import Adjust, Operation
from points.service.posting import post
from points.service.timekeeping import (
    AGREEING,
    FAR,
    STEP,
    ClockInDoubt,
    Timekeeper,
    check_clock,
    vouch_for_clock,
)
from points.storage.engine import Database
from tests.build import ask, make_device, make_earn, make_redeem
from tests.market import NOW, WANG
from tests.save import WallClock, open_market

TICK = timedelta(microseconds=1)
MINUTE, YEAR = timedelta(minutes=1), timedelta(days=365)
PARTNER = make_device(role=Role.PARTNER)


def is_doubted(database: Database, now: datetime, *said: datetime) -> bool:
    try:
        check_clock(database, now, said)
    except ClockInDoubt:
        return True
    return False


# How far a clock may be from what is known.


def test_an_empty_book_believes_any_clock(database: Database) -> None:
    assert not is_doubted(database, NOW)
    assert not is_doubted(database, NOW + 400 * YEAR)


def test_a_clock_is_believed_near_the_books_end_and_doubted_far_from_it(database: Database) -> None:
    clock = WallClock()
    book = open_market(database, points={WANG: 5}, clock=clock)
    clock.now = NOW + MINUTE
    post(book, [adjust(clock.now)])

    doubted = [is_doubted(database, clock.now + it) for it in (-FAR - TICK, -FAR, FAR, FAR + TICK)]

    assert doubted == [True, False, False, True]


def test_whoever_vouches_for_a_clock_is_believed(database: Database) -> None:
    open_market(database)
    vouch_for_clock(database, NOW + YEAR)

    assert not is_doubted(database, NOW + YEAR + FAR)
    assert not is_doubted(database, NOW)
    assert is_doubted(database, NOW + YEAR + FAR + TICK)


def test_doubt_says_what_the_clock_shows_and_what_is_known(database: Database) -> None:
    open_market(database)
    vouch_for_clock(database, NOW + MINUTE)

    with pytest.raises(ClockInDoubt, match="points clock") as doubt:
        check_clock(database, NOW + YEAR)

    assert (doubt.value.now, doubt.value.newest) == (NOW + YEAR, NOW + MINUTE)


def test_another_clock_near_by_is_believed(database: Database) -> None:
    open_market(database)

    assert not is_doubted(database, NOW + YEAR, NOW, NOW + YEAR - FAR)
    assert is_doubted(database, NOW + YEAR, NOW, NOW + YEAR - FAR - TICK)


# A running service.


@dataclass
class Machine:
    """A machine whose clock can be set, while its count of seconds goes on."""

    shown: datetime = NOW
    counted: float = 1000.0

    def clock(self) -> datetime:
        return self.shown

    def seconds(self) -> float:
        return self.counted

    def keeper(self, database: Database) -> Timekeeper:
        return Timekeeper(database, self.clock, self.seconds)

    def wait(self, passed: timedelta) -> None:
        self.shown += passed
        self.counted += passed.total_seconds()

    def set(self, step: timedelta) -> None:
        self.shown += step


@pytest.fixture
def machine() -> Machine:
    return Machine()


def scan(at: datetime, **more: object) -> Asked:
    return ask(replace(make_earn(), occurred_at=at, **more))  # type: ignore[arg-type]


def adjust(at: datetime) -> Asked:
    gift: Operation = Adjust(
        household=WANG, points=5, reason="gift", approver="Chen", occurred_at=at
    )
    return ask(gift, by=OPERATOR)


@pytest.mark.parametrize("engine_name", ["sqlite"])
class TestRunning:
    """What needs no book is tried on one engine."""

    def test_time_passes(self, database: Database, machine: Machine) -> None:
        keeper = machine.keeper(database)
        machine.wait(YEAR)

        assert keeper() == NOW + YEAR

    def test_a_clock_set_by_little_is_followed(self, database: Database, machine: Machine) -> None:
        keeper = machine.keeper(database)
        told = []
        for step in (STEP, STEP, -STEP):
            machine.set(step)
            told.append(keeper())

        assert told == [NOW + STEP, NOW + 2 * STEP, NOW + STEP]

    @pytest.mark.parametrize("step", [STEP + TICK, 400 * YEAR, -STEP - TICK, -YEAR])
    def test_a_clock_set_by_more_is_not(
        self, database: Database, machine: Machine, step: timedelta
    ) -> None:
        keeper = machine.keeper(database)
        machine.set(step)
        machine.wait(MINUTE)

        assert keeper() == NOW + MINUTE

    def test_a_clock_set_and_set_back_was_never_followed(
        self, database: Database, machine: Machine
    ) -> None:
        keeper = machine.keeper(database)
        told = []
        for step in (YEAR, -YEAR):
            machine.set(step)
            machine.wait(MINUTE)
            told.append(keeper())

        assert told == [NOW + MINUTE, NOW + 2 * MINUTE]

    def test_without_a_count_the_clock_is_followed_anywhere(
        self, database: Database, machine: Machine
    ) -> None:
        keeper = Timekeeper(database, machine.clock)
        machine.set(YEAR)

        assert keeper() == NOW + YEAR

    def test_to_leap_is_told_once_and_so_is_to_come_back(
        self, database: Database, machine: Machine, caplog: pytest.LogCaptureFixture
    ) -> None:
        keeper = machine.keeper(database)
        for step in (YEAR, MINUTE, -YEAR - MINUTE, timedelta()):
            machine.set(step)
            keeper()

        assert [record.levelname for record in caplog.records] == ["CRITICAL", "WARNING"]

    def test_phones_that_agree_with_a_clock_that_was_set_are_believed(
        self, database: Database, machine: Machine
    ) -> None:
        keeper = machine.keeper(database)
        machine.set(8 * timedelta(hours=1))
        told = []
        for _ in range(AGREEING):
            keeper.check([scan(machine.shown - MINUTE)])
            told.append(keeper())

        assert told == [NOW] * (AGREEING - 1) + [machine.shown]

    def test_one_phone_that_is_right_outweighs_those_that_are_wrong_with_the_clock(
        self, database: Database, machine: Machine
    ) -> None:
        keeper = machine.keeper(database)
        machine.set(8 * timedelta(hours=1))
        right, wrong = scan(NOW), scan(machine.shown)
        keeper.check([wrong, wrong, right, wrong, wrong])
        keeper.check([right, wrong])

        assert keeper() == NOW

    @pytest.mark.parametrize(
        "asked",
        [
            scan(NOW + YEAR, is_offline=True),
            scan(NOW + YEAR - STEP - TICK),
            adjust(NOW + YEAR),
            ask(replace(make_redeem(), occurred_at=NOW + YEAR, is_timed_here=True), by=PARTNER),
            ask(make_earn(), by=replace(make_device(), is_revoked=True)),
        ],
    )
    def test_nobody_else_can_tell_that_a_clock_was_set_rightly(
        self, database: Database, machine: Machine, asked: Asked
    ) -> None:
        keeper = machine.keeper(database)
        machine.set(YEAR)
        keeper.check([asked] * AGREEING)

        assert keeper() == NOW


def doubts(keeper: Timekeeper, batch: Sequence[Asked] = ()) -> bool:
    try:
        keeper.check(batch)
    except ClockInDoubt:
        return True
    return False


def test_a_service_started_far_from_the_book_waits_for_a_phone(
    database: Database, machine: Machine
) -> None:
    open_market(database)
    machine.wait(YEAR)
    keeper = machine.keeper(database)
    keeper.look()

    by_operator = [doubts(keeper, [adjust(machine.shown)])]
    by_a_wrong_phone = [doubts(keeper, [scan(NOW)])]
    by_a_right_phone = [doubts(keeper, [scan(machine.shown)])]
    afterwards = [doubts(keeper, [adjust(machine.shown)])]

    assert by_operator + by_a_wrong_phone + by_a_right_phone + afterwards == [
        True,
        True,
        False,
        False,
    ]


def test_what_waited_offline_for_days_is_a_phones_word_as_well(
    database: Database, machine: Machine
) -> None:
    open_market(database)
    machine.wait(YEAR)
    keeper = machine.keeper(database)

    assert not doubts(keeper, [scan(machine.shown - timedelta(days=6), is_offline=True)])


def test_an_instant_that_the_service_filled_in_is_nobodys_word(
    database: Database, machine: Machine
) -> None:
    open_market(database)
    machine.wait(YEAR)
    bought = replace(make_redeem(), occurred_at=machine.shown)
    timed = replace(bought, is_timed_here=True)

    assert doubts(machine.keeper(database), [ask(timed, by=PARTNER)])
    assert not doubts(machine.keeper(database), [ask(bought, by=PARTNER)])


def test_a_service_that_ran_through_the_silence_needs_nobodys_word(
    database: Database, machine: Machine
) -> None:
    open_market(database)
    keeper = machine.keeper(database)
    keeper.look()
    machine.wait(YEAR)

    assert not doubts(keeper)


def test_whoever_vouches_ends_the_doubt_of_a_running_service(
    database: Database, machine: Machine
) -> None:
    open_market(database)
    machine.wait(YEAR)
    keeper = machine.keeper(database)
    before = doubts(keeper)
    vouch_for_clock(database, machine.shown)

    assert (before, doubts(keeper)) == (True, False)
