"""A blank card becomes somebody's at a booth: on the phone, in a real Chromium."""

import re

import pytest
from playwright.sync_api import expect

from points.domain.access import Role
from points.domain.cards import CardCode, code_fingerprint
from points.domain.notices import notice_of
from points.domain.people import CardRecord
from points.service.consents import read_consents
from points.service.transactions import snapshot
from points.storage.cards import load_card_records, numbers_by_code
from tests.axe import serious_faults
from tests.live import Live
from tests.market import PROGRAMME, WANG
from tests.scanner.booth import Booth
from tests.scanner.camera import Camera
from tests.scanner.phone import Phone
from tests.web.served import CODES

NOTICE = notice_of(PROGRAMME)


@pytest.fixture
def booth(phone: Phone, live: Live, camera: Camera) -> Booth:
    camera.rest()
    paired = Booth.paired(phone, live, booth=1, role=Role.EARN)
    paired.press("设置")
    paired.press("绑一张新卡")
    return paired


def found(live: Live, code: str) -> CardRecord:
    fingerprint = code_fingerprint(CardCode(code))
    with snapshot(live.served.book.database) as connection:
        number = numbers_by_code(connection, [fingerprint])[fingerprint]
        return load_card_records(connection, [number])[number]


def test_a_household_agrees_and_tells_its_building_alone(booth: Booth, live: Live) -> None:
    card = live.blank_card()
    expect(booth.top).to_contain_text("把新卡对准方框")

    booth.scan(card)
    expect(booth.top).to_contain_text(NOTICE.text)
    assert serious_faults(booth.phone.page) == []
    booth.top.get_by_label("哪个居民区").select_option("shiji")
    booth.top.get_by_label("哪一栋").fill("3")
    booth.press("居民同意，绑上")

    booth.expect_verdict("ok", "绑好了", "这一户有 1 张卡", "现在一共 0 分")
    record = found(live, card)
    assert record.home is not None
    assert record.home.community == "shiji"
    consents = read_consents(live.served.book.database, record.household)
    assert [one.version for one in consents] == [NOTICE.version]


def test_a_card_comes_to_a_household_though_an_answer_was_lost(booth: Booth, live: Live) -> None:
    card = live.blank_card()

    booth.scan(card)
    booth.press("和另一张卡是一户")
    expect(booth.top).to_contain_text("再扫这一户的另一张卡")
    booth.lose_answers("/cards/bind")
    booth.scan(CODES[WANG])
    expect(booth.top.get_by_role("alert")).to_contain_text("绑卡要有网络")
    booth.heal()
    booth.press("和另一张卡是一户")
    booth.phone.page.clock.fast_forward("00:06")  # the same card is taken once in five seconds
    booth.scan(CODES[WANG])

    booth.expect_verdict("ok", "绑好了", "现在一共 1000 分")
    assert found(live, card).household == WANG


def test_a_family_gets_a_code_for_a_card_that_is_held_up(booth: Booth) -> None:
    booth.press("设置")
    booth.press("给家人一个短码")
    expect(booth.top).to_contain_text("扫要加进来（或拿出去）的那张卡")

    booth.scan(CODES[WANG])

    booth.expect_verdict("ok", "家人短码", "十五分钟内有效，只能用一次")
    assert re.search(r"\d{4} \d{4}", booth.verdict.inner_text())
    assert serious_faults(booth.phone.page) == []


def test_a_card_that_is_somebodys_is_told_as_that(booth: Booth) -> None:
    booth.scan(CODES[WANG])
    booth.press("居民同意，绑上")

    expect(booth.top.get_by_role("alert")).to_contain_text("这张卡已经有户了")
