"""When a phone is accounted for, and since when its word counts."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from points.domain.access import Role
from points.domain.closing import EventEnd, Phone, Shortfall, Watched, counts_since, watched
from points.domain.ids import CredentialId
from tests.market import MARKET, NOW, REDEEMING, at
from tests.told import make_report

DONE = Phone(
    device=CredentialId("device:7"),
    name="redeem 4",
    role=Role.REDEEM,
    booth=REDEEMING,
    report=make_report(),
)
EARLIER, LATER = NOW - timedelta(seconds=1), NOW + timedelta(seconds=1)


def missing(since: datetime | None = NOW, **given: Any) -> tuple[Shortfall, ...]:
    return watched(replace(DONE, **given), since=since).shortfalls


@pytest.mark.parametrize(
    ("since", "given"),
    [
        (NOW, {}),
        (EARLIER, {}),
        (None, {}),
        (NOW, {"last_act_at": NOW}),
        (NOW, {"is_revoked": True}),
        (NOW, {"holder": "Chen"}),
    ],
)
def test_a_phone_that_has_said_so_since_and_done_nothing_after_is_accounted_for(
    since: datetime | None, given: dict[str, Any]
) -> None:
    assert missing(since, **given) == ()


@pytest.mark.parametrize(
    ("since", "given", "shortfall"),
    [
        (None, {"report": None}, Shortfall.NEVER_REPORTED),
        (LATER, {}, Shortfall.NOT_SINCE),
        (NOW, {"last_act_at": LATER}, Shortfall.ACTED_SINCE),
        (NOW, {"report": make_report(waiting=1)}, Shortfall.WAITING),
        (NOW, {"report": make_report(attention=1)}, Shortfall.ATTENTION),
        (NOW, {"is_journal_here": False}, Shortfall.JOURNAL_BEHIND),
        (NOW, {"not_settled": 1}, Shortfall.NOT_SETTLED),
    ],
)
def test_each_thing_that_is_left_is_named(
    since: datetime | None, given: dict[str, Any], shortfall: Shortfall
) -> None:
    assert missing(since, **given) == (shortfall,)


def test_all_that_is_left_is_named_at_once() -> None:
    phone = replace(
        DONE,
        report=make_report(at=EARLIER, waiting=23, attention=2),
        last_act_at=NOW,
        is_journal_here=False,
        not_settled=3,
    )

    assert watched(phone, since=NOW) == Watched(
        phone, tuple(one for one in Shortfall if one is not Shortfall.NEVER_REPORTED)
    )


@pytest.mark.parametrize(
    ("asked_at", "now", "since"),
    [
        (None, at("11:00"), None),
        (at("11:00"), at("11:00"), at("11:00")),
        (None, at("12:09"), None),
        (None, at("12:10"), at("12:10")),
        (at("11:00"), at("13:00"), at("11:00")),
        (at("12:30"), at("13:00"), at("12:10")),
    ],
)
def test_a_report_counts_since_closing_was_asked_for_or_the_last_session_was_over(
    asked_at: datetime | None, now: datetime, since: datetime | None
) -> None:
    event = replace(MARKET, tolerance_minutes=10)  # until noon

    assert counts_since(event, EventEnd(asked_at=asked_at), now) == since
