"""The way in, what is seen at a glance, and the statement."""

import logging
import re
from datetime import timedelta

import pytest
from sqlalchemy import insert

from points.domain.access import OPERATOR
from points.domain.cases import Decision, Wish
from points.domain.guessing import (
    EVERYONE,
    OF_ALL_MAX,
    OF_EACH_MAX,
    Guessed,
    alarm,
    window_of,
)
from points.domain.ids import HouseholdId
from points.service.cards import freeze_card
from points.service.cases import read_cases
from points.service.consents import notice_today
from points.service.passbooks import FIRST_LINES, PAGE_LINES
from points.service.transactions import transaction
from points.storage.columns import table_of
from points.storage.engine import Database
from points.storage.sessions import GuessRow
from points.web.pages.visitors import COOKIE
from tests.asked import statements_asked
from tests.desk import print_blank
from tests.market import LI, NOW, WANG, ZHAO
from tests.web.pages.browsing import Browsing, text_of
from tests.web.served import CODES, NUMBERS, STRAY, Served, earn, redeem, serve, undo

BYTES_MAX = 50_000
STATEMENTS = {
    "/me": 7,
    "/me/statement": 7,
    "/me/code": 3,
    "/me/lost": 2,
    "/me/privacy": 7,
    "/about": 0,
}
"""How often a page asks the database, whatever there is to show."""


@pytest.fixture
def browsing(served: Served) -> Browsing:
    return Browsing(served)


@pytest.mark.parametrize("path", ["/C/{}", "/c/{}"])
@pytest.mark.parametrize("write", [str.upper, str.lower])
def test_a_cards_qr_leads_to_an_address_that_says_nothing(
    browsing: Browsing, path: str, write: object
) -> None:
    assert callable(write)
    code = write(str(CODES[WANG]))

    answer = browsing.get(path.format(code))

    assert (answer.status_code, answer.headers["Location"]) == (303, "../me")
    assert CODES[WANG].lower() not in str(answer.headers).lower()
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert answer.headers["Cache-Control"] == "no-store"
    cookie = answer.headers["Set-Cookie"]
    assert re.fullmatch(
        rf"{COOKIE}=[A-Za-z0-9_-]{{43}}; HttpOnly; Max-Age=2592000; Path=/; SameSite=lax", cookie
    )


def test_where_the_service_is_reached_by_https_the_cookie_goes_no_other_way(
    database: Database, database_url: str
) -> None:
    https = {"POINTS_PUBLIC_URL": "https://points.example/p"}
    with serve(database, database_url, environment=https) as served:
        answer = Browsing(served).get(f"/C/{CODES[WANG]}")

    assert answer.headers["Set-Cookie"].endswith("; Secure")


def test_the_code_may_be_typed_or_pasted(browsing: Browsing) -> None:
    for text in (CODES[WANG].lower(), f" HTTPS://POINTS.EXAMPLE/C/{CODES[WANG]}\n"):
        answer = browsing.post("/me/open", {"code": text})

        assert (answer.status_code, answer.headers["Location"]) == (303, "../me")


def test_no_log_holds_a_code(browsing: Browsing, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)

    browsing.open()
    browsing.get(f"/C/{STRAY}")
    browsing.post("/me/open", {"code": CODES[LI]})
    for path in ("/me", "/me/code"):
        browsing.get(path)

    ours = [record.getMessage() for record in caplog.records if "httpx" not in record.name]
    said = "\n".join(ours).upper()
    assert "GET /C/{CODE} 303" in said
    assert [code for code in (CODES[WANG], CODES[LI], STRAY) if code in said] == []


@pytest.mark.parametrize(
    ("text", "status", "words"),
    [
        (STRAY, 404, "There is no such card"),
        ("P1NOTACODE", 404, "This code cannot be read"),
        (NUMBERS[WANG], 404, "The nine-digit number does not open this page"),
    ],
)
def test_what_opens_nothing_is_told_in_words(
    browsing: Browsing, text: str, status: int, words: str
) -> None:
    scanned, typed = browsing.get(f"/C/{text}"), browsing.post("/me/open", {"code": text})

    for answer in (scanned, typed):
        assert answer.status_code == status
        assert words in text_of(answer)
        assert text not in answer.text
        assert COOKIE not in answer.headers.get("Set-Cookie", "")


