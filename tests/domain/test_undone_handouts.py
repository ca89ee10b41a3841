"""Undoing what was handed out for more points than there were."""

from datetime import timedelta

from points.domain.access import OPERATOR
from points.domain.facts import Accepted
from points.domain.ids import HouseholdId, OperationId
from points.domain.operations import Adjust, Merge
from points.domain.periods import midnight
from tests.build import ask, make_undo
from tests.goods import BAGS, handout, make_book
from tests.market import DAY, LI, NOW, POINTS_END, PROGRAMME, SHANGHAI, WANG
from tests.memory import Memory


def owing(points: int = 50) -> Memory:
    """Let Wang have two rolls, for sixty points."""
    book = make_book(points=points)
    assert isinstance(book.tell(handout("two", quantity=2)), Accepted)
    return book


def give(book: Memory, points: int) -> None:
    gift = Adjust(household=WANG, points=points, reason="gift", approver="Chen", occurred_at=NOW)
    assert isinstance(book.tell(ask(gift, by=OPERATOR)), Accepted)


def undo(book: Memory) -> Accepted:
    outcome = book.tell(ask(make_undo("two"), by=OPERATOR))
    assert isinstance(outcome, Accepted)
    return outcome


def test_nothing_is_owed_any_more_and_what_was_paid_is_back_in_its_lot() -> None:
    book = owing()

    assert undo(book) == Accepted(
        operation=OperationId(1002), points=50, balance=50, details={"undid": "redeem"}
    )

    assert (book.owes(WANG), book.lots(WANG)) == (0, [(50, POINTS_END)])
    assert book.pieces_with(4, BAGS) == 9


def test_what_has_paid_the_debt_meanwhile_comes_back_as_points_for_a_while() -> None:
    book = owing()
    give(book, 7)

    undo(book)

    ends = midnight(DAY + timedelta(days=PROGRAMME.refund_days_valid + 1), SHANGHAI)
    assert (book.owes(WANG), book.lots(WANG)) == (0, [(7, ends), (50, POINTS_END)])


def test_a_debt_that_was_paid_in_full_comes_back_in_full() -> None:
    book = owing(points=0)
    give(book, 100)

    undo(book)

    assert book.points(WANG) == 100
    assert sorted(points for points, _ in book.lots(WANG)) == [40, 60]


def test_a_debt_is_forgotten_by_the_household_that_stands_today() -> None:
    book = owing()
    book.tell(ask(Merge(source=WANG, into=LI, occurred_at=NOW), by=OPERATOR))
    before = book.points(LI)

    undo(book)

    # Merging had paid the debt with what Li had; it comes back with what Wang had paid.
    assert (before, book.points(LI)) == (40, 100)
    assert [book.owes(HouseholdId(it)) for it in (WANG, LI)] == [0, 0]
