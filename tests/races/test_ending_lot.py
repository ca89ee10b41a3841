"""A lot is swept, redeemed from and undone in the instant in which it ends."""

import sys
from datetime import timedelta
from random import Random

from sqlalchemy import func, select

from points.domain.operations import Kind
from points.domain.periods import midnight
from points.service.sweeping import sweep
from points.storage.columns import table_of
from points.storage.ledger import OperationRow
from tests.drills.ground import code_of
from tests.market import DAY, SHANGHAI
from tests.races.answers import nameless
from tests.races.course import SOAP, Course, End, OpenCourse
from tests.races.desks import Sweeping
from tests.races.ending import BOUGHT, Ending, endings
from tests.races.phones import wish_for
from tests.races.sizes import SEED, rounds
from tests.races.startline import Racers, racers

ROUNDS = rounds(30, full=1_000)
UNDONE = (Kind.REDEEM, Kind.EARN)
EARLY_MAX = 8
_operation = table_of(OperationRow)


def let_race(
    course: Course, everybody: Racers, *, household: int, undoes: Kind, early: int
) -> Ending:
    """Let a household race on the eve of a day of its own; give what it came to."""
    ends_at = midnight(DAY + timedelta(days=household), SHANGHAI)
    course.wall.set(ends_at - timedelta(seconds=1))
    scan = course.scan(household)
    named = scan if undoes is Kind.EARN else course.redeem(household, SOAP, BOUGHT)
    wish, mistake = wish_for(SOAP, code_of(household)), {"kind": Kind.UNDO, "undoes": named}

    course.gate.close(until=3)
    [[[redeemed]]], [[[undone]]], _ = everybody.race([[[wish]]], [[[mistake]]], (early, ends_at))

    sweep(course.book, now=course.wall())
    return Ending(
        redeemed=nameless(redeemed),
        undone=nameless(undone),
        points=course.points_of(household),
        expired=expired_of(course, household),
    )


def expired_of(course: Course, household: int) -> int:
    expired = select(func.sum(_operation.c.expired)).where(_operation.c.household == household)
    with course.database.reader.connect() as connection:
        return int(connection.execute(expired).scalar_one())


def test_whichever_comes_first_it_is_as_if_they_had_queued(open_course: OpenCourse) -> None:
    course, random = open_course(ROUNDS), Random(SEED)
    course.receive(SOAP, ROUNDS * (BOUGHT + 1))
    legal = {undoes: endings(undoes) for undoes in UNDONE}
    met: dict[Kind, set[int]] = {undoes: set() for undoes in UNDONE}
    with racers(*course.phones(2), Sweeping(course.desk)) as everybody:
        for household in range(1, ROUNDS + 1):
            undoes, early = UNDONE[household % 2], random.randint(0, EARLY_MAX)

            ending = let_race(course, everybody, household=household, undoes=undoes, early=early)

            assert ending in legal[undoes]
            met[undoes].add(legal[undoes].index(ending))
    for undoes, found in met.items():
        all_ = len(legal[undoes])
        sys.stdout.write(f"{undoes} undone: met {len(found)} of {all_} endings\n")
    assert course.end() == End()
