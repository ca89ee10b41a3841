"""Printed slips, looked at in a real browser and read back by a real decoder."""

import io
import re
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Browser, Page

from points.domain.slip_codes import SLIP_BYTES, SlipCode, in_groups, make_slip_code
from points.outside.slip_sheets import slip_sheet_parts, slip_svg

PROGRAMME = "长风新村街道垃圾分类积分"
NAMES = ["积分", PROGRAMME, "W" * 40, "垃圾分类" * 50]

MEASURE = """(root, selector) => {
  const from = root.getBoundingClientRect(), mm = value => value * 25.4 / 96;
  return [...root.querySelectorAll(selector)].map(part => {
    const box = part.getBoundingClientRect();
    return [box.left - from.left, box.top - from.top, box.right - from.left,
            box.bottom - from.top].map(mm);
  });
}"""


def make_slips(count: int) -> list[SlipCode]:
    dice = Random(20191205)
    return [make_slip_code(dice.randbytes(SLIP_BYTES)) for _ in range(count)]


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A window as large as one A4 sheet, fine enough for a camera."""
    opened = browser.new_page(viewport={"width": 794, "height": 1123}, device_scale_factor=2)
    opened.emulate_media(media="print")
    yield opened
    opened.close()


def show(page: Page, file: Path, codes: list[SlipCode], name: str = PROGRAMME) -> None:
    file.write_text("".join(slip_sheet_parts(codes, name)), "utf-8")
    page.goto(file.as_uri())


def test_every_code_of_a_sheet_decodes(page: Page, tmp_path: Path) -> None:
    codes = make_slips(13)
    show(page, tmp_path / "slips.html", codes)

    pictures = [
        Image.open(io.BytesIO(sheet.screenshot())) for sheet in page.locator(".sheet").all()
    ]

    read = [{one.text for one in zxingcpp.read_barcodes(it.convert("L"))} for it in pictures]
    assert read == [set(codes[:10]), set(codes[10:])]
    assert page.title() == f"{PROGRAMME} · 积分条"


def test_the_qr_has_four_modules_of_quiet_paper_around_it(page: Page, tmp_path: Path) -> None:
    show(page, tmp_path / "slips.html", make_slips(1))

    [(left, top, right, bottom)] = measure(page, "[aria-label^=二维码]")
    [_, *others] = measure(page, "path, rect, text")

    quiet = 4 * 32 / 21
    assert (round(right - left, 2), round(bottom - top, 2)) == (32, 32)
    assert min(left, top) >= quiet
    beside = [box for box in others if box[0] > right and box[1] < bottom]
    below = [box for box in others if box[1] > bottom and box[0] < right]
    assert min(box[0] for box in beside) - right >= quiet
    assert min(box[1] for box in below) - bottom >= quiet


@pytest.mark.parametrize("name", NAMES)
def test_no_name_pushes_anything_off_its_slip(page: Page, tmp_path: Path, name: str) -> None:
    show(page, tmp_path / "slips.html", make_slips(1), name)

    outside = [
        box
        for box in measure(page, "text")
        if not (6 < box[0] < box[2] < 88 and 3 < box[1] < box[3] < 53)
    ]

    assert outside == []


def test_a_slip_says_its_code_in_groups_and_what_is_to_be_written_on_it() -> None:
    [code] = make_slips(1)

    texts = re.findall("<text[^>]*>([^<]*)</text>", slip_svg(code, "积分"))

    assert texts == [
        *("积分", "积分条", "Points slip"),
        *("积分", "points", "到期", "until", "摊位", "booth"),
        "只用一次，到兑换摊位存进卡里",
        "Good once, at any booth with goods",
        in_groups(code),
    ]


def measure(page: Page, selector: str) -> list[tuple[float, ...]]:
    return [tuple(box) for box in page.locator(".slip").first.evaluate(MEASURE, selector)]
