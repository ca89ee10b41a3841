"""The kiosk: a card is held up, its balance seen and heard, and soon nobody was ever there."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Locator, Page, Route, ViewportSize, expect

from points.domain.access import Role
from points.service.cards import freeze_card
from tests.axe import serious_faults
from tests.drills.processes import wait_until
from tests.live import Live, rich_card
from tests.market import LI, NOW, WANG
from tests.scanner.booth import PIN, Booth
from tests.scanner.camera import NOTHING, Camera, Scene
from tests.scanner.conftest import Pair
from tests.web.served import CODES, NUMBERS, STRAY

HEARD = """
window.heard = [];
window.printed = 0;
window.print = () => { window.printed += 1; };
Object.defineProperty(window, "speechSynthesis", {
  value: { cancel() {}, speak(line) { window.heard.push([line.lang, line.text]); } },
});
"""
"""Keeps what would be spoken and printed: a browser without a face has neither voice nor paper."""

TIME_MAX = 30

SIZES: tuple[ViewportSize, ...] = (
    {"width": 360, "height": 740},
    {"width": 1024, "height": 768},
)


@pytest.fixture
def kiosk(pair: Pair) -> Booth:
    """A tablet at the booth that hands goods out, turned to residents."""
    return turned(pair(4, Role.REDEEM))


def turned(booth: Booth) -> Booth:
    booth.phone.context.add_init_script(HEARD)
    booth.phone.page.reload()
    booth.press("设置")
    booth.press("让居民自己查余额")
    expect(screen(booth)).to_contain_text("把积分卡对准方框")
    return booth


def keeps(booth: Booth, name: str) -> None:
    """Wait until the phone has written this down."""
    wait_until(lambda: booth.note(name) is not None, TIME_MAX, told=lambda: name)


def screen(booth: Booth) -> Locator:
    return booth.phone.page.locator("main.rs")


def figure(booth: Booth) -> Locator:
    return booth.phone.page.locator(".rs-sum .fig")


def test_a_card_before_the_camera_has_its_balance_seen_and_heard_with_what_it_buys(
    kiosk: Booth, camera: Camera
) -> None:
    camera.show(NOTHING, Scene([CODES[WANG]], seconds=1))
    kiosk.phone.page.reload()

    expect(figure(kiosk)).to_have_text("1000分")
    rows = kiosk.phone.page.locator(".rs-buys li")
    expect(rows).to_have_text([re.compile("垃圾袋.*够换 2 份"), re.compile("毛巾.*够换 1 份")])
    assert kiosk.phone.tell("window.heard") == [["zh-CN", "您现在有一千分。够换两份垃圾袋。"]]


def test_nobodys_balance_stays_on_the_screen(kiosk: Booth) -> None:
    page = kiosk.phone.page
    kiosk.scan(CODES[WANG])
    expect(figure(kiosk)).to_be_visible()
    page.clock.fast_forward("00:20")
    page.get_by_role("button", name="再看一会儿").tap()
    page.clock.fast_forward("00:20")
    expect(figure(kiosk)).to_be_visible()

    page.clock.fast_forward("00:20")

    expect(figure(kiosk)).to_have_count(0)
    assert "1000" not in page.content()
    assert CODES[WANG] not in page.content()


def test_an_answer_that_comes_when_somebody_else_stands_there_is_shown_to_nobody(
    kiosk: Booth, live: Live
) -> None:
    held: list[Route] = []

    def hold_the_first(route: Route) -> None:
        if held:
            route.continue_()
        else:
            held.append(route)

    card = rich_card(live)
    kiosk.phone.page.route("**/api/v1/balances", hold_the_first)
    kiosk.scan(CODES[WANG])
    expect(screen(kiosk)).to_contain_text("请等一下")

    kiosk.scan(card)
    expect(figure(kiosk)).to_have_text("36分")
    with kiosk.phone.page.expect_response("**/api/v1/balances"):
        held[0].continue_()

    expect(figure(kiosk)).to_have_text("36分")
    assert "1000" not in screen(kiosk).inner_text()


def test_two_hundred_and_fifty_is_seen_and_never_said(kiosk: Booth, live: Live) -> None:
    def answer(route: Route) -> None:
        said = route.fetch().json() | {"available": 250}
        route.fulfill(json=said)

    kiosk.phone.page.route("**/api/v1/balances", answer)
    kiosk.scan(CODES[LI])

    expect(figure(kiosk)).to_have_text("250分")
    assert kiosk.phone.tell("window.heard") == [["zh-CN", "您的分数请看屏幕。够换两份垃圾袋。"]]
    assert live.clock() == NOW


def test_only_the_pin_of_somebody_known_here_leads_back(kiosk: Booth) -> None:
    page = kiosk.phone.page
    page.reload()
    expect(screen(kiosk)).to_contain_text("把积分卡对准方框")
    page.get_by_label("志愿者").tap()
    expect(page.locator("input")).to_have_count(0)  # no new name can be given here
    for said in ("还能试 2 次", "还能试 1 次", "请等 10 秒再试"):
        press_pin(page, "0000")
        expect(page.get_by_role("alert")).to_contain_text(said)
    page.clock.fast_forward("00:11")

    press_pin(page, PIN)

    expect(kiosk.top).to_contain_text("展位4")
    page.reload()
    expect(kiosk.top).to_contain_text("展位4")


def press_pin(page: Page, pin: str) -> None:
    for digit in pin:
        page.locator(".pad").get_by_text(digit, exact=True).tap()
    page.get_by_role("button", name="确认").tap()


@pytest.mark.parametrize(
    ("code", "words"),
    [(STRAY, "请志愿者来看一下"), ("https://pay.example/0123456789", "这不是积分卡，请换一张")],
)
def test_what_tells_no_balance_says_so(kiosk: Booth, code: str, words: str) -> None:
    kiosk.scan(code)

    expect(screen(kiosk).get_by_role("alert")).to_contain_text(words)
    kiosk.phone.page.clock.fast_forward("00:13")
    expect(screen(kiosk)).to_contain_text("把积分卡对准方框")


def test_a_card_is_taken_from_the_moment_that_the_screen_can_be_seen(pair: Pair) -> None:
    booth = pair(4, Role.REDEEM)
    booth.press("设置")
    booth.phone.page.clock.pause_at(NOW + timedelta(minutes=5))
    booth.press("让居民自己查余额")
    expect(screen(booth)).to_contain_text("把积分卡对准方框")

    booth.scan("https://pay.example/0123456789")

    expect(screen(booth).get_by_role("alert")).to_contain_text("这不是积分卡")


def test_a_card_that_was_frozen_tells_nothing(kiosk: Booth, live: Live) -> None:
    freeze_card(live.served.book.database, NUMBERS[WANG], now=NOW)

    kiosk.scan(CODES[WANG])

    expect(screen(kiosk).get_by_role("alert")).to_be_visible()
    expect(figure(kiosk)).to_have_count(0)
    assert "1000" not in kiosk.phone.page.content()


def test_without_a_network_what_was_kept_is_told_with_its_time(pair: Pair, live: Live) -> None:
    card = rich_card(live)
    kiosk = turned(pair(4, Role.REDEEM))
    kiosk.phone.wait_until_kept()
    kiosk.phone.page.clock.fast_forward("01:05")
    keeps(kiosk, "sealed")
    kiosk.phone.page.reload()
    expect(screen(kiosk)).to_be_visible()
    kiosk.phone.context.set_offline(True)

    kiosk.scan(card)

    expect(screen(kiosk)).to_contain_text(re.compile(r"\d+:\d\d 的时候您有"))
    expect(figure(kiosk)).to_have_text("36分")


def test_without_a_network_and_nothing_kept_it_says_that_all_is_safe(pair: Pair) -> None:
    booth = pair(7)
    booth.press("知识问答")
    keeps(booth, "activity")
    kiosk = turned(booth)
    kiosk.phone.context.set_offline(True)

    kiosk.scan(CODES[WANG])

    expect(screen(kiosk).get_by_role("alert")).to_contain_text("分都在，没有少")


def test_a_slip_tells_the_balance_and_the_last_lines_and_no_more_than_that(
    kiosk: Booth, live: Live
) -> None:
    card = rich_card(live)
    kiosk.scan(card)
    kiosk.phone.page.get_by_role("button", name="打印小票").tap()
    expect(kiosk.phone.page.locator(".paper tr")).to_have_text(
        [re.compile("可回收物交投.*\\+36.*剩 36")]
    )

    kiosk.phone.page.emulate_media(media="print")

    expect(kiosk.phone.page.locator(".paper")).to_be_visible()
    expect(kiosk.phone.page.locator(".rs > :visible")).to_have_count(1)
    assert kiosk.phone.tell("window.printed") == 1
    paper = kiosk.phone.page.locator(".paper").inner_text()
    assert "可用 36 分" in paper
    assert card not in kiosk.phone.page.content()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_screen_shuts_anybody_out(kiosk: Booth, language: str) -> None:
    page = kiosk.phone.page
    found: dict[str, list[str]] = {}

    def look(name: str) -> None:
        for size in SIZES:
            page.set_viewport_size(size)
            width = page.evaluate("document.documentElement.scrollWidth")
            wide = [f"{width} wide"] if width > size["width"] else []
            found[f"{name} at {size['width']}"] = [*serious_faults(page), *wide]

    if language == "en":
        page.get_by_role("button", name="English").tap()
    look("ready")
    kiosk.scan(CODES[WANG])
    expect(figure(kiosk)).to_be_visible()
    look("told")
    kiosk.scan(STRAY)
    expect(page.get_by_role("alert")).to_be_visible()
    look("not")

    assert {name: faults for name, faults in found.items() if faults} == {}
