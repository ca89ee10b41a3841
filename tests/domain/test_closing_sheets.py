"""The closing sheet: a proof to keep, and a list of what is left to do."""

import json

from points.domain.anchors import Head, Heads, read_heads
from points.domain.cases import Case, CaseId, CaseKind, NewCase
from points.domain.closing import Total
from points.domain.closing_sheets import ClosingSheet, write_sheet
from points.domain.ids import CredentialId
from points.domain.operations import Kind
from tests.market import MARKET, NOW, REDEEMING

CASE = NewCase(
    kind=CaseKind.WRITTEN_OFF,
    reference="written_off:1:device:7",
    device=CredentialId("device:7"),
    event=MARKET.key,
    details={"waiting": 23},
)
SHEET = ClosingSheet(
    event=MARKET,
    closed_at=NOW,
    totals=(Total(booth=REDEEMING, kind=Kind.EARN, operations=7, points=70, quantity=7),),
    phones=16,
    written_off=(CredentialId("device:7"),),
    cases=(Case(id=CaseId(3), opened_at=NOW, about=CASE),),
    heads=Heads(NOW, {0: Head(12, bytes(32)), 1: Head(0, bytes(32))}),
)


def test_a_sheet_reads_as_the_heads_that_it_publishes() -> None:
    assert read_heads(write_sheet(SHEET)) == SHEET.heads


def test_a_sheet_says_what_was_done_and_what_is_left() -> None:
    written = json.loads(write_sheet(SHEET))

    assert written["closing"] == {
        "event": "market",
        "name": "市集",
        "closed_at": "2019-12-05T02:00:00+00:00",
        "totals": [
            {
                "booth": "market/4",
                "kind": "earn",
                "operations": 7,
                "points": 70,
                "quantity": 7,
            }
        ],
        "phones": 16,
        "written_off": ["device:7"],
        "cases_open": [{"case": 3, "kind": "written_off", "device": "device:7"}],
    }
