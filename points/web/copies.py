"""What a household's copy says to people: headings and codes, in the reader's language.

Every word stands in `copies.toml`; the command line names codes by the same words.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any

from points.domain.access import OPERATOR
from points.domain.cases import CaseKind
from points.domain.consents import PAGE
from points.domain.exports import Named
from points.web.wording import Language, title


@dataclass(frozen=True, slots=True)
class CopyWords:
    """Speaks to one reader of a copy."""

    language: Language

    def heading(self, section: str) -> str:
        """Name a section."""
        return self.column(section, "title")

    def column(self, section: str, key: str) -> str:
        """Name a column of a section."""
        return str(_catalogue()["section"][section][key][self.language.column])

    def code(self, code: StrEnum) -> str:
        """Say a code of whatever type."""
        if isinstance(code, CaseKind):
            return title(f"case_{code}", self.language)
        return self._said(type(code).__name__, code)

    def answer(self, *, yes: bool) -> str:
        """Say yes or no."""
        return self._said("answer", "yes" if yes else "no")

    def name(self, named: Named) -> str:
        """Name what the programme names; not everything has an English name."""
        in_english = named.name_en if self.language is Language.ENGLISH else ""
        return in_english or named.name

    def place(self, by: str) -> str:
        """Say where something was done, off the credential that did it."""
        if by == PAGE:
            return self._said("place", "page")
        if by == OPERATOR.id:
            return self._said("place", "operator")
        kind, _, number = by.partition(":")
        return self._said("place", "device").format(number=number) if kind == "device" else by

    def _said(self, group: str, code: str) -> str:
        return str(_catalogue()["code"][group][code][self.language.column])


@cache
def _catalogue() -> Mapping[str, Any]:
    return tomllib.loads((files("points.web") / "copies.toml").read_text("utf-8"))
