from pathlib import Path

import pytest
from jinja2 import UndefinedError

from points import web
from points.web.pages.looks import Look
from points.web.pages.rendering import Setting, rendered, style_name, style_sheet
from points.web.pages.words import Words
from points.web.wording import Language, Tongue
from tests.market import NOW, SHANGHAI

SETTING = Setting(
    words=Words(Tongue(Language.CHINESE, SHANGHAI, NOW)),
    look=Look(language=Language.CHINESE, is_large=True),
    up="../",
    page="me/code",
    seal='a"<b>',
)
TEMPLATES = Path(str(web.__file__)).parent / "templates" / "resident"


def test_a_page_knows_its_language_its_type_and_its_way_up() -> None:
    text = bytes(rendered("resident/about.html", SETTING, {}).body).decode()

    assert '<html lang="zh-CN" data-type="large" data-theme="light">' in text
    assert f'<link rel="stylesheet" href="../pages/{style_name()}">' in text
    assert '<input type="hidden" name="back" value="me/code">' in text


def test_what_people_wrote_is_text_and_never_markup() -> None:
    figures = {"number": "<script>alert(1)</script>"}
    text = bytes(rendered("resident/lost.html", SETTING, figures).body).decode()

    assert "<script>" not in text
    assert 'value="a&#34;&lt;b&gt;"' in text


def test_a_figure_that_is_missing_is_a_fault_of_ours_and_not_a_blank() -> None:
    with pytest.raises(UndefinedError):
        rendered("resident/lost.html", SETTING, {})


def test_no_template_writes_past_the_escaping_or_the_policy() -> None:
    texts = {path.name: path.read_text("utf-8") for path in TEMPLATES.glob("*.html")}

    assert texts
    for name, text in texts.items():
        found = [word for word in ("|safe", "<script", "style=", "onclick", "http") if word in text]
        assert found == [], name


def test_the_style_is_named_by_what_it_says() -> None:
    assert style_name().startswith("resident-")
    assert b"--paper" in style_sheet()
