"""The same is asked for forwards at one service and backwards at the other.

Slips are given out, bags wanted with one card and soap with another, slips cashed, bags taken back;
and meanwhile two desks merge the two households, each into the other. Were anything held in the
order in which it is asked for, PostgreSQL would have deadlocks to break.
"""

from collections import Counter
from collections.abc import Sequence
from itertools import cycle
from random import Random
from time import monotonic
from uuid import uuid4

from points.domain.ids import HouseholdId
from points.domain.operations import Kind
from tests.drills.ground import code_of
from tests.races.course import BAGS, SOAP, Course, End, OpenCourse
from tests.races.desks import Merging
from tests.races.phones import SLIP_POINTS, Item, Run, slip_from, wish_for
from tests.races.sizes import SEED, rounds
from tests.races.startline import Racers, racers

ROUNDS = rounds(6, full=2_000)
SECONDS_MAX = 60
PROCESSES = 2
RUNS = 2 * PROCESSES
SLIPS = 20
POINTS = 10_000


def run(cards: Sequence[str], slips: Sequence[bytes], *, step: int, slips_first: bool) -> Run:
    """Ask for everything, forwards (1) or backwards (-1)."""
    bags = str(uuid4())
    wishes = [{**wish_for(BAGS, cards[0]), "id": bags}, wish_for(SOAP, cards[1])]
    given = [slip_from(slip) for slip in slips]
    cashed: list[Item] = [
        {"kind": Kind.SLIP_CASHED, "slip": slip["slip"], "card": card}
        for slip, card in zip(given, cycle(cards), strict=False)
    ]
    mistake: Item = {"kind": Kind.UNDO, "undoes": bags}
    begin = [given, wishes] if slips_first else [wishes, given]
    requests = [*begin, [*cashed, mistake]]
    return [[{"id": str(uuid4()), **item} for item in asked[::step]] for asked in requests]


def race(course: Course, everybody: Racers, random: Random, pair: Sequence[HouseholdId]) -> None:
    cards = [code_of(household) for household in pair]
    slips = [random.randbytes(16) for _ in range(SLIPS)]
    for household in pair:
        course.give(household, POINTS)
    parts = [
        [run(cards, slips, step=step, slips_first=first) for first in (True, False)]
        for step in (1, -1)
    ]

    course.gate.close(until=RUNS + 2)
    *told, one, other = everybody.race(*parts, pair, pair[::-1])

    kinds = {
        item["id"]: item["kind"]
        for runs in parts
        for run in runs
        for asked in run
        for item in asked
    }
    outcomes = [it for runs in told for run in runs for answers in run for it in answers]
    assert Counter((kinds[outcome.id], outcome.code) for outcome in outcomes) == {
        ("redeem", None): 2 * RUNS,
        ("slip_issued", None): SLIPS,
        ("slip_issued", "slip_exists"): SLIPS * (RUNS - 1),
        ("slip_cashed", None): SLIPS,
        ("slip_cashed", "slip_used"): SLIPS * (RUNS - 1),
        ("undo", None): RUNS,
    }
    assert one == other
    left = 2 * POINTS - RUNS * SOAP.price + SLIPS * SLIP_POINTS
    assert sorted(course.points_of(household) for household in pair) == [0, left]


def test_nobody_hears_of_a_deadlock_and_there_is_none(open_course: OpenCourse) -> None:
    course, random = open_course(2 * ROUNDS), Random(SEED)
    course.receive(BAGS, RUNS)
    course.receive(SOAP, RUNS * ROUNDS)
    ends_at = monotonic() + SECONDS_MAX
    desks = [Merging(course.desk)] * 2
    with racers(*course.phones(PROCESSES), *desks) as everybody:
        for number in range(ROUNDS):
            if monotonic() > ends_at:
                break
            race(course, everybody, random, [HouseholdId(2 * number + it) for it in (1, 2)])
    assert course.end() == End()
