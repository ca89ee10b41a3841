"""Check one-time codes against the redemptions that used them, and what confirms by its seal.

A PIN and a code are secrets that come and go, so they stand in no chain: a seal of its own shows
what was changed in a row, but not that it was forged with the seal.
"""

from collections.abc import Iterable
from json import JSONDecodeError, loads

from points.domain.chain import record_hash
from points.domain.findings import Code, Findings
from points.domain.redemptions import ONE_TIME_CODE
from points.domain.shown_cards import card_by_one_time_code
from points.domain.stored import CodeActLine, CodeLine, PinLine
from points.domain.walking import Followers


def check_codes(acts: Iterable[CodeActLine], rows: Iterable[CodeLine], findings: Findings) -> None:
    """Check that each redemption used the code that it names, and that no other code was used.

    Args:
        acts: Redemptions that name a code, in order of number.
        rows: Codes that were used, in order of the redemption that used them.
        findings: Told of every disagreement.
    """

    def stray(row: CodeLine) -> None:
        findings.add(Code.CODE_DIFFERS, {"operation": row.used_by or 0})

    by_operation = Followers(rows, lambda row: row.used_by or 0, stray=stray)
    for act in acts:
        named = [card_by_one_time_code(row.hash) for row in by_operation.of(act.id)]
        if named != [code_of(act)]:
            findings.add(Code.CODE_DIFFERS, {"operation": act.id})
    by_operation.end()


def check_sealed(codes: Iterable[CodeLine], pins: Iterable[PinLine], findings: Findings) -> None:
    """Check that codes and PINs are as they were written."""
    for code in codes:
        if code.seal != record_hash(code.sealed()):
            findings.add(Code.CODE_DIFFERS, {"card": code.card})
    for pin in pins:
        if pin.seal != record_hash(pin.sealed()):
            findings.add(Code.PIN_DIFFERS, {"household": pin.household})


def code_of(act: CodeActLine) -> str:
    """Give the code that a redemption names."""
    try:
        return str(loads(act.details).get(ONE_TIME_CODE, ""))
    except JSONDecodeError:
        return ""
