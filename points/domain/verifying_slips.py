"""Check slips against the operations that issued and cashed them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from json import JSONDecodeError, loads

from points.domain.calendar import Calendar
from points.domain.findings import Code, Findings
from points.domain.operations import Kind
from points.domain.stored import SlipActLine, SlipLine
from points.domain.walking import Followers


@dataclass(frozen=True, slots=True)
class SlipTally:
    """A slip as its operations make it."""

    slip: SlipLine
    ends: Sequence[int]
    """When it may end; empty where that cannot be told."""


def recount_slips(acts: Iterable[SlipActLine], calendar: Calendar) -> Iterable[SlipTally]:
    """Give every slip as its operations make it; `acts` are in order of slip and operation."""
    by_slip = Followers(acts, lambda act: act.slip)
    while (ref := by_slip.next_key()) is not None:
        found = by_slip.of(ref)
        issued = next((act for act in found if act.kind == Kind.SLIP_ISSUED), None)
        cashed = [act for act in found if act.kind == Kind.SLIP_CASHED]
        ends = _ends_of(issued, calendar) if issued is not None else ()
        slip = SlipLine(
            ref=str(ref),
            points=issued.quantity if issued is not None else 0,
            valid_until=ends[0] if ends else 0,
            is_cashed=int(any(act.undone_by is None for act in cashed)),
            times_cashed=len(cashed),
        )
        yield SlipTally(slip, ends)


def check_slips(tallies: Iterable[SlipTally], rows: Iterable[SlipLine], findings: Findings) -> int:
    """Check all slips, both given in order; tell how many points they still stand for."""
    points = 0

    def unknown(row: SlipLine) -> None:
        findings.add(Code.SLIP_UNKNOWN, {"slip": row.ref})

    by_slip = Followers(rows, lambda row: row.ref, stray=unknown)
    for tally in tallies:
        slip = tally.slip
        points += 0 if slip.is_cashed else slip.points
        found = by_slip.of(slip.ref)
        if not found:
            findings.add(Code.SLIP_MISSING, {"slip": slip.ref})
            continue
        _compare(tally, found[0], findings)
    by_slip.end()
    return points


def _compare(tally: SlipTally, row: SlipLine, findings: Findings) -> None:
    expected = tally.slip
    if not tally.ends or row.valid_until in tally.ends:
        expected = expected._replace(valid_until=row.valid_until)
    for column in SlipLine._fields:
        right, found = getattr(expected, column), getattr(row, column)
        if right != found:
            about = {"slip": row.ref, "column": column}
            findings.add(Code.SLIP_DIFFERS, about, expected=right, found=found)


def _ends_of(issued: SlipActLine, calendar: Calendar) -> Sequence[int]:
    try:
        last_day = loads(issued.body or "")["last_day"]
        return calendar.slip_ends(str(last_day), issued.posted_at)
    except (JSONDecodeError, KeyError, TypeError, ValueError):
        # What was asked is checked with its request.
        return ()
