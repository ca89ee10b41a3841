"""One-time codes: their form, and a life of exactly one minute."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from points.domain.cards import CODE_BYTES, make_card_code, read_card_code
from points.domain.checked_codes import CodeFault
from points.domain.one_time_codes import (
    LIVES,
    ONE_TIME_BYTES,
    ONE_TIME_LENGTH,
    Lifetime,
    OneTimeCode,
    make_one_time_code,
    one_time_fingerprint,
    read_one_time_code,
)
from points.domain.slip_codes import SLIP_BYTES, make_slip_code, read_slip_code, slip_fingerprint
from tests.market import NOW

LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
TICK = timedelta(microseconds=1)

codes = st.binary(min_size=ONE_TIME_BYTES, max_size=ONE_TIME_BYTES).map(make_one_time_code)
cards = st.binary(min_size=CODE_BYTES, max_size=CODE_BYTES).map(make_card_code)
slips = st.binary(min_size=SLIP_BYTES, max_size=SLIP_BYTES).map(make_slip_code)


def test_a_code_is_spelled_the_same_for_ever() -> None:
    code = make_one_time_code(bytes(range(10)))

    assert code == "T1000G40R40M30E209G"
    assert one_time_fingerprint(code).hex()[:16] == "a262d55234c90e1a"


@pytest.mark.parametrize(
    ("moment", "is_good"),
    [
        (NOW, True),
        (NOW + timedelta(seconds=59, microseconds=999_999), True),
        (NOW + timedelta(seconds=60), False),
        (NOW + timedelta(milliseconds=60), True),
        (NOW + timedelta(minutes=60), False),
        (NOW + timedelta(hours=8), False),
        (NOW - timedelta(seconds=60), True),
        (NOW - timedelta(seconds=60) - TICK, False),
    ],
)
def test_a_code_is_good_for_sixty_seconds_to_the_microsecond(
    moment: object, is_good: object
) -> None:
    assert Lifetime(NOW).holds(moment) is is_good  # type: ignore[arg-type]


def test_a_code_says_when_it_ends() -> None:
    assert (LIVES.total_seconds(), Lifetime(NOW).ends) == (60, NOW + timedelta(seconds=60))


@given(codes)
def test_what_is_shown_reads_back_in_either_case_and_with_a_line_end(code: OneTimeCode) -> None:
    assert len(code) == ONE_TIME_LENGTH
    assert read_one_time_code(code) == read_one_time_code(f" {code.lower()}\r\n") == code


@given(codes, st.integers(2, ONE_TIME_LENGTH - 1), st.sampled_from(LETTERS))
def test_no_wrong_character_is_ever_read_as_another_code(
    code: OneTimeCode, place: int, letter: str
) -> None:
    scanned = code[:place] + letter + code[place + 1 :]

    assert read_one_time_code(scanned) in (code, CodeFault.CHECK_FAILED, CodeFault.UNREADABLE)


@given(codes, cards, slips)
def test_codes_cards_and_slips_are_never_taken_for_each_other(
    code: OneTimeCode, card: str, slip: str
) -> None:
    assert read_card_code(code) is read_slip_code(code) is CodeFault.UNREADABLE
    assert read_one_time_code(card) is read_one_time_code(slip) is CodeFault.UNREADABLE


@given(st.text())
def test_whatever_is_scanned_is_answered(scanned: str) -> None:
    answer = read_one_time_code(scanned)

    assert isinstance(answer, CodeFault) or len(answer) == ONE_TIME_LENGTH


@pytest.mark.parametrize("count", [0, 9, 11, 16])
def test_a_code_is_never_made_of_another_number_of_bytes(count: int) -> None:
    with pytest.raises(ValueError, match="10 bytes"):
        make_one_time_code(bytes(count))


def test_a_code_is_kept_apart_from_a_slip_of_the_same_letters() -> None:
    code = make_one_time_code(bytes(10))

    assert one_time_fingerprint(code) != slip_fingerprint(code)  # type: ignore[arg-type]
