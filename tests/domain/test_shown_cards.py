"""What is held up in place of a card is never found as one."""

from points.domain.operations import card_by_code, card_by_number, is_by_code, is_by_number
from points.domain.shown_cards import (
    card_by_allowance,
    card_by_one_time_code,
    is_allowance,
    is_one_time,
)

MARK = bytes([7]) * 32


def test_each_way_to_show_a_card_has_names_of_its_own() -> None:
    shown = [
        card_by_code(MARK),
        card_by_number("271836504"),
        card_by_one_time_code(MARK),
        card_by_allowance(MARK),
    ]

    assert [
        [tells(ref) for tells in (is_by_code, is_by_number, is_one_time, is_allowance)]
        for ref in shown
    ] == [
        [True, False, False, False],
        [False, True, False, False],
        [False, False, True, False],
        [False, False, False, True],
    ]
