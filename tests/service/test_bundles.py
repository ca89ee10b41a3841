from dataclasses import replace

from points.domain.access import Role
from points.domain.ids import BoothKey, EventKey
from points.domain.notices import notice_of
from points.service.bundles import Bundle, Lease, read_bundle
from points.service.posting import Book, post
from points.service.reading import read_activities, read_offers
from points.storage.engine import Database
from tests.build import ask, make_catalog, make_device, without
from tests.goods import BAGS, COLLEAGUE, lease
from tests.market import BOOTHS, CORRIDORS, MARKET, NOW, PROGRAMME, QINGSHUI, REDEEMING, SHIJI
from tests.save import open_market

PHONE = make_device(role=Role.REDEEM)


def test_a_phone_is_given_what_it_may_see(database: Database) -> None:
    book = open_market(database)

    found = read_bundle(book, PHONE, now=NOW)

    assert found == Bundle(
        programme=PROGRAMME,
        event=MARKET,
        booth=BOOTHS[4],
        communities=(QINGSHUI, SHIJI),
        activities=tuple(read_activities(book, PHONE, now=NOW)),
        offers=tuple(read_offers(book, PHONE, now=NOW)),
        leases=(),
        notice=notice_of(PROGRAMME),
        quiz=None,
    )


def test_a_phone_is_told_the_goods_that_it_has_with_it_and_no_others(database: Database) -> None:
    book = open_market(database)
    post(book, [ask(lease(5), by=PHONE), ask(lease(3, COLLEAGUE.id), by=COLLEAGUE)])

    found = read_bundle(book, PHONE, now=NOW)

    assert found.leases == (Lease(reward=BAGS.reward, pieces=5),)


def test_at_a_communitys_event_cards_are_bound_to_its_own_households(database: Database) -> None:
    phone = make_device(role=Role.EARN, event=CORRIDORS.key, booth=None)

    found = read_bundle(open_market(database), phone, now=NOW)

    assert (found.booth, found.communities) == (None, (SHIJI,))


def test_a_phone_of_an_event_that_was_called_off_is_given_nothing_to_do(database: Database) -> None:
    book = open_market(database, catalog=without(make_catalog(), MARKET, valid_from=NOW))

    found = read_bundle(book, PHONE, now=NOW)

    assert (found.event, found.communities) == (None, ())


def test_a_phone_of_an_unknown_event_is_given_nothing_to_do(database: Database) -> None:
    book: Book = open_market(database)
    stranger = replace(PHONE, event=EventKey("fair"), booth=BoothKey("fair/1"))

    found = read_bundle(book, stranger, now=NOW)

    assert (found.event, found.booth, found.activities, found.offers) == (None, None, (), ())
    assert PHONE.booth == REDEEMING
