"""Check what the whole book comes to: nothing was made out of nothing, nothing is gone."""

from collections.abc import Iterable, Mapping, Sequence

from points.domain.findings import Code, Findings
from points.domain.shapes import (
    ADJUSTED,
    BUDGET,
    BUDGETED,
    EXPIRED,
    GIFTED,
    GOODS,
    GRANTED,
    HANDED_OUT,
    ISSUED,
    LEASED,
    MERGED,
    MISCOUNTED,
    OWED,
    REDEEMED,
    SLIPS,
    SUPPLIED,
    WALLET,
)
from points.domain.stored import OperationLine
from points.domain.verifying_operations import Totals


def check_totals(
    totals: Totals, balances: Mapping[int, int], findings: Findings, *, slips: int
) -> None:
    """Check that what left the book's sides is what lies in the accounts.

    Args:
        totals: What all entries come to.
        balances: What the accounts hold, by side.
        findings: Told of every disagreement.
        slips: Points that lie with slips: those not cashed, less what ended before it came back.
    """
    held = {side: balances.get(side, 0) for side in (WALLET, OWED, BUDGET, GOODS, LEASED)}
    points = -totals.net(ISSUED, REDEEMED, EXPIRED, ADJUSTED, SLIPS, MERGED, GIFTED)
    for name, expected, found in (
        ("points", points, held[WALLET] - held[OWED]),
        ("goods", -totals.net(SUPPLIED, HANDED_OUT, MISCOUNTED), held[GOODS] + held[LEASED]),
        ("budgets", -totals.net(BUDGETED, GRANTED), held[BUDGET]),
        ("merged", 0, totals.net(MERGED)),
        ("gifts", 0, totals.net(GIFTED)),
        ("slips", totals.net(SLIPS), slips),
    ):
        if expected != found:
            findings.add(Code.CONSERVATION, {"side": name}, expected=expected, found=found)


def check_merged(
    merges: Mapping[int, Sequence[OperationLine]],
    stored: Iterable[tuple[int, int]],
    findings: Findings,
) -> None:
    """Check that each household that went up in another names the one that stands today.

    Args:
        merges: Operations that merged households, by the household that went up in another.
        stored: Households that name another, with the one they name.
        findings: Told of every disagreement.
    """
    named = dict(stored)
    for household in sorted(merges.keys() | named.keys()):
        expected = stands_for(household, merges) if household in merges else None
        if named.get(household) != expected:
            about = {"household": household}
            findings.add(
                Code.HOUSEHOLD_MERGED, about, expected=expected, found=named.get(household)
            )


def stands_for(household: int, merges: Mapping[int, Sequence[OperationLine]]) -> int:
    """Tell which household stands for this one today."""
    seen = {household}
    while household in merges:
        into = merges[household][0].household
        if into is None or into in seen:
            break
        seen.add(into)
        household = into
    return household
