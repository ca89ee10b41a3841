from dataclasses import replace
from datetime import timedelta
from fractions import Fraction

import pytest

from points.domain.exposure import Held, dearest, exposure_of, in_yuan
from points.domain.ids import BoothKey, CredentialId, EventKey
from tests.build import make_catalog, with_version, without
from tests.market import BIN_BAGS, BOOTHS, MARKET, NOW, REDEEMING, TOWEL

FOUR, FIVE = CredentialId("device:4"), CredentialId("device:5")
BAGS = Held(device=FOUR, event=MARKET.key, booth=REDEEMING, reward=BIN_BAGS, pieces=5, price=30)
TOWELS = replace(BAGS, reward=TOWEL, pieces=2, price=800)


def test_the_worst_case_is_every_piece_at_its_price_by_phone_booth_and_event() -> None:
    colleague = replace(BAGS, device=FIVE, pieces=1)
    elsewhere = replace(BAGS, booth=BOOTHS[7].key, pieces=3)
    other_event = replace(BAGS, event=EventKey("fair"), booth=BoothKey("fair/1"), pieces=1)

    found = exposure_of(
        [elsewhere, TOWELS, colleague, BAGS, other_event],
        fen_per_point=Fraction(10),
        ceiling_points=60,
    )

    told = [
        (one.event, one.booth, one.points, [(it.device, it.points) for it in one.phones])
        for one in found.booths
    ]
    assert told == [
        ("fair", "fair/1", 30, [(FOUR, 30)]),
        (MARKET.key, REDEEMING, 1780, [(FOUR, 1750), (FIVE, 30)]),
        (MARKET.key, BOOTHS[7].key, 90, [(FOUR, 90)]),
    ]
    assert (found.points, found.fen(found.points), found.ceiling_points) == (1900, 19000, 60)


def test_where_nothing_was_taken_along_nothing_can_be_lost() -> None:
    found = exposure_of([], fen_per_point=Fraction(10), ceiling_points=60)

    assert (found.points, found.fen(found.points), found.booths) == (0, 0, ())


@pytest.mark.parametrize(("points", "fen"), [(0, 0), (1, 1), (3, 1), (4, 2)])
def test_a_worst_case_is_rounded_up(points: int, fen: int) -> None:
    found = exposure_of([], fen_per_point=Fraction(1, 3), ceiling_points=0)

    assert found.fen(points) == fen


@pytest.mark.parametrize(("hours", "price"), [(23, 30), (24, 20), (-1, 30)])
def test_a_price_counts_for_as_long_as_it_is_honoured(hours: int, price: int) -> None:
    cheaper = replace(BIN_BAGS, price=20)
    catalog = with_version(make_catalog(), cheaper, valid_from=NOW - timedelta(hours=hours))

    assert dearest(catalog.rewards[BIN_BAGS.key], NOW) == price


def test_what_was_withdrawn_long_ago_has_no_price() -> None:
    catalog = without(make_catalog(), BIN_BAGS, valid_from=NOW - timedelta(days=2))

    assert dearest(catalog.rewards[BIN_BAGS.key], NOW) == 0


@pytest.mark.parametrize(("fen", "yuan"), [(0, "0.00"), (5, "0.05"), (1250, "12.50")])
def test_fen_are_told_as_yuan(fen: int, yuan: str) -> None:
    assert in_yuan(fen) == yuan
