"""A hundred points are wanted for twenty things of thirty at once: three are had, ten are left."""

from tests.drills.ground import code_of
from tests.races.answers import accepted, refused, sorted_out
from tests.races.course import BAGS, End, OpenCourse
from tests.races.phones import wish_for
from tests.races.sizes import rounds

WANTED = 20
PROCESSES = 4
ROUNDS = rounds(4, full=100)


def test_points_are_spent_as_often_as_they_last(open_course: OpenCourse) -> None:
    course = open_course(ROUNDS)
    course.receive(BAGS, WANTED * ROUNDS)
    with course.crowd(PROCESSES) as people:
        for household in range(1, ROUNDS + 1):
            course.give(household, 40, 60)

            told = people.ask([wish_for(BAGS, code_of(household))] * WANTED)

            had = [accepted(-30, 70), accepted(-30, 40), accepted(-30, 10)]
            short = [refused("points_short", short=20, available=10)] * (WANTED - 3)
            assert sorted_out(told) == sorted_out([*had, *short])
            assert course.points_of(household) == 10
    assert course.left(BAGS) == WANTED * ROUNDS - 3 * ROUNDS
    assert course.end() == End()
