from points.web.api.parts import booth_key, full_name, reward_key
from tests.web.served import CALLERS

PHONE = CALLERS["redeeming"]


def test_a_short_name_is_one_of_the_callers_event() -> None:
    assert full_name("soap", PHONE) == "market/soap"
    assert reward_key("lanes/soap", PHONE) == "lanes/soap"


def test_a_booths_number_is_one_of_the_callers_event() -> None:
    assert booth_key(4, PHONE) == "market/4"
