"""Check what was spent of allowances against the redemptions that were made with them."""

from collections import Counter
from collections.abc import Iterable
from json import JSONDecodeError, loads

from points.domain.cases import APPROVED
from points.domain.facts import ALLOWANCE
from points.domain.findings import Code, Findings
from points.domain.stored import AllowanceActLine, AllowanceLine


def recount_allowances(acts: Iterable[AllowanceActLine]) -> Counter[int]:
    """Count what was spent of each allowance; what was taken back was not."""
    return _counted(acts, Counter())


def check_allowances(
    acts: Iterable[AllowanceActLine], rows: Iterable[AllowanceLine], findings: Findings
) -> None:
    """Check every allowance: what was spent of it, and that it was no more than was allowed.

    Args:
        acts: Redemptions that name an allowance, in any order.
        rows: All allowances.
        findings: Told of every disagreement.
    """
    let_pass: Counter[int] = Counter()
    spent = _counted(acts, let_pass)
    for row in rows:
        about = {"allowance": row.id}
        due = spent.pop(row.id, 0)
        if due != row.spent:
            findings.add(Code.ALLOWANCE_DIFFERS, about, expected=due, found=row.spent)
        within = due - let_pass[row.id]
        if within > row.points_max:
            findings.add(Code.LIMIT_EXCEEDED, about, expected=row.points_max, found=within)
    for allowance, points in sorted(spent.items()):
        findings.add(Code.ALLOWANCE_DIFFERS, {"allowance": allowance}, expected=points)


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
