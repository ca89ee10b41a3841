"""The scanner opens, its camera sees cards, and it opens again without a network."""

from pathlib import Path
from shutil import copytree

import pytest
from playwright.sync_api import expect

from points.domain.cards import CardCode, card_text
from points.web.pages import scanner
from tests.live import Live
from tests.scanner.booth import Booth
from tests.scanner.camera import NOTHING, Camera, Scene
from tests.scanner.phone import Phone

PAYMENT = "wxp://f2f0aBcDeFgHiJkLmNoP"
BOOTH = 4


def kept_paths(phone: Phone) -> list[str]:
    """Give the path of everything that the browser keeps for the scanner."""
    found: list[str] = phone.tell(
        """(async () => {
          const names = await caches.keys();
          const opened = await Promise.all(names.map((name) => caches.open(name)));
          const lists = await Promise.all(opened.map((cache) => cache.keys()));
          return lists.flat().map((request) => new URL(request.url).pathname);
        })()"""
    )
    return found


def hide(phone: Phone, *, is_hidden: bool) -> None:
    """Switch to another app, or back: a browser without a window says that it is always seen."""
    phone.tell(
        f"""Object.defineProperty(document, "hidden", {{
          configurable: true, get: () => {str(is_hidden).lower()},
        }});
        document.dispatchEvent(new Event("visibilitychange"))"""
    )


def test_the_short_address_leads_to_the_scanner_and_takes_along_what_is_behind_it(
    phone: Phone,
) -> None:
    phone.open("/scan?from=poster#about")

    assert phone.page.url == f"{phone.address}/scan/#about"


@pytest.mark.parametrize("public_url", [None, "https://points.example/sorting"])
def test_a_printed_card_is_read(
    phone: Phone, camera: Camera, live: Live, public_url: str | None
) -> None:
    code = live.blank_card()
    camera.show_card(card_text(CardCode(code), public_url))

    booth = Booth.paired(phone, live, booth=BOOTH)

    booth.expect_verdict("ok", "+10")
    with live.client() as client:
        assert client.balance(code).available == 10


@pytest.mark.parametrize(
    "scene",
    [
        Scene(degrees=33),
        Scene(pixels=150),
        Scene(blur=1.5),
        Scene(light=0.25),
    ],
    ids=["askew", "far away", "out of focus", "at dusk"],
)
def test_a_card_is_read_however_it_is_held(
    phone: Phone, camera: Camera, live: Live, scene: Scene
) -> None:
    code = live.blank_card()
    camera.show(NOTHING, Scene([code], 0.5, scene.pixels, scene.degrees, scene.blur, scene.light))

    booth = Booth.paired(phone, live, booth=BOOTH)

    booth.expect_verdict("ok", "+10")


def test_a_card_counts_before_whatever_else_hangs_beside_it(
    phone: Phone, camera: Camera, live: Live
) -> None:
    camera.show(Scene([PAYMENT, live.blank_card(), "https://points.example"]))

    booth = Booth.paired(phone, live, booth=BOOTH)

    booth.expect_verdict("ok", "+10")


def test_what_is_no_card_is_told_as_that(phone: Phone, camera: Camera, live: Live) -> None:
    camera.show_card(PAYMENT)

    booth = Booth.paired(phone, live, booth=BOOTH)

    booth.expect_verdict("no", "这不是积分卡")


def test_it_opens_and_reads_cards_without_a_network(
    phone: Phone, camera: Camera, live: Live
) -> None:
    camera.rest()
    booth = Booth.paired(phone, live, booth=BOOTH)
    phone.wait_until_kept()
    camera.show_card(live.blank_card())

    phone.context.set_offline(True)
    phone.page.reload()

    phone.expect_camera()
    booth.expect_verdict("kept", "+10")
    assert phone.tell("fetch('/api/v1/events').then(() => 'answered', () => 'nobody')") == "nobody"


@pytest.mark.parametrize("path", ["/scan/", "/scan", "/scan#i=another", "/scan/?from=home"])
def test_it_opens_by_any_of_its_addresses_without_a_network(phone: Phone, path: str) -> None:
    phone.open_for_good()
    phone.page.goto("about:blank")

    phone.context.set_offline(True)
    phone.open(path)

    expect(phone.page.get_by_role("main")).to_be_visible()


def test_only_the_shell_is_kept_never_an_answer(phone: Phone) -> None:
    phone.open_for_good()
    phone.tell("fetch('/api/v1/problems/invalid').then((answer) => answer.text())")

    kept = kept_paths(phone)

    assert "/scan/" in kept
    assert [path for path in kept if not path.startswith("/scan/")] == []


def test_a_new_version_waits_while_somebody_is_in_the_middle_of_something(
    phone: Phone, camera: Camera, live: Live, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    camera.rest()
    booth = Booth.paired(phone, live, booth=BOOTH)
    phone.wait_until_kept()
    booth.press("设置")
    newer = copytree(scanner.BUILT, tmp_path / "newer")
    for name, old, new in (
        ("index.html", "<title>", "<title>new "),
        ("sw.js", '"version":"', '"version":"new'),
    ):
        text = (newer / name).read_text("utf-8")
        assert text.count(old) == 1
        (newer / name).write_text(text.replace(old, new), "utf-8")
    monkeypatch.setattr(scanner, "BUILT", newer)

    phone.fetch_update()
    phone.page.clock.run_for(10_000)
    expect(phone.page).to_have_title("扫码 · 垃圾分类积分")
    booth.press("关上")
    phone.page.clock.run_for(10_000)

    expect(phone.page).to_have_title("new 扫码 · 垃圾分类积分")
    phone.expect_camera()
    assert len(phone.tell("caches.keys()")) == 1


def test_the_camera_is_off_while_nobody_looks_and_comes_back(
    phone: Phone, camera: Camera, live: Live
) -> None:
    camera.show(NOTHING)
    Booth.paired(phone, live, booth=BOOTH)
    phone.expect_camera()
    assert phone.tell("document.querySelector('video').videoWidth") == 1280

    hide(phone, is_hidden=True)
    phone.expect_camera("off")
    assert phone.tell("document.querySelector('video').srcObject") is None

    hide(phone, is_hidden=False)
    phone.expect_camera()


def test_a_camera_that_was_forbidden_leaves_the_other_ways(phone: Phone, live: Live) -> None:
    # A browser with a made-up camera asks nobody, so nobody can say no.
    phone.context.add_init_script(
        """navigator.mediaDevices.getUserMedia = () =>
          Promise.reject(new DOMException("no", "NotAllowedError"))"""
    )

    booth = Booth.paired(phone, live, booth=BOOTH)

    phone.expect_camera("trouble")
    expect(booth.top.get_by_role("alert")).to_be_visible()
