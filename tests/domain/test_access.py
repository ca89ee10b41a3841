import pytest

from points.domain.access import MAY_DO, OPERATOR, Role, may_do, oversees
from points.domain.ids import CredentialId
from points.domain.operations import Kind
from tests.build import make_device
from tests.market import CORRIDORS, MARKET

ALLOWED = {
    Kind.EARN: {Role.EARN, Role.REDEEM, Role.SUPERVISOR, Role.OPERATOR},
    Kind.REDEEM: {Role.REDEEM, Role.SUPERVISOR, Role.PARTNER, Role.OPERATOR},
    Kind.UNDO: {Role.EARN, Role.REDEEM, Role.SUPERVISOR, Role.PARTNER, Role.OPERATOR},
    Kind.ADJUST: {Role.OPERATOR},
    Kind.EXPIRE: {Role.OPERATOR},
    Kind.MERGE: {Role.OPERATOR},
    Kind.STOCK_RECEIVED: {Role.OPERATOR},
    Kind.STOCK_MOVED: {Role.SUPERVISOR, Role.OPERATOR},
    Kind.STOCK_COUNTED: {Role.SUPERVISOR, Role.OPERATOR},
    Kind.STOCK_LEASED: {Role.REDEEM, Role.SUPERVISOR, Role.OPERATOR},
    Kind.STOCK_RETURNED: {Role.REDEEM, Role.SUPERVISOR, Role.OPERATOR},
    Kind.SLIP_ISSUED: {Role.EARN, Role.REDEEM, Role.SUPERVISOR, Role.OPERATOR},
    Kind.SLIP_CASHED: {Role.REDEEM, Role.SUPERVISOR, Role.OPERATOR},
    Kind.BUILDING_CLOSED: {Role.OPERATOR},
    Kind.SHARE: {Role.OPERATOR},
    Kind.BUDGET_SET: {Role.OPERATOR},
    Kind.GIVE: {Role.RESIDENT, Role.OPERATOR},
    Kind.GIFT_RECEIVED: set(),
}


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("role", Role)
def test_a_role_may_do_what_is_listed_and_nothing_else(kind: Kind, role: Role) -> None:
    assert may_do(make_device(role=role), kind) is (role in ALLOWED[kind])


def test_every_role_is_listed() -> None:
    assert MAY_DO.keys() == set(Role)


def test_a_supervisor_oversees_the_own_event_alone() -> None:
    supervisor = make_device()

    seen = [oversees(supervisor, event) for event in (MARKET.key, CORRIDORS.key, None)]

    assert seen == [True, False, False]


def test_nobody_else_at_an_event_oversees_it() -> None:
    roles = [Role.EARN, Role.REDEEM, Role.PARTNER]

    assert [oversees(make_device(role=role), MARKET.key) for role in roles] == [False] * 3


def test_the_operator_oversees_everything() -> None:
    assert OPERATOR.id == CredentialId("operator:cli")
    assert oversees(OPERATOR, MARKET.key)
    assert oversees(OPERATOR, None)
