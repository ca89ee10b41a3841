"""The sorting quiz on a booth's tablet: played by touch and by keys, and paid once."""

from datetime import timedelta
from importlib.resources import files

import pytest
from playwright.sync_api import ViewportSize, expect

from points.domain.access import Role
from points.domain.quizzes import BIN_NAMES, Bin
from points.service.quizzes import QuizLoaded, load_quiz_list
from tests.axe import serious_faults
from tests.live import Live
from tests.market import LI, NOW, WANG
from tests.scanner.booth import Booth
from tests.scanner.camera import NOTHING, Camera, Scene
from tests.scanner.conftest import Pair
from tests.web.served import CODES

DEMO = files("points.demo").joinpath("sorting_items.csv").read_bytes()
START = 1000
SIZES: tuple[ViewportSize, ...] = (
    {"width": 768, "height": 1024},
    {"width": 360, "height": 740},
)
ASKED = 8


@pytest.fixture
def bins(live: Live) -> dict[str, Bin]:
    """Let the demo's list be played; give the bin of each thing."""
    loaded = load_quiz_list(live.served.book.database, DEMO, now=NOW)
    assert isinstance(loaded, QuizLoaded)
    return {item.name: item.bin for item in loaded.quiz.items}


@pytest.fixture
def booth(pair: Pair, bins: dict[str, Bin]) -> Booth:
    """A tablet at the booth of games, turned to residents."""
    assert bins
    made = pair(7)
    made.press("知识问答")
    turn(made)
    return made


def turn(booth: Booth) -> None:
    """Turn a phone to residents."""
    booth.press("设置")
    booth.press("让居民玩分类问答")
    expect(booth.phone.page.locator("main.rs h1")).to_contain_text("八样东西")


def thing(booth: Booth) -> str:
    """Read what is asked for."""
    return booth.phone.page.locator("h1.thing").inner_text().strip()


def another(bin_: Bin) -> Bin:
    return next(one for one in Bin if one is not bin_)


def play(booth: Booth, bins: dict[str, Bin], *, right: int = ASKED, starts: bool = True) -> None:
    """Play a whole game by touch, with so many right answers."""
    page = booth.phone.page
    if starts:
        page.get_by_role("button", name="开始").tap()
    for place in range(ASKED):
        bin_ = bins[thing(booth)]
        page.locator(f"[data-bin={bin_ if place < right else another(bin_)}]").tap()
        page.locator(".foot .main").tap()


def expect_start(booth: Booth) -> None:
    expect(booth.phone.page.get_by_role("button", name="开始")).to_be_visible()


def balance(booth: Booth, card: str = CODES[WANG]) -> int:
    with booth.live.client() as client:
        return client.balance(card).available


def test_a_game_is_played_by_touch_and_paid_to_the_card_that_is_scanned(
    booth: Booth, bins: dict[str, Bin]
) -> None:
    play(booth, bins, right=6)
    expect(booth.phone.page.get_by_role("status")).to_contain_text("放对 6 样")
    expect(booth.phone.page.locator(".rs-learn li")).to_have_count(2)
    booth.scan(CODES[WANG])

    booth.expect_verdict("ok", "加好了", "+6", "现在一共 1006 分")
    assert balance(booth) == START + 6
    booth.phone.page.clock.fast_forward("00:13")
    expect_start(booth)


def test_a_card_that_is_held_up_first_begins_the_game_and_is_paid_at_its_end(
    booth: Booth, bins: dict[str, Bin], camera: Camera
) -> None:
    camera.show(NOTHING, Scene([CODES[WANG]], seconds=1))
    booth.phone.page.reload()
    expect(booth.phone.page.locator("main.rs")).to_contain_text("卡扫好了")

    play(booth, bins, starts=False)

    booth.expect_verdict("ok", "+8")
    assert balance(booth) == START + 8


def test_it_is_played_by_keys_alone(booth: Booth, bins: dict[str, Bin]) -> None:
    page = booth.phone.page
    keys = {bin_: str(place) for place, bin_ in enumerate(Bin, start=1)}
    page.get_by_role("button", name="开始").focus()
    page.keyboard.press("Enter")
    for _ in range(ASKED - 1):
        expect(page.locator("h1.thing")).to_be_focused()
        page.keyboard.press(keys[bins[thing(booth)]])
        expect(page.locator(".foot .main")).to_be_focused()
        page.keyboard.press("Enter")
        page.clock.run_for(400)
    last = bins[thing(booth)]
    page.keyboard.press("ArrowDown")
    for _ in range(list(Bin).index(last)):
        page.keyboard.press("ArrowRight")
    expect(page.locator(f"[data-bin={last}]")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".foot .main")).to_be_focused()
    page.clock.run_for(400)
    page.keyboard.press("Enter")

    expect(page.get_by_role("status")).to_contain_text("放对 8 样")


def test_whoever_was_wrong_is_told_what_is_right_and_why(
    booth: Booth, bins: dict[str, Bin]
) -> None:
    page = booth.phone.page
    page.get_by_role("button", name="开始").tap()
    name = thing(booth)

    page.locator(f"[data-bin={another(bins[name])}]").tap()

    told = page.get_by_role("status")
    expect(told).to_contain_text("记一下")
    expect(told.get_by_role("heading")).to_have_text(f"{name} 是 {BIN_NAMES[bins[name]][0]}")
    expect(told.locator(".why")).not_to_be_empty()


