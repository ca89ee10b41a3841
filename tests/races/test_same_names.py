"""Six processes send the same operations, each in an order of its own.

As phones do that were told to send everything again, to whichever service answers.
"""

from collections import Counter
from collections.abc import Iterator
from random import Random
from uuid import UUID

from points.client import Outcome
from points.domain.operations import Kind
from tests.drills.auditing import times_booked
from tests.drills.ground import code_of
from tests.races.answers import again, sorted_out
from tests.races.course import SOAP, Course, End, OpenCourse
from tests.races.phones import Item, Run, slip_from, wish_for
from tests.races.sizes import SEED, rounds

PROCESSES = 6
HOUSEHOLDS = range(1, 9)
POINTS = 1_000
OPERATIONS = rounds(360, full=900)
NINTH = OPERATIONS // 9
PIECES = 50
REQUEST_MAX = 100
ROUNDS = rounds(1, full=20)


def operations(course: Course, random: Random) -> Iterator[Item]:
    """A third earns, more redeems than can, and every slip is given out under two names."""
    slips = [random.randbytes(16) for _ in range(NINTH // 2)]
    for number in range(OPERATIONS):
        card = code_of(HOUSEHOLDS[number % len(HOUSEHOLDS)])
        named: Item = {
            "id": str(UUID(int=random.getrandbits(128), version=4)),
            "occurred_at": course.wall().isoformat(),
        }
        match number % 9:
            case 0 | 1 | 2:
                yield {**named, "kind": Kind.EARN, "card": card, "activity": "check-in"}
            case 8:
                yield {**named, **slip_from(slips[number // 18])}
            case _:
                yield {**named, **wish_for(SOAP, card)}


def in_some_order(items: list[Item], random: Random) -> Run:
    """Shuffle, and cut into requests of one to a hundred."""
    left = random.sample(items, len(items))
    requests = []
    while left:
        size = random.randint(1, REQUEST_MAX)
        requests.append(left[:size])
        del left[:size]
    return requests


def answers_to(told: list[list[list[Outcome]]]) -> dict[str, list[Outcome]]:
    """Give all answers to each name, the one that is no repetition first."""
    found: dict[str, list[Outcome]] = {}
    for outcome in (outcome for run in told for request in run for outcome in request):
        found.setdefault(str(outcome.id), []).append(outcome)
    return {
        name: sorted(all_, key=lambda it: it.status == "replayed") for name, all_ in found.items()
    }


def test_what_six_send_is_booked_once_and_all_hear_the_same(open_course: OpenCourse) -> None:
    course, random = open_course(len(HOUSEHOLDS)), Random(SEED)
    points = {code_of(household): POINTS for household in HOUSEHOLDS}
    for household in HOUSEHOLDS:
        course.give(household, POINTS)
    with course.crowd(PROCESSES) as people:
        for _ in range(ROUNDS):
            course.receive(SOAP, PIECES)
            sent = {str(item["id"]): item for item in operations(course, random)}
            orders = [in_some_order(list(sent.values()), random) for _ in range(PROCESSES)]

            told = answers_to(people.go(orders))

            first = {name: answers[0] for name, answers in told.items()}
            assert first.keys() == sent.keys()
            for name, answers in told.items():
                repeated = [again(first[name])] * (PROCESSES - 1)
                assert sorted_out(answers) == sorted_out([first[name], *repeated])
            assert Counter((sent[name]["kind"], one.code) for name, one in first.items()) == {
                ("earn", None): 3 * NINTH,
                ("redeem", None): PIECES,
                ("redeem", "out_of_stock"): 5 * NINTH - PIECES,
                ("slip_issued", None): NINTH // 2,
                ("slip_issued", "slip_exists"): NINTH // 2,
            }
            assert times_booked(course.database, course.phone, sent) == {
                name: int(one.counts) for name, one in first.items()
            }
            for name, one in first.items():
                if "card" in sent[name]:
                    points[sent[name]["card"]] += one.points
    assert {code_of(one): course.points_of(one) for one in HOUSEHOLDS} == points
    assert course.left(SOAP) == 0
    assert course.end() == End()
