import re
from datetime import UTC, datetime
from string import Formatter

import pytest

from points.domain.access import MAY_DO, Role
from points.domain.cases import CaseKind
from points.web.problems import all_codes
from points.web.wording import Language, Tongue, catalogue, choose_language, say, title
from tests.market import NOW, SHANGHAI, at

CHINESE = Tongue(Language.CHINESE, SHANGHAI, NOW)
ENGLISH = Tongue(Language.ENGLISH, SHANGHAI, NOW)

DEVICES_DO = MAY_DO[Role.SUPERVISOR]


def sentences() -> list[tuple[str, Language, str, tuple[str, ...]]]:
    """Give every sentence: under which name, in which language, and the figures it may need."""
    return [
        (name, language, text, needed)
        for name, wording in catalogue().items()
        for needed, said in [((), wording.plain), *wording.fuller]
        for language, text in said.items()
    ]


def test_every_code_every_act_of_a_device_and_every_case_has_words_and_nothing_else_has() -> None:
    done = {f"done_{kind}" for kind in DEVICES_DO} | {"done_before"}
    cases = {f"case_{kind}" for kind in CaseKind}

    assert set(catalogue()) == set(all_codes()) | done | cases


def test_a_sentence_needs_the_figures_that_it_names_and_no_others() -> None:
    for name, _, text, needed in sentences():
        named = {field for _, field, _, _ in Formatter().parse(text) if field is not None}
        assert named <= set(needed), name


def test_sentences_are_calm_short_and_without_system_words() -> None:
    for name, language, text, _ in sentences():
        assert not re.search("[!！?？]|失败|无效|错误|用户|提交|重复领取|余额不足", text), name
        if language is Language.CHINESE:
            thoughts = re.split("[，。；：]", re.sub("{[a-z_]+}", "40", text))
            assert max(map(len, thoughts)) <= 16, thoughts


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", Language.CHINESE),
        ("zh-CN,zh;q=0.9,en;q=0.8", Language.CHINESE),
        ("en", Language.ENGLISH),
        ("EN-us, *;q=0.5", Language.ENGLISH),
        ("en-GB;q=0.3, zh-TW;q=0.7", Language.CHINESE),
        ("fr, en;q=0.2", Language.ENGLISH),
        ("en;q=0, zh;q=0", Language.CHINESE),
        ("en;q=0", Language.CHINESE),
        ("zh;q=0.5, en;q=0.5", Language.CHINESE),
        ("en;q=0.5, zh;q=0.5", Language.ENGLISH),
        ("de, *", Language.CHINESE),
        ("en;q=nonsense", Language.CHINESE),
        ("en;q=nan", Language.CHINESE),
        ("en;q=99", Language.ENGLISH),
        ("en;level=1", Language.ENGLISH),
        (";;;,,,=", Language.CHINESE),
        ("fr," * 10_000 + "en", Language.CHINESE),
    ],
)
def test_the_language_wanted_most_is_spoken_and_chinese_where_none_is(
    header: str, language: Language
) -> None:
    assert choose_language(header) is language


def test_a_sentence_has_its_figures_in_either_language() -> None:
    figures = {"short": 40, "available": 10}

    assert say("points_short", figures, CHINESE) == "还差 40 分"
    assert say("points_short", figures, ENGLISH) == "40 points short"


def test_without_its_figures_a_thing_is_said_plainly() -> None:
    assert say("points_short", {}, ENGLISH) == title("points_short", Language.ENGLISH)


def test_250_is_never_said() -> None:
    # 二百五, read aloud, is an insult.
    for name in catalogue():
        figures = dict.fromkeys(_figures(), 250)
        assert "250" not in say(name, figures, CHINESE)


def test_nothing_left_is_said_without_a_nought() -> None:
    assert say("out_of_stock", {"left": 0}, ENGLISH) == "There is none left here"
    assert say("out_of_stock", {"left": 3}, ENGLISH) == "There are 3 left here"


def test_a_limit_on_goods_and_a_limit_on_visits_are_told_apart() -> None:
    goods = {"limit": 2, "left": 1}
    visits = {"limit": 1, "per": "event", "who": "household"}

    assert say("limit_reached", goods, CHINESE) == "每户最多 2 份，还能换 1 份"
    assert say("limit_reached", visits, CHINESE) == "这张卡在这里加过了，分都在，没有少"


def test_an_instant_is_told_by_the_clocks_on_the_wall() -> None:
    figures = {"next_at": datetime(2019, 12, 5, 3, tzinfo=UTC).isoformat(), "next_pieces": 6}

    assert say("not_released_yet", figures, CHINESE) == "刚换完，11:00 再放 6 份"


def test_an_instant_on_another_day_is_told_with_its_day() -> None:
    figures = {"opens_at": at("09:00", on=datetime(2019, 12, 7, tzinfo=UTC).date()).isoformat()}

    assert say("not_open_yet", figures, CHINESE) == "还没开始，12 月 7 日 09:00 再来"
    assert say("not_open_yet", figures, ENGLISH) == "Not open yet. It starts at 09:00 on 7 Dec"


def _figures() -> set[str]:
    return {figure for _, _, _, needed in sentences() for figure in needed}
