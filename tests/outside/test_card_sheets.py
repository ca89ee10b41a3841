"""Printed cards, looked at in a real browser and read back by a real decoder."""

import io
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from itertools import takewhile
from pathlib import Path
from random import Random

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Browser, Page

from points.domain.cards import (
    CODE_BYTES,
    NUMBER_MAX,
    NUMBER_MIN,
    card_text,
    make_card_code,
    make_card_number,
    spoken,
)
from points.outside.card_sheets import (
    PrintedCard,
    card_png,
    card_sheet_html,
    card_sheet_parts,
    card_svg,
)

PROGRAMME = "长风新村街道垃圾分类积分"
NAMES = [
    "积分",
    PROGRAMME,
    "周杰·木拉提与杨𬭚的楼道",
    "上海市普陀区长风新村街道二〇一九年冬季垃圾分类积分兑换志愿服务日暨楼道清理行动",
    "长风 Changfeng 垃圾分类 sorting points 2019",
    "Nachbarschaftsmülltrennungspunkteprogramm",
    "W" * 40,
    "垃圾分类" * 50,
    "<b>&\"'</b> ]]>",
]
PUBLIC_URLS = [None, "https://points.example", "https://sorting-points.putuo.example.org:8443"]

# Millimetres on the sheet: where it is to be cut.
CUTS_ACROSS = [15.0, 105.0, 195.0]
CUTS_DOWN = [13.5, 67.5, 121.5, 175.5, 229.5, 283.5]

MEASURE = """(root, selector) => {
  const from = root.getBoundingClientRect(), mm = value => value * 25.4 / 96;
  return [...root.querySelectorAll(selector)].map(part => {
    const box = part.getBoundingClientRect();
    return [box.left - from.left, box.top - from.top, box.right - from.left,
            box.bottom - from.top].map(mm);
  });
}"""

Box = tuple[float, float, float, float]


def make_cards(count: int, public_url: str | None = None) -> list[PrintedCard]:
    dice = Random(20191205)
    codes = [make_card_code(dice.randbytes(CODE_BYTES)) for _ in range(count)]
    return [
        PrintedCard(
            code=code,
            number=make_card_number(dice.randint(NUMBER_MIN, NUMBER_MAX)),
            text=card_text(code, public_url),
        )
        for code in codes
    ]


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A window as large as one A4 sheet, fine enough for a camera."""
    opened = browser.new_page(viewport={"width": 794, "height": 1123}, device_scale_factor=2)
    opened.emulate_media(media="print")
    yield opened
    opened.close()


def show(page: Page, file: Path, content: str) -> list[str]:
    """Open the file as a person would, and give the addresses that were asked for."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    file.write_text(content, "utf-8")
    page.goto(file.as_uri())
    return asked


