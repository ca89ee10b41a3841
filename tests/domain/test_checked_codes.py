"""How codes are spelled: one text for some bytes, and no other text that is read as them."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from points.domain.checked_codes import BARE_LENGTH_MAX, CodeFault, Spelling, check_character

SIZES = (10, 16)
SPELLINGS = {
    size: Spelling(of="a ticket", version="X1", byte_count=size, later_length_min=15)
    for size in SIZES
}
SHORT = SPELLINGS[10]
CODE = SHORT.make(bytes(range(10)))


def checked(body: str) -> str:
    return body + check_character(body)


@given(st.sampled_from(SIZES).flatmap(lambda size: st.binary(min_size=size, max_size=size)))
@example(bytes(10))
@example(b"\xff" * 10)
@example(b"\xff" * 16)
def test_what_is_made_reads_back_and_gives_up_its_bytes(random_bytes: bytes) -> None:
    spelling = SPELLINGS[len(random_bytes)]

    code = spelling.make(random_bytes)

    digits = code[2:-1].translate(str.maketrans("JKMNPQRSTVWXYZ", "IJKLMNOPQRSTUV"))
    assert spelling.read(code) == spelling.read(code.lower()) == code
    assert int(digits, 32).to_bytes(len(random_bytes), "big") == random_bytes


def test_a_code_is_as_long_as_its_bytes_need() -> None:
    assert [len(spelling.make(bytes(size))) for size, spelling in SPELLINGS.items()] == [19, 29]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", CodeFault.UNREADABLE),
        (checked("X1" + "O" * 16), CodeFault.UNREADABLE),  # O is no digit
        (checked("Y1" + "0" * 16), CodeFault.UNREADABLE),  # another kind of code
        (checked("X1" + "0" * 17), CodeFault.UNREADABLE),  # this version is never longer
        (CODE[:-1] + "0", CodeFault.CHECK_FAILED),
        (checked("X2" + "0" * 12), CodeFault.OTHER_VERSION),
        (checked("X2" + "0" * 11), CodeFault.UNREADABLE),  # too short for any version
        ("X2" + "0" * 12 + "0", CodeFault.UNREADABLE),  # another version, and misread
        (CODE.replace("X", "\uff38"), CodeFault.UNREADABLE),
        (f" {CODE}", CodeFault.UNREADABLE),
    ],
    ids=ascii,
)
def test_what_is_no_code_is_told_apart(text: str, fault: CodeFault) -> None:
    assert SHORT.read(text) is fault


def test_no_code_of_sixteen_bytes_begins_with_more_than_they_hold() -> None:
    too_much = checked("X1" + "8" + "0" * 25)  # 2 to the power of 128: one more than 16 bytes hold

    assert SPELLINGS[16].read(too_much) is CodeFault.UNREADABLE


@pytest.mark.parametrize("around", [" ", "\t", "\r\n", "\u3000"], ids=ascii)
def test_a_bare_code_may_stand_between_blanks(around: str) -> None:
    assert SHORT.read_bare(around + CODE + around) == CODE


def test_a_bare_code_is_not_looked_for_in_a_long_text() -> None:
    room = " " * (BARE_LENGTH_MAX - len(CODE))

    assert SHORT.read_bare(room + CODE) == CODE
    assert SHORT.read_bare(room + CODE + " ") is CodeFault.UNREADABLE


@given(st.text())
def test_whatever_is_scanned_is_answered(scanned: str) -> None:
    answers = {SHORT.read(scanned), SHORT.read_bare(scanned)}

    assert all(isinstance(one, CodeFault) or len(one) == len(CODE) for one in answers)


@pytest.mark.parametrize("count", [0, 9, 11])
def test_a_code_is_never_made_of_another_number_of_bytes(count: int) -> None:
    with pytest.raises(ValueError, match=f"a ticket is made of 10 bytes, not {count}"):
        SHORT.make(bytes(count))
