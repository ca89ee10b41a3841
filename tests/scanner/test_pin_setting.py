"""A household chooses its PIN on the lead's phone, in a real Chromium."""

import pytest
from playwright.sync_api import expect

from points.domain.access import Role
from points.domain.facts import PinChecked
from points.service.confirming import try_pin
from tests.axe import serious_faults
from tests.desk import everything
from tests.live import Live
from tests.market import NOW, WANG
from tests.scanner.booth import Booth
from tests.scanner.conftest import Pair
from tests.scanner.test_second_factor import kept_on
from tests.web.served import CODES

PIN, OTHER = "271828", "314159"


@pytest.fixture
def lead(pair: Pair) -> Booth:
    booth = pair(4, Role.SUPERVISOR)
    hold_up(booth)
    return booth


def hold_up(booth: Booth) -> None:
    booth.press("设置")
    booth.press("给居民设密码")
    expect(booth.top).to_contain_text("扫这一户的卡")
    booth.scan(CODES[WANG])
    expect(booth.top).to_contain_text("请居民选一个 6 位数的密码")


def choose(booth: Booth, pin: str, twice: str) -> None:
    booth.press_digits(pin)
    booth.press("下一步")
    expect(booth.top).to_contain_text("请再输一次")
    booth.press_digits(twice)
    booth.press("确认")


def is_pin(live: Live, typed: str) -> bool:
    checked = try_pin(live.served.book.database, WANG, typed, now=NOW)
    return checked == PinChecked(is_right=True)


def test_a_resident_types_a_first_pin_twice_and_it_is_written_down_nowhere(
    lead: Booth, live: Live
) -> None:
    assert serious_faults(lead.phone.page) == []
    lead.press_digits("123456")
    lead.press("下一步")
    expect(lead.top.get_by_role("alert")).to_contain_text("太容易猜")

    choose(lead, PIN, OTHER)
    expect(lead.top.get_by_role("alert")).to_contain_text("两次不一样")
    # The answer is lost once, after it was done.
    lead.lose_answers("/cards/pin")
    choose(lead, PIN, PIN)
    expect(lead.top.get_by_role("alert")).to_contain_text("设密码要有网络")
    assert serious_faults(lead.phone.page) == []
    lead.heal()
    lead.press("再试一次")

    lead.expect_verdict("ok", "密码设好了")
    assert serious_faults(lead.phone.page) == []
    assert is_pin(live, PIN)
    assert PIN not in kept_on(lead)
    assert PIN not in repr(everything(live.served.book.database))


def test_a_pin_that_is_there_gives_way_to_itself_or_to_the_leads_word(
    lead: Booth, live: Live
) -> None:
    choose(lead, PIN, PIN)
    lead.expect_verdict("ok", "密码设好了")
    lead.next()
    lead.phone.page.clock.fast_forward("00:06")  # the same card is taken once in five seconds
    hold_up(lead)

    choose(lead, OTHER, OTHER)
    expect(lead.top).to_contain_text("这一户已经有密码")
    assert serious_faults(lead.phone.page) == []
    lead.press("输原来的密码")
    lead.press_digits("000001")
    lead.press("确认")
    expect(lead.top.get_by_role("alert")).to_contain_text("密码不对")
    assert is_pin(live, PIN)
    lead.press("忘了密码，我看过本人")

    lead.expect_verdict("ok", "密码设好了")
    assert is_pin(live, OTHER)


def test_a_phone_that_hands_goods_out_is_not_offered_it(pair: Pair) -> None:
    booth = pair(4, Role.REDEEM)

    booth.press("设置")

    expect(booth.top.get_by_role("button", name="绑一张新卡")).to_be_visible()
    expect(booth.top.get_by_role("button", name="给居民设密码")).to_have_count(0)
