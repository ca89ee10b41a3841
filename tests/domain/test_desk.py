"""The desk's refusals stand beside the book's, and never say the same in other words."""

from points.domain.desk import DeskFault
from points.domain.outcomes import Refusal


def test_no_code_means_one_thing_at_the_desk_and_another_in_the_book() -> None:
    assert {str(fault) for fault in DeskFault} & {str(refusal) for refusal in Refusal} == set()
