import re
import tomllib
from datetime import datetime, timedelta
from pathlib import Path
from string import Formatter

import pytest

from points.domain.programme import Session
from points.web import pages
from points.web.pages.words import Words, signed
from points.web.wording import Language, Tongue
from tests.market import BIN_BAGS, MARKET, NOW, SHANGHAI, at

HERE = Path(str(pages.__file__)).parent
TEXT = tomllib.loads((HERE / "words.toml").read_text("utf-8"))
SOURCES = [*HERE.glob("*.py"), *(HERE.parent / "templates" / "resident").glob("*.html")]
ENUMERATED = {"unreadable", "unknown", "frozen", "replaced"}
"""Said under the names of `Unopened`."""


def words(language: Language = Language.CHINESE, spoken_at: datetime = NOW) -> Words:
    return Words(Tongue(language, SHANGHAI, spoken_at))


def figures(sentence: str) -> set[str | None]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name is not None}


@pytest.mark.parametrize("key", TEXT)
def test_every_sentence_stands_in_both_languages_with_the_same_figures(key: str) -> None:
    assert set(TEXT[key]) == {"zh", "en"}
    assert all(TEXT[key].values())
    assert figures(TEXT[key]["zh"]) == figures(TEXT[key]["en"])


def test_every_sentence_is_used_and_none_is_missing() -> None:
    source = "\n".join(path.read_text("utf-8") for path in SOURCES)
    named = set(re.findall(r"[\"']([a-z_]+)[\"']", source))
    said = set(re.findall(r"(?:\bw|both|words)\([\"']([a-z_]+)[\"']", source))

    assert set(TEXT) - named == ENUMERATED
    assert said - set(TEXT) == set()


def test_nobody_is_shouted_at_or_called_a_user() -> None:
    said = " ".join(text for entry in TEXT.values() for text in entry.values())

    assert [
        word for word in ("!", "！", "用户", "提交", "你", "失败", "error") if word in said
    ] == []


@pytest.mark.parametrize(
    ("day", "chinese", "english"),
    [
        (NOW, "今天", "today"),
        (NOW - timedelta(days=1), "昨天", "yesterday"),
        (NOW + timedelta(days=1), "明天", "tomorrow"),
        (NOW + timedelta(days=26), "12\u00a0月 31\u00a0日", "31\u00a0December"),
        (NOW + timedelta(days=27), "2020\u00a0年 1\u00a0月 1\u00a0日", "1\u00a0January\u00a02020"),
        (at("23:59"), "今天", "today"),
        (at("23:59") + timedelta(minutes=1), "明天", "tomorrow"),
    ],
)
def test_days_are_those_of_the_programmes_zone(day: datetime, chinese: str, english: str) -> None:
    assert (words().day(day), words(Language.ENGLISH).day(day)) == (chinese, english)


def test_what_ends_at_midnight_is_good_through_the_day_before() -> None:
    ends = datetime(2021, 1, 1, tzinfo=SHANGHAI)

    assert words(Language.ENGLISH).last_day(ends) == "31\u00a0December\u00a02020"


def test_hours_are_told_on_the_wall_clock() -> None:
    session = Session(opens=at("09:05"), closes=at("12:00"))

    assert words().hours(session) == "今天 9:05\u00a0到 12:00"
    assert words(Language.ENGLISH).hours(session) == "today, 9:05 to 12:00"
    assert words().when(at("09:05")) == "今天 9:05"


def test_what_is_open_all_day_closes_at_twenty_four() -> None:
    session = Session(opens=at("00:00"), closes=at("00:00") + timedelta(days=1))

    assert words(Language.ENGLISH).hours(session) == "today, 0:00 to 24:00"


def test_a_figure_stays_with_its_unit() -> None:
    assert words()("points", points=10) == "10\u00a0分"
    assert words()("ends", day="12 月 31 日") == "到 12\u00a0月 31\u00a0日为止，记得来换"


def test_an_english_figure_stays_with_what_it_counts_or_numbers() -> None:
    english = words(Language.ENGLISH)

    assert english("points", points=10) == "10\u00a0points"
    assert [english("points", points=one) for one in (1, 21, 1_001)] == [
        "1\u00a0point",
        "21\u00a0points",
        "1,001\u00a0points",
    ]
    assert english("who", name="李*", ending="505") == "李* (card ending\u00a0505)"
    assert english("booth", number=4) == "booth\u00a04"


def test_thousands_are_written_as_in_the_statement() -> None:
    assert words()("points", points=1_200) == "1,200\u00a0分"


def test_english_stands_beside_chinese_and_not_beside_itself() -> None:
    beside = '明细 <span class="en" lang="en">Statement</span>'
    assert (words().both("statement"), words(Language.ENGLISH).both("statement")) == (
        beside,
        "Statement",
    )


def test_what_has_no_english_name_is_called_by_its_own() -> None:
    english = words(Language.ENGLISH)

    assert (english.name(MARKET), english.name(BIN_BAGS), english.name(None)) == (
        "市集",
        "垃圾袋",
        "",
    )


def test_a_change_has_a_real_sign() -> None:
    assert [signed(points) for points in (10, -1_200, 0)] == ["+10", "\u22121,200", "0"]
