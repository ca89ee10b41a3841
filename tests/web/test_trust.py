"""The page by which phones come to trust a service of their network, as a phone shows it."""

from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO

import httpx
import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Browser, Page
from starlette.testclient import TestClient

from points.web.trust import FILE, Trust, make_trust_app
from tests.axe import serious_faults
from tests.live import running

TRUST = Trust(
    name="points desk",
    certificate=b"a certificate",
    fingerprint="AB CD EF",
    hosts=("192.168.1.5", "10.0.0.4", "127.0.0.1"),
    scanner_port=8001,
    page_port=8002,
)


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with running(make_trust_app(lambda: TRUST)) as address:
        yield address


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """The page on a phone, without scripts: it needs none."""
    context = browser.new_context(
        viewport={"width": 360, "height": 740}, locale="zh-CN", is_mobile=True
    )
    page = context.new_page()
    page.goto(address)
    yield page
    context.close()


def test_it_says_in_both_languages_what_to_do_on_every_kind_of_phone(page: Page) -> None:
    text = page.inner_text("body")

    for said in ("让手机信任这台电脑", "Let this phone trust the computer", "points desk"):
        assert said in text
    assert [each.inner_text().strip() for each in page.locator("summary").all()] == [
        "苹果手机 iPhone",
        "安卓 Android",
        "鸿蒙 HarmonyOS",
    ]
    assert "AB CD EF" in text
    assert "能看到您的网络活动" in text


def test_it_leads_to_the_certificate_and_then_to_the_scanner(page: Page) -> None:
    links = [each.get_attribute("href") for each in page.locator("a").all()]

    assert links == [FILE, "https://127.0.0.1:8001/scan"]


def test_its_picture_leads_another_phone_to_the_page(page: Page) -> None:
    picture = Image.open(BytesIO(page.locator("figure svg").screenshot(scale="device")))

    [found] = zxingcpp.read_barcodes(picture)
    assert found.text == "http://127.0.0.1:8002"


def test_it_fits_a_phone_and_anybody_can_use_it(page: Page) -> None:
    for summary in page.locator("summary").all():
        summary.click()

    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert serious_faults(page) == []


def test_the_certificate_comes_as_phones_install_it(address: str) -> None:
    answer = httpx.get(f"{address}/{FILE}")

    assert answer.headers["content-type"] == "application/x-x509-ca-cert"
    assert answer.content == TRUST.certificate


@pytest.mark.parametrize(
    ("asked", "host"),
    [("10.0.0.4:8002", "10.0.0.4"), ("strange.example", "192.168.1.5"), ("a&b", "192.168.1.5")],
)
def test_a_phone_is_sent_where_it_came_from_and_to_no_strange_name(asked: str, host: str) -> None:
    page = TestClient(make_trust_app(lambda: TRUST)).get("/", headers={"Host": asked}).text

    assert f"https://{host}:8001/scan" in page
    assert "strange" not in page


def test_a_certificate_made_anew_is_shown_at_once() -> None:
    shown = [TRUST]
    page = TestClient(make_trust_app(lambda: shown[0]))
    before = page.get("/").text

    shown[0] = replace(TRUST, fingerprint="01 23")

    assert "AB CD EF" in before
    assert "01 23" in page.get("/").text


def test_it_gives_nothing_else(address: str) -> None:
    assert [
        httpx.get(f"{address}/{path}").status_code for path in ("ca.pem", "../https/ca.pem", "x")
    ] == [404, 404, 404]
    assert httpx.post(address).status_code == 405
