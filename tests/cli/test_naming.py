"""Short names, and what is said where they fit nothing or too much."""

from dataclasses import replace

import pytest
import typer

from points.cli.naming import (
    ACTIVITY,
    EVENT,
    REWARD,
    booths_of,
    find_event,
    find_key,
    in_force,
    listed,
)
from points.domain.ids import ActivityKey, BoothKey, EventKey
from points.domain.programme import Reward, Version, Versions
from tests.build import make_catalog
from tests.market import CORRIDORS, MARKET, NOW, TOWEL

CATALOG = make_catalog()


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POINTS_LANGUAGE", "en")


def test_a_thing_goes_by_its_key_or_by_the_end_of_it() -> None:
    assert find_key(CATALOG.rewards, "market/towel", REWARD) == TOWEL.key
    assert find_key(CATALOG.rewards, "towel", REWARD) == TOWEL.key


@pytest.mark.parametrize("name", ["", "tow", "market", "market/", "/towel", "soap"])
def test_a_name_that_fits_nothing_is_answered_by_what_there_is(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(typer.Exit) as ended:
        find_key(CATALOG.rewards, name, REWARD)

    assert ended.value.exit_code == 2
    assert capsys.readouterr().err == (
        f"There is no reward {name}. There are: market/bin-bags, market/towel\n"
    )


def test_a_name_that_fits_more_than_one_must_be_written_in_full(
    capsys: pytest.CaptureFixture[str],
) -> None:
    [market_game] = [key for key in CATALOG.activities if key == "market/game"]
    versions = CATALOG.activities[market_game]
    activities = {**CATALOG.activities, ActivityKey("lanes/game"): versions}

    with pytest.raises(typer.Exit):
        find_key(activities, "game", ACTIVITY)

    assert capsys.readouterr().err == (
        "game names more than one activity; write it in full: market/game, lanes/game\n"
    )


def test_what_was_withdrawn_is_only_found_by_its_whole_name(
    capsys: pytest.CaptureFixture[str],
) -> None:
    gone: Version[Reward] = Version(number=2, valid_from=NOW, item=None)
    rewards = {TOWEL.key: Versions((*CATALOG.rewards[TOWEL.key].all, gone))}

    assert find_key(rewards, "market/towel", REWARD) == TOWEL.key
    with pytest.raises(typer.Exit):
        find_key(rewards, "towel", REWARD)
    assert in_force(rewards) == {}
    assert capsys.readouterr().err == "There is no reward towel. There are: none\n"


def test_the_only_event_with_booths_need_not_be_named() -> None:
    assert find_event(CATALOG, None) == MARKET.key
    assert find_event(CATALOG, "corridors") == CORRIDORS.key


def test_where_several_events_have_booths_one_must_be_named(
    capsys: pytest.CaptureFixture[str],
) -> None:
    other = replace(MARKET, key=EventKey("other"))
    [booth] = [one for one in booths_of(CATALOG, MARKET.key) if one.number == 4]
    catalog = make_catalog(other, replace(booth, key=BoothKey(booth.key + "b"), event=other.key))

    with pytest.raises(typer.Exit) as ended:
        find_event(catalog, None)

    assert ended.value.exit_code == 2
    assert capsys.readouterr().err == "Say which with --event: market, corridors, other\n"


def test_an_event_that_is_not_there_is_answered_by_those_that_are(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(typer.Exit):
        find_event(CATALOG, "fair")

    assert capsys.readouterr().err == "There is no event fair. There are: market, corridors\n"


def test_booths_come_in_order_of_their_numbers() -> None:
    assert [one.number for one in booths_of(CATALOG, MARKET.key)] == [1, 2, 3, 4, 5, 6, 7]


def test_a_long_list_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    assert listed(range(31)) == ", ".join([*map(str, range(30)), "…"])
    assert listed([]) == "none"
    monkeypatch.setenv("POINTS_LANGUAGE", "zh")
    assert (listed([1, 2]), listed([])) == ("1、2", "无")
    assert EVENT == ("活动", "event")
