"""Codes of allowances: their form, told apart from everything else that is scanned."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from points.domain.allowance_codes import (
    ALLOWANCE_LENGTH,
    AllowanceCode,
    allowance_fingerprint,
    make_allowance_code,
    read_allowance_code,
)
from points.domain.cards import CODE_BYTES, make_card_code, read_card_code
from points.domain.checked_codes import CodeFault
from points.domain.one_time_codes import ONE_TIME_BYTES, make_one_time_code, read_one_time_code
from points.domain.slip_codes import SLIP_BYTES, make_slip_code, read_slip_code

LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"

codes = st.binary(min_size=CODE_BYTES, max_size=CODE_BYTES).map(make_allowance_code)
others = st.one_of(
    st.binary(min_size=CODE_BYTES, max_size=CODE_BYTES).map(make_card_code),
    st.binary(min_size=SLIP_BYTES, max_size=SLIP_BYTES).map(make_slip_code),
    st.binary(min_size=ONE_TIME_BYTES, max_size=ONE_TIME_BYTES).map(make_one_time_code),
)


def test_a_code_is_spelled_the_same_for_ever() -> None:
    code = make_allowance_code(bytes(range(16)))

    assert code == "A100041061050R3GG28A1C60T3GFH"
    assert allowance_fingerprint(code).hex()[:16] == "b941321b38594eec"


@given(codes)
def test_what_is_shown_reads_back_in_either_case_and_with_a_line_end(code: AllowanceCode) -> None:
    assert len(code) == ALLOWANCE_LENGTH
    assert read_allowance_code(code) == read_allowance_code(f" {code.lower()}\r\n") == code


@given(codes, st.integers(2, ALLOWANCE_LENGTH - 1), st.sampled_from(LETTERS))
def test_no_wrong_character_is_ever_read_as_another_code(
    code: AllowanceCode, place: int, letter: str
) -> None:
    scanned = code[:place] + letter + code[place + 1 :]

    assert read_allowance_code(scanned) in (code, CodeFault.CHECK_FAILED, CodeFault.UNREADABLE)


@given(codes, others)
def test_allowances_and_all_else_are_never_taken_for_each_other(
    code: AllowanceCode, other: str
) -> None:
    assert read_card_code(code) is CodeFault.UNREADABLE
    assert read_slip_code(code) is read_one_time_code(code) is CodeFault.UNREADABLE
    assert read_allowance_code(other) is CodeFault.UNREADABLE


@given(st.text())
def test_whatever_is_scanned_is_answered(scanned: str) -> None:
    answer = read_allowance_code(scanned)

    assert isinstance(answer, CodeFault) or len(answer) == ALLOWANCE_LENGTH


@pytest.mark.parametrize("count", [0, 10, 15, 17])
def test_a_code_is_never_made_of_another_number_of_bytes(count: int) -> None:
    with pytest.raises(ValueError, match="16 bytes"):
        make_allowance_code(bytes(count))
