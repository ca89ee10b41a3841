from dataclasses import replace
from typing import Any

import pytest

from points.domain.ids import BoothKey, CredentialId, RewardKey
from points.domain.operations import LeaseStock, Operation, ReturnStock
from points.web.api.items import operation_of, read_item
from points.web.shapes import WrongField
from tests.market import NOW
from tests.web.served import CALLERS, Served, lease, name, redeem

PHONE = CALLERS["redeeming"]
MOMENT = {"id": "b0a7b9a0-0000-4000-8000-000000000001", "occurred_at": NOW.isoformat()}
LEASED = LeaseStock(
    reward=RewardKey("market/bin-bags"),
    booth=BoothKey("market/4"),
    device=PHONE.id,
    quantity=5,
    occurred_at=NOW,
)
RETURNED = ReturnStock(
    reward=LEASED.reward,
    booth=LEASED.booth,
    device=PHONE.id,
    quantity=5,
    occurred_at=NOW,
)


def meant(content: object, caller: str = "redeeming") -> Operation:
    item = read_item(content)
    assert not isinstance(item, WrongField), item
    return operation_of(item, CALLERS[caller])


def test_a_phone_leases_for_itself_at_its_own_booth() -> None:
    assert meant(lease()) == LEASED


def test_a_phone_without_a_booth_names_none() -> None:
    nowhere = replace(LEASED, booth=BoothKey(""), device=CALLERS["supervisor"].id)

    assert meant(lease(), "supervisor") == nowhere


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({}, RETURNED),
        (
            {"device": "device:7", "booth": 6},
            replace(RETURNED, device=CredentialId("device:7"), booth=BoothKey("market/6")),
        ),
    ],
)
def test_a_phone_brings_its_own_back_or_a_supervisor_anothers(
    more: dict[str, Any], expected: ReturnStock
) -> None:
    assert meant(lease(kind="stock_returned", **more)) == expected


@pytest.mark.parametrize("device", ["device:0", "device:07", "partner:1", "device:123456789", ""])
def test_what_is_no_phone_has_nothing_to_bring_back(device: str) -> None:
    content = lease(kind="stock_returned", device=device)

    assert read_item(content) == WrongField("device", "not_in_form")


def test_leased_goods_are_handed_out_without_a_network_and_the_rest_comes_back(
    served: Served,
) -> None:
    answers = served.operate(
        "redeeming",
        lease(),
        redeem(offline=True),
        lease(kind="stock_returned", quantity=4),
        lease(kind="stock_returned", quantity=1),
    )

    assert [answer["code"] for answer in answers] == [None, None, None, "out_of_stock"]
    assert answers[0]["message"] == "The goods are with this phone"
    assert answers[2]["message"] == "The goods are back at the booth"
    assert answers[1]["evidence"] == "offline"


def test_a_supervisor_brings_back_what_a_lost_phone_had(served: Served) -> None:
    served.operate("redeeming", lease())
    back = lease(kind="stock_returned", device="device:4", booth=4)

    [answer] = served.operate("supervisor", back)
    [foreign] = served.operate("stamps", back | {"id": name()})

    assert (answer["status"], foreign["code"]) == ("accepted", "not_allowed")
