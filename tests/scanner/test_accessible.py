"""Axe finds nothing that shuts anybody out: on no screen, in no language, however it is dressed."""

import json
import re
from dataclasses import dataclass, field
from functools import cache

import pytest
from playwright.sync_api import expect

from points.domain.access import Role
from tests.axe import serious_faults
from tests.live import Live
from tests.market import LI, WANG
from tests.scanner.booth import PIN, Booth, invite
from tests.scanner.camera import Camera
from tests.scanner.conftest import NewPhone
from tests.scanner.workbench import SCANNER, run_node
from tests.web.served import CODES, STRAY, earn

DRESSES = (("light", "normal"), ("sun", "normal"), ("light", "large"))
ELSEWHERE = {"bind", "pin", "newPin"}
"""Screens that the tests of binding, of second factors and of choosing a PIN judge."""
PASSING = {"loading", "working"}
"""Screens that are gone before anybody could read them; they look like `blocked` and `ready`."""


@cache
def words() -> dict[str, list[str]]:
    """Give every sentence of the scanner, in Chinese and in English."""
    script = f"""
        import {{ ALL_WORDS }} from "{(SCANNER / "src" / "words.ts").as_uri()}";
        process.stdout.write(JSON.stringify(ALL_WORDS));
    """
    found: dict[str, list[str]] = json.loads(run_node(script))
    return found


def screens() -> set[str]:
    """Give the name of every screen that there is."""
    text = (SCANNER / "src" / "screen.ts").read_text("utf-8")
    return set(re.findall(r'readonly name: "(\w+)"', text))


@dataclass
class Walk:
    """A walk over the screens in one language.

    Each is judged in every dress when it is first seen, and then in one dress after the other.
    """

    place: int
    """Which of its two languages a sentence is said in."""
    faults: list[str] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)
    count: int = 0

    def say(self, word: str) -> str:
        """Give a sentence up to its first figure."""
        return words()[word][self.place].partition("{")[0].strip()

    def judge(self, booth: Booth, screen: str, what: str) -> None:
        """Let axe look at the screen, which must show these words."""
        expect(booth.top).to_contain_text(what)
        dresses = [DRESSES[self.count % len(DRESSES)]] if screen in self.seen else DRESSES
        self.seen.add(screen)
        self.count += 1
        page = booth.phone.page
        worn = page.evaluate("({ ...document.documentElement.dataset })")
        for theme, size in dresses:
            dress = {"theme": theme, "type": size}
            page.evaluate(
                "(dress) => Object.assign(document.documentElement.dataset, dress)", dress
            )
            self.faults += [
                f"{screen} in {theme}, {size}: {fault}" for fault in serious_faults(page)
            ]
        page.evaluate("(dress) => Object.assign(document.documentElement.dataset, dress)", worn)

    def press(self, booth: Booth, word: str) -> None:
        booth.press(self.say(word))


@pytest.mark.parametrize("locale", ["zh-CN", "en-GB"])
def test_no_screen_shuts_anybody_out(
    new_phone: NewPhone, live: Live, camera: Camera, locale: str
) -> None:
    camera.rest()
    walk = Walk(0 if locale == "zh-CN" else 1)
    games = Booth(new_phone(locale), live)
    goods = Booth(new_phone(locale), live)

    pair(walk, games, 7, Role.EARN)
    earn_points(walk, games)
    pair(walk, goods, 4, Role.REDEEM)
    hand_goods_out(walk, goods)
    lose_the_network(walk, goods)

    assert walk.faults == []
    assert walk.seen | ELSEWHERE | PASSING == screens()


def pair(walk: Walk, booth: Booth, number: int, role: Role) -> None:
    booth.phone.context.clock.install(time=booth.live.clock())
    booth.lose_requests("/devices/bundle")
    booth.phone.open(invite(booth.live, booth=number, role=role))
    walk.judge(booth, "pair", walk.say("pairTitle"))
    booth.phone.page.get_by_label(walk.say("pairName")).fill("Chen")
    booth.press_digits(PIN)
    walk.press(booth, "pairStart")
    walk.judge(booth, "blocked", walk.say("firstOpening"))
    booth.heal()
    booth.phone.page.reload()
    expect(booth.phone.page.locator(".under")).to_be_visible()


