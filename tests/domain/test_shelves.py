from points.domain.ids import CredentialId
from points.domain.programme import Shelf
from points.domain.shelves import free_to_leave, kept_back, lease_of, on_shelf, pieces_on
from points.domain.state import State
from tests.build import make_device, make_facts
from tests.market import BIN_BAGS, BOOTHS, REDEEMING, TOWEL, at

TOWELS = Shelf(reward=TOWEL.key, booth=REDEEMING)


def test_a_reserve_may_have_its_own_pieces_and_everybodys() -> None:
    state = State(make_facts())

    assert pieces_on(state, TOWELS) == 16
    assert on_shelf(state, TOWEL, REDEEMING) == 16
    assert on_shelf(state, TOWEL, REDEEMING, "elders") == 20


def test_nothing_stands_where_there_is_no_shelf() -> None:
    assert (
        pieces_on(State(make_facts()), Shelf(reward=TOWEL.key, booth=REDEEMING, reserve="x")) == 0
    )


def test_what_is_not_released_yet_is_kept_back_at_the_home_booth_alone() -> None:
    assert kept_back(TOWEL, REDEEMING, at("09:30")) == 12
    assert kept_back(TOWEL, REDEEMING, at("11:00")) == 0
    assert kept_back(TOWEL, BOOTHS[7].key, at("09:30")) == 0


def test_what_is_kept_back_is_not_free_to_leave() -> None:
    assert free_to_leave(State(make_facts(now=at("09:30"))), TOWEL, REDEEMING) == 4
    assert free_to_leave(State(make_facts(now=at("08:00"))), TOWEL, REDEEMING) == 0
    assert free_to_leave(State(make_facts()), BIN_BAGS, REDEEMING) == 400


def test_only_a_phone_has_pieces_with_it() -> None:
    state, phone = State(make_facts()), make_device()
    partner = make_device(number=1)

    assert lease_of(state, phone, TOWELS) is not None
    assert lease_of(state, phone, Shelf(reward=TOWEL.key, booth=REDEEMING, reserve="x")) is None
    till = CredentialId("partner:1")
    assert lease_of(state, type(partner)(id=till, role=partner.role), TOWELS) is None
