"""The sheet that is signed when an event is closed: totals, what is left to settle, and the heads.

It is written so that `points heads check` takes it as the published heads that it holds: whoever
keeps a closing sheet can prove what the book held that day.
"""

from dataclasses import dataclass
from datetime import datetime
from json import dumps, loads

from points.domain.anchors import Heads, write_heads
from points.domain.cases import Case
from points.domain.closing import Total
from points.domain.ids import CredentialId
from points.domain.periods import spelled
from points.domain.programme import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosingSheet:
    """What there is to sign when an event is closed. It names no volunteer and no household."""

    event: Event
    closed_at: datetime
    totals: tuple[Total, ...]
    """By booth and kind, in this order."""
    phones: int
    """Phones that were let in for it."""
    written_off: tuple[CredentialId, ...]
    """Those that were given up."""
    cases: tuple[Case, ...]
    """Those that are open, newest first."""
    heads: Heads


def write_sheet(sheet: ClosingSheet) -> str:
    """Write the file that leaves the house."""
    content = loads(write_heads(sheet.heads))
    content["closing"] = {
        "event": sheet.event.key,
        "name": sheet.event.name,
        "closed_at": spelled(sheet.closed_at),
        "totals": [
            {
                "booth": total.booth,
                "kind": total.kind,
                "operations": total.operations,
                "points": total.points,
                "quantity": total.quantity,
            }
            for total in sheet.totals
        ],
        "phones": sheet.phones,
        "written_off": list(sheet.written_off),
        "cases_open": [
            {"case": case.id, "kind": case.about.kind, "device": case.about.device}
            for case in sheet.cases
        ],
    }
    return dumps(content, indent=2, ensure_ascii=False) + "\n"
