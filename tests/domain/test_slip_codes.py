"""Slip codes: the vectors shared with the scanner, and laws over all of them."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from points.domain.cards import CODE_BYTES, code_fingerprint, make_card_code, read_card_code
from points.domain.checked_codes import CodeFault
from points.domain.slip_codes import (
    SLIP_BYTES,
    SLIP_LENGTH,
    SlipCode,
    in_groups,
    make_slip_code,
    read_slip_code,
    slip_fingerprint,
)

VECTORS: dict[str, Any] = json.loads(
    (Path(__file__).parents[1] / "vectors" / "slips.json").read_text("utf-8")
)
LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"

slips = st.binary(min_size=SLIP_BYTES, max_size=SLIP_BYTES).map(make_slip_code)
cards = st.binary(min_size=CODE_BYTES, max_size=CODE_BYTES).map(make_card_code)


def vectors(of: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("vector", VECTORS[of], ids=ascii)


@vectors("codes_made")
def test_a_code_and_how_it_is_printed_and_kept_never_change(vector: dict[str, str]) -> None:
    code = make_slip_code(bytes.fromhex(vector["bytes"]))

    assert (code, in_groups(code), slip_fingerprint(code).hex()) == (
        vector["code"],
        vector["printed"],
        vector["fingerprint"],
    )


@vectors("codes_read")
def test_a_code_is_read_however_it_is_scanned_or_typed(vector: dict[str, str]) -> None:
    assert read_slip_code(vector["scanned"]) == vector["code"]


@vectors("codes_refused")
def test_anything_else_is_refused_with_its_reason(vector: dict[str, str]) -> None:
    assert read_slip_code(vector["scanned"]) is CodeFault(vector["fault"])


@given(slips)
def test_what_is_printed_reads_back(code: SlipCode) -> None:
    assert len(code) == SLIP_LENGTH
    assert read_slip_code(in_groups(code)) == read_slip_code(code) == code


@given(slips, st.integers(2, SLIP_LENGTH - 1), st.sampled_from(LETTERS))
def test_no_wrong_character_is_ever_read_as_another_slip(
    code: SlipCode, place: int, letter: str
) -> None:
    typed = code[:place] + letter + code[place + 1 :]

    assert read_slip_code(typed) in (code, CodeFault.CHECK_FAILED, CodeFault.UNREADABLE)


@given(slips, cards)
def test_slips_and_cards_are_never_taken_for_each_other(slip: SlipCode, card: str) -> None:
    assert read_card_code(slip) is CodeFault.UNREADABLE
    assert read_slip_code(card) is CodeFault.UNREADABLE


@given(st.text())
def test_whatever_is_scanned_is_answered(scanned: str) -> None:
    answer = read_slip_code(scanned)

    assert isinstance(answer, CodeFault) or len(answer) == SLIP_LENGTH


@pytest.mark.parametrize("count", [0, 9, 11, 16])
def test_a_code_is_never_made_of_another_number_of_bytes(count: int) -> None:
    with pytest.raises(ValueError, match="10 bytes"):
        make_slip_code(bytes(count))


def test_a_slip_is_kept_apart_from_a_card_of_the_same_letters() -> None:
    code: Any = make_slip_code(bytes(10))

    assert slip_fingerprint(code) != code_fingerprint(code)
