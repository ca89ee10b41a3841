"""What holds for every page of a resident: how it looks, whence forms come, what trouble says."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from points.service.passbooks import FrontPage, Glance
from points.service.transactions import DatabaseUnavailable
from points.web.pages.looks import COOKIE as LOOK
from points.web.running import keep, running_of
from points.web.together import Together
from tests.web.pages.browsing import Browsing, text_of
from tests.web.served import Served


@pytest.fixture
def browsing(served_once: Served) -> Browsing:
    served_once.http.cookies.clear()
    return Browsing(served_once)


@pytest.mark.parametrize(
    ("back", "lead"),
    [
        ("me", "../me"),
        ("about", "../about"),
        ("me/statement", "../me/statement"),
        ("//elsewhere.example", "../me"),
        ("https://elsewhere.example", "../me"),
        ("", "../me"),
    ],
)
def test_a_button_changes_the_look_and_leads_back_to_a_page_of_ours(
    browsing: Browsing, back: str, lead: str
) -> None:
    answer = browsing.post("/me/look", {"set": "large", "back": back})

    assert (answer.status_code, answer.headers["Location"]) == (303, lead)
    assert answer.headers["Set-Cookie"].startswith(f"{LOOK}=en-large; HttpOnly; Max-Age=31536000;")


def test_a_look_is_kept_from_page_to_page(browsing: Browsing) -> None:
    for button in ("large", "sun", "zh"):
        browsing.post("/me/look", {"set": button, "back": "about"})

    page = browsing.get("/about")

    assert '<html lang="zh-CN" data-type="large" data-theme="sun">' in page.text
    assert page.text.count('aria-pressed="true"') == 2
    assert "没有手机也一样用" in text_of(page)


def test_no_other_site_changes_a_look(browsing: Browsing) -> None:
    answer = browsing.post("/me/look", {"set": "large"}, **{"Sec-Fetch-Site": "cross-site"})

    assert answer.status_code == 403
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("path", ["/me", "/me/code", "/about"])
def test_a_cookie_that_is_noise_is_nobodys(browsing: Browsing, path: str) -> None:
    for noise in ("x", "x" * 43, "%00", "p" * 4_000):
        browsing.served.http.cookies.set("points_resident", noise)

        assert browsing.get(path).status_code == 200


def test_when_the_database_is_away_the_page_says_that_the_points_stay(
    browsing: Browsing,
) -> None:
    def away(_asked: Sequence[Glance]) -> Sequence[FrontPage | None]:
        raise DatabaseUnavailable("gone")

    browsing.open()
    state = browsing.served.app.state
    running = running_of(state)
    with Together("away", away) as front_pages:
        keep(state, replace(running, front_pages=front_pages))
        answer = browsing.get("/me")
    keep(state, running)

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert "your points stay" in text_of(answer)
