from dataclasses import replace

import pytest

from points.domain.access import Credential, Role
from points.domain.batch import decide_batch
from points.domain.facts import Posted
from points.domain.ids import BoothKey, CommunityKey, EventKey
from points.domain.programme import Catalog
from points.service.view import View
from tests.build import ask, make_catalog, make_device, make_earn, make_facts, make_redeem, without
from tests.market import (
    BIN_BAGS,
    BOOTHS,
    CHECK_IN,
    CLEAN_UP,
    CORRIDORS,
    MARKET,
    NOW,
    QINGSHUI,
    SHIJI,
    STAMP,
    TOWEL,
    WANG,
    at,
)

LANES = replace(CORRIDORS, key=EventKey("lanes"), community=QINGSHUI.key)


def view(caller: Credential | None = None, catalog: Catalog | None = None) -> View:
    return View(catalog or make_catalog(LANES), caller or make_device(), NOW)


def phone(
    role: Role = Role.EARN, booth: str | None = "market/1", event: str = "market"
) -> Credential:
    return make_device(
        role=role, booth=None if booth is None else BoothKey(booth), event=EventKey(event)
    )


def line(*, redeemed: bool = False) -> Posted:
    operation = make_redeem() if redeemed else make_earn()
    decided = decide_batch(make_facts(points={WANG: 100}), [ask(operation)])
    return decided.posted[0]


def test_a_phone_sees_its_own_event() -> None:
    assert view(phone()).events() == [MARKET]
    assert view(phone(booth=None, event="corridors")).events() == [CORRIDORS]


def test_a_phone_sees_its_own_booth_and_what_is_earned_there() -> None:
    seen = view(phone())

    assert seen.booths() == [BOOTHS[1]]
    assert seen.activities() == [STAMP]


@pytest.mark.parametrize("booth", [None, "market/4"])
def test_a_supervisor_sees_every_booth_wherever_they_stand(booth: str | None) -> None:
    seen = view(phone(Role.SUPERVISOR, booth))

    assert seen.is_supervisors
    assert seen.booths() == [BOOTHS[number] for number in sorted(BOOTHS)]
    assert CHECK_IN in seen.activities()
    assert STAMP in seen.activities()


def test_at_an_event_without_booths_a_phone_sees_all_that_is_earned() -> None:
    seen = view(phone(booth=None, event="corridors"))

    assert (seen.booths(), seen.activities(), seen.rewards()) == ([], [CLEAN_UP], [])


def test_rewards_are_those_of_the_event() -> None:
    assert view().rewards() == [BIN_BAGS, TOWEL]


def test_what_is_withdrawn_is_not_seen() -> None:
    catalog = without(make_catalog(), BIN_BAGS, valid_from=NOW)
    gone = without(make_catalog(), MARKET, valid_from=NOW)

    assert view(catalog=catalog).rewards() == [TOWEL]
    assert view(catalog=gone).events() == []
    assert not view(catalog=gone).welcomes(None)


def test_what_is_withdrawn_later_is_still_seen() -> None:
    catalog = without(make_catalog(), BIN_BAGS, valid_from=at("10:01"))

    assert view(catalog=catalog).rewards() == [BIN_BAGS, TOWEL]


@pytest.mark.parametrize(
    ("event", "welcome"),
    [
        ("market", {None, SHIJI.key, QINGSHUI.key}),
        ("corridors", {None, SHIJI.key}),
        ("lanes", {None, QINGSHUI.key}),
        ("nowhere", set()),
    ],
)
def test_households_of_other_communities_are_strangers(
    event: str, welcome: set[CommunityKey | None]
) -> None:
    seen = view(phone(booth=None, event=event))

    communities = (None, SHIJI.key, QINGSHUI.key)
    assert {one for one in communities if seen.welcomes(one)} == welcome


@pytest.mark.parametrize(
    ("event", "foreign"),
    [
        ("market", {"corridors", "lanes"}),
        ("corridors", {"lanes"}),
        ("lanes", {"corridors"}),
        ("nowhere", {"corridors", "lanes"}),
    ],
)
def test_events_of_other_communities_are_foreign(event: str, foreign: set[str]) -> None:
    seen = view(phone(booth=None, event=event))

    events = ("market", "corridors", "lanes", "unheard-of")
    assert {one for one in events if seen.is_foreign(EventKey(one))} == foreign
    assert not seen.is_foreign(None)


def test_a_line_is_called_what_it_was_called_when_it_happened() -> None:
    assert view().item(line()) == CHECK_IN
    assert view().item(line(redeemed=True)) == BIN_BAGS
    assert view().item(replace(line(), item=None)) is None
    assert view().item(replace(line(), item="market/unheard-of")) is None
