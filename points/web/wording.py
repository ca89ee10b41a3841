"""What the service says to people, in the language that they ask for.

Every sentence stands in `wording.toml`; code knows only its name.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any

_ILL_SAID = 250
"""Read aloud, this number is an insult: what can be said without it is."""

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_QUALITY_MAX = 1.0
_RANGES_MAX = 20


class Language(StrEnum):
    """The languages that people are spoken to in; the first is the default."""

    CHINESE = "zh-CN"
    ENGLISH = "en"

    @property
    def column(self) -> str:
        """Give the language's name in the catalogue."""
        return "en" if self is Language.ENGLISH else "zh"


@dataclass(frozen=True, slots=True)
class Tongue:
    """How to speak to whoever asks: the language, the zone whose clocks they read, and when."""

    language: Language
    zone: tzinfo
    spoken_at: datetime


@dataclass(frozen=True, slots=True)
class Wording:
    """One thing to say: plainly, or with figures where they are known."""

    plain: Mapping[Language, str]
    fuller: tuple[tuple[tuple[str, ...], Mapping[Language, str]], ...]
    """Sentences with the figures that each needs."""


def choose_language(accepted: str) -> Language:
    """Choose by an `Accept-Language` header: the first of those wanted most, else Chinese."""
    wanted: dict[Language, float] = {}
    for part in accepted.split(",")[:_RANGES_MAX]:
        name, _, parameter = part.strip().partition(";")
        primary = name.strip().lower().partition("-")[0]
        language = {"zh": Language.CHINESE, "en": Language.ENGLISH}.get(primary)
        if language is not None:
            wanted[language] = max(wanted.get(language, 0.0), _quality(parameter))
    best = max(wanted.values(), default=0.0)
    first = (language for language, quality in wanted.items() if quality == best > 0)
    return next(first, Language.CHINESE)


def title(name: str, language: Language) -> str:
    """Say it plainly, without figures."""
    return catalogue()[name].plain[language]


def say(name: str, figures: Mapping[str, object], tongue: Tongue) -> str:
    """Say it with the figures that are known, or plainly where a figure is better left out."""
    wording = catalogue()[name]
    for needed, sentence in wording.fuller:
        if all(figures.get(figure) not in (None, 0, "", _ILL_SAID) for figure in needed):
            shown = {figure: _shown(figure, figures[figure], tongue) for figure in needed}
            return sentence[tongue.language].format(**shown)
    return wording.plain[tongue.language]


@cache
def catalogue() -> Mapping[str, Wording]:
    """Read every sentence."""
    text = (files("points.web") / "wording.toml").read_text("utf-8")
    return {name: _wording(entry) for name, entry in tomllib.loads(text).items()}


def _wording(entry: dict[str, Any]) -> Wording:
    fuller = tuple((tuple(one["has"]), _in_each(one)) for one in entry.get("when", ()))
    return Wording(_in_each(entry), fuller)


def _in_each(entry: dict[str, Any]) -> dict[Language, str]:
    return {language: entry[language.column] for language in Language}


def _quality(parameter: str) -> float:
    key, _, value = parameter.strip().partition("=")
    if key.strip().lower() != "q":
        return _QUALITY_MAX
    try:
        return min(max(float(value), 0.0), _QUALITY_MAX)
    except ValueError:
        return 0.0


def _shown(figure: str, value: object, tongue: Tongue) -> str:
    if not figure.endswith("_at"):
        return str(value)
    moment = datetime.fromisoformat(str(value)).astimezone(tongue.zone)
    clock = f"{moment:%H:%M}"
    if moment.date() == tongue.spoken_at.astimezone(tongue.zone).date():
        return clock
    if tongue.language is Language.ENGLISH:
        return f"{clock} on {moment.day} {_MONTHS[moment.month - 1]}"
    return f"{moment.month} 月 {moment.day} 日 {clock}"
