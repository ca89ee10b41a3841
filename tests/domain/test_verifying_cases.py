from points.domain.chain import record_hash
from points.domain.findings import Code, Findings
from points.domain.notes import Note, NoteKind, collect_notes, note, write_notes
from points.domain.stored import CaseLine, SettlementLine
from points.domain.verifying_cases import NOTE_KINDS, Answers, check_cases

GAP = CaseLine(
    id=1,
    kind="journal_gap",
    reference="gap",
    opened_at=5,
    device="device:4",
    event=None,
    booth=None,
    household=None,
    key=None,
    operation=None,
    body=None,
    is_offline=0,
    details="{}",
    seal=b"",
)
NOTED = SettlementLine(1, "k", "noted", "device:9", 6, None, b"")


def sealed(case: CaseLine) -> CaseLine:
    return case._replace(seal=record_hash(case.sealed()))


def settled(settlement: SettlementLine) -> SettlementLine:
    return settlement._replace(seal=record_hash(settlement.sealed()))


def check(
    cases: list[CaseLine], settlements: list[SettlementLine], *, noted: str | None = None
) -> list[Code]:
    findings = Findings()
    notes = write_notes(_note(one) for one in settlements) if noted is None else noted
    answers = Answers(due={}, kept={}, noted=collect_notes([notes or ""], NOTE_KINDS))
    check_cases(cases, settlements, answers, findings)
    return [one.code for one in findings.items]


def _note(settlement: SettlementLine) -> Note:
    return note(NoteKind.SETTLEMENT, settlement.sealed(), subject=settlement.id)


def test_what_nobody_changed_is_right() -> None:
    assert check([sealed(GAP)], [settled(NOTED)]) == []


def test_a_seal_that_does_not_fit_is_found() -> None:
    assert check([GAP], []) == [Code.CASE_DIFFERS]
    assert check([sealed(GAP)], [NOTED]) == [Code.SETTLEMENT_DIFFERS]


def test_a_decision_that_does_not_fit_and_a_settlement_of_nothing_are_found() -> None:
    approved = settled(NOTED._replace(decision="approve"))

    assert check([sealed(GAP)], [approved]) == [Code.SETTLEMENT_DIFFERS]
    assert check([], [settled(NOTED)], noted="") == [Code.SETTLEMENT_DIFFERS]


def test_an_overdraft_without_its_operation_is_found() -> None:
    assert check([sealed(GAP._replace(kind="overspent"))], []) == [Code.CASE_DIFFERS]


def test_a_settlement_that_no_batch_notes_and_one_that_is_gone_are_found() -> None:
    notes = write_notes([_note(settled(NOTED))])

    assert check([sealed(GAP)], [settled(NOTED)], noted="") == [Code.SETTLEMENT_DIFFERS]
    assert check([sealed(GAP)], [], noted=notes) == [Code.SETTLEMENT_DIFFERS]
    assert check([], [], noted=notes) == [Code.CASE_MISSING]


def test_what_a_phone_lost_is_noted_by_no_batch() -> None:
    notes = write_notes([note(NoteKind.CASE, sealed(GAP).sealed(), subject=GAP.id)])

    assert check([sealed(GAP)], [], noted=notes) == [Code.CASE_DIFFERS]
