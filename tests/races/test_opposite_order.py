"""The same is asked for forwards at one service and backwards at the other.

Were anything held in the order in which it is asked for, PostgreSQL would have deadlocks to break.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
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
SLIPS, MANY = 20, 100
POINTS = 10_000


def numbers() -> Iterator[int]:
    """Count the rounds, for a minute at most."""
    ends_at = monotonic() + SECONDS_MAX
    for number in range(ROUNDS):
        if monotonic() > ends_at:
            return
        yield number


def slips_from(random: Random, count: int) -> list[Item]:
    return [slip_from(random.randbytes(16)) for _ in range(count)]


def test_slips_that_are_given_out_in_opposite_order_are_given_out_once(
    open_course: OpenCourse,
) -> None:
    course, random = open_course(1), Random(SEED)
    with course.crowd(PROCESSES) as people:
        for _ in numbers():
            slips = slips_from(random, MANY)
            both_ways: list[Run] = [[slips], [slips[::-1]]]

            told = people.go(both_ways * 2)

            codes = Counter(outcome.code for (answers,) in told for outcome in answers)
            assert codes == {None: MANY, "slip_exists": MANY * (RUNS - 1)}
    assert course.end() == End()


def run(cards: Sequence[str], slips: Sequence[Item], *, step: int) -> Run:
    """Wish for bags with one card and for soap with the other, cash slips, take the bags back."""
    bags = str(uuid4())
    wishes = [{**wish_for(BAGS, cards[0]), "id": bags}, wish_for(SOAP, cards[1])]
    cashed: list[Item] = [
        {"kind": Kind.SLIP_CASHED, "slip": slip["slip"], "card": card}
        for slip, card in zip(slips, cycle(cards), strict=False)
    ]
    mistake: Item = {"kind": Kind.UNDO, "undoes": bags}
    requests = [wishes, [*cashed, mistake]]
    return [[{"id": str(uuid4()), **item} for item in asked[::step]] for asked in requests]


def merge_while_they_ask(
    course: Course, everybody: Racers, random: Random, pair: Sequence[HouseholdId]
) -> None:
    cards, slips = [code_of(household) for household in pair], slips_from(random, SLIPS)
    for household in pair:
        course.give(household, POINTS)
    course.give_out(slips)
    parts = [[run(cards, slips, step=step) for _ in range(2)] for step in (1, -1)]

    course.gate.close(until=RUNS + 2)
    *told, one, other = everybody.race(*parts, pair, pair[::-1])

    sent = [item for runs in parts for run in runs for request in run for item in request]
    kinds = {item["id"]: item["kind"] for item in sent}
    outcomes = [it for runs in told for run in runs for answers in run for it in answers]
    assert Counter((kinds[outcome.id], outcome.code) for outcome in outcomes) == {
        ("redeem", None): 2 * RUNS,
        ("slip_cashed", None): SLIPS,
        ("slip_cashed", "slip_used"): SLIPS * (RUNS - 1),
        ("undo", None): RUNS,
    }
    assert one == other
    left = 2 * POINTS - RUNS * SOAP.price + SLIPS * SLIP_POINTS
    assert sorted(course.points_of(household) for household in pair) == [0, left]


def test_two_households_that_are_merged_into_each_other_keep_what_is_theirs(
    open_course: OpenCourse,
) -> None:
    course, random = open_course(2 * ROUNDS), Random(SEED)
    course.receive(BAGS, RUNS)
    course.receive(SOAP, RUNS * ROUNDS)
    desks = [Merging(course.desk)] * 2
    with racers(*course.phones(PROCESSES), *desks) as everybody:
        for number in numbers():
            pair = [HouseholdId(2 * number + it) for it in (1, 2)]
            merge_while_they_ask(course, everybody, random, pair)
    assert course.end() == End()
