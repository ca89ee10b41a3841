"""One operation in a hundred breaks what nobody foresaw: it fails, and it fails alone."""

from random import Random

from points.domain.operations import Kind
from tests.drills.ground import code_of
from tests.races.answers import accepted, refused, sorted_out
from tests.races.course import EARNED, End, OpenCourse
from tests.races.phones import Item
from tests.races.sizes import SEED, rounds

PROCESSES = 4
PEOPLE = range(1, 101)
ROUNDS = rounds(1, full=25)
ALARM = refused("internal_invariant", is_final=False)


def scan(household: int, activity: str) -> Item:
    return {"kind": Kind.EARN, "card": code_of(household), "activity": activity}


def test_a_poisonous_operation_among_a_hundred_fails_alone(open_course: OpenCourse) -> None:
    course, random = open_course(len(PEOPLE)), Random(SEED)
    points = dict.fromkeys(PEOPLE, 0)
    with course.crowd(PROCESSES) as people:
        for _ in range(ROUNDS):
            poisoned = [random.choice(PEOPLE) for _ in range(PROCESSES)]
            requests = [
                [scan(one, "sorting" if one == victim else "check-in") for one in PEOPLE]
                for victim in poisoned
            ]

            told = [answers for (answers,) in people.go([[one] for one in requests])]

            for household, heard in zip(PEOPLE, zip(*told, strict=True), strict=True):
                scans = PROCESSES - poisoned.count(household)
                earned = [
                    accepted(EARNED, points[household] + EARNED * time)
                    for time in range(1, scans + 1)
                ]
                points[household] += EARNED * scans
                assert sorted_out(heard) == sorted_out(earned + [ALARM] * (PROCESSES - scans))
            for victim, answers in zip(poisoned, told, strict=True):
                assert answers[PEOPLE.index(victim)].code == ALARM.code
    assert {household: course.points_of(household) for household in PEOPLE} == points
    assert course.end() == End()
