from dataclasses import replace
from datetime import timedelta
from fractions import Fraction

import pytest

from points.domain.access import OPERATOR, Credential
from points.domain.exposure import Exposure
from points.service.exposure import read_exposure
from points.service.posting import Book, post
from points.service.transactions import transaction
from points.storage.catalog import Change, add_changes
from points.storage.engine import Database
from tests.build import ask, make_catalog, make_device, with_version
from tests.goods import COLLEAGUE, PHONE, give_back, handout, lease
from tests.market import BIN_BAGS, CORRIDORS, NOW, PROGRAMME, REDEEMING, TOWEL, WANG
from tests.save import open_market

SUPERVISOR = make_device(number=9, booth=None)
CATALOG = make_catalog(replace(PROGRAMME, fen_per_point=Fraction(1, 4)))


@pytest.fixture
def book(database: Database) -> Book:
    book = open_market(database, catalog=CATALOG, points={WANG: 1000})
    acts = [
        *(ask(it, by=PHONE) for it in (lease(5), lease(2, reward=TOWEL.key), give_back(1))),
        ask(lease(3, COLLEAGUE.id), by=COLLEAGUE),
        handout(quantity=2),
    ]
    post(book, acts)
    return book


def told(found: Exposure) -> list[tuple[str, list[tuple[str, int]]]]:
    return [(it.booth, [(one.device, one.points) for one in it.phones]) for it in found.booths]


def test_what_phones_still_have_is_what_can_be_lost(book: Book) -> None:
    found = read_exposure(book, SUPERVISOR, now=NOW)

    assert told(found) == [(REDEEMING, [(PHONE.id, 60 + 1600), (COLLEAGUE.id, 90)])]
    assert (found.points, found.fen(found.points)) == (1750, 438)
    assert found.ceiling_points == PROGRAMME.offline_points_per_card_max


@pytest.mark.parametrize(
    ("caller", "points"),
    [(OPERATOR, 1750), (make_device(event=CORRIDORS.key, booth=None), 0)],
    ids=["operator", "supervisor of another event"],
)
def test_a_supervisor_is_told_of_the_own_event_and_the_operator_of_all(
    book: Book, caller: Credential, points: int
) -> None:
    assert read_exposure(book, caller, now=NOW).points == points


def test_goods_count_at_the_dearest_price_that_is_honoured_now(database: Database) -> None:
    cheaper = with_version(CATALOG, replace(BIN_BAGS, price=20), valid_from=NOW)
    book = open_market(database, catalog=cheaper)
    post(book, [ask(lease(5), by=PHONE)])

    days = [read_exposure(book, OPERATOR, now=NOW + timedelta(days=it)).points for it in (0, 2)]

    assert days == [150, 100]


def test_goods_that_were_withdrawn_since_still_count(database: Database) -> None:
    book = open_market(database, catalog=CATALOG)
    post(book, [ask(lease(5), by=PHONE)])
    gone = Change(kind="reward", key=BIN_BAGS.key, number=2, valid_from=NOW, item=None)
    with transaction(database) as connection:
        add_changes(connection, [gone])

    assert read_exposure(book, OPERATOR, now=NOW + timedelta(days=9)).points == 150
