"""Builders of cases: what a person must settle, and how somebody did."""

from dataclasses import replace
from typing import Any

from points.domain.cases import CaseKind, Decision, NewCase, Settlement
from points.domain.ids import CredentialId
from tests.market import MARKET, NOW, REDEEMING


def make_case(**given: Any) -> NewCase:
    """Miss a line in the journal of the redeeming booth's phone, if not told otherwise."""
    gap = NewCase(
        kind=CaseKind.JOURNAL_GAP,
        reference="journal_gap:device:4:12",
        device=CredentialId("device:4"),
        event=MARKET.key,
        booth=REDEEMING,
        details={"number": 12},
    )
    return replace(gap, **given)


def make_settlement(**given: Any) -> Settlement:
    """Have seen to it, at a supervisor's phone."""
    seen = Settlement(
        key="seen",
        decision=Decision.NOTED,
        settled_by=CredentialId("device:9"),
        name="",
        note="the phone was dropped",
        settled_at=NOW,
    )
    return replace(seen, **given)
