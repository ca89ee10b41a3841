"""A scan seems to have failed, so a slip is handed out for it; and then both arrive at once.

Whichever comes first, the household is paid once: by the scan, or by the paper when it is cashed.
"""

from random import Random
from uuid import UUID

from points.domain.operations import Kind
from tests.drills.ground import code_of
from tests.races.course import EARNED, End, OpenCourse
from tests.races.phones import SLIP_POINTS, Item, slip_from
from tests.races.sizes import SEED, rounds

PROCESSES = 2
HOUSEHOLDS = range(1, 16)
ROUNDS = rounds(4, full=500)

BY_SCAN = (None, "attempt_settled")
BY_SLIP = ("paid_by_slip", None)
PAYS = {BY_SCAN: EARNED, BY_SLIP: SLIP_POINTS}
"""What the scan and its slip are told, and what the household has after the slip was held up."""


def scan_of(household: int, random: Random) -> Item:
    name = str(UUID(int=random.getrandbits(128), version=4))
    return {"id": name, "kind": Kind.EARN, "card": code_of(household), "activity": "check-in"}


def cashing(slip: Item, household: int) -> Item:
    return {"kind": Kind.SLIP_CASHED, "slip": slip["slip"], "card": code_of(household)}


def test_a_scan_and_its_slip_never_both_pay(open_course: OpenCourse) -> None:
    course, random = open_course(len(HOUSEHOLDS)), Random(SEED)
    expected = dict.fromkeys(HOUSEHOLDS, 0)
    seen = set()
    with course.crowd(PROCESSES) as people:
        for _ in range(ROUNDS):
            scans = [scan_of(household, random) for household in HOUSEHOLDS]
            slips = [{**slip_from(random.randbytes(16)), "attempt": scan["id"]} for scan in scans]
            both = [*scans, *slips]
            order = random.sample(range(len(both)), len(both))

            answers = people.ask([both[place] for place in order])

            told = dict(zip(order, (answer.code for answer in answers), strict=True))
            ways = [(told[place], told[place + len(scans)]) for place in range(len(scans))]
            seen |= set(ways)
            assert seen <= PAYS.keys()
            cashed = people.ask([cashing(*pair) for pair in zip(slips, HOUSEHOLDS, strict=True)])
            assert [one.code for one in cashed] == [
                "slip_unknown" if way == BY_SCAN else None for way in ways
            ]
            for household, way in zip(HOUSEHOLDS, ways, strict=True):
                expected[household] += PAYS[way]
    assert seen == PAYS.keys()  # else nothing was a race
    assert {one: course.points_of(one) for one in HOUSEHOLDS} == expected
    assert course.end() == End()
