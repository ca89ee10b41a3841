"""Figures in words: what ends when, what is left where, what a line says."""

from dataclasses import replace
from datetime import timedelta

import pytest

from points.domain.operations import Kind
from points.domain.passbooks import Line, Party
from points.domain.periods import NEVER
from points.domain.programme import Release
from points.service.passbooks import Savings
from points.service.reading import Ending as EndingAt
from points.service.reading import Offer, Stock
from points.web.pages.passbook import Ending, Row, ending_of, rows_of, wares_of
from points.web.pages.words import Words
from points.web.wording import Language, Tongue
from tests.domain.test_chain import POSTED
from tests.market import BIN_BAGS, BOOTHS, CHECK_IN, MARKET, NOW, POINTS_END, SHANGHAI

CHINESE = Words(Tongue(Language.CHINESE, SHANGHAI, NOW))
ENGLISH = Words(Tongue(Language.ENGLISH, SHANGHAI, NOW))
EARNED = Line(
    posted=replace(POSTED, points=10, balance_after=1_010),
    item=CHECK_IN,
    booth=BOOTHS[4],
    event=MARKET,
    is_undone=False,
)
REDEEMED = replace(
    EARNED,
    posted=replace(
        POSTED, kind=Kind.REDEEM, points=-60, quantity=2, balance_after=None, expired=40
    ),
    item=BIN_BAGS,
)


def savings(*endings: EndingAt) -> Savings:
    available = sum(ending.points for ending in endings)
    soon = NOW + timedelta(days=30)
    return Savings(available=available, owed=0, endings=endings, soon=soon)


def test_what_ends_soonest_is_told_and_how_pressing_it_is() -> None:
    far = EndingAt(at=POINTS_END, points=100)
    near = EndingAt(at=POINTS_END.replace(year=2020), points=40)
    never = EndingAt(at=NEVER, points=7)

    told = [ending_of(savings(*given), CHINESE) for given in ([], [near, far], [far], [never])]

    assert told == [
        None,
        Ending(points=40, says="到 12\u00a0月 31\u00a0日为止，记得来换", is_soon=True),
        Ending(points=100, says="都能用到 2020\u00a0年 12\u00a0月 31\u00a0日", is_soon=False),
        Ending(points=7, says="这些分不会到期", is_soon=False),
    ]


def test_a_line_says_what_when_where_and_what_was_left() -> None:
    [earned] = rows_of([EARNED], CHINESE)
    [redeemed] = rows_of([replace(REDEEMED, is_undone=True)], ENGLISH)

    assert earned == Row(
        what="签到",
        when="今天 10:00",
        where="4\u00a0号 展位 4",
        change="+10",
        is_gain=True,
        left="1,010",
        is_undone=False,
    )
    assert redeemed == Row(
        what="垃圾袋, 2",
        when="today 10:00",
        where="booth\u00a04",
        change="\u221260",
        is_gain=False,
        left="",
        is_undone=True,
        notes=("40 other points ended",),
    )


def told(line: Line, words: Words) -> tuple[str, str, tuple[str, ...]]:
    [row] = rows_of([line], words)
    return row.what, row.change, row.notes


def test_a_gift_says_to_whom_or_from_whom_as_far_as_may_be_told() -> None:
    gave = replace(EARNED, posted=replace(POSTED, kind=Kind.GIVE, points=-50), item=None)
    got = replace(gave, posted=replace(POSTED, kind=Kind.GIFT_RECEIVED, points=50))
    others = [
        Party(name="李*", ending="505"),
        Party(ending="505"),
        Party(name="李*"),
        Party(is_pool=True),
        None,
    ]

    chinese = [told(replace(gave, other=other), CHINESE)[0] for other in others]
    english = [told(replace(got, other=other), ENGLISH)[0] for other in others]

    assert chinese == [
        "送给李*（卡号尾数 505）",
        "送给卡号尾数 505\u00a0的一户",
        "送给李*",
        "送给社区公共积分",
        "送给另一户",
    ]
    assert english == [
        "Given by 李* (card ending\u00a0505)",
        "Given by the household of card ending\u00a0505",
        "Given by 李*",
        "Given by the community's pool",
        "Given by another household",
    ]


def test_what_somebody_else_spent_is_told_by_whom() -> None:
    carried = replace(REDEEMED, carrier=Party(name="孙女", ending="789"))
    erased = replace(REDEEMED, carrier=Party(ending="789"))

    assert told(carried, CHINESE)[2] == ("孙女代领", "另有 40\u00a0分到期")
    assert told(erased, CHINESE)[2][0] == "尾数 789\u00a0的卡代领"
    assert told(erased, ENGLISH)[2][0] == "spent by card ending\u00a0789"


def test_points_that_ended_by_themselves_went_and_are_told_once() -> None:
    ended = replace(EARNED, posted=replace(POSTED, kind=Kind.EXPIRE, points=0, expired=40))

    assert told(ended, CHINESE) == ("到期", "\u221240", ())


def test_a_ware_is_told_where_it_is_or_will_be_and_not_where_it_never_was() -> None:
    later = Release(at=NOW + timedelta(hours=1), pieces=6)
    home = Stock(booth=BOOTHS[4], left=0, reserved={}, next_release=None)
    other = Stock(booth=BOOTHS[1], left=0, reserved={}, next_release=None)
    shelves: list[tuple[Stock, ...]] = [
        (other, replace(home, left=12)),
        (other, home),
        (replace(other, left=3), home),
        (other, replace(home, next_release=later)),
        (replace(home, left=10, next_release=later),),
    ]

    told = [
        ware.places
        for stocks in shelves
        for ware in wares_of([Offer(reward=BIN_BAGS, stocks=stocks)], 0, ENGLISH)
    ]

    assert told == [
        ("12 left at booth\u00a04",),
        ("none left at booth\u00a04",),
        ("only 3 left at booth\u00a01",),
        ("6 at booth\u00a04 from 11:00",),
        ("10 left at booth\u00a04, 6 more at 11:00",),
    ]


@pytest.mark.parametrize("words", [CHINESE, ENGLISH])
@pytest.mark.parametrize("kind", Kind)
def test_every_kind_of_line_has_words_also_where_what_it_was_about_is_gone(
    kind: Kind, words: Words
) -> None:
    line = replace(EARNED, posted=replace(POSTED, kind=kind), item=None, booth=None, event=None)

    [row] = rows_of([line], words)

    assert row.what
    assert row.where == ""