def decode(picture: bytes) -> list[str]:
    """Read every code on the picture, row by row."""
    image = Image.open(io.BytesIO(picture)).convert("L")
    # One row of cards is 54 mm high; codes in it start at about the same height.
    row_height = image.height / 297 * 54
    found = zxingcpp.read_barcodes(image, try_invert=False)
    corners = [(code.position.top_left, code.text) for code in found]
    return [
        text for corner, text in sorted(corners, key=lambda at: (at[0].y // row_height, at[0].x))
    ]


def measure(page: Page, root: str, selector: str) -> list[Box]:
    return [tuple(box) for box in page.locator(root).first.evaluate(MEASURE, selector)]


@pytest.mark.parametrize("public_url", PUBLIC_URLS)
def test_every_code_of_a_sheet_decodes_in_order(
    page: Page, tmp_path: Path, public_url: str | None
) -> None:
    cards = make_cards(25, public_url)
    show(page, tmp_path / "cards.html", card_sheet_html(cards, PROGRAMME))

    sheets = [decode(sheet.screenshot()) for sheet in page.locator(".sheet").all()]

    texts = [card.text for card in cards]
    assert sheets == [texts[:10], texts[10:20], texts[20:]]


def test_25_cards_print_on_three_a4_pages(page: Page, tmp_path: Path) -> None:
    show(page, tmp_path / "cards.html", card_sheet_html(make_cards(25), PROGRAMME))

    pdf = page.pdf(prefer_css_page_size=True)

    boxes = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", pdf)
    sizes = [
        (round(float(width) / 72 * 25.4), round(float(height) / 72 * 25.4))
        for width, height in boxes
    ]
    assert (len(re.findall(rb"/Type /Page\b", pdf)), sizes) == (3, [(210, 297)] * 3)


def test_a_full_last_sheet_is_followed_by_no_empty_one(page: Page, tmp_path: Path) -> None:
    show(page, tmp_path / "cards.html", card_sheet_html(make_cards(20), PROGRAMME))

    assert len(re.findall(rb"/Type /Page\b", page.pdf(prefer_css_page_size=True))) == 2


def test_crop_marks_stand_at_every_cut_and_outside_the_cards(page: Page, tmp_path: Path) -> None:
    show(page, tmp_path / "cards.html", card_sheet_html(make_cards(10), PROGRAMME))

    cards = [tuple(round(edge, 1) for edge in box) for box in measure(page, ".sheet", ".card")]
    marks = [tuple(round(edge, 1) for edge in box) for box in measure(page, ".sheet", ".crop")]

    assert cards == [
        (left, top, left + 90, top + 54) for top in CUTS_DOWN[:-1] for left in CUTS_ACROSS[:-1]
    ]
    assert sorted(marks) == sorted(
        [(x, y, x, end) for x in CUTS_ACROSS for y, end in [(3.0, 10.0), (287.0, 291.0)]]
        + [(x, y, end, y) for y in CUTS_DOWN for x, end in [(4.0, 12.0), (198.0, 206.0)]]
    )


@pytest.mark.parametrize("public_url", PUBLIC_URLS)
def test_the_qr_is_36_mm_wide_with_four_modules_of_quiet_paper(
    page: Page, tmp_path: Path, public_url: str | None
) -> None:
    show(page, tmp_path / "cards.html", card_sheet_html(make_cards(1, public_url), PROGRAMME))

    [(left, top, right, bottom)] = measure(page, ".card", "[aria-label^=二维码]")
    [_, *others] = measure(page, ".card", "path, rect, text")  # all but the white ground

    # A code without address has the fewest modules, so the widest quiet zone: 4 of 25.
    quiet = 4 * 36 / 25
    assert (round(right - left, 2), round(bottom - top, 2)) == (36, 36)
    assert min(left, top, 90 - right, 54 - bottom) >= quiet
    assert min(other[0] for other in others if other[0] > right) - right >= quiet


@pytest.mark.parametrize("name", NAMES)
def test_no_name_pushes_anything_off_its_card(page: Page, tmp_path: Path, name: str) -> None:
    show(page, tmp_path / "cards.html", card_sheet_html(make_cards(1), name))

    texts = measure(page, ".card", "text")
    tile_top = min(top for _, top, _, _ in measure(page, ".card", "rect")[1:])
    names = measure(page, ".card", ".name")

    assert [
        box for box in texts if not (47 < box[0] < box[2] < 88 and 3 < box[1] < box[3] < 51)
    ] == []
    # Boxes hold more air than ink, so half a millimetre of it may be shared.
    assert max(bottom for *_, bottom in names) < tile_top + 0.5


@pytest.mark.parametrize("name", NAMES[:7])
def test_a_name_of_40_characters_is_printed_whole(name: str) -> None:
    [card] = make_cards(1)

    printed = "".join(words(card_svg(card, name), "name"))

    assert printed.replace(" ", "") == name.replace(" ", "")


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("", []),
        ("长风", ["长风"]),
        (PROGRAMME, ["长风新村街道", "垃圾分类积分"]),
        ("Changfeng ab", ["Changfeng", "ab"]),
        ("Changfeng sorting points", ["Changfeng", "sorting points"]),
        ("世纪同乐、清水湾和师大二村", ["世纪同乐、清水", "湾和师大二村"]),
        ("周杰古丽·木拉提", ["周杰古丽·", "木拉提"]),
    ],
)
def test_a_name_breaks_into_lines_of_about_one_length_and_not_inside_a_word(
    name: str, lines: list[str]
) -> None:
    [card] = make_cards(1)

    assert words(card_svg(card, name), "name") == lines


