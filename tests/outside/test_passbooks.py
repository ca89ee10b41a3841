"""A passbook on paper: what stands on it, and how it is split into sheets."""

import re
from dataclasses import replace

from points.outside.passbooks import (
    LINES_FIRST,
    LINES_MORE,
    Passbook,
    PassbookLine,
    passbook_parts,
)

LINE = PassbookLine(
    day="2019-12-05",
    time="10:00",
    what="签到",
    where="4 号 兑换",
    change="+10",
    left="10",
    is_undone=False,
)
BOOK = Passbook(
    programme="长风垃圾分类积分",
    printed_on="2019-12-05",
    numbers=["271 836 501"],
    available=10,
    owed=0,
    endings=[("用到 2020-12-31", 10)],
    lines=[LINE],
)


def page(book: Passbook) -> str:
    return "".join(passbook_parts(book))


def cells(html: str) -> list[list[str]]:
    rows = re.findall(r"<tr[^>]*>(.*?)</tr>", html, re.DOTALL)
    return [
        [
            re.sub(r"( ?<[^>]*>)+", " ", cell).strip()
            for cell in re.findall(r"<td[^>]*>(.*?)</td>", row)
        ]
        for row in rows
        if "<td" in row
    ]


def test_a_line_says_when_what_where_and_how_much() -> None:
    assert cells(page(BOOK)) == [["2019-12-05 10:00", "签到", "4 号 兑换", "+10", "10"]]


def test_what_was_taken_back_is_shown_as_such() -> None:
    html = page(replace(BOOK, lines=[replace(LINE, is_undone=True)]))

    assert 'class="undone"' in html
    assert cells(html)[0][1].split() == ["签到", "已收回"]


def test_a_long_statement_goes_on_over_sheets() -> None:
    html = page(replace(BOOK, lines=[LINE] * (LINES_FIRST + LINES_MORE + 1)))

    sheets = html.split('<section class="sheet"')[1:]
    assert [len(cells(sheet)) for sheet in sheets] == [LINES_FIRST, LINES_MORE, 1]
    assert "第 3 页，共 3 页" in sheets[2]


def test_what_else_is_to_be_said_stands_under_a_line_and_takes_its_room() -> None:
    noted = replace(LINE, notes=["孙*代领"])
    long = replace(LINE, where="12 号 知识问答和分类游戏摊位")

    html = page(replace(BOOK, lines=[noted, long] * LINES_FIRST))

    assert cells(html)[0][1].split() == ["签到", "孙*代领"]
    sheets = html.split('<section class="sheet"')[1:]
    assert [len(cells(sheet)) for sheet in sheets] == [15, 19, 14]


def test_an_empty_passbook_says_how_it_begins() -> None:
    html = page(replace(BOOK, lines=[], endings=[], numbers=[]))

    assert "还没有记录。扫一次卡，就有第一行。" in html


def test_what_is_owed_is_told_where_something_is() -> None:
    assert ["多用了" in page(book) for book in (BOOK, replace(BOOK, owed=5))] == [False, True]


def test_nothing_on_it_is_taken_for_markup() -> None:
    html = page(replace(BOOK, lines=[replace(LINE, what="<b>签到</b>")]))

    assert "&lt;b&gt;签到" in html