def test_a_stopped_card_opens_nothing_and_says_that_the_points_stay(browsing: Browsing) -> None:
    token = browsing.open()
    freeze_card(browsing.served.book.database, NUMBERS[WANG], now=NOW)

    scanned, page = browsing.get(f"/C/{CODES[WANG]}"), browsing.get("/me")

    assert scanned.status_code == 410
    assert "your points stay" in text_of(scanned)
    assert token
    assert "This page was closed" in text_of(page)
    assert "1,000" not in page.text


def test_who_guesses_is_told_to_wait(browsing: Browsing) -> None:
    for place in range(OF_EACH_MAX):
        browsing.served.clock.now = NOW + timedelta(seconds=2 * place)
        assert browsing.get(f"/C/{STRAY}").status_code == 404

    answer = browsing.get(f"/C/{CODES[WANG]}")

    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 600
    assert "Too many tries from here" in text_of(answer)


def test_where_codes_are_guessed_from_everywhere_nobody_opens_a_card_and_organisers_see_why(
    browsing: Browsing,
) -> None:
    book = browsing.served.book
    with transaction(book.database) as connection:
        row = {"source": EVERYONE, "began_at": window_of(NOW), "count": OF_ALL_MAX - 1}
        connection.execute(insert(table_of(GuessRow)).values(**row))
    calm = read_cases(book, OPERATOR, Wish(is_open=True))

    statuses = [browsing.get(f"/C/{code}").status_code for code in (STRAY, CODES[WANG])]

    assert (calm, statuses) == ([], [404, 429])
    [matter] = read_cases(book, OPERATOR, Wish(is_open=True))
    assert (matter.case.about, matter.suggested) == (alarm(Guessed.CARDS, NOW), Decision.NOTED)


def test_who_opens_cards_faster_than_hands_can_is_held_back_before_any_is_looked_at(
    browsing: Browsing,
) -> None:
    answers = [browsing.get(f"/C/{CODES[WANG]}").status_code for _ in range(40)]

    assert answers == [303] * 30 + [429] * 10


def test_without_a_card_every_page_of_ones_own_asks_for_it(browsing: Browsing) -> None:
    for path in ("/me", "/me/statement", "/me/code", "/me/lost"):
        answer = browsing.get(path)

        assert answer.status_code == 200
        assert "Scan the code on your card" in text_of(answer)
        assert 'action="' in answer.text


def test_what_there_is_stands_on_one_page(browsing: Browsing) -> None:
    browsing.served.operate("redeeming", earn(), redeem())
    browsing.open()

    shown = text_of(browsing.get("/me"))

    assert "My points 980 pts All can be used until 31 December 2020" in shown
    assert "垃圾袋 30 points, 2 each household 399 left at booth 4 Buys 2" in shown
    assert "毛巾 800 points 10 left at booth 4, 6 more at 11:00 Buys 1" in shown
    assert "楼道堆物清理 On now today, 8:00 to 20:00" in shown
    assert "垃圾袋, 1 today 10:00 booth 4 −30 980" in shown
    assert "签到 today 10:00 booth 4 +10 1,010" in shown


def test_it_is_told_in_chinese_where_nothing_else_is_asked_for(served: Served) -> None:
    browsing = Browsing(served, language="")
    served.operate("redeeming", earn(), redeem())
    browsing.open()

    page = browsing.get("/me")
    shown = text_of(page)

    assert page.headers["Content-Language"] == "zh-CN"
    assert "我的积分 My points 980 分 都能用到 2020 年 12 月 31 日" in shown
    assert "垃圾袋 30 分，每户最多 2 份 4 号展位还有 399 份 够换 2 份" in shown
    assert "毛巾 800 分 4 号展位还有 10 份，11:00 再放 6 份 够换 1 份" in shown
    assert "换了垃圾袋 1 份 今天 10:00 4 号 展位 4 −30 980" in shown


def test_what_ends_soon_is_said_with_its_day(served: Served) -> None:
    browsing = Browsing(served)
    served.clock.now = NOW.replace(year=2020)
    browsing.open()

    assert "1,000 points to use by 31 December" in text_of(browsing.get("/me"))


def test_a_card_without_points_is_told_how_to_get_some(browsing: Browsing) -> None:
    [card] = print_blank(browsing.served.book.database, 1)
    browsing.open(code=card.code)

    shown = text_of(browsing.get("/me"))

    assert "My points 0 pts No points yet" in shown
    assert "Keep saving for At " in shown
    assert "Nothing yet. Scan your card at a booth" in shown
    assert "楼道" not in shown