def test_a_longer_name_ends_in_dots() -> None:
    [card] = make_cards(1)

    lines = words(card_svg(card, "垃圾分类" * 50), "name")

    assert (len(lines), lines[-1][-1]) == (4, "…")


def test_a_card_says_these_words_and_no_others() -> None:
    [card] = make_cards(1, "https://points.example")

    svg = card_svg(card, PROGRAMME)

    assert words(svg) == [
        "长风新村街道",
        "垃圾分类积分",
        *"可害湿干",
        "扫不出，就念这个号",
        "Won't scan? Say this number",
        spoken(card.number),
        "捡到请交给居委会",
        "If found: any residents' committee",
    ]
    assert re.findall('aria-label="([^"]*)"', svg) == [f"二维码，号码 {spoken(card.number)}", "分"]
    assert card.code not in svg


def words(svg: str, of_class: str | None = None) -> list[str]:
    """Give the words on a drawing, which must be well-formed."""
    texts = ET.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")
    return [text.text or "" for text in texts if of_class in (None, text.get("class"))]


def test_a_sheet_asks_nothing_of_the_network(page: Page, tmp_path: Path) -> None:
    file = tmp_path / "cards.html"

    asked = show(page, file, card_sheet_html(make_cards(10), "<img src=//elsewhere.example>"))

    assert asked == [file.as_uri()]
    assert page.locator("html").get_attribute("lang") == "zh-CN"
    assert page.title() == "<img src=//elsewhere.example> · 积分卡"


def test_control_characters_in_a_name_do_not_break_the_drawing() -> None:
    [card] = make_cards(1)

    assert words(card_svg(card, "长\x00风\x1b \ud800积\ufffe\n分"), "name") == ["长风 积 分"]


@pytest.mark.parametrize("public_url", PUBLIC_URLS)
def test_a_single_svg_decodes(page: Page, tmp_path: Path, public_url: str | None) -> None:
    cards = make_cards(3, public_url)

    read = []
    for card in cards:
        show(page, tmp_path / f"{card.number}.svg", card_svg(card, PROGRAMME))
        read += decode(page.screenshot())

    assert read == [card.text for card in cards]


@pytest.mark.parametrize("public_url", PUBLIC_URLS)
def test_a_single_png_decodes(public_url: str | None) -> None:
    cards = make_cards(10, public_url)

    read = [text for card in cards for text in decode(card_png(card))]

    assert read == [card.text for card in cards]


def test_a_png_prints_its_qr_36_mm_wide_above_its_number() -> None:
    [card] = make_cards(1)

    picture = Image.open(io.BytesIO(card_png(card, pixels_per_module=10)))

    dots_per_mm = picture.info["dpi"][0] / 25.4
    number = picture.crop((0, 33 * 10, picture.width, picture.height))
    ink = number.point(lambda shade: 255 - shade).getbbox()
    assert (picture.width, round(25 * 10 / dots_per_mm, 1)) == (33 * 10, 36.0)
    assert ink is not None
    assert 4 * 10 <= ink[0] < ink[2] <= 29 * 10


def test_sheets_are_handed_over_while_later_ones_are_still_to_be_drawn() -> None:
    drawn: list[PrintedCard] = []

    class Deck(list[PrintedCard]):
        def __iter__(self) -> Iterator[PrintedCard]:
            for card in super().__iter__():
                drawn.append(card)
                yield card

    parts = card_sheet_parts(Deck(make_cards(30)), PROGRAMME)
    first_sheet = list(takewhile(lambda part: "</section>" not in part, parts))

    assert len(drawn) == 10
    assert "".join(first_sheet).count("<li>") == 10


def test_a_card_whose_qr_would_not_read_back_is_never_printed() -> None:
    [one, other] = make_cards(2)

    with pytest.raises(ValueError, match="would not read back"):
        PrintedCard(code=one.code, number=one.number, text=other.text)


def test_a_card_shows_its_code_in_no_log() -> None:
    [card] = make_cards(1)

    assert repr(card) == f"PrintedCard(number={card.number!r})"
