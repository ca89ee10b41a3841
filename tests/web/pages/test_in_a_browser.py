"""Residents' pages as people meet them: small screens, big type, keys, bright sun, no scripts."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, Request, Response, expect

from points.domain.cards import spoken
from tests.axe import serious_faults
from tests.live import Live, go_live_on_copy
from tests.market import LI, PROGRAMME, WANG, ZHAO
from tests.web.served import CODES, NUMBERS, earn, redeem, undo

SMALL = {"width": 360, "height": 740}
TINY = {"width": 320, "height": 568}
ZOOMED = {"width": 180, "height": 370}
"""What is left of a small screen at 200 %."""

PAGES = (
    *("me", "me/statement", "me/code", "me/spend-for-me", "me/lost", "me/privacy", "me/erase"),
    *("me/cards", "me/give", "me/pin", "about"),
)
BYTES_MAX = 50_000

Open = Callable[..., Page]

_SIDEWAYS = "() => document.documentElement.scrollWidth > document.documentElement.clientWidth"
_CUT = """() => [...document.querySelectorAll('main *, header *')].filter((one) => {
  const box = one.getBoundingClientRect();
  return box.width > 0 && !one.closest('svg, .skip') &&
    (box.left < -1 || box.right > document.documentElement.clientWidth + 1);
}).map((one) => one.outerHTML.slice(0, 80))"""
_SMALL_TARGETS = """() => [...document.querySelectorAll('a, button, select, input')]
  .filter((one) => one.type !== 'hidden')
  .filter((one) => !one.matches('.skip'))
  .filter((one) => one.getBoundingClientRect().height < 56)
  .map((one) => one.outerHTML)"""
_SMALL_TYPE = """() => [...document.querySelectorAll('main *, header *')]
  .filter((one) => [...one.childNodes].some((it) => it.nodeType === 3 && it.data.trim()))
  .filter((one) => parseFloat(getComputedStyle(one).fontSize) < 15)
  .map((one) => one.outerHTML)"""


@pytest.fixture
def live(migrated_sqlite: Path, tmp_path: Path) -> Iterator[Live]:
    """The market day on a port of its own, after a few scans of Wang's card."""
    giving = replace(PROGRAMME, gift_points_per_day_max=300, pool_card=NUMBERS[LI])
    with go_live_on_copy(migrated_sqlite, tmp_path, programme=giving) as running:
        wrong = earn(activity="hand-in", grams={"metal": 4500})
        running.served.operate("redeeming", earn(), redeem())
        running.served.operate("games", wrong, undo(wrong["id"]))
        yield running


@pytest.fixture
def open_page(browser: Browser, live: Live) -> Iterator[Open]:
    """Browsers of their own; none may ask another site for anything, or find a fault of ours."""
    with ExitStack() as stack:
        asked: list[Request] = []
        faults: list[str] = []

        def note(request: Request) -> None:
            asked.append(request)

        def open_one(path: str = "", *, language: str = "zh-CN", **wanted: object) -> Page:
            options = {"viewport": SMALL, "locale": language} | wanted
            context = browser.new_context(**options)  # type: ignore[arg-type]
            stack.callback(context.close)
            page = context.new_page()
            page.on("request", note)
            page.on("pageerror", lambda error: faults.append(str(error)))
            page.on("console", lambda said: faults.append(said.text))
            page.goto(f"{live.address}/{path or f'C/{CODES[WANG]}'}")
            return page

        yield open_one
        assert faults == []
        assert {urlsplit(one.url).netloc for one in asked} <= {urlsplit(live.address).netloc, ""}


@pytest.mark.parametrize("language", ["zh-CN", "en-GB"])
@pytest.mark.parametrize("looks", [(), ("large", "sun")], ids=["as it is", "large in the sun"])
def test_every_page_fits_a_small_screen_and_shuts_nobody_out(
    live: Live, open_page: Open, language: str, looks: tuple[str, ...]
) -> None:
    page = open_page(language=language)
    for look in looks:
        page.locator(f"button[value={look}]").click()

    for path in PAGES:
        page.goto(f"{live.address}/{path}")

        for size in (SMALL, TINY):
            page.set_viewport_size(size)  # type: ignore[arg-type]
            assert not page.evaluate(_SIDEWAYS), (path, size)
            assert page.evaluate(_CUT) == [], (path, size)
        assert page.evaluate(_SMALL_TARGETS) == [], path
        assert page.evaluate(_SMALL_TYPE) == [], path
        assert serious_faults(page) == [], path


@pytest.mark.parametrize("language", ["zh-CN", "en-GB"])
def test_at_twice_the_size_nothing_is_cut_off(live: Live, open_page: Open, language: str) -> None:
    page = open_page(language=language, viewport=ZOOMED, device_scale_factor=2)

    for path in PAGES:
        page.goto(f"{live.address}/{path}")

        assert not page.evaluate(_SIDEWAYS), path
        assert page.evaluate(_CUT) == [], path


