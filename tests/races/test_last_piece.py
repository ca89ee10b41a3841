"""The last piece is wanted by fifty at once: one gets it, the others hear that it is gone."""

from tests.drills.ground import code_of
from tests.races.answers import accepted, nameless, refused
from tests.races.course import BAGS, End, OpenCourse
from tests.races.phones import wish_for
from tests.races.sizes import rounds

PEOPLE = range(1, 51)
PROCESSES = 5
ROUNDS = rounds(3, full=100)


def test_the_last_piece_goes_to_one_of_fifty(open_course: OpenCourse) -> None:
    course = open_course(len(PEOPLE))
    wanted = [wish_for(BAGS, code_of(household)) for household in PEOPLE]
    points = dict.fromkeys(PEOPLE, BAGS.price * ROUNDS)
    for household in PEOPLE:
        course.give(household, points[household])
    with course.crowd(PROCESSES) as people:
        for _ in range(ROUNDS):
            course.receive(BAGS, 1)

            told = dict(zip(PEOPLE, people.ask(wanted), strict=True))

            [winner] = [household for household in PEOPLE if told[household].counts]
            points[winner] -= BAGS.price
            gone = dict.fromkeys(PEOPLE, refused("out_of_stock", left=0))
            got = {winner: accepted(-BAGS.price, points[winner])}
            assert {it: nameless(answer) for it, answer in told.items()} == gone | got
            assert course.left(BAGS) == 0
    assert {household: course.points_of(household) for household in PEOPLE} == points
    assert course.end() == End()
