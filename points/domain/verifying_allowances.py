"""Check allowances: what was spent of them against the redemptions that were made with them.

What a household allowed, and that it let it end, is held against the notes of the batches in which
it said so.
"""

from collections import Counter
from collections.abc import Iterable
from json import JSONDecodeError, loads

from points.domain.cases import APPROVED
from points.domain.facts import ALLOWANCE
from points.domain.findings import Code, Findings
from points.domain.notes import Note, Noted, NoteKind, collect_notes, note
from points.domain.stored import AllowanceActLine, AllowanceLine, NotesLine

_KINDS = (NoteKind.ALLOWANCE, NoteKind.ALLOWANCE_ENDED)


def recount_allowances(acts: Iterable[AllowanceActLine]) -> Counter[int]:
    """Count what was spent of each allowance; what was taken back was not."""
    return _counted(acts, Counter())


def read_noted(lines: Iterable[NotesLine]) -> Noted:
    """Collect what batches note of allowances."""
    return collect_notes((line.notes for line in lines), _KINDS)


def check_allowances(
    acts: Iterable[AllowanceActLine],
    rows: Iterable[AllowanceLine],
    *,
    noted: Noted,
    findings: Findings,
) -> None:
    """Check every allowance: its terms, what was spent, and that it was no more than was allowed.

    Args:
        acts: Redemptions that name an allowance, in any order.
        rows: All allowances.
        noted: What batches note of them.
        findings: Told of every disagreement.
    """
    let_pass: Counter[int] = Counter()
    spent = _counted(acts, let_pass)
    gone = set(noted)
    for row in rows:
        about = {"allowance": row.id}
        gone.discard(row.id)
        if noted.get(row.id) != _due(row):
            findings.add(Code.ALLOWANCE_DIFFERS, about)
        due = spent.pop(row.id, 0)
        if due != row.spent:
            findings.add(Code.ALLOWANCE_DIFFERS, about, expected=due, found=row.spent)
        within = due - let_pass[row.id]
        if within > row.points_max:
            findings.add(Code.LIMIT_EXCEEDED, about, expected=row.points_max, found=within)
    for allowance in sorted(gone | spent.keys()):
        about = {"allowance": allowance}
        findings.add(Code.ALLOWANCE_DIFFERS, about, expected=spent.get(allowance, 0))


def _due(row: AllowanceLine) -> frozenset[Note]:
    """Say what must be noted of an allowance: its making, and its end where it was ended."""
    made = note(NoteKind.ALLOWANCE, row._replace(ended_at=None).terms(), subject=row.id)
    if row.ended_at is None:
        return frozenset({made})
    return frozenset({made, note(NoteKind.ALLOWANCE_ENDED, row.terms(), subject=row.id)})


def _counted(acts: Iterable[AllowanceActLine], let_pass: Counter[int]) -> Counter[int]:
    """Count what was spent, and of that what a person let pass."""
    spent: Counter[int] = Counter()
    for act in acts:
        details = _details(act)
        allowance = details.get(ALLOWANCE)
        if act.undone_by is not None or not isinstance(allowance, int):
            continue
        spent[allowance] -= act.points
        if APPROVED in details:
            let_pass[allowance] -= act.points
    return spent


def _details(act: AllowanceActLine) -> dict[str, object]:
    try:
        found = loads(act.details)
    except JSONDecodeError:
        return {}
    return found if isinstance(found, dict) else {}
