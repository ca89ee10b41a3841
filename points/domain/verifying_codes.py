"""Check one-time codes against the redemptions that used them."""

from collections.abc import Iterable
from json import JSONDecodeError, loads

from points.domain.findings import Code, Findings
from points.domain.redemptions import ONE_TIME_CODE
from points.domain.shown_cards import card_by_one_time_code
from points.domain.stored import CodeActLine, CodeLine
from points.domain.walking import Followers


def check_codes(acts: Iterable[CodeActLine], rows: Iterable[CodeLine], findings: Findings) -> None:
    """Check that each redemption used the code that it names, and that no other code was used.

    Args:
        acts: Redemptions that name a code, in order of number.
        rows: Codes that were used, in order of the redemption that used them.
        findings: Told of every disagreement.
    """

    def stray(row: CodeLine) -> None:
        findings.add(Code.CODE_DIFFERS, {"operation": row.used_by})

    by_operation = Followers(rows, lambda row: row.used_by, stray=stray)
    for act in acts:
        named = [card_by_one_time_code(row.hash) for row in by_operation.of(act.id)]
        if named != [code_of(act)]:
            findings.add(Code.CODE_DIFFERS, {"operation": act.id})
    by_operation.end()


def code_of(act: CodeActLine) -> str:
    """Give the code that a redemption names."""
    try:
        return str(loads(act.details).get(ONE_TIME_CODE, ""))
    except JSONDecodeError:
        return ""
