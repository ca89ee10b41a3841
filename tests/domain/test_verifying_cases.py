from points.domain.chain import record_hash
from points.domain.findings import Code, Findings
from points.domain.stored import CaseLine, SettlementLine
from points.domain.verifying_cases import Answers, check_cases

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


def check(cases: list[CaseLine], settlements: list[SettlementLine]) -> list[Code]:
    findings = Findings()
    check_cases(cases, settlements, Answers(due={}, kept={}), findings)
    return [one.code for one in findings.items]


def test_what_nobody_changed_is_right() -> None:
    assert check([sealed(GAP)], [settled(NOTED)]) == []


def test_a_seal_that_does_not_fit_is_found() -> None:
    assert check([GAP], []) == [Code.CASE_DIFFERS]
    assert check([sealed(GAP)], [NOTED]) == [Code.SETTLEMENT_DIFFERS]


def test_a_decision_that_does_not_fit_and_a_settlement_of_nothing_are_found() -> None:
    approved = settled(NOTED._replace(decision="approve"))

    assert check([sealed(GAP)], [approved]) == [Code.SETTLEMENT_DIFFERS]
    assert check([], [settled(NOTED)]) == [Code.SETTLEMENT_DIFFERS]


def test_an_overdraft_without_its_operation_is_found() -> None:
    assert check([sealed(GAP._replace(kind="overspent"))], []) == [Code.CASE_DIFFERS]
