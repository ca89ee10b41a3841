"""Card codes and numbers: the vectors shared with the scanner, and laws over all of them."""

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from points.domain.cards import (
    CODE_BYTES,
    CODE_LENGTH,
    NUMBER_MAX,
    NUMBER_MIN,
    CardCode,
    card_text,
    code_fingerprint,
    make_card_code,
    make_card_number,
    read_card_code,
    read_card_number,
    spoken,
)
from points.domain.checked_codes import CodeFault, check_character

VECTORS: dict[str, Any] = json.loads(
    (Path(__file__).parents[1] / "vectors" / "cards.json").read_text("utf-8")
)
CHECKED = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"

codes = st.binary(min_size=CODE_BYTES, max_size=CODE_BYTES).map(make_card_code)
numbers = st.integers(NUMBER_MIN, NUMBER_MAX).map(make_card_number)
public_urls = st.from_regex(
    r"https?://[0-9A-Za-z.-]{1,60}(:[0-9]{1,5})?(/[0-9A-Za-z._~/-]{0,60})?", fullmatch=True
)
SOME_CODE = make_card_code(bytes(range(CODE_BYTES)))


def vectors(of: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("vector", VECTORS[of], ids=ascii)


@vectors("check_characters")
def test_check_characters_are_those_that_were_published(vector: dict[str, str]) -> None:
    assert check_character(vector["text"]) == vector["check"]


@vectors("codes_made")
def test_a_code_and_its_fingerprint_never_change(vector: dict[str, str]) -> None:
    code = make_card_code(bytes.fromhex(vector["bytes"]))

    assert (code, code_fingerprint(code).hex()) == (vector["code"], vector["fingerprint"])


@vectors("codes_read")
def test_a_code_is_found_in_what_scanners_send(vector: dict[str, str]) -> None:
    assert read_card_code(vector["scanned"]) == vector["code"]


@vectors("codes_refused")
def test_anything_else_is_refused_with_its_reason(vector: dict[str, str]) -> None:
    assert read_card_code(vector["scanned"]) is CodeFault(vector["fault"])


@vectors("texts")
def test_the_qr_holds_an_address_in_capitals_or_the_bare_code(vector: dict[str, str]) -> None:
    assert card_text(CardCode(vector["code"]), vector["public_url"]) == vector["text"]


@vectors("numbers_made")
def test_a_number_and_how_it_is_said_never_change(vector: dict[str, Any]) -> None:
    number = make_card_number(vector["drawn"])

    assert (number, spoken(number)) == (vector["number"], vector["spoken"])


@vectors("numbers_read")
def test_a_number_is_read_however_its_groups_are_typed(vector: dict[str, str]) -> None:
    assert read_card_number(vector["typed"]) == vector["number"]


@vectors("numbers_refused")
def test_what_is_no_number_is_refused(vector: dict[str, str]) -> None:
    assert read_card_number(vector["typed"]) is None


@pytest.mark.parametrize("length", [0, CODE_BYTES - 1, CODE_BYTES + 1])
def test_a_code_of_another_size_is_never_made(length: int) -> None:
    with pytest.raises(ValueError, match="made of 16 bytes"):
        make_card_code(bytes(length))


@pytest.mark.parametrize("drawn", [-1, 0, NUMBER_MIN - 1, NUMBER_MAX + 1])
def test_a_number_outside_its_range_is_never_made(drawn: int) -> None:
    with pytest.raises(ValueError, match="card number is made of"):
        make_card_number(drawn)


@pytest.mark.parametrize(
    "public_url",
    [
        "",
        "points.example",
        "ftp://points.example",
        "https://desk:secret@points.example",
        "https://points.example/?a=1",
        "https://points.example/#a",
        "https://points.example/a b",
        "https://积分.example",
        "https://points.example\n",
        "https://[::1",
        "https://points.example/" + "a" * 256,
    ],
)
def test_an_address_that_cannot_be_printed_is_refused(public_url: str) -> None:
    with pytest.raises(ValueError, match=r"public address|Invalid IPv6"):
        card_text(SOME_CODE, public_url)


@pytest.mark.parametrize("unit", [" ", "A", "/C/", "#", "HTTPS://A/C/", "\r\n", "界", "\ud800"])
def test_noise_of_any_length_is_refused_at_once(unit: str) -> None:
    assert read_card_code(unit * 4096 + SOME_CODE) is CodeFault.UNREADABLE


def test_at_most_512_characters_are_looked_at() -> None:
    padding = " " * (512 - CODE_LENGTH)

    assert read_card_code(padding + SOME_CODE) == SOME_CODE
    assert read_card_code(padding + " " + SOME_CODE) is CodeFault.UNREADABLE


def test_one_in_630_swaps_of_neighbours_gets_past_the_check_character_and_no_more() -> None:
    # The first character puts the check into each of its 36 states.
    unseen = [
        (state, first, second)
        for state in CHECKED
        for first in CHECKED
        for second in CHECKED
        if first != second
        and check_character(state + first + second) == check_character(state + second + first)
    ]

    assert len(unseen) * 630 == 36 * 36 * 35


@given(codes)
def test_a_code_reads_back_as_itself_from_any_spelling_of_its_case(code: CardCode) -> None:
    assert [read_card_code(code), read_card_code(code.lower()), len(code)] == [code, code, 29]


@given(st.binary(min_size=CODE_BYTES, max_size=CODE_BYTES))
def test_no_bit_is_lost_in_a_code(random_bytes: bytes) -> None:
    body = make_card_code(random_bytes)[2:-1]
    # int() spells base 32 with A to V where Crockford leaves out four letters.
    spelt = body.translate(str.maketrans("ABCDEFGHJKMNPQRSTVWXYZ", "ABCDEFGHIJKLMNOPQRSTUV"))

    assert int(spelt, 32).to_bytes(CODE_BYTES, "big") == random_bytes


@given(codes, st.integers(0, CODE_LENGTH - 1), st.sampled_from(CHECKED))
def test_every_wrong_character_in_a_code_is_refused(code: str, place: int, wrong: str) -> None:
    misread = code[:place] + wrong + code[place + 1 :]

    assert (read_card_code(misread) == code) == (misread == code)
    assert isinstance(read_card_code(misread), CodeFault) == (misread != code)


@given(codes)
def test_a_swap_of_neighbours_in_a_code_is_refused_unless_they_follow_each_other(
    code: str,
) -> None:
    swaps = [
        code[:place] + second + first + code[place + 2 :]
        for place, (first, second) in enumerate(pairwise(code))
        if (CHECKED.index(first) - CHECKED.index(second)) % 36 not in (0, 1, 35)
    ]

    assert [swap for swap in swaps if not isinstance(read_card_code(swap), CodeFault)] == []


@given(codes, public_urls)
def test_what_is_printed_reads_back_from_any_public_address(code: CardCode, url: str) -> None:
    text = card_text(code, url)

    assert [read_card_code(text), read_card_code(text.lower())] == [code, code]


@given(st.text(max_size=600))
@example("\ud800\udfff")
@example("HTTPS://" + "A" * 480)
@example("HTTPS://A" + "/C/" * 160)
def test_reading_any_text_at_all_answers(text: str) -> None:
    assert isinstance(read_card_code(text), CodeFault)
    assert read_card_number(text) is None or text.strip()[0] in "123456789１２３４５６７８９"


@given(codes, codes)
def test_fingerprints_are_32_bytes_and_differ_where_codes_do(one: CardCode, two: CardCode) -> None:
    prints = code_fingerprint(one), code_fingerprint(two)

    assert [len(print_) for print_ in prints] == [32, 32]
    assert (prints[0] == prints[1]) == (one == two)


@given(numbers)
def test_a_number_reads_back_as_itself_and_as_it_is_said(number: str) -> None:
    assert read_card_number(number) == number
    assert read_card_number(spoken(make_card_number(int(number[:8])))) == number


@given(numbers)
def test_every_wrong_digit_and_every_swap_of_neighbours_in_a_number_is_refused(
    number: str,
) -> None:
    wrong_digits = {
        number[:place] + digit + number[place + 1 :]
        for place in range(len(number))
        for digit in "0123456789"
    }
    swaps = {
        number[:place] + second + first + number[place + 2 :]
        for place, (first, second) in enumerate(pairwise(number))
    }

    read = {read_card_number(typed) for typed in wrong_digits | swaps}

    assert read == {number, None}
