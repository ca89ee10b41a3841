"""A check of one-time codes: each redemption used the code that it names, and nothing else did."""

import pytest

from points.domain.chain import record_hash
from points.domain.findings import Code, Findings
from points.domain.stored import CodeActLine, CodeLine, PinLine
from points.domain.verifying_codes import check_codes, check_sealed


def sealed(line: CodeLine) -> CodeLine:
    return line._replace(seal=record_hash(line.sealed()))


ONE, OTHER = (
    sealed(CodeLine(bytes([number]) * 32, 7, 1000, 0, seal=b"", used_by=number))
    for number in (1, 2)
)
_BARE = PinLine(8, bytes(16), bytes(32), 1000, 2, None, seal=b"")
PIN = _BARE._replace(seal=record_hash(_BARE.sealed()))


def act(row: CodeLine, *, said: CodeLine | None = None) -> CodeActLine:
    named = (said or row).hash.hex()
    return CodeActLine(row.used_by or 0, f'{{"code": "once:{named}", "confirmed": "code"}}')


def check(acts: list[CodeActLine], *rows: CodeLine) -> list[tuple[Code, object]]:
    findings = Findings()
    check_codes(acts, rows, findings)
    return [(one.code, one.about["operation"]) for one in findings.items]


def test_codes_that_were_used_by_the_redemptions_that_name_them_are_right() -> None:
    assert check([act(ONE), act(OTHER)], ONE, OTHER) == []


@pytest.mark.parametrize(
    ("acts", "rows", "named"),
    [
        ([act(ONE)], [], 1),
        ([], [ONE], 1),
        ([act(ONE, said=OTHER)], [ONE], 1),
        ([act(ONE), act(OTHER, said=ONE)], [ONE], 2),
        ([act(ONE), act(OTHER)], [ONE, OTHER._replace(used_by=3)], 2),
        ([CodeActLine(1, "{")], [ONE], 1),
    ],
)
def test_what_differs_is_named(acts: list[CodeActLine], rows: list[CodeLine], named: int) -> None:
    assert (Code.CODE_DIFFERS, named) in check(acts, *rows)


def faults(codes: list[CodeLine], pins: list[PinLine]) -> list[tuple[Code, dict[str, object]]]:
    findings = Findings()
    check_sealed(codes, pins, findings)
    return [(one.code, dict(one.about)) for one in findings.items]


def test_codes_and_pins_as_they_were_written_are_right_used_or_not() -> None:
    assert faults([ONE, ONE._replace(used_by=None)], [PIN]) == []


@pytest.mark.parametrize(
    "changed",
    [
        ONE._replace(hash=bytes(32)),
        ONE._replace(made_at=1001),
        ONE._replace(is_confirmed=1),
        ONE._replace(seal=bytes(32)),
    ],
)
def test_a_code_that_was_changed_breaks_its_seal(changed: CodeLine) -> None:
    assert faults([changed], []) == [(Code.CODE_DIFFERS, {"card": 7})]


@pytest.mark.parametrize(
    "changed",
    [
        PIN._replace(salt=bytes([1]) * 16),
        PIN._replace(hash=bytes([1]) * 32),
        PIN._replace(set_at=1001),
        PIN._replace(tries=0),
        PIN._replace(locked_until=2000),
        PIN._replace(seal=bytes(32)),
    ],
)
def test_a_pin_whose_tries_or_lock_were_changed_breaks_its_seal(changed: PinLine) -> None:
    assert faults([], [changed]) == [(Code.PIN_DIFFERS, {"household": 8})]
