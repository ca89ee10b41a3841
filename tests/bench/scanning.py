"""The scanner in a real Chromium: how soon it answers a camera of pictures, and how big it is.

Time is the browser's own throughout, and that of the pictures: each picture with a code carries a
white corner, and the page notes when it first sees one.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from gzip import compress
from itertools import pairwise
from pathlib import Path
from random import Random
from statistics import median
from typing import Any
from uuid import uuid4

from playwright.sync_api import Browser, expect

from points.domain.access import Role
from points.service.cards import print_cards
from points.storage.engine import open_database
from points.storage.migrate import migrate
from points.web.pages import scanner
from tests.bench.figures import Bar, Figures
from tests.browser import launched
from tests.live import Live, go_live
from tests.market import NOW
from tests.scanner.booth import Booth
from tests.scanner.camera import NOTHING, Camera, Scene
from tests.scanner.phone import SIZE, Phone

BARS = (
    Bar("scanner.verdict.ms", most=150),
    Bar("scanner.script.kilobytes", most=60),
    Bar("scanner.opens_offline.ms", most=1000),
    Bar("scanner.queue.tap.ms", most=200),
    Bar("scanner.queue.scan.ms", most=200),
    Bar("scanner.queue.longest_task.ms", most=500),
)

OPENINGS = 5
TAPS = 10

_OUR_DAY = f"""
(() => {{
  const Real = Date;
  const ahead = {round(NOW.timestamp() * 1000)} - Real.now();
  globalThis.Date = class extends Real {{
    constructor(...given) {{ given.length ? super(...given) : super(Real.now() + ahead); }}
    static now() {{ return Real.now() + ahead; }}
  }};
}})();
"""
_NOTE = """
(() => {
  const noted = (window.noted = { cards: [], verdicts: [], answers: [], tasks: [], opened: null });
  new PerformanceObserver((list) => {
    noted.tasks.push(...list.getEntries().map((one) => one.duration));
  }).observe({ type: "longtask" });
  const real = window.fetch;
  window.fetch = async (...asked) => {
    const began = performance.now();
    const answer = await real(...asked);
    if (String(asked[0]).endsWith("/operations")) noted.answers.push(performance.now() - began);
    return answer;
  };
  let face = null;
  const look = () => {
    if (noted.opened === null && document.querySelector(".under") !== null) {
      requestAnimationFrame(() => { noted.opened ??= performance.now(); });
    }
    const verdict = document.querySelector("main.v");
    if (verdict !== face) {
      face = verdict;
      if (verdict !== null) {
        requestAnimationFrame(() => noted.verdicts.push(performance.now()));
      }
    }
  };
  new MutationObserver(look).observe(document, { childList: true, subtree: true });
  const canvas = new OffscreenCanvas(1, 1);
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  let isWhite = false;
  const watch = (video) => {
    const each = () => {
      pen.drawImage(video, 0, 0, 20, 20, 0, 0, 1, 1);
      const wasWhite = isWhite;
      isWhite = pen.getImageData(0, 0, 1, 1).data[2] > 200;
      if (isWhite && !wasWhite) noted.cards.push(performance.now());
      video.requestVideoFrameCallback(each);
    };
    video.requestVideoFrameCallback(each);
  };
  const found = setInterval(() => {
    const video = document.querySelector("video");
    if (video !== null) { clearInterval(found); watch(video); }
  }, 50);
})();
"""


def measure_scanner(folder: Path, *, queue: int, cards: int) -> Figures:
    """Measure all that a volunteer would feel.

    Args:
        folder: Empty; databases and the camera's pictures are made there.
        cards: How many are held before the camera.
        queue: How many acts wait on the phone that is measured with a full queue.
    """
    with _market(folder) as live, _browser(folder) as (chromium, camera):
        return {
            **_size(),
            **_verdicts(chromium, camera, live, cards),
            **_openings(chromium, camera, live),
            **_full_queue(chromium, camera, live, queue),
        }


def _size() -> Figures:
    """Weigh what a phone must load before it can show anything; the decoder comes after it."""
    [script] = scanner.BUILT.glob("assets/index-*.js")
    return {"scanner.script.kilobytes": len(compress(script.read_bytes(), 9)) / 1000}


def _verdicts(chromium: Browser, camera: Camera, live: Live, cards: int) -> Figures:
    camera.show(
        *[NOTHING] * 4,
        *(
            scene
            for card in _cards(live, cards)
            for scene in (Scene(seconds=0.7), Scene([card], seconds=1, is_marked=True))
        ),
    )
    with _phone(chromium, live) as phone:
        booth = Booth.paired(phone, live, booth=4, role=Role.REDEEM, at=None)
        expect(booth.verdict).to_be_visible(timeout=30_000)
        _until(phone, f"noted.verdicts.length >= {cards}")
        noted = phone.tell("noted")
    shown = [
        next(at for at in noted["verdicts"] if at > card) - card
        for card, following in pairwise([*noted["cards"], float("inf")])
        if any(card < at < following for at in noted["verdicts"])
    ]
    answers = noted["answers"]
    return {
        "scanner.seen_to_verdict.ms": median(shown),
        "scanner.answer.ms": median(answers),
        "scanner.verdict.ms": median(shown) - median(answers),
    }


def _openings(chromium: Browser, camera: Camera, live: Live) -> Figures:
    camera.show(NOTHING)
    opened = []
    with _phone(chromium, live) as phone:
        Booth.paired(phone, live, booth=4, role=Role.REDEEM, at=None)
        phone.wait_until_kept()
        phone.context.set_offline(True)
        for _ in range(OPENINGS):
            phone.page.reload()
            _until(phone, "noted.opened !== null")
            opened.append(phone.tell("noted.opened"))
    return {"scanner.opens_offline.ms": median(opened)}


def _full_queue(chromium: Browser, camera: Camera, live: Live, queue: int) -> Figures:
    camera.show(NOTHING)
    with _phone(chromium, live) as phone:
        booth = Booth.paired(phone, live, booth=4, role=Role.REDEEM, at=None)
        phone.wait_until_kept()
        booth.lose_network()
        booth.queue([_waiting(live, card) for card in _cards(live, queue)])
        phone.page.reload()
        expect(booth.strip).to_contain_text(f" {queue} 条", timeout=30_000)
        phone.tell("void (noted.tasks.length = 0)")
        taps = [_tap(phone, "设置", "关上") for _ in range(TAPS)]
        scans = [_scan(booth, card) for card in _cards(live, TAPS)]
        tasks = phone.tell("noted.tasks")
        booth.heal()
        sending = [_tap(phone, "设置", "关上") for _ in range(TAPS)]
        tasks_sending = phone.tell("noted.tasks")
    return {
        "scanner.queue.tap.ms": median(taps),
        "scanner.queue.scan.ms": median(scans),
        "scanner.queue.longest_task.ms": max(tasks, default=0),
        "scanner.queue.tap_while_sending.ms": median(sending),
        "scanner.queue.longest_task_while_sending.ms": max(tasks_sending, default=0),
    }


def _tap(phone: Phone, label: str, back: str) -> float:
    """Press a button and give how long its screen took; go back."""
    took: float = phone.tell(_PRESS.replace("LABEL", label))
    phone.tell(_PRESS.replace("LABEL", back))
    return took


_PRESS = """new Promise((resolve) => {
  const before = document.querySelector(".over") !== null;
  const found = [...document.querySelectorAll("button")].filter(
    (one) => (one.getAttribute("aria-label") ?? one.textContent).includes("LABEL"));
  const began = performance.now();
  const look = new MutationObserver(() => {
    if ((document.querySelector(".over") !== null) === before) return;
    look.disconnect();
    requestAnimationFrame(() => resolve(performance.now() - began));
  });
  look.observe(document, { childList: true, subtree: true });
  found.at(-1).click();
})"""


def _scan(booth: Booth, card: str) -> float:
    """Scan a card and give how long its verdict took; go on."""
    page = booth.phone.page
    page.evaluate("void (noted.verdicts.length = 0, window.began = performance.now())")
    booth.scan(card)
    _until(booth.phone, "noted.verdicts.length > 0")
    took: float = page.evaluate("noted.verdicts[0] - began")
    booth.next()
    return took


def _until(phone: Phone, condition: str) -> None:
    """Wait for something on the page; by its own timers, for its policy forbids eval."""
    phone.tell(
        f"""new Promise((resolve) => {{
          const look = () => ({condition}) ? resolve() : setTimeout(look, 20);
          look();
        }})"""
    )


def _waiting(live: Live, card: str) -> dict[str, Any]:
    return {
        "id": str(uuid4()),
        "kind": "earn",
        "card": card,
        "activity": "market/check-in",
        "occurred_at": live.clock().astimezone(UTC).isoformat(),
    }


def _cards(live: Live, count: int) -> list[str]:
    chance = Random(datetime.now(UTC).timestamp())
    printed = print_cards(
        live.served.book.database,
        count,
        now=live.clock(),
        random_bytes=chance.randbytes,
        public_url=None,
    )
    return [card.code for card in printed]


@contextmanager
def _market(folder: Path) -> Iterator[Live]:
    url = f"sqlite:///{folder / 'scanner.db'}"
    database = open_database(url)
    migrate(database)
    with go_live(database, url) as live:
        yield live
    database.dispose()


@contextmanager
def _browser(folder: Path) -> Iterator[tuple[Browser, Camera]]:
    camera = Camera(folder / "sees.mjpeg")
    camera.show(NOTHING)
    with launched(*camera.arguments) as chromium:
        yield chromium, camera


@contextmanager
def _phone(chromium: Browser, live: Live) -> Iterator[Phone]:
    with ExitStack() as stack:
        context = chromium.new_context(
            viewport=SIZE, locale="zh-CN", has_touch=True, is_mobile=True
        )
        stack.callback(context.close)
        context.grant_permissions(["camera"], origin=live.address)
        context.add_init_script(_OUR_DAY)
        context.add_init_script(_NOTE)
        yield Phone(context, live.address)
