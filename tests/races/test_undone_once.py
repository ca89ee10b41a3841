"""One redemption is taken back by twenty at once: its points and its piece come back once."""

from uuid import uuid4

from points.domain.operations import Kind
from tests.races.answers import accepted, again, refused, sorted_out
from tests.races.course import BAGS, End, OpenCourse
from tests.races.phones import Item
from tests.races.sizes import rounds

TIMES = 20
PROCESSES = 4
ROUNDS = rounds(4, full=100)
DONE = accepted(BAGS.price, 100, undid=Kind.REDEEM)


def test_of_twenty_one_undoes_and_whoever_has_its_name_hears_the_same(
    open_course: OpenCourse,
) -> None:
    course = open_course(ROUNDS)
    course.receive(BAGS, 1)
    with course.crowd(PROCESSES) as people:
        for household in range(1, ROUNDS + 1):
            course.give(household, 100)
            undo: Item = {"kind": Kind.UNDO, "undoes": course.redeem(household, BAGS)}

            told = people.ask([undo] * TIMES)

            late = [refused("already_undone")] * (TIMES - 1)
            assert sorted_out(told) == sorted_out([DONE, *late])
            assert (course.points_of(household), course.left(BAGS)) == (100, 1)

            named = {"id": str(uuid4()), "occurred_at": course.wall().isoformat()}
            undo = {**named, "kind": Kind.UNDO, "undoes": course.redeem(household, BAGS)}

            told = people.ask([undo] * TIMES)

            assert sorted_out(told) == sorted_out([DONE, *[again(DONE)] * (TIMES - 1)])
            assert (course.points_of(household), course.left(BAGS)) == (100, 1)
    assert course.end() == End()
