"""Residents' pages as they leave the house: templates compiled once, one small sheet of style.

Nothing on a page comes from another site, and no address of a page says whose it is.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, partial
from hashlib import sha256
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse, Response

from points.web.pages.looks import Look
from points.web.pages.words import Words, fixed, fixed_in_both
from points.web.wording import Language

_HERE = Path(__file__).parents[1]
_STYLE = "resident.css"


def _speaking(language: Language) -> Environment:
    """Make ready to write pages in a language.

    Sentences without figures become part of a template when it is compiled, as a filter of a
    constant does: they are most of a page, and to say each anew took half of its time.
    """
    pages = Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    pages.filters["said"] = partial(fixed, language=language)
    pages.filters["said_in_both"] = partial(fixed_in_both, language=language)
    return pages


_PAGES = {language: _speaking(language) for language in Language}

HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self' data:; script-src 'self';"
        " form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What every page needs beside its own figures."""

    words: Words
    look: Look
    up: str
    """The way from the page to the folder that all pages are in."""
    page: str
    """Its own address from there, to come back to."""
    seal: str = ""
    """What its forms carry; empty where nobody's visit it is."""


def rendered(
    template: str, setting: Setting, figures: Mapping[str, object], *, status: int = 200
) -> Response:
    """Write a page."""
    pages = _PAGES[setting.words.language]
    text = pages.get_template(template).render(
        w=setting.words,
        look=setting.look,
        up=setting.up,
        page=setting.page,
        seal=setting.seal,
        style=f"pages/{style_name()}",
        **figures,
    )
    headers = HEADERS | {"Content-Language": setting.words.language}
    return HTMLResponse(text, status_code=status, headers=headers)


@cache
def style_sheet() -> bytes:
    """Read the style."""
    return (_HERE / "static" / "pages" / _STYLE).read_bytes()


@cache
def style_name() -> str:
    """Name it by what it says, so that browsers may keep it for ever."""
    return f"resident-{sha256(style_sheet()).hexdigest()[:12]}.css"
