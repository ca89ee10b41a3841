"""Who may be let in, and for what."""

from dataclasses import replace

import pytest

from points.domain.access import Role
from points.domain.desk import DeskFault, NotDone
from points.domain.ids import BoothKey, EventKey
from points.domain.outcomes import Refusal
from points.domain.pairing import Pairing, pairing_fault
from tests.build import make_catalog, without
from tests.market import BOOTHS, CORRIDORS, MARKET, NOW

PHONE = Pairing(name="陈的手机", role=Role.EARN, event=MARKET.key, booth=BOOTHS[7].key)
CATALOG = make_catalog()


@pytest.mark.parametrize(
    "pairing",
    [
        PHONE,
        replace(PHONE, role=Role.REDEEM, booth=BOOTHS[4].key),
        replace(PHONE, role=Role.PARTNER, booth=BOOTHS[4].key),
        replace(PHONE, role=Role.SUPERVISOR),
        replace(PHONE, role=Role.SUPERVISOR, booth=None),
        replace(PHONE, event=CORRIDORS.key, booth=None),
    ],
)
def test_phones_and_partners_work_where_they_can(pairing: Pairing) -> None:
    assert pairing_fault(CATALOG, pairing) is None


@pytest.mark.parametrize(
    ("pairing", "reason"),
    [
        (replace(PHONE, role=Role.OPERATOR), DeskFault.ROLE_INVALID),
        (replace(PHONE, name=" "), DeskFault.NAME_INVALID),
        (replace(PHONE, name="陈\n"), DeskFault.NAME_INVALID),
        (replace(PHONE, event=EventKey("fair")), DeskFault.EVENT_UNKNOWN),
        (replace(PHONE, booth=None), DeskFault.BOOTH_NEEDED),
        (replace(PHONE, role=Role.PARTNER, booth=None), DeskFault.BOOTH_NEEDED),
        (
            replace(PHONE, role=Role.REDEEM, event=CORRIDORS.key, booth=None),
            DeskFault.BOOTH_NEEDED,
        ),
        (replace(PHONE, booth=BoothKey("market/99")), Refusal.BOOTH_UNKNOWN),
        (replace(PHONE, event=CORRIDORS.key), Refusal.BOOTH_UNKNOWN),
        (replace(PHONE, role=Role.REDEEM), DeskFault.BOOTH_DOES_NOT_REDEEM),
        (replace(PHONE, role=Role.PARTNER), DeskFault.BOOTH_DOES_NOT_REDEEM),
    ],
)
def test_nobody_is_let_in_where_they_could_not_work(
    pairing: Pairing, reason: DeskFault | Refusal
) -> None:
    fault = pairing_fault(CATALOG, pairing)

    assert isinstance(fault, NotDone)
    assert fault.reason is reason


def test_what_was_withdrawn_is_unknown() -> None:
    no_event = without(CATALOG, MARKET, valid_from=NOW)
    no_booth = without(CATALOG, BOOTHS[7], valid_from=NOW)

    assert pairing_fault(no_event, PHONE) == NotDone(reason=DeskFault.EVENT_UNKNOWN)
    assert pairing_fault(no_booth, PHONE) == NotDone(reason=Refusal.BOOTH_UNKNOWN)
