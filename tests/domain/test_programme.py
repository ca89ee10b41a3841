from dataclasses import replace
from datetime import UTC, datetime

from points.domain.programme import (
    Release,
    Session,
    Span,
    TimesLimit,
    Version,
    Versions,
    Who,
)
from tests.build import make_catalog, with_version, without
from tests.market import (
    BIN_BAGS,
    CHECK_IN,
    CLEAN_UP,
    DAY,
    GAME,
    HAND_IN,
    MARKET,
    PROGRAMME,
    SHIFT,
    SORTING,
    STAMP,
    TOWEL,
    at,
)

JANUARY, JUNE = datetime(2019, 1, 1, tzinfo=UTC), datetime(2019, 6, 1, tzinfo=UTC)


def test_a_version_holds_from_its_first_instant_until_the_next_one() -> None:
    first = Version(number=1, valid_from=JANUARY, item="old")
    second = Version(number=2, valid_from=JUNE, item="new")
    versions = Versions((first, second))

    just_before = datetime(2019, 5, 31, 23, 59, 59, 999_999, tzinfo=UTC)

    assert [versions.at(moment) for moment in (JANUARY, just_before, JUNE)] == [
        first,
        first,
        second,
    ]
    assert versions.latest == second


def test_the_first_version_has_been_in_force_since_ever() -> None:
    first = Version(number=1, valid_from=JUNE, item="new")

    assert Versions((first,)).at(JANUARY) == first


def test_an_event_is_open_from_opening_until_just_before_closing() -> None:
    (session,) = MARKET.sessions

    found = [
        MARKET.window_of(at(clock)) for clock in ("08:59:59.999999", "09:00", "11:59:59.999999")
    ]

    assert found == [None, session, session]
    assert MARKET.window_of(at("12:00")) is None


def test_tolerance_stretches_a_session_at_both_ends() -> None:
    tolerant = replace(MARKET, tolerance_minutes=15)
    (session,) = MARKET.sessions

    found = [tolerant.window_of(at(clock)) for clock in ("08:44:59", "08:45", "12:14:59", "12:15")]

    assert found == [None, session, session, None]


def test_an_event_of_two_sessions_is_still_to_come_between_them() -> None:
    afternoon = Session(opens=at("14:00"), closes=at("16:00"))
    event = replace(MARKET, sessions=(*MARKET.sessions, afternoon))

    assert [event.is_before(at(clock)) for clock in ("08:00", "13:00", "14:00")] == [
        True,
        True,
        False,
    ]


def test_pieces_are_held_back_until_the_instant_of_their_release() -> None:
    clocks = ("08:59", "09:00", "09:59:59", "10:00", "11:00")

    assert [TOWEL.pieces_held_back(at(clock)) for clock in clocks] == [20, 12, 12, 6, 0]
    assert replace(TOWEL, released=()).pieces_held_back(at("08:00")) == 0
    assert (
        replace(TOWEL, released=(Release(at=at("10:00"), pieces=3),)).pieces_held_back(at("09:00"))
        == 3
    )


def test_a_pause_is_the_residents_where_a_limit_names_residents() -> None:
    per_household = TimesLimit(who=Who.HOUSEHOLD, span=Span.DAY, times_max=3)

    assert GAME.cooldown_of is Who.RESIDENT
    assert replace(GAME, times=(per_household,)).cooldown_of is Who.HOUSEHOLD


def test_an_activity_looks_back_over_the_event_where_a_day_is_not_enough() -> None:
    a_day = (TimesLimit(who=Who.HOUSEHOLD, span=Span.DAY, times_max=3),)

    assert [
        activity.looks_back_over_event
        for activity in (
            *(CHECK_IN, GAME, STAMP, SHIFT, CLEAN_UP),
            replace(SORTING, cooldown_minutes=5),
            replace(SORTING, points_max_per_event=30),
        )
    ] == [True] * 7
    assert [
        activity.looks_back_over_event
        for activity in (SORTING, HAND_IN, replace(SORTING, times=a_day))
    ] == [False] * 3


def test_versions_are_told_that_were_in_force_within_a_time() -> None:
    catalog = make_catalog()
    for hour in ("10:00", "11:00", "12:00"):
        named = replace(BIN_BAGS, name=hour)
        catalog = with_version(catalog, named, valid_from=at(hour))
    versions = catalog.rewards[BIN_BAGS.key]

    def numbers(since: str, until: str) -> list[int]:
        return [it.number for it in versions.between(at(since), at(until))]

    assert numbers("10:30", "11:30") == [2, 3]
    assert numbers("10:00", "10:00") == [2]
    assert numbers("09:59", "10:00") == [1, 2]
    assert numbers("11:00", "11:30") == [3]
    assert numbers("08:00", "09:00") == [1]
    assert numbers("08:00", "13:00") == [1, 2, 3, 4]


def test_what_was_withdrawn_is_known_as_it_last_stood() -> None:
    dearer = replace(BIN_BAGS, price=40)
    catalog = with_version(make_catalog(), dearer, valid_from=at("10:00"))

    gone = without(catalog, BIN_BAGS, valid_from=at("11:00"))

    assert gone.rewards[BIN_BAGS.key].last_item == dearer
    assert catalog.rewards[BIN_BAGS.key].last_item == dearer


def test_the_catalog_gives_the_programme_of_an_instant() -> None:
    strict = replace(PROGRAMME, points_per_day_max=5)
    catalog = with_version(make_catalog(), strict, valid_from=at("00:00"))

    assert catalog.programme_at(at("23:59", on=DAY.replace(day=4))) == PROGRAMME
    assert catalog.programme_at(at("00:00")) == strict
