"""Every picture of a QR is read back by a decoder that shares no code with what drew it."""

import io
import re

import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from playwright.sync_api import Browser

from points.outside.qr_images import qr_modules, qr_path, qr_png, qr_svg, qr_text

CODE = "P14E59EF3M1V8XMSR477Z99BDN41K"
TEXTS = [
    CODE,
    f"HTTPS://POINTS.EXAMPLE/C/{CODE}",
    f"HTTPS://CITY.EXAMPLE/Points/C/{CODE}",
    f"HTTPS://{'A' * 240}.EXAMPLE/C/{CODE}",
    "捡到请交给居委会 <&\"'>",
    "1",
]


def decode(picture: bytes | Image.Image) -> list[str]:
    image = picture if isinstance(picture, Image.Image) else Image.open(io.BytesIO(picture))
    # Inverted codes are what some phones cannot read, so they must not pass here.
    return [found.text for found in zxingcpp.read_barcodes(image.convert("L"), try_invert=False)]


def picture_of(rows: list[list[bool]]) -> Image.Image:
    dots = bytes(0 if dark else 255 for row in rows for dark in row)
    small = Image.frombytes("L", (len(rows[0]), len(rows)), dots)
    return small.resize((small.width * 4, small.height * 4), Image.Resampling.NEAREST)


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("pixels_per_module", [2, 3, 8])
def test_a_png_decodes(text: str, pixels_per_module: int) -> None:
    assert decode(qr_png(text, pixels_per_module=pixels_per_module)) == [text]


def test_a_png_has_whole_pixels_and_a_quiet_zone_of_four_modules() -> None:
    picture = Image.open(io.BytesIO(qr_png(CODE, pixels_per_module=3))).convert("L")

    dark = picture.point(lambda shade: 255 - shade).getbbox()

    assert (picture.size, dark) == ((33 * 3, 33 * 3), (4 * 3, 4 * 3, 29 * 3, 29 * 3))
    assert set(picture.tobytes()) == {0, 255}


@pytest.mark.parametrize("text", TEXTS)
def test_an_svg_decodes_in_a_browser(browser: Browser, text: str) -> None:
    page = browser.new_page(viewport={"width": 400, "height": 400})
    page.set_content(f"<style>body{{margin:0}}</style>{qr_svg(text, label='')}")

    shot = page.screenshot()
    page.close()

    assert decode(shot) == [text]


def test_an_svg_is_one_dark_path_in_modules_and_is_read_aloud_by_its_label() -> None:
    svg = qr_svg(CODE, label="号码 271 836 501 <1>")

    assert re.findall(r' (viewBox|role|aria-label|shape-rendering)="([^"]*)"', svg) == [
        ("viewBox", "-4 -4 33 33"),
        ("role", "img"),
        ("aria-label", "号码 271 836 501 &lt;1&gt;"),
        ("shape-rendering", "crispEdges"),
    ]
    assert re.sub('d="[^"]*"', "", svg).count("<path ") == 2  # the light ground and the dark code


def test_a_path_covers_the_dark_modules_and_no_other() -> None:
    modules = [[True, True, False], [False, False, False], [True, False, True]]

    assert qr_path(modules) == "M0 0h2v1h-2zM0 2h1v1h-1zM2 2h1v1h-1z"


def test_capitals_make_a_smaller_code() -> None:
    address = f"HTTPS://POINTS.EXAMPLE/C/{CODE}"

    assert (len(qr_modules(CODE)), len(qr_modules(address))) == (25, 29)
    assert len(qr_modules(address.lower())) == 33


def test_a_text_that_no_qr_holds_is_refused() -> None:
    with pytest.raises(ValueError, match="Invalid version"):
        qr_modules("a" * 3000)


@pytest.mark.parametrize("text", TEXTS)
def test_a_terminal_shows_dark_on_light_and_decodes(text: str) -> None:
    lines = qr_text(text).split("\n")

    assert all(re.fullmatch("\x1b\\[38;5;16;48;5;231m[ ▀▄█]+\x1b\\[0m", line) for line in lines)
    assert decode(picture_of(seen_on_terminal(lines))) == [text]


def test_a_terminal_code_keeps_its_quiet_zone() -> None:
    picture = picture_of(seen_on_terminal(qr_text(CODE).split("\n")))

    dark = picture.point(lambda shade: 255 - shade).getbbox()

    # A character holds two rows of modules, so an odd code has one light row more below it.
    assert (picture.size, dark) == ((33 * 4, 34 * 4), (4 * 4, 4 * 4, 29 * 4, 29 * 4))


@pytest.mark.parametrize("text", TEXTS)
def test_a_terminal_without_blocks_shows_the_same_in_ascii(text: str) -> None:
    lines = qr_text(text, has_blocks=False).split("\n")

    assert "\n".join(lines).isascii()
    inks = [re.sub("\x1b\\[[0-9;]*m", "", line) for line in lines]
    assert decode(picture_of([[ink == "#" for ink in line[::2]] for line in inks])) == [text]
    # What is inked must be as dark as its ground, or a camera sees a grid instead of modules.
    assert {part for line in lines for part in re.findall("\x1b\\[[0-9;]+m[ #]*", line)} <= {
        *(f"\x1b[38;5;16;48;5;16m{'##' * length}" for length in range(1, 200)),
        *(f"\x1b[38;5;16;48;5;231m{'  ' * length}" for length in range(1, 200)),
        "\x1b[0m",
    }


def seen_on_terminal(lines: list[str]) -> list[list[bool]]:
    inks = [re.sub("\x1b\\[[0-9;]*m", "", line) for line in lines]
    return [[ink in half for ink in line] for line in inks for half in ("▀█", "▄█")]


@settings(max_examples=25)
@given(st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=120))
def test_whatever_is_drawn_reads_back(text: str) -> None:
    picture = Image.open(io.BytesIO(qr_png(text, pixels_per_module=4)))

    assert [bytes(found.bytes) for found in zxingcpp.read_barcodes(picture.convert("L"))] == [
        text.encode()
    ]
