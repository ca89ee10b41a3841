"""Check cases against what they are about, and settlements against what came of them.

Whatever the book says a person must look at has its case, and what was kept is still kept, or came
out as it was settled. So nothing that was in doubt can vanish, or be slipped past whoever judges.
What became of an operation, and every settlement, is held against the notes of batches; that a
phone lost something is no more than its journal says, and stands in no chain.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from json import JSONDecodeError, loads

from points.domain.cases import APPROVED, OVER_LIMIT, OWED, CaseKind, Decision, decisions_for
from points.domain.chain import record_hash
from points.domain.findings import Code, Findings
from points.domain.notes import Note, Noted, NoteKind, note
from points.domain.operations import Kind
from points.domain.outcomes import Refusal
from points.domain.stored import CaseLine, OperationLine, RequestLine, SettlementLine
from points.domain.walking import Followers

Name = tuple[str, str]
"""By whom something was asked for, and under which name."""

NOTE_KINDS = (NoteKind.CASE, NoteKind.SETTLEMENT)
"""The notes that cases are held against."""

_KINDS = frozenset(CaseKind)
_TOLD_AS = {
    NoteKind.CASE.value: Code.CASE_DIFFERS,
    NoteKind.SETTLEMENT.value: Code.SETTLEMENT_DIFFERS,
}
_OF_OPERATIONS = (CaseKind.REVIEW, CaseKind.OVERSPENT, CaseKind.LIMIT_EXCEEDED)
_LEFT_OPEN = (OWED, OVER_LIMIT)
_POSTED_BY = {Decision.APPROVE.value: None, Decision.FORGIVE.value: Kind.ADJUST.value}
"""The decisions because of which something is posted, and of which kind that is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What cases are held against."""

    due: Mapping[int, OperationLine]
    """Operations that leave something to settle, or that somebody has approved."""
    kept: Mapping[Name, RequestLine]
    """Requests that are kept for a person, or that one has rejected."""
    others: Mapping[int, OperationLine] = field(default_factory=dict)
    """All other operations that cases or settlements name."""
    noted: Noted = field(default_factory=dict)
    """What batches note of cases and settlements, by the numbers of cases."""


def leaves_something(operation: OperationLine) -> bool:
    """Tell whether an operation needs a case, or came of one."""
    names = (*_LEFT_OPEN, APPROVED)
    # The quick look spares all but few the reading.
    return operation.details != "{}" and any(f'"{name}":' in operation.details for name in names)


def is_kept(request: RequestLine) -> bool:
    """Tell whether a request without an operation is a person's to judge, or was judged."""
    return request.reason in (Refusal.IN_REVIEW, Refusal.REJECTED)


def check_cases(
    cases: Iterable[CaseLine],
    settlements: Iterable[SettlementLine],
    answers: Answers,
    findings: Findings,
) -> int:
    """Check all cases and settlements, both in order of number; tell how many cases there are."""
    check = _Check(answers, findings)

    def stray(settlement: SettlementLine) -> None:
        check.differs(Code.SETTLEMENT_DIFFERS, settlement.id)

    by_case = Followers(settlements, lambda one: one.id, stray=stray)
    count = 0
    for case in cases:
        count += 1
        found = by_case.of(case.id)
        check.case(case, found[0] if found else None)
    by_case.end()
    check.end()
    return count


class _Check:
    def __init__(self, answers: Answers, findings: Findings) -> None:
        self._answers = answers
        self._findings = findings
        self._left_open = {
            number: line
            for number, line in answers.due.items()
            if any(name in _figures(line.details) for name in _LEFT_OPEN)
        }
        self._approved = {
            number for number, line in answers.due.items() if APPROVED in _figures(line.details)
        }
        self._kept = dict(answers.kept)
        self._noted = dict(answers.noted)

    def differs(self, code: Code, case: int) -> None:
        self._findings.add(code, {"case": case})

    def case(self, case: CaseLine, settlement: SettlementLine | None) -> None:
        differ = self._not_as_noted(case, settlement)
        if not self._is_right(case):
            differ.add(Code.CASE_DIFFERS)
        if settlement is not None and not self._is_settled_right(case, settlement):
            differ.add(Code.SETTLEMENT_DIFFERS)
        if case.kind == CaseKind.REVIEW and not self._is_answered(case, settlement):
            differ.add(Code.CASE_DIFFERS)
        for code in sorted(differ):
            self.differs(code, case.id)

    def end(self) -> None:
        """Name what should have a case and has none."""
        for number in sorted(self._left_open.keys() | self._approved):
            self._findings.add(Code.CASE_MISSING, {"operation": number})
        for scope, key in sorted(self._kept):
            self._findings.add(Code.CASE_MISSING, {"scope": scope, "key": key})
        for number in sorted(self._noted):
            self._findings.add(Code.CASE_MISSING, {"case": number})

    def _not_as_noted(self, case: CaseLine, settlement: SettlementLine | None) -> set[Code]:
        due: set[Note] = set()
        if case.kind in _OF_OPERATIONS:
            due.add(note(NoteKind.CASE, case.sealed(), subject=case.id))
        if settlement is not None:
            due.add(note(NoteKind.SETTLEMENT, settlement.sealed(), subject=case.id))
        return {_TOLD_AS[one.kind] for one in due ^ self._noted.pop(case.id, frozenset())}

    def _is_right(self, case: CaseLine) -> bool:
        if case.seal != record_hash(case.sealed()) or case.kind not in _KINDS:
            return False
        if case.operation is None:
            return case.kind not in (CaseKind.OVERSPENT, CaseKind.LIMIT_EXCEEDED)
        operation = self._left_open.pop(case.operation, None)
        if operation is None:
            return False
        figures = _figures(operation.details)
        told = {name: figures[name] for name in _LEFT_OPEN if name in figures}
        kind = CaseKind.OVERSPENT if OWED in told else CaseKind.LIMIT_EXCEEDED
        about = (operation.scope, operation.key, operation.household, operation.posted_at)
        return (kind, told) == (case.kind, _figures(case.details)) and about == (
            *(case.device, case.key, case.household, case.opened_at),
        )

    def _is_settled_right(self, case: CaseLine, settlement: SettlementLine) -> bool:
        if settlement.seal != record_hash(settlement.sealed()) or case.kind not in _KINDS:
            return False
        if settlement.decision not in decisions_for(CaseKind(case.kind)):
            return False
        if settlement.decision not in _POSTED_BY:
            return settlement.operation is None
        operation = self._operation(settlement.operation)
        kind = _POSTED_BY[settlement.decision]
        return operation is not None and kind in (None, operation.kind)

    def _is_answered(self, case: CaseLine, settlement: SettlementLine | None) -> bool:
        """Tell whether what was kept is still kept, or came out as it was settled."""
        name, mark = (case.device, case.key or ""), sha256((case.body or "").encode()).digest()
        if settlement is not None and settlement.decision == Decision.APPROVE:
            self._approved.discard(settlement.operation or 0)
            operation = self._operation(settlement.operation)
            return operation is not None and (
                (operation.scope, operation.key, operation.fingerprint) == (*name, mark)
            )
        request = self._kept.pop(name, None)
        reason = Refusal.IN_REVIEW if settlement is None else Refusal.REJECTED
        return request is not None and (request.reason, request.fingerprint) == (reason, mark)

    def _operation(self, number: int | None) -> OperationLine | None:
        if number is None:
            return None
        return self._answers.due.get(number) or self._answers.others.get(number)


def _figures(details: str) -> dict[str, object]:
    try:
        found = loads(details)
    except JSONDecodeError:
        return {}
    return found if isinstance(found, dict) else {}
