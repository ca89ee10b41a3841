"""A resident with a browser, without one: pages are asked for, and what is on them is read."""

from dataclasses import dataclass
from html.parser import HTMLParser
from io import BytesIO
from typing import Any

import zxingcpp
from PIL import Image
from playwright.sync_api import Browser

from points.domain.cards import CardCode
from points.domain.ids import HouseholdId
from points.service.visits import form_seal
from points.web.pages.visitors import COOKIE
from tests.market import WANG
from tests.web.served import CODES, Served


@dataclass(frozen=True, slots=True)
class Browsing:
    """Asks for pages as a browser does: it keeps cookies and says where forms come from."""

    served: Served
    language: str = "en"

    def get(self, path: str, **headers: str) -> Any:
        return self.served.http.get(
            path, headers={"Accept-Language": self.language} | headers, follow_redirects=False
        )

    def post(self, path: str, fields: dict[str, str], **headers: str) -> Any:
        sent = {"Accept-Language": self.language, "Sec-Fetch-Site": "same-origin"} | headers
        return self.served.http.post(path, data=fields, headers=sent, follow_redirects=False)

    def open(self, household: HouseholdId = WANG, *, code: CardCode | None = None) -> str:
        """Scan a card; give the visit's token."""
        answer = self.get(f"/C/{code or CODES[household]}")
        assert answer.status_code == 303, answer.text
        token: str = self.served.http.cookies[COOKIE]
        return token

    def submit(self, path: str, **fields: str) -> Any:
        """Send a form of the visit that this browser has."""
        seal = form_seal(self.served.http.cookies[COOKIE])
        return self.post(path, {"seal": seal} | fields)


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []

    def handle_data(self, data: str) -> None:
        self.words.extend(data.split())


def text_of(answer: Any) -> str:
    """Give what is read on a page, with single blanks."""
    parser = _Text()
    parser.feed(answer.text)
    return " ".join(parser.words)


def read_off(answer: Any, browser: Browser) -> str:
    """Hold a page before a scanner."""
    page = browser.new_page(viewport={"width": 360, "height": 740})
    page.set_content(answer.text)
    picture = Image.open(BytesIO(page.screenshot(full_page=True))).convert("L")
    page.close()
    [found] = zxingcpp.read_barcodes(picture)
    return str(found.text)
