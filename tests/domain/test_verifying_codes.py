"""A check of one-time codes: each redemption used the code that it names, and nothing else did."""

import pytest

from points.domain.findings import Code, Findings
from points.domain.stored import CodeActLine, CodeLine
from points.domain.verifying_codes import check_codes

ONE, OTHER = (CodeLine(bytes([number]) * 32, number) for number in (1, 2))


def act(row: CodeLine, *, said: CodeLine | None = None) -> CodeActLine:
    named = (said or row).hash.hex()
    return CodeActLine(row.used_by, f'{{"code": "once:{named}", "confirmed": "code"}}')


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
