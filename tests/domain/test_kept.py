from dataclasses import replace
from typing import get_args

import pytest

from points.domain.ids import OperationId
from points.domain.kept import read_operation
from points.domain.operations import (
    CashSlip,
    Give,
    IssueSlip,
    Operation,
    OperationKey,
    Phase,
    ReceiveGift,
    canonical,
    slip_by_code,
)
from tests.build import make_earn, make_redeem, make_undo
from tests.domain.test_batch import EVERY_KIND
from tests.goods import lease
from tests.market import DAY, NOW, WANG, WANG_CARD

PAPER = slip_by_code(bytes(32))

OFFLINE: list[Operation] = [
    make_earn(grams={"paper": 5}, phase=Phase.CHECK_OUT, building="3", is_offline=True),
    make_redeem(reserve="elders", is_offline=True),
    make_undo("one", claws_back=True, is_offline=True),
    CashSlip(slip=PAPER, card=WANG_CARD, occurred_at=NOW, is_offline=True),
]
LIVE: list[Operation] = [
    *EVERY_KIND,
    lease(),
    IssueSlip(slip=PAPER, points=5, last_day=DAY, occurred_at=NOW, attempt=OperationKey("attempt")),
    ReceiveGift(gift=OperationId(7), household=WANG, points=5, occurred_at=NOW),
]
NEVER_KEPT = {Give}
"""Whoever gives waits for the answer, and the line names no instant."""


def test_every_kind_is_tried() -> None:
    assert {type(operation) for operation in LIVE} == set(get_args(Operation)) - NEVER_KEPT


@pytest.mark.parametrize("operation", LIVE, ids=lambda it: it.kind)
def test_what_was_kept_is_read_back_as_it_was_asked(operation: Operation) -> None:
    assert read_operation(canonical(operation), is_offline=False) == operation


@pytest.mark.parametrize("operation", OFFLINE, ids=lambda it: it.kind)
def test_what_happened_without_a_network_still_did(operation: Operation) -> None:
    assert read_operation(canonical(operation), is_offline=True) == operation


def test_what_cannot_happen_without_a_network_did_not() -> None:
    assert read_operation(canonical(lease()), is_offline=True) == lease()


def test_it_is_written_again_as_it_was_kept() -> None:
    body = canonical(replace(make_earn(), quantity=3))

    assert canonical(read_operation(body, is_offline=False)) == body