@pytest.mark.parametrize("has_scripts", [True, False], ids=["JavaScript on", "JavaScript off"])
def test_the_whole_way_works_with_scripts_or_without(
    live: Live, open_page: Open, *, has_scripts: bool
) -> None:
    page = open_page("me", java_script_enabled=has_scripts)
    page.get_by_label("也可以把码输在这里").fill(CODES[WANG].lower())
    page.get_by_role("button", name="打开").click()
    expect(page.locator(".n")).to_have_text("980分")
    page.get_by_role("button", name="EN", exact=True).click()
    page.get_by_role("button", name="Large type").click()
    page.get_by_role("button", name="Black on white").click()
    expect(page.get_by_role("button", name="Large type")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("html")).to_have_attribute("data-theme", "sun")
    page.get_by_role("link", name="The whole statement").click()
    expect(page.locator("tr.undone")).to_have_count(1)
    page.get_by_role("link", name="Back to my points").click()
    page.get_by_role("link", name="Show my code").click()
    expect(page.locator(".say-n")).to_have_text(spoken(NUMBERS[WANG]))
    page.get_by_role("link", name="Back to my points").click()
    page.get_by_role("link", name="Lost card").click()
    page.get_by_role("button", name="Stop this card").click()
    expect(page.get_by_role("heading", name="The card is stopped")).to_be_visible()

    assert urlsplit(page.url).path == "/me/lost"
    page.goto(f"{live.address}/me")
    expect(page.get_by_role("heading", name="Open my points")).to_be_visible()


@pytest.mark.parametrize("has_scripts", [True, False], ids=["JavaScript on", "JavaScript off"])
def test_points_are_given_after_one_more_look_and_two_taps_give_no_more_than_one(
    live: Live, open_page: Open, *, has_scripts: bool
) -> None:
    page = open_page(java_script_enabled=has_scripts)
    page.get_by_role("link", name="把分送人").click()
    page.get_by_label("对方卡上的九位号").fill(spoken(NUMBERS[ZHAO]))
    page.get_by_label("送多少分").first.fill("30")
    page.get_by_role("button", name="先看一眼，再送").first.click()
    expect(page.get_by_role("alert")).to_be_visible()
    page.get_by_label("送多少分").last.fill("30")
    page.get_by_role("button", name="先看一眼，再送").last.click()
    expect(page.get_by_role("heading", name="请再看一眼")).to_be_visible()
    if has_scripts:  # without, a browser answers no question of ours either
        for size in (SMALL, TINY, ZOOMED):
            page.set_viewport_size(size)  # type: ignore[arg-type]
            assert not page.evaluate(_SIDEWAYS), size
        assert serious_faults(page) == []
    page.get_by_role("button", name="送 30 分").dblclick()
    expect(page.get_by_role("heading", name="送好了")).to_be_visible()
    expect(page.get_by_text("您现在有 950 分。")).to_be_visible()
    assert live.served.balance(LI) == 1030


def test_the_address_never_holds_the_code_nor_does_the_way_back(
    live: Live, open_page: Open
) -> None:
    page = open_page("about")
    page.goto(f"{live.address}/C/{CODES[WANG]}")
    shown = page.url
    page.go_back()

    assert urlsplit(shown).path == "/me"
    assert urlsplit(page.url).path == "/about"


def test_keys_alone_reach_everything_in_order_and_show_where_they_are(open_page: Open) -> None:
    page = open_page(language="en-GB")
    reached = []
    for _ in range(14):
        page.keyboard.press("Tab")
        focus = page.locator(":focus")
        reached.append(focus.inner_text().strip())
        outline = focus.evaluate("(one) => getComputedStyle(one).outlineStyle")
        assert outline == "solid", reached

    assert reached[:4] == ["Skip to the page", "Large", "Bright", "中文"]
    assert reached[4:] == [
        "The whole statement",
        "Let someone spend for me",
        "Give points away",
        "Our cards",
        "Our PIN",
        "Lost card",
        "How the card works",
        "What is known of you",
        "Close on this phone",
        "Show my code",
    ]

    page.reload()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("The whole statement")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Statement")).to_be_visible()


def test_a_screen_reader_hears_whole_sentences(open_page: Open) -> None:
    page = open_page(language="en-GB")

    heard = page.locator("body").aria_snapshot()

    assert 'heading "My points" [level=1]' in heard
    assert "paragraph: 980pts" in heard.replace("980 pts", "980pts")
    assert 'columnheader "What and when"' in heard
    assert 'row "Taken back: 可回收物交投 today 10:00 booth 7 −36 980"' in heard


def test_the_first_page_is_light_with_all_that_belongs_to_it(live: Live, open_page: Open) -> None:
    page = open_page("about")
    page.context.clear_cookies()
    page.goto(f"{live.address}/me")
    page.get_by_label("也可以把码输在这里").fill(CODES[WANG])
    page.get_by_role("button", name="打开").click()
    page.locator("[action='me/close']").wait_for(state="attached")
    heard: list[Response] = []
    page.on("response", lambda response: heard.append(response))  # noqa: PLW0108 -- Playwright marks what it is given
    page.reload()
    sizes = {it.url.removeprefix(live.address): len(it.body()) for it in heard}

    assert {"/me"} < sizes.keys()
    assert sum(sizes.values()) < BYTES_MAX, sizes