def test_a_result_without_a_network_survives_the_page_and_is_booked_once(
    booth: Booth, bins: dict[str, Bin]
) -> None:
    page = booth.phone.page
    booth.phone.wait_until_kept()
    booth.phone.context.set_offline(True)
    page.reload()
    play(booth, bins, right=5)
    booth.scan(CODES[WANG])
    booth.expect_verdict("kept", "问答的 5 分记下了，等会儿到账，不用再扫")
    [kept] = booth.unsent()
    page.reload()
    expect_start(booth)

    booth.heal()
    page.clock.run_for(10_000)

    expect(page.locator("main.rs")).to_be_visible()
    eventually_sent(booth)
    assert balance(booth) == START + 5
    assert kept["operation"]["quantity"] == 5


def test_an_answer_that_was_lost_books_once_and_a_second_card_gets_nothing_of_it(
    booth: Booth, bins: dict[str, Bin]
) -> None:
    play(booth, bins, right=7)
    booth.lose_answers("/operations")
    booth.scan(CODES[WANG])
    booth.scan(CODES[LI])
    booth.expect_verdict("kept", "问答的 7 分记下了")

    booth.heal()
    eventually_sent(booth)

    assert (balance(booth), balance(booth, CODES[LI])) == (START + 7, START)


def test_a_resident_is_paid_once_however_often_they_play(
    booth: Booth, bins: dict[str, Bin]
) -> None:
    for face in ("ok", "no"):
        play(booth, bins)
        booth.scan(CODES[WANG])
        booth.expect_verdict(face)
        booth.phone.page.get_by_role("button", name="好了").tap()
        booth.phone.page.clock.fast_forward("00:06")  # the same card is taken once in five seconds

    assert balance(booth) == START + 8


def test_nothing_right_is_no_result_but_a_reason_to_play_again(
    booth: Booth, bins: dict[str, Bin]
) -> None:
    play(booth, bins, right=0)
    booth.scan(CODES[WANG])

    expect(booth.phone.page.get_by_role("button", name="再玩一次")).to_be_visible()
    assert (balance(booth), booth.unsent()) == (START, [])


def test_whoever_walks_away_leaves_no_game_and_no_card(booth: Booth, bins: dict[str, Bin]) -> None:
    booth.phone.page.clock.pause_at(NOW + timedelta(minutes=5))
    booth.scan(CODES[WANG])
    expect(booth.phone.page.locator("main.rs")).to_contain_text("卡扫好了")
    booth.phone.page.clock.fast_forward("01:01")
    expect_start(booth)

    play(booth, bins)

    expect(booth.phone.page.get_by_role("status")).to_contain_text("请扫积分卡")
    assert balance(booth) == START


def test_the_organisers_new_list_is_asked_soon(booth: Booth, bins: dict[str, Bin]) -> None:
    lines = "".join(f"新题{place},干垃圾\n" for place in range(ASKED))
    load_quiz_list(booth.live.served.book.database, f"名称,类别\n{lines}".encode(), now=NOW)

    with booth.phone.page.expect_response("**/devices/quiz"):
        booth.phone.page.clock.fast_forward("01:05")
    booth.phone.page.get_by_role("button", name="开始").tap()

    expect(booth.phone.page.locator("h1.thing")).to_contain_text("新题")
    assert "新题0" not in bins


def test_it_is_offered_where_right_answers_are_paid_and_nowhere_else(
    pair: Pair, bins: dict[str, Bin]
) -> None:
    assert bins
    booth = pair(4, Role.REDEEM)

    booth.press("设置")

    expect(booth.top.get_by_role("button", name="让居民自己查余额")).to_be_visible()
    expect(booth.top.get_by_role("button", name="让居民玩分类问答")).to_have_count(0)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_screen_shuts_anybody_out(booth: Booth, bins: dict[str, Bin], language: str) -> None:
    page = booth.phone.page
    found: dict[str, list[str]] = {}

    def look(screen: str) -> None:
        for size in SIZES:
            page.set_viewport_size(size)
            width = page.evaluate("document.documentElement.scrollWidth")
            found[f"{screen} at {size['width']}"] = [
                *serious_faults(page),
                *([f"{width} wide"] if width > size["width"] else []),
            ]

    if language == "en":
        page.get_by_role("button", name="English").tap()
    look("start")
    page.locator(".rs-ask .main").tap()
    look("question")
    page.locator("[data-bin=dry]").tap()
    look("told")
    page.locator(".foot .main").tap()
    for _ in range(ASKED - 1):
        page.locator("[data-bin=dry]").tap()
        page.locator(".foot .main").tap()
    look("result")
    booth.scan(CODES[WANG])
    expect(booth.verdict).to_be_visible()
    look("paid")
    page.locator(".foot .main").tap()
    page.locator(".bar .round").tap()
    look("leave")

    assert bins
    assert {screen: faults for screen, faults in found.items() if faults} == {}


def eventually_sent(booth: Booth) -> None:
    """Wait until nothing waits any more; the tablet sends by itself."""
    for _ in range(30):
        if booth.unsent() == []:
            return
        booth.phone.page.clock.run_for(2_000)
    assert booth.unsent() == []