def earn_points(walk: Walk, booth: Booth) -> None:
    """See everything that a phone shows which adds points."""
    walk.judge(booth, "activity", walk.say("whichActivity"))
    for activity, question in (
        ("知识问答", "howMany"),
        ("可回收物交投", "howHeavy"),
        ("值守", "checkOut"),
    ):
        booth.press(activity)
        booth.scan(CODES[WANG])
        walk.judge(booth, "amount", walk.say(question))
        walk.press(booth, "cancel")
        booth.phone.page.clock.fast_forward("00:06")
        booth.press(activity)
    booth.press("分类投放")
    walk.judge(booth, "ready", walk.say("frameAdd"))
    walk.press(booth, "typeNumber")
    booth.press_digits("123456789")
    walk.judge(booth, "typed", walk.say("typedWrong"))
    walk.press(booth, "cancel")
    booth.scan("https://pay.example/0123456789")
    walk.judge(booth, "verdict", walk.say("foreign"))
    booth.scan(CODES[LI])
    walk.judge(booth, "verdict", walk.say("addedTitle"))
    booth.scan(STRAY)
    walk.judge(booth, "verdict", walk.say("askTitle"))


def hand_goods_out(walk: Walk, booth: Booth) -> None:
    """See everything that a phone shows which hands goods out."""
    walk.judge(booth, "ready", walk.say("frameAdd"))
    walk.press(booth, "settings")
    walk.press(booth, "leaseTitle")
    walk.judge(booth, "leases", walk.say("leaseWhy"))
    booth.top.locator(".step button").last.click()
    walk.press(booth, "ok")
    walk.judge(booth, "ready", walk.say("leased"))
    walk.press(booth, "settings")
    walk.press(booth, "cashSlip")
    walk.judge(booth, "ready", walk.say("frameCash"))
    walk.press(booth, "cancel")
    walk.press(booth, "redeem")
    booth.scan(CODES[WANG])
    walk.judge(booth, "redeem", walk.say("balance"))
    booth.top.get_by_label(walk.say("more")).first.click()
    booth.lose_requests("/operations")
    booth.top.locator(".foot .main").click()
    walk.judge(booth, "unsure", walk.say("unsureTitle"))
    booth.heal()
    walk.press(booth, "pairAgain")
    walk.judge(booth, "verdict", walk.say("redeemedTitle"))
    booth.next()
    walk.press(booth, "settings")
    walk.press(booth, "handOverPhone")
    for _ in range(3):
        booth.press_digits("0000")
        walk.press(booth, "ok")
    walk.judge(booth, "handover", walk.say("handOverTitle"))
    booth.phone.page.clock.fast_forward("00:11")
    booth.press_digits(PIN)
    walk.press(booth, "ok")
    expect(booth.phone.page.locator(".over")).to_have_count(0)


def lose_the_network(walk: Walk, booth: Booth) -> None:
    """See what a phone shows without a network, and what it then has for the lead."""
    booth.live.served.operate("redeeming", earn())
    booth.lose_network()
    walk.press(booth, "add")
    booth.scan(CODES[WANG])
    walk.judge(booth, "verdict", walk.say("keptTitle"))
    booth.next()
    walk.judge(booth, "ready", walk.say("offline"))
    walk.press(booth, "redeem")
    booth.phone.page.clock.fast_forward("00:06")
    booth.scan(CODES[LI])
    walk.judge(booth, "verdict", walk.say("noBalance"))
    booth.next()
    walk.press(booth, "settings")
    walk.judge(booth, "menu", walk.say("queueTitle"))
    booth.heal()
    walk.judge(booth, "menu", walk.say("seen"))
