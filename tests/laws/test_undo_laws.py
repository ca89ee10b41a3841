"""What holds when everything is taken back, whatever it was."""

from collections.abc import Sequence
from dataclasses import replace
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from points.domain.access import OPERATOR
from points.domain.facts import Accepted, Asked, Facts, Outcome, Posted
from points.domain.ids import AccountId, OperationId
from points.domain.operations import IssueSlip, OperationKey
from tests.build import ask, make_lot, make_undo
from tests.laws.acts import SLIPS, Step, in_a_row, mirrored, scarce_facts, supervisor
from tests.market import DAY, LI, NOW, WANG
from tests.memory import Memory

many = settings(max_examples=200)

LASTING = [make_lot(owner, 30, number=owner) for owner in (WANG, LI)]
ISSUED = [
    ask(IssueSlip(slip=slip, points=9, last_day=DAY, occurred_at=NOW), by=supervisor)
    for slip in SLIPS
]


def named_apart(batch: Sequence[Asked]) -> list[Asked]:
    return [replace(asked, key=OperationKey(f"act-{number}")) for number, asked in enumerate(batch)]


def before_anything() -> Memory:
    book = Memory(scarce_facts(LASTING))
    book.post(*ISSUED)
    return book


def take_back(book: Memory, posted: Posted) -> bool:
    undo = make_undo(posted.ref.key, occurred_at=NOW, claws_back=True)
    return isinstance(book.tell(ask(undo, by=OPERATOR)), Accepted)


def holdings(facts: Facts) -> dict[AccountId, int]:
    """Give everything that anybody has or owes, each shelf and each budget."""
    return {
        number: account.balance for number, account in facts.accounts.items() if account.balance
    }


def lots_left(facts: Facts) -> dict[int, int]:
    return {lot.id: lot.remaining for lot in facts.lots if lot.remaining}


@many
@given(st.lists(mirrored, min_size=4, max_size=20))
def test_taking_everything_back_the_last_first_leaves_all_as_it_was(steps: list[Step]) -> None:
    book = before_anything()
    start, acts = book.facts, in_a_row([replace(step, repeats=0) for step in steps])
    told = [without_number(outcome) for outcome in book.post(*acts)]

    for posted in reversed(book.posted[len(ISSUED) :]):
        assert take_back(book, posted)

    assert holdings(book.facts) == holdings(start)
    assert lots_left(book.facts) == lots_left(start)
    assert book.facts.slips.keys() == start.slips.keys()
    assert not any(slip.is_cashed for slip in book.facts.slips.values())
    again = book.post(*(replace(asked, key=OperationKey(f"{asked.key} again")) for asked in acts))
    assert [without_number(outcome) for outcome in again] == told


def without_number(outcome: Outcome) -> Outcome:
    return replace(outcome, operation=OperationId(0)) if isinstance(outcome, Accepted) else outcome


@many
@given(st.lists(mirrored, min_size=4, max_size=20), st.randoms(use_true_random=False))
def test_taking_everything_back_in_any_order_leaves_nothing_held_or_owed(
    steps: list[Step], dice: Random
) -> None:
    book = before_anything()
    start = book.facts
    book.post(*in_a_row([replace(step, repeats=0) for step in steps]))
    left = book.posted[len(ISSUED) :]
    dice.shuffle(left)

    while left:
        # Only a check-in waits, for its check-out to go first.
        still = [posted for posted in left if not take_back(book, posted)]
        assert len(still) < len(left)
        left = still

    assert holdings(book.facts) == holdings(start)
