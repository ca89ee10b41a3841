import pytest

from points.domain.cases import (
    Case,
    CaseId,
    CaseKind,
    Decision,
    decisions_for,
    doubts_of,
    operation_reference,
    suggested,
)
from points.domain.ids import CredentialId
from points.domain.operations import OperationKey
from points.domain.outcomes import Refusal
from tests.market import NOW
from tests.matters import make_case


def opened(kind: CaseKind, **details: int | str) -> Case:
    return Case(id=CaseId(1), opened_at=NOW, about=make_case(kind=kind, details=details))


def test_what_is_kept_is_approved_or_rejected() -> None:
    assert decisions_for(CaseKind.REVIEW) == (Decision.APPROVE, Decision.REJECT)


def test_what_is_owed_is_forgiven_or_stays_owed() -> None:
    assert decisions_for(CaseKind.OVERSPENT) == (Decision.FORGIVE, Decision.KEEP_OWED)


@pytest.mark.parametrize("kind", sorted(set(CaseKind) - {CaseKind.REVIEW, CaseKind.OVERSPENT}))
def test_everything_else_is_only_noted(kind: CaseKind) -> None:
    assert decisions_for(kind) == (Decision.NOTED,)


@pytest.mark.parametrize(
    ("doubts", "decision"),
    [
        ("price_changed", Decision.APPROVE),
        ("credential_revoked,out_of_stock", Decision.APPROVE),
        ("card_frozen", Decision.REJECT),
        ("price_changed,card_replaced", Decision.REJECT),
    ],
)
def test_goods_are_charged_unless_the_card_was_in_nobody_knows_whose_hands(
    doubts: str, decision: Decision
) -> None:
    kept = opened(CaseKind.REVIEW, doubts=doubts)

    assert suggested(kept, forgive_points_max=10) is decision


@pytest.mark.parametrize(("owed", "decision"), [(10, Decision.FORGIVE), (11, Decision.KEEP_OWED)])
def test_what_may_be_forgiven_is_suggested_to_be(owed: int, decision: Decision) -> None:
    overspent = opened(CaseKind.OVERSPENT, owed=owed)

    assert suggested(overspent, forgive_points_max=10) is decision


@pytest.mark.parametrize("kind", CaseKind)
def test_what_is_suggested_can_be_decided(kind: CaseKind) -> None:
    assert suggested(opened(kind), forgive_points_max=0) in decisions_for(kind)


def test_doubts_are_read_back_in_their_order() -> None:
    assert doubts_of({"doubts": "price_changed,out_of_stock", "left": 3}) == (
        Refusal.PRICE_CHANGED,
        Refusal.OUT_OF_STOCK,
    )
    assert doubts_of({}) == ()


def test_two_phones_may_name_an_operation_alike() -> None:
    name = OperationKey("k")
    one, other = (operation_reference(CredentialId(it), name) for it in ("device:1", "device:2"))

    assert one != other
