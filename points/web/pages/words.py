"""What residents' pages say, in the language that was chosen: sentences, days and hours.

Every sentence stands in `words.toml`; code and templates know only its name.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache, lru_cache
from importlib.resources import files

from markupsafe import Markup, escape

from points.domain.programme import Session
from points.web.wording import Language, Tongue

_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_DAY = timedelta(days=1)
_MOMENT = timedelta(microseconds=1)
_HAN = r"[\u4e00-\u9fff]"
_BEFORE_NUMBER = re.compile(rf"(?<={_HAN}) ?(?=\d)")
_BEHIND_NUMBER = re.compile(rf"(?<=\d) ?(?={_HAN})")
_NO_BREAK = "\u00a0"
_BEFORE_UNIT = re.compile(r"(?<=[}\d]) (?=(?:points|days|minutes)\b)")
_BEFORE_NAMED = re.compile(r"\b(card|ending|booth|No\.) (?=\{)")
_ONE = re.compile(rf"(?<![\d,])1{_NO_BREAK}(point|day|minute)s\b")
_RELATIVE = {
    Language.CHINESE: {-1: "昨天", 0: "今天", 1: "明天"},
    Language.ENGLISH: {-1: "yesterday", 0: "today", 1: "tomorrow"},
}
_SAID_MAX = 4096
_OF_PEOPLE = frozenset({"who", "label", "name"})
"""Figures that tell of a person: a sentence with one is said and forgotten."""


@dataclass(frozen=True, slots=True)
class Words:
    """Speaks to one reader."""

    tongue: Tongue

    @property
    def language(self) -> Language:
        """Tell which language is spoken."""
        return self.tongue.language

    @property
    def is_english(self) -> bool:
        """Whether that is English."""
        return self.language is Language.ENGLISH

    def __call__(self, key: str, **figures: object) -> str:
        """Say a sentence with its figures."""
        if not figures:
            return fixed(key, self.language)
        say = _said if _OF_PEOPLE.isdisjoint(figures) else _said.__wrapped__
        return say(key, self.language, tuple(figures.items()))

    def both(self, key: str) -> Markup:
        """Say it with the English small beside the Chinese, or in English alone."""
        return fixed_in_both(key, self.language)

    def name(self, item: object) -> str:
        """Name something of the programme; not everything has an English name."""
        in_english: str = getattr(item, "name_en", "") if self.is_english else ""
        own: str = getattr(item, "name", "")
        return in_english or own

    def day(self, moment: datetime) -> str:
        """Name an instant's local day: near ones by a word, with the year where it is another."""
        return _day(self._local(moment), self._local(self.tongue.spoken_at), self.language)

    def last_day(self, ends: datetime) -> str:
        """Name the last local day before an instant, at which something ends."""
        return self.day(ends - _MOMENT)

    def clock(self, moment: datetime) -> str:
        """Tell the time of day."""
        local = moment.astimezone(self.tongue.zone)
        return f"{local.hour}:{local.minute:02}"

    def clock_with_seconds(self, moment: datetime) -> str:
        """Tell the time of day to the second, for what is over soon."""
        return f"{self.clock(moment)}:{moment.second:02}"

    def when(self, moment: datetime) -> str:
        """Tell day and time."""
        return f"{self.day(moment)} {self.clock(moment)}"

    def hours(self, session: Session) -> str:
        """Tell from when until when something is open."""
        return self(
            "until",
            day=self.day(session.opens),
            opens=self.clock(session.opens),
            closes=self._end_clock(session),
        )

    def _end_clock(self, session: Session) -> str:
        """Tell when it closes; the midnight that ends a day is not the one that began it."""
        closes = self.clock(session.closes)
        return "24:00" if closes == "0:00" and session.opens < session.closes else closes

    def _local(self, moment: datetime) -> date:
        return moment.astimezone(self.tongue.zone).date()


def signed(points: int) -> str:
    """Write a change of points: with its sign, and a real minus."""
    return f"+{points:,}" if points > 0 else f"{points:,}".replace("-", "\u2212")


@cache
def _catalogue() -> Mapping[str, Mapping[Language, str]]:
    text = (files("points.web.pages") / "words.toml").read_text("utf-8")
    return {
        key: {language: _joined(_tied(entry[language.column])) for language in Language}
        for key, entry in tomllib.loads(text).items()
    }


def _tied(sentence: str) -> str:
    """Let no English line end between a figure and what it counts or numbers."""
    return _BEFORE_NAMED.sub(rf"\1{_NO_BREAK}", _BEFORE_UNIT.sub(_NO_BREAK, sentence))


@lru_cache(maxsize=_SAID_MAX)
def _said(key: str, language: Language, figures: tuple[tuple[str, object], ...]) -> str:
    """Say a sentence with its figures; a crowd is told the same prices and places again."""
    written = {
        name: f"{figure:,}" if isinstance(figure, int) else figure for name, figure in figures
    }
    said = _joined(_catalogue()[key][language].format(**written))
    return _ONE.sub(rf"1{_NO_BREAK}\1", said) if language is Language.ENGLISH else said


@lru_cache(maxsize=_SAID_MAX)
def _day(day: date, today: date, language: Language) -> str:
    near = _RELATIVE[language].get((day - today) // _DAY)
    if near is not None:
        return near
    is_this_year = day.year == today.year
    if language is Language.ENGLISH:
        plain = f"{day.day}{_NO_BREAK}{_MONTHS[day.month - 1]}"
        return plain if is_this_year else f"{plain}{_NO_BREAK}{day.year}"
    plain = f"{day.month} 月 {day.day} 日"
    return _joined(plain if is_this_year else f"{day.year} 年 {plain}")


@cache
def fixed(key: str, language: Language) -> str:
    """Say what is the same to everybody, as most of a page is."""
    return _joined(_catalogue()[key][language].format())


@cache
def fixed_in_both(key: str, language: Language) -> Markup:
    """Say it with the English small beside the Chinese, or in English alone."""
    said = _catalogue()[key]
    if language is Language.ENGLISH:
        return escape(said[language])
    beside = Markup('{} <span class="en" lang="en">{}</span>')
    return beside.format(said[language], said[Language.ENGLISH])


def _joined(text: str) -> str:
    """Set a figure a blank apart from Chinese, and let no line end between it and its unit."""
    return _BEHIND_NUMBER.sub(_NO_BREAK, _BEFORE_NUMBER.sub(" ", text))
