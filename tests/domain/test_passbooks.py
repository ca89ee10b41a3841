from dataclasses import replace
from datetime import timedelta

import pytest

from points.domain.ids import CommunityKey, EventKey
from points.domain.passbooks import (
    Line,
    Meeting,
    first_with_goods,
    line_of,
    meetings_ahead,
    pieces_affordable,
)
from points.domain.programme import Event, Session
from tests.build import make_catalog
from tests.domain.test_chain import POSTED
from tests.market import BIN_BAGS, BOOTHS, CORRIDORS, MARKET, NOW, QINGSHUI, SHIJI, TOWEL, at

CATALOG = make_catalog()


def test_meetings_are_those_that_are_on_or_to_come_soonest_first() -> None:
    two_days = Event(
        key=EventKey("later"),
        name="两天的活动",
        sessions=(
            Session(opens=at("14:00"), closes=at("15:00")),
            Session(opens=at("09:00") + timedelta(days=1), closes=at("10:00") + timedelta(days=1)),
        ),
    )
    catalog = make_catalog(two_days)

    ahead = meetings_ahead(catalog, None, at("12:00"))

    assert ahead == [Meeting(event=two_days, session=session) for session in two_days.sessions]
    assert [meeting.is_on(at("14:00")) for meeting in ahead] == [True, False]


@pytest.mark.parametrize(
    ("community", "events"),
    [(SHIJI.key, [CORRIDORS, MARKET]), (QINGSHUI.key, [MARKET]), (None, [MARKET])],
)
def test_what_is_a_communitys_own_is_shown_to_its_households_alone(
    community: CommunityKey | None, events: list[Event]
) -> None:
    ahead = meetings_ahead(CATALOG, community, NOW)

    assert [meeting.event for meeting in ahead] == events


def test_goods_are_looked_for_at_the_soonest_event_that_has_any() -> None:
    ahead = meetings_ahead(CATALOG, SHIJI.key, NOW)

    assert first_with_goods(CATALOG, ahead, NOW) == Meeting(
        event=MARKET, session=MARKET.sessions[0]
    )
    assert first_with_goods(CATALOG, [], NOW) is None


def test_a_line_has_the_names_that_things_had_then() -> None:
    posted = replace(POSTED, item=BIN_BAGS.key, booth=BOOTHS[4].key, event=MARKET.key)
    bare = replace(POSTED, item="gone")

    assert line_of(CATALOG, posted, is_undone=True) == Line(
        posted=posted, item=BIN_BAGS, booth=BOOTHS[4], event=MARKET, is_undone=True
    )
    assert line_of(CATALOG, bare, is_undone=False) == Line(
        posted=bare, item=None, booth=None, event=None, is_undone=False
    )


def test_points_buy_no_more_pieces_than_a_household_may_have() -> None:
    pieces = [
        pieces_affordable(TOWEL, 799),
        pieces_affordable(TOWEL, 1_600),
        pieces_affordable(BIN_BAGS, 300),
        pieces_affordable(replace(BIN_BAGS, price=0), 300),
    ]

    assert pieces == [0, 2, 2, 0]
