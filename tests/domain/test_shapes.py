from points.domain.ids import (
    AccountKind,
    HouseholdId,
    ShelfId,
    SystemAccount,
    account_id,
    goods,
    system,
    wallet,
)
from points.domain.operations import Kind
from points.domain.shapes import GOODS, ISSUED, SHAPES, WALLET, owner_of, side_of
from tests.memory import Memory
from tests.walk import Walk, facts_before


def test_every_kind_of_operation_has_a_shape() -> None:
    assert SHAPES.keys() == set(Kind)


def test_an_account_is_on_the_side_of_its_kind() -> None:
    assert side_of(wallet(HouseholdId(7))) == WALLET
    assert side_of(goods(ShelfId(9))) == GOODS
    assert side_of(system(SystemAccount.ISSUED)) == ISSUED
    assert owner_of(wallet(HouseholdId(7))) == 7


def test_no_system_side_is_forgotten() -> None:
    named = {side for shape in SHAPES.values() for flow in shape.points for side in flow}

    assert {account_id(AccountKind.SYSTEM, side) for side in SystemAccount} <= named


def test_whatever_is_posted_has_the_shape_of_its_kind() -> None:
    book = Memory(facts_before())
    walk = Walk(1, book)
    for _ in range(800):
        book.set(walk.now)
        book.post(*walk.batch())

    flows = {
        (posted.kind, (side_of(entry.debit), side_of(entry.credit)))
        for posted in book.posted
        for entry in posted.entries
    }

    assert all(flow in SHAPES[kind].points for kind, flow in flows)
    assert len(flows) > 20