@pytest.mark.parametrize(("owner", "foreign"), [(WANG, "弄堂"), (ZHAO, "楼道")])
def test_nothing_of_another_communitys_is_shown(
    browsing: Browsing, owner: HouseholdId, foreign: str
) -> None:
    browsing.served.operate("corridors", earn(activity="clean-up", building="3"))
    browsing.served.operate("lanes", earn(card=CODES[ZHAO], activity="sweep"))
    browsing.open(owner)

    pages = [browsing.get(path).text for path in ("/me", "/me/statement")]

    assert [page for page in pages if foreign in page] == []


def test_lines_that_were_taken_back_are_shown_as_such(browsing: Browsing) -> None:
    scan = earn()
    browsing.served.operate("redeeming", scan, undo(scan["id"]))
    browsing.open()

    page = browsing.get("/me/statement")

    assert "Taken back: 签到 today 10:00 booth 4 −10 1,000" in text_of(page)
    assert "签到 taken back today 10:00 booth 4 +10 1,010" in text_of(page)
    assert page.text.count('class="undone"') == 1


def test_the_statement_goes_on_to_its_very_first_line(browsing: Browsing) -> None:
    for minute in range(2 * PAGE_LINES):
        browsing.served.clock.now = NOW + timedelta(minutes=minute)
        moment = browsing.served.clock.now.isoformat()
        browsing.served.operate("games", earn(activity="sorting", occurred_at=moment))
        browsing.served.operate(
            "games", earn(activity="hand-in", grams={"metal": 125}, occurred_at=moment)
        )
    browsing.open()

    lines, path, page = 0, "/me/statement", browsing.get("/me")
    while path:
        page = browsing.get(path)
        lines += page.text.count("<tr>") - 1
        older = re.search(r'href="(statement\?before=[^"]+)"', page.text)
        path = f"/me/{older[1]}" if older else ""

    assert lines == 1 + 2 + 2 * PAGE_LINES
    assert "That is all." in text_of(page)
    assert browsing.get("/me").text.count("<tr>") == 1 + FIRST_LINES


@pytest.mark.parametrize("before", ["x", "1-", "99999999999999999999-1", "１-1", "-1--1"])
def test_a_place_that_is_none_is_the_beginning(browsing: Browsing, before: str) -> None:
    browsing.open()

    assert browsing.get(f"/me/statement?before={before}").status_code == 200


def test_the_notice_is_the_programmes_own_or_ours(served: Served) -> None:
    notice = notice_today(served.book, now=NOW)

    assert notice.text_en in text_of(Browsing(served).get("/me/privacy"))
    assert notice.text in text_of(Browsing(served, language="zh").get("/me/privacy"))


def test_a_visit_is_closed_in_this_browser(browsing: Browsing) -> None:
    token = browsing.open()

    answer = browsing.submit("/me/close")
    browsing.served.http.cookies.set(COOKIE, token)

    assert "Closed. Scan your card to look again." in text_of(answer)
    assert "Max-Age=0" in answer.headers["Set-Cookie"]
    assert "This page was closed" in text_of(browsing.get("/me"))


def test_every_page_is_strict_small_and_asks_the_database_a_known_number_of_times(
    browsing: Browsing,
) -> None:
    for _ in range(3):
        browsing.served.operate("redeeming", earn(), redeem())
    browsing.open()
    browsing.get("/me")  # the catalog is read once
    style = browsing.get("/" + re.findall(r'href="(pages/[^"]+)"', browsing.get("/me").text)[0])
    with statements_asked() as asked:
        for path, times in STATEMENTS.items():
            asked.clear()
            page = browsing.get(path)

            assert len(page.content) + len(style.content) < BYTES_MAX, path
            assert len(asked) == times, (path, asked)
            policy = page.headers["Content-Security-Policy"]
            assert policy.startswith("default-src 'none'; style-src 'self';")
            assert "unsafe" not in policy
            assert page.headers["Cache-Control"] == "no-store"
            assert not re.search(r'(?:src|href|action)="(?:https?:)?//', page.text)
            assert "style=" not in page.text
            assert "<script" not in page.text
    assert (style.status_code, style.headers["Content-Type"]) == (200, "text/css; charset=utf-8")
    assert "immutable" in style.headers["Cache-Control"]
    assert "url(" not in style.text
    assert browsing.get("/pages/resident-000000000000.css").status_code == 404
