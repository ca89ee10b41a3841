"""The sorting quiz on a booth's tablet: played by touch and by keys, and paid once."""

from importlib.resources import files

import pytest
from playwright.sync_api import expect

from points.domain.access import Role
from points.domain.quizzes import BIN_NAMES, Bin
from points.service.quizzes import QuizLoaded, load_quiz_list
from tests.live import Live
from tests.market import NOW, WANG
from tests.scanner.booth import Booth
from tests.scanner.camera import NOTHING, Camera
from tests.scanner.phone import Phone
from tests.web.served import CODES

DEMO = files("points.demo").joinpath("sorting_items.csv").read_bytes()
START = 1000
KEYS = {bin_: str(place) for place, bin_ in enumerate(Bin, start=1)}


@pytest.fixture
def bins(live: Live) -> dict[str, Bin]:
    """Let the demo's list be played; give the bin of each thing."""
    loaded = load_quiz_list(live.served.book.database, DEMO, now=NOW)
    assert isinstance(loaded, QuizLoaded)
    return {item.name: item.bin for item in loaded.quiz.items}


@pytest.fixture
def booth(phone: Phone, live: Live, camera: Camera, bins: dict[str, Bin]) -> Booth:
    """A tablet at the booth of games, turned to residents."""
    camera.show(NOTHING)
    made = Booth.paired(phone, live, booth=7, role=Role.EARN)
    made.press("知识问答")
    made.press("设置")
    made.press("让居民玩分类问答")
    expect(phone.page.locator("main.rs h1")).to_contain_text("八样东西")
    return made


def thing(booth: Booth) -> str:
    """Read what is asked for."""
    return booth.phone.page.locator("h1.thing").inner_text().strip()


def put(booth: Booth, into: Bin) -> None:
    """Touch a bin, and go on."""
    booth.phone.page.locator(f"[data-bin={into}]").click()
    booth.phone.page.locator(".foot .main").click()


def play(booth: Booth, bins: dict[str, Bin], *, right: int = 8) -> None:
    """Play a whole game by touch, with so many right answers."""
    booth.phone.page.get_by_role("button", name="开始").click()
    for place in range(8):
        bin_ = bins[thing(booth)]
        put(booth, bin_ if place < right else next(one for one in Bin if one is not bin_))


def balance(booth: Booth, card: str = CODES[WANG]) -> int:
    with booth.live.client() as client:
        return client.balance(card).available


def test_a_game_is_played_by_touch_and_paid_to_the_card_that_is_scanned(
    booth: Booth, bins: dict[str, Bin]
) -> None:
    play(booth, bins, right=6)
    expect(booth.phone.page.get_by_role("status")).to_contain_text("放对 6 样")
    booth.type_code(CODES[WANG])

    booth.expect_verdict("ok", "加好了", "+6", "现在一共 1006 分")
    assert balance(booth) == START + 6


def test_whoever_was_wrong_is_told_what_is_right_and_why(
    booth: Booth, bins: dict[str, Bin]
) -> None:
    page = booth.phone.page
    page.get_by_role("button", name="开始").click()
    name = thing(booth)
    wrong = next(one for one in Bin if one is not bins[name])

    page.locator(f"[data-bin={wrong}]").click()

    told = page.get_by_role("status")
    expect(told).to_contain_text("记一下")
    expect(told.get_by_role("heading")).to_have_text(f"{name} 是 {BIN_NAMES[bins[name]][0]}")
    expect(told.locator(".why")).not_to_be_empty()
